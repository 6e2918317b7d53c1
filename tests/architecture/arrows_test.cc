// The house's rules as tests: which folder may include which, and that the pure folders are pure.
//
// The table below is the one of ARCHITECTURE.md. Run from the checkout's root; DURE_BUILD names the build
// folder whose libraries are looked into (build/ where it is not set).
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

using Arrows = std::map<std::string, std::set<std::string>>;

// Folder -> the folders that it may include, besides itself. What those may use comes with them.
const Arrows& arrows() {
  static const std::set<std::string> kPure = {"base",      "calendar", "model",     "policy",
                                              "programme", "access",   "placement", "queue",
                                              "fleet",     "ledger",   "notices"};
  static const Arrows kArrows = [] {
    Arrows table = {
        {"base", {}},
        {"calendar", {"base"}},
        {"model", {"base"}},
        {"policy", {"base", "calendar"}},
        {"programme", {"base", "model", "policy", "calendar"}},
        {"access", {"base", "model", "policy", "calendar"}},
        {"placement", {"base", "model"}},
        {"queue", {"base", "placement", "model", "policy"}},
        {"fleet", {"base", "model", "policy"}},
        {"ledger", {"base", "model", "policy"}},
        {"notices", {"base", "model", "policy"}},
        {"ports", {"base", "model"}},
        {"wire", {"base", "model"}},
        {"net", {"base"}},
        {"adapters/sql", {"base", "model", "ports", "wire", "net"}},
        {"adapters/podman", {"base", "model", "ports", "wire", "net"}},
        {"adapters/system", {"base", "model", "ports", "wire", "net"}},
        {"adapters/blobs", {"base", "model", "ports", "wire", "net", "adapters/system"}},
        {"gpu/node", {"base", "model", "ports"}},
    };
    table["commands"] = kPure;
    table["commands"].insert({"ports", "wire"});
    for (const char* program : {"server", "node", "gateway", "cli"}) {
      table[program] = kPure;
      table[program].insert({"ports", "wire", "net", "commands", "gpu/node"});
    }
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

std::vector<fs::path> sources() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator("src"))
    if (entry.is_regular_file() && is_source(entry.path()))
      found.push_back(fs::relative(entry.path(), "src"));
  return found;
}

// The included names of a file: ours in quotes, the system's in angle brackets.
std::vector<std::string> includes(const fs::path& path, char open) {
  static const std::regex kOurs("^\\s*#\\s*include\\s*\"([^\"]+)\"");
  static const std::regex kSystem("^\\s*#\\s*include\\s*<([^>]+)>");
  std::vector<std::string> names;
  std::ifstream file(fs::path("src") / path);
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_search(line, match, open == '"' ? kOurs : kSystem)) names.push_back(match[1]);
  }
  return names;
}

bool is_main(const fs::path& path) {
  return path.filename() == "main.cc";
}

TEST(Arrows, OnlyThoseOfTheTableExist) {
  for (const auto& path : sources()) {
    if (is_test(path)) continue;
    const std::string from = folder_of(path);
    ASSERT_TRUE(arrows().count(from))
        << "src/" << from << " is not in the table: add it there and to ARCHITECTURE.md";
    for (const auto& name : includes(path, '"')) {
      if (!fs::exists(fs::path("src") / name)) continue;  // generated
      const std::string to = folder_of(name);
      if (to == from || arrows().at(from).count(to)) continue;
      // Only a program's main wires adapters.
      if (is_main(path) && to.starts_with("adapters/")) continue;
      ADD_FAILURE() << "src/" << path.string() << " includes " << name << ": no arrow " << from << " -> "
                    << to;
    }
  }
}

TEST(Arrows, AsioAndBeastStayInNet) {
  for (const auto& path : sources()) {
    if (folder_of(path) == "net") continue;
    for (const auto& name : includes(path, '<'))
      EXPECT_FALSE(name.starts_with("boost/asio") || name.starts_with("boost/beast"))
          << "src/" << path.string() << " includes " << name;
  }
}

