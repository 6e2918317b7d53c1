// The house's rules as tests: which folder may include which, and that the pure folders are pure.
//
// The table below is the one of ARCHITECTURE.md. Each rule is a function that names the violations in a tree,
// or in a library: it is asked about the house, where there must be none, and about planted ones, which it
// must find. Run from the checkout's root. The build says where its own libraries lie (tests/CMakeLists.txt).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

using Arrows = std::map<std::string, std::set<std::string>>;

// Folder -> the folders that it may include, besides itself. What those may use comes with them.
const Arrows& arrows() {
  static const std::set<std::string> kPure = {
      "base",  "calendar", "model",   "policy",   "programme", "access",    "placement",  "queue",
      "fleet", "ledger",   "notices", "simulate", "supply",    "selection", "evaluation", "compare"};
  static const Arrows kArrows = [] {
    Arrows table = {
        {"base", {}},
        {"calendar", {"base"}},
        {"model", {"base"}},
        {"policy", {"base", "calendar"}},
        {"programme", {"base", "model", "policy", "calendar"}},
        {"supply", {"base", "model", "policy", "calendar", "programme"}},
        {"selection", {"base", "model", "policy", "calendar", "programme"}},
        {"evaluation", {"base", "model", "policy", "calendar", "programme", "selection"}},
        {"compare", {"base", "model", "policy", "calendar", "programme", "selection"}},
        {"access", {"base", "model", "policy", "calendar"}},
        {"placement", {"base", "model"}},
        {"queue", {"base", "placement", "model", "policy"}},
        {"simulate", {"base", "model", "placement", "queue"}},
        {"packing", {"base", "placement", "simulate"}},
        {"fleet", {"base", "model", "policy"}},
        {"ledger", {"base", "model", "policy"}},
        {"notices", {"base", "model", "policy", "calendar"}},
        {"ports", {"base", "model"}},
        {"wire", {"base", "model"}},
        {"net", {"base"}},
        {"adapters/sql", {"base", "model", "ports", "wire", "net"}},
        {"adapters/podman", {"base", "model", "ports", "wire", "net"}},
        {"adapters/mail", {"base", "model", "ports", "wire", "net"}},
        {"adapters/webhook", {"base", "model", "ports", "wire", "net"}},
        {"adapters/system", {"base", "model", "ports", "wire", "net"}},
        {"adapters/blobs", {"base", "model", "ports", "wire", "net"}},
        {"gpu/abi", {}},
        {"gpu/share", {"gpu/abi"}},
        {"gpu/node", {"base", "model", "ports", "gpu/abi", "gpu/share"}},
    };
    table["commands"] = kPure;
    table["commands"].insert({"ports", "wire"});
    for (const char* program : {"server", "node", "gateway", "cli"}) {
      table[program] = kPure;
      table[program].insert({"ports", "wire", "net", "commands", "gpu/node"});
    }
    table["scenario"] = table["server"];
    table["scenario"].insert("server");
    table["cli"].insert({"packing", "scenario"});
    return table;
  }();
  return kArrows;
}

// The folder of a path below src/: its first part, or its first two below adapters/ and gpu/.
std::string folder_of(const fs::path& path) {
  auto part = path.begin();
  std::string folder = part->string();
  if (folder == "adapters" || folder == "gpu") folder += "/" + (++part)->string();
  return folder;
}

// x_test.cc, and what several of them share: test_x.h.
bool is_test(const fs::path& path) {
  const auto name = path.filename().string();
  return name.ends_with("_test.cc") || (name.starts_with("test_") && name.ends_with(".h"));
}
bool is_source(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cc";
}

using Violations = std::vector<std::string>;

// Relative to the tree, which is src/ of the house.
std::vector<fs::path> sources(const fs::path& tree) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(tree))
    if (entry.is_regular_file() && is_source(entry.path())) found.push_back(fs::relative(entry.path(), tree));
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> lines(const fs::path& path) {
  std::vector<std::string> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}

// The included names of a file: ours in quotes, the system's in angle brackets.
std::vector<std::string> includes(const fs::path& path, char open) {
  static const std::regex kOurs("^\\s*#\\s*include\\s*\"([^\"]+)\"");
  static const std::regex kSystem("^\\s*#\\s*include\\s*<([^>]+)>");
  std::vector<std::string> names;
  for (const auto& line : lines(path)) {
    std::smatch match;
    if (std::regex_search(line, match, open == '"' ? kOurs : kSystem)) names.push_back(match[1]);
  }
  return names;
}

