#include "bench/gpu/on_card/stage.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gpu/node/nvml_cards.h"

namespace dure::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr char kPlace[] = "/run/dure";  // as gpu/share/place.h has it

std::string replica_of(std::size_t tenant) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "01900000-0000-7000-8000-%012zu", tenant);
  return text.data();
}

bool may_have_mounts() {
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
                ? 0
                : 1);
  int status = 1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

std::string with(std::string text, const std::string& what, const std::string& value) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + value.size()))
    text.replace(at, what.size(), value);
  return text;
}

void set(const std::string& name, const std::string& value) {
  ::setenv(name.c_str(), value.c_str(), 1);
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t size = 0; (size = ::read(from, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(size));
  return text;
}

bool mount_file(const fs::path& file, const fs::path& onto) {
  std::ofstream made(onto);
  return made.good() && ::mount(file.c_str(), onto.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

}  // namespace

base::Result<std::unique_ptr<Stage>> Stage::open(StageOptions options) {
  std::unique_ptr<Stage> stage(new Stage(std::move(options)));
  if (stage->options_.fake) {
    set("FAKE_CUDA_STATE", stage->options_.folder + "/state");
    set("FAKE_CUDA_CONFIG", "cards=1;memory=8GiB");
  }
  stage->ships_ = !stage->options_.fake && may_have_mounts();
  DURE_TRY(stage->find_card());
  DURE_TRY(stage->open_shares());
  return stage;
}

base::Status Stage::find_card() {
  const std::string nvml = "libnvidia-ml.so.1";
  DURE_LET(library, gpu::NvmlLibrary::open(
                        options_.driver_folder.empty() ? nvml : options_.driver_folder + "/" + nvml));
  driver_ = library->driver_version();
  gpu::NvmlCards source(std::move(library));
  DURE_LET(cards, source.list());
  const auto found = std::ranges::find_if(cards, [&](const gpu::Card& card) {
    return options_.card.empty() ? card.report.health == model::CardHealth::kHealthy
                                 : card.report.id.text == options_.card;
  });
  if (found == cards.end()) return base::invalid(base::Reason("card.not_here").with("card", options_.card));
  card_ = *found;
  return {};
}

base::Status Stage::open_shares() {
  // Under the names that the node mounts: the flavour that can be told where to look, where it has to.
  const std::string libraries = options_.folder + "/lib";
  fs::create_directories(libraries);
  for (const char* name : {"cuda", "nvml"}) {
    const std::string file = "/libdure-" + std::string(name);
    std::error_code ignored;
    fs::create_symlink(options_.library_folder + file + (ships_ ? ".so" : "-test.so"),
                       libraries + file + ".so", ignored);
  }
  fs::create_symlink("libdure-cuda.so", libraries + "/libcuda.so.1");
  fs::create_symlink("libdure-nvml.so", libraries + "/libnvidia-ml.so.1");
  DURE_LET(shares, gpu::Shares::open({.folder = options_.folder + "/shares",
                                      .driver_folder = options_.driver_folder,
                                      .library_folder = libraries,
                                      .cdi_folder = "",
                                      .mount_tmpfs = false,
                                      .warn = [](const std::string& text) {
                                        std::fprintf(stderr, "%s\n", text.c_str());
                                      }}));
  shares_ = std::move(shares);
  return {};
}

// The tenant's place, filled; "" where that failed.
std::string Stage::prepare(std::size_t tenant, std::int64_t blocks) {
  const std::string replica = replica_of(tenant);
  const auto described = shares_->prepare(
      replica,
      {{card_.report.id, base::MilliGpu::blocks(blocks), {card_.report.memory.value / 100 * blocks}}},
      {card_});
  if (!described.ok()) {
    std::fprintf(stderr, "%s\n", described.failure().reason.code.c_str());
    return "";
  }
  std::string run = options_.folder + "/tenant-" + std::to_string(tenant);
  fs::remove_all(run);
  fs::create_directories(run + "/driver");
  // The folder and not the two files: the library follows no link to these.
  fs::create_directory_symlink(options_.folder + "/shares/" + replica, run + "/share");
  for (const auto& mount : described->mounts)
    if (mount.target.starts_with(std::string(kPlace) + "/driver/"))
      fs::create_symlink(mount.source, run + mount.target.substr(sizeof(kPlace) - 1));
  return run;
}

// In the tenant: what lies in `run` at the library's own place, seen by nobody else.
bool Stage::enter_place(const std::string& run) const {
  ::mkdir(kPlace, 0755);
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("dure", kPlace, "tmpfs", 0, "mode=0755") != 0)
    return false;
  for (const char* folder : {"/driver", "/share"}) {
    fs::create_directories(std::string(kPlace) + folder);
    for (const auto& each : fs::directory_iterator(run + folder))
      if (!mount_file(fs::canonical(each.path()),
                      std::string(kPlace) + folder + "/" + each.path().filename().string()))
        return false;
  }
  return true;
}

void Stage::become_peer(std::size_t tenant, const Tenant& what) const {
  set("LD_PRELOAD", options_.peer);
  std::string rest = with(options_.peer_environment, "{percent}", std::to_string(what.blocks));
  rest = with(rest, "{bytes}", std::to_string(card_.report.memory.value / 100 * what.blocks));
  rest = with(rest, "{tenant}", std::to_string(tenant));
  while (!rest.empty()) {
    const std::string one = rest.substr(0, rest.find(';'));
    rest.erase(0, one.size() + 1);
    if (const auto equals = one.find('='); equals != std::string::npos)
      set(one.substr(0, equals), one.substr(equals + 1));
  }
}

void Stage::become(Variant variant, std::size_t tenant, const Tenant& what, const std::string& run) {
  if (options_.fake)
    set("FAKE_CUDA_TENANT", tenant_name(tenant));
  else
    set("CUDA_VISIBLE_DEVICES", card_.report.id.text);
  if (variant != Variant::kDure && !options_.driver_folder.empty())
    set("LD_LIBRARY_PATH", options_.driver_folder);
  if (variant == Variant::kPeer) become_peer(tenant, what);
  if (variant == Variant::kDure) {
    set("LD_LIBRARY_PATH", options_.folder + "/lib");
    set("DURE_GPU_RUN", run);
    if (ships_ && !enter_place(run)) {
      std::perror(kPlace);
      ::_exit(1);
    }
  }
  std::vector<char*> words = {const_cast<char*>(options_.load.c_str())};
  for (const auto& word : what.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(options_.load.c_str(), words.data());
  std::perror(options_.load.c_str());
  ::_exit(1);
}

std::vector<std::optional<json::value>> Stage::run(Variant variant, const std::vector<Tenant>& tenants) {
  struct Running {
    pid_t process = -1;
    int output = -1;
  };
  std::vector<Running> running;
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    const std::string run = variant == Variant::kDure ? prepare(i, tenants[i].blocks) : "";
    std::array<int, 2> pipe{-1, -1};
    if ((variant == Variant::kDure && run.empty()) || ::pipe(pipe.data()) != 0) {
      running.push_back({});
      continue;
    }
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::close(pipe[0]);
      ::close(pipe[1]);
      become(variant, i, tenants[i], run);
    }
    ::close(pipe[1]);
    running.push_back({child, pipe[0]});
  }
  std::vector<std::optional<json::value>> said;
  for (const Running& each : running) {
    said.emplace_back();
    if (each.process < 0) continue;
    const std::string text = read_all(each.output);
    ::close(each.output);
    int status = 1;
    ::waitpid(each.process, &status, 0);
    boost::system::error_code bad;
    auto value = json::parse(text, bad);
    if (status == 0 && !bad)
      said.back() = std::move(value);
    else
      std::fprintf(stderr, "a tenant failed: %s\n", text.c_str());
  }
  shares_->keep_only({});
  return said;
}

}  // namespace dure::bench