TEST(Arrows, HeadersOfNetAreFreeOfAsioAndBeast) {
  // Its own inner headers may have them; whoever outside includes net would pay a minute of compiling for
  // each.
  std::set<std::string> used_outside;
  for (const auto& path : sources())
    if (folder_of(path) != "net")
      for (const auto& name : includes(path, '"'))
        if (name.starts_with("net/")) used_outside.insert(name);
  for (std::set<std::string> next; !used_outside.empty(); used_outside = std::move(next), next.clear()) {
    for (const auto& header : used_outside) {
      for (const auto& name : includes(header, '<'))
        EXPECT_FALSE(name.starts_with("boost/asio") || name.starts_with("boost/beast"))
            << header << " " << name;
      for (const auto& name : includes(header, '"')) next.insert(name);
    }
  }
}

const std::vector<std::string>& pure_folders() {
  static const std::vector<std::string> kPure = {"base",      "calendar", "model",     "policy",
                                                 "programme", "access",   "placement", "queue",
                                                 "fleet",     "ledger",   "notices"};
  return kPure;
}

TEST(Purity, PureFoldersIncludeNoClockNoRandomnessNoInputNoThreads) {
  static const std::set<std::string> kBanned = {"chrono",       "ctime",
                                                "time.h",       "random",
                                                "thread",       "mutex",
                                                "atomic",       "future",
                                                "fstream",      "iostream",
                                                "filesystem",   "unistd.h",
                                                "fcntl.h",      "condition_variable",
                                                "shared_mutex", "pthread.h",
                                                "stop_token",   "sys/random.h",
                                                "sys/time.h",   "sys/stat.h"};
  for (const auto& path : sources()) {
    const auto folder = folder_of(path);
    if (is_test(path) ||
        std::find(pure_folders().begin(), pure_folders().end(), folder) == pure_folders().end())
      continue;
    for (const auto& name : includes(path, '<'))
      EXPECT_FALSE(kBanned.count(name)) << "src/" << path.string() << " includes <" << name << ">";
  }
}

std::string run(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    output.append(buffer.data(), count);
  return output;
}

TEST(Purity, PureLibrariesCallNoClockNoRandomnessNoInputNoThreads) {
  const char* build = std::getenv("DURE_BUILD");
  const std::regex banned(
      " (clock_gettime|gettimeofday|time|rand|random|srand|getrandom|getentropy|open|open64|fopen|fopen64|"
      "read|write|"
      "socket|connect|pthread_create|nanosleep|randombytes_buf|std::chrono::_V2::system_clock::now|"
      "std::chrono::_V2::steady_clock::now|std::random_device::.*|std::thread::.*|std::basic_[io]?fstream<.*)"
      "$",
      std::regex::multiline);
  int looked_at = 0;
  for (const auto& folder : pure_folders()) {
    const auto library = fs::path(build ? build : "build") / "lib" / ("libdure_" + folder + ".a");
    if (!fs::exists(library)) continue;  // a folder of headers only has none
    ++looked_at;
    const std::string symbols = run("nm -C --undefined-only '" + library.string() + "' 2>/dev/null");
    ASSERT_FALSE(symbols.empty());
    std::smatch match;
    EXPECT_FALSE(std::regex_search(symbols, match, banned)) << folder << " calls" << match.str();
  }
  EXPECT_GE(looked_at, 9);
}

TEST(House, FilesStaySmall) {
  constexpr int kMostLines = 600;
  for (const auto& path : sources()) {
    std::ifstream file(fs::path("src") / path);
    int lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    EXPECT_LE(lines, kMostLines) << "src/" << path.string() << " is more than one noun";
  }
}

TEST(House, EveryHeaderBeginsWithWhatItIsFor) {
  for (const auto& path : sources()) {
    if (path.extension() != ".h") continue;
    std::ifstream file(fs::path("src") / path);
    std::string first;
    std::getline(file, first);
    EXPECT_TRUE(first.starts_with("// ")) << "src/" << path.string();
  }
}

}  // namespace