bool is_main(const fs::path& path) {
  return path.filename() == "main.cc";
}

Violations wrong_arrows(const fs::path& tree) {
  Violations found;
  for (const auto& path : sources(tree)) {
    if (is_test(path)) continue;
    const std::string from = folder_of(path);
    if (!arrows().count(from)) {
      found.push_back(path.string() + ": " + from +
                      " is not in the table: add it there and to ARCHITECTURE.md");
      continue;
    }
    for (const auto& name : includes(tree / path, '"')) {
      if (!fs::exists(tree / name)) continue;  // generated
      const std::string to = folder_of(name);
      if (to == from || arrows().at(from).count(to)) continue;
      // Only a program's main wires adapters.
      if (is_main(path) && to.starts_with("adapters/")) continue;
      found.push_back(path.string() + " includes " + name + ": no arrow " + from + " -> " + to);
    }
  }
  return found;
}

bool is_asio(const std::string& name) {
  return name.starts_with("boost/asio") || name.starts_with("boost/beast");
}

Violations asio_outside_net(const fs::path& tree) {
  Violations found;
  for (const auto& path : sources(tree)) {
    if (folder_of(path) == "net") continue;
    for (const auto& name : includes(tree / path, '<'))
      if (is_asio(name)) found.push_back(path.string() + " includes " + name);
  }
  return found;
}

// Its own inner headers may have them; whoever outside includes net would pay a minute of compiling for each.
Violations asio_in_headers_of_net(const fs::path& tree) {
  Violations found;
  std::set<std::string> seen;
  std::set<std::string> used_outside;
  for (const auto& path : sources(tree))
    if (folder_of(path) != "net")
      for (const auto& name : includes(tree / path, '"'))
        if (name.starts_with("net/")) used_outside.insert(name);
  for (std::set<std::string> next; !used_outside.empty(); used_outside = std::move(next), next.clear()) {
    for (const auto& header : used_outside) {
      if (!seen.insert(header).second) continue;
      for (const auto& name : includes(tree / header, '<'))
        if (is_asio(name)) found.push_back(header + " includes " + name);
      for (const auto& name : includes(tree / header, '"')) next.insert(name);
    }
  }
  return found;
}

const std::set<std::string>& pure_folders() {
  static const std::set<std::string> kPure = {
      "base",  "calendar", "model",   "policy",   "programme", "access",    "placement",  "queue",
      "fleet", "ledger",   "notices", "simulate", "supply",    "selection", "evaluation", "compare"};
  return kPure;
}

// What is written: includes, and printing. (What base/result.h prints is a broken promise, before it aborts.)
Violations impure_sources(const fs::path& tree) {
  static const std::set<std::string> kBanned = {
      "chrono",       "ctime",        "time.h",   "random",     "thread",     "mutex",
      "atomic",       "future",       "fstream",  "iostream",   "filesystem", "unistd.h",
      "fcntl.h",      "shared_mutex", "latch",    "barrier",    "semaphore",  "condition_variable",
      "pthread.h",    "stop_token",   "print",    "sys/stat.h", "sys/time.h", "sys/random.h",
      "sys/socket.h", "sys/mman.h",   "stdlib.h", "stdio.h",    "syncstream"};
  static const std::regex kPrinting("\\b(printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|fwrite)\\s*\\(");
  Violations found;
  for (const auto& path : sources(tree)) {
    if (is_test(path) || !pure_folders().count(folder_of(path))) continue;
    for (const auto& name : includes(tree / path, '<'))
      if (kBanned.count(name)) found.push_back(path.string() + " includes <" + name + ">");
    if (path == "base/result.h") continue;
    for (const auto& line : lines(tree / path))
      if (std::regex_search(line, kPrinting)) found.push_back(path.string() + " prints: " + line);
  }
  return found;
}

std::string run(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    output.append(buffer.data(), count);
  return output;
}

// The undefined symbols of a library, demangled.
std::set<std::string> called_by(const fs::path& library) {
  std::set<std::string> symbols;
  std::istringstream text(run("nm --demangle --undefined-only '" + library.string() + "' 2>/dev/null"));
  static const std::regex kSymbol("^ +[Uw] (.+)$");
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kSymbol)) symbols.insert(match[1]);
  }
  return symbols;
}

bool starts_with_any(const std::string& symbol, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const auto& beginning) { return symbol.starts_with(beginning); });
}

// Of C a pure library calls only what is listed here: no clock, environment, file, lock, process is among it,
// and what is new has to be thought about. (fprintf and stderr: what base/result.h says before it aborts.)
bool is_allowed_of_c(const std::string& symbol) {
  static const std::set<std::string> kAllowed = {
      "abort", "memchr", "memcmp", "bcmp", "memcpy", "memmove", "memset", "snprintf", "strcmp", "strlen",
      "fprintf", "stderr", "crypto_hash_sha256", "__divti3", "__udivti3", "__modti3", "__umodti3",
      "__divmodti4", "__udivmodti4", "__multi3", "__muloti4", "sodium_bin2hex", "llround",
      "exp",  // the formula of a published rule (simulate/fgd.h)
      // What compilers put in: exceptions, initialisation, and shared_ptr's count.
      "__dso_handle", "_GLOBAL_OFFSET_TABLE_", "__gxx_personality_v0", "__dynamic_cast",
      "__libc_single_threaded", "__pthread_key_create", "__stack_chk_fail"};
  static const std::vector<std::string> kInstruments = {
      "__cxa_",       "_Unwind_", "__asan_",   "__ubsan_",         "__tsan_",
      "__sanitizer_", "__lsan_",  "__sancov_", "__start___sancov", "__stop___sancov"};
  return kAllowed.count(symbol) || starts_with_any(symbol, kInstruments);
}

bool is_banned_of_cpp(const std::string& symbol) {
  static const std::vector<std::string> kBanned = {"std::chrono::",
                                                   "std::random_device",
                                                   "std::thread",
                                                   "std::this_thread",
                                                   "std::jthread",
                                                   "std::condition_variable",
                                                   "std::_V2::condition_variable",
                                                   "std::__condvar",
                                                   "std::__future_base",
                                                   "std::__atomic_",
                                                   "std::basic_filebuf<",
                                                   "std::basic_ifstream<",
                                                   "std::basic_ofstream<",
                                                   "std::basic_fstream<",
                                                   "std::cout",
                                                   "std::cerr",
                                                   "std::clog",
                                                   "std::cin",
                                                   "std::ios_base::Init",
                                                   "std::filesystem::",
                                                   "std::locale::global",
                                                   "boost::"};
  return starts_with_any(symbol, kBanned);
}

Violations impure_calls(const fs::path& library) {
  Violations found;
  for (const auto& symbol : called_by(library)) {
    const bool cpp =
        symbol.find_first_of(":(<") != std::string::npos || symbol.find(' ') != std::string::npos;
    if (cpp ? is_banned_of_cpp(symbol) : !is_allowed_of_c(symbol)) found.push_back(symbol);
  }
  return found;
}

// The libraries of the pure folders, of the build that this test is of; folders of headers only have none.
std::vector<fs::path> pure_libraries() {
  std::vector<fs::path> libraries;
  std::istringstream text(DURE_PURE_LIBRARIES);
  for (std::string path; std::getline(text, path, '|');) libraries.emplace_back(path);
  return libraries;
}

// A tree of files that is gone with its owner.
class PlantedTree {
 public:
  PlantedTree() {
    std::string name = (fs::temp_directory_path() / "dure-arrows.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~PlantedTree() { fs::remove_all(path_); }
  PlantedTree(const PlantedTree&) = delete;
  PlantedTree& operator=(const PlantedTree&) = delete;

  void plant(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Arrows, OnlyThoseOfTheTableExist) {
  EXPECT_THAT(wrong_arrows("src"), IsEmpty());
}

TEST(Arrows, APlantedArrowIsFound) {
  const PlantedTree tree;
  tree.plant("model/noun.h", "// A noun.\n");
  tree.plant("adapters/sql/store.h", "// A store.\n");
  tree.plant("base/id.cc", "  #  include \"model/noun.h\"\n");
  tree.plant("queue/order.cc", "#include \"model/noun.h\"\n#include \"generated.h\"\n");
  tree.plant("server/main.cc", "#include \"adapters/sql/store.h\"\n");
  tree.plant("server/routes/x.cc", "#include \"adapters/sql/store.h\"\n");
  tree.plant("server/x_test.cc", "#include \"adapters/sql/store.h\"\n");
  tree.plant("util/x.h", "// Anything.\n");
  EXPECT_THAT(wrong_arrows(tree.path()),
              ElementsAre("base/id.cc includes model/noun.h: no arrow base -> model",
                          "server/routes/x.cc includes adapters/sql/store.h: no arrow server -> adapters/sql",
                          "util/x.h: util is not in the table: add it there and to ARCHITECTURE.md"));
}

// The table there has a row for every folder of this one.
TEST(Arrows, ArchitectureHasTheTable) {
  std::string rows;
  for (const auto& line : lines("ARCHITECTURE.md"))
    if (line.starts_with("| `")) rows += line + "\n";
  for (const auto& [folder, uses] : arrows()) {
    const std::string row = folder.starts_with("adapters/") ? "`adapters/*`"
                            : folder.starts_with("gpu/")    ? "`" + folder + "`"
                                                            : folder + "/";
    EXPECT_THAT(rows, testing::HasSubstr(row));
  }
}

TEST(Arrows, AsioAndBeastStayInNet) {
  EXPECT_THAT(asio_outside_net("src"), IsEmpty());
  EXPECT_THAT(asio_in_headers_of_net("src"), IsEmpty());
}

TEST(Arrows, PlantedAsioIsFound) {
  const PlantedTree tree;
  tree.plant("wire/json.cc",
             "#include <boost/beast/core.hpp>\n#include \"net/open.h\"\n#include <boost/json.hpp>\n");
  tree.plant("net/open.h", "#include \"net/inner.h\"\n");
  tree.plant("net/inner.h", "#include <boost/asio.hpp>\n#include \"net/open.h\"\n");
  tree.plant("net/hidden.h", "#include <boost/asio.hpp>\n");
  EXPECT_THAT(asio_outside_net(tree.path()), ElementsAre("wire/json.cc includes boost/beast/core.hpp"));
  EXPECT_THAT(asio_in_headers_of_net(tree.path()), ElementsAre("net/inner.h includes boost/asio.hpp"));
}

TEST(Purity, PureFoldersIncludeNoClockNoRandomnessNoInputNoThreads) {
  EXPECT_THAT(impure_sources("src"), IsEmpty());
}

TEST(Purity, APlantedIncludeIsFound) {
  const PlantedTree tree;
  tree.plant("queue/order.cc",
             "#include <chrono>\n#include <string>\n  std::printf(\"now\");\n  std::snprintf(b, n, f);\n");
  tree.plant("queue/order_test.cc", "#include <chrono>\n");
  tree.plant("node/keeper.cc", "#include <chrono>\n");
  EXPECT_THAT(impure_sources(tree.path()), ElementsAre("queue/order.cc includes <chrono>",
                                                       "queue/order.cc prints:   std::printf(\"now\");"));
}

TEST(Purity, PureLibrariesCallNoClockNoRandomnessNoInputNoThreads) {
  const auto libraries = pure_libraries();
  EXPECT_GE(libraries.size(), 9U);
  for (const auto& library : libraries) {
    ASSERT_TRUE(fs::exists(library)) << library;
    EXPECT_THAT(called_by(library), testing::Not(IsEmpty())) << library;
    EXPECT_THAT(impure_calls(library), IsEmpty()) << library;
  }
}

TEST(Purity, EveryPlantedCallIsFound) {
  const auto found = impure_calls(DURE_PLANTED_LIBRARY);
  for (const char* symbol :
       {"getenv", "localtime", "clock", "time", "stat", "mmap", "open", "read", "fopen", "fread", "printf",
        "popen", "rand", "getrandom", "socket", "pthread_mutex_lock", "std::cout"})
    EXPECT_THAT(found, Contains(symbol));
  for (const char* beginning : {"std::chrono::_V2::system_clock::now",
                                "std::random_device::", "std::thread::", "std::condition_variable::wait",
                                "std::basic_ifstream<", "std::filesystem::"})
    EXPECT_THAT(found, Contains(testing::StartsWith(beginning)));
}

TEST(House, FilesStaySmall) {
  constexpr std::size_t kMostLines = 600;
  for (const auto& path : sources("src"))
    EXPECT_LE(lines(fs::path("src") / path).size(), kMostLines)
        << "src/" << path.string() << " is more than one noun";
}

TEST(House, EveryHeaderBeginsWithWhatItIsFor) {
  for (const auto& path : sources("src")) {
    if (path.extension() != ".h") continue;
    const auto text = lines(fs::path("src") / path);
    EXPECT_TRUE(!text.empty() && text.front().starts_with("// ")) << "src/" << path.string();
  }
}

}  // namespace
