#include "adapters/podman/runtime.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/podman/child.h"
#include "adapters/podman/text_file.h"

namespace dure::podman {

using base::Span;

namespace {

constexpr Span kLimit = Span::seconds(30);
constexpr int kAskRunning = 0;
constexpr int kAskWaiting = 1;

std::string mark_of(const Folders& folders, const std::string& container_id) {
  return folders.marks() + "/" + container_id;
}

}  // namespace

std::string runtime_script(const Folders& folders, const Machine& machine) {
  return "#!/bin/sh\n"
         "# The OCI runtime, with a mark before each start, and a start that may be repeated.\n"
         "runtime='" +
         machine.runtime + "' marks='" + folders.marks() +
         "'\n"
         "ask() {\n"
         "  case $(\"$runtime\" state \"$1\" 2>/dev/null) in\n"
         "    *'\"status\": \"running\"'* | *'\"status\": \"paused\"'*) return 0 ;;\n"
         "    *'\"status\": \"created\"'*) return 1 ;;\n"
         "    *) return 2 ;;\n"
         "  esac\n"
         "}\n"
         "case $1 in\n"
         "  ask) ask \"$2\"; exit ;;\n"
         "  start)\n"
         "    [ -e \"$marks/$2\" ] && ask \"$2\" && exit\n"
         "    : >\"$marks/$2\"; \"$runtime\" start \"$2\" || ask \"$2\"; exit ;;\n"
         "esac\n"
         "exec \"$runtime\" \"$@\"\n";
}

Runtime::Runtime(Folders folders, Machine machine)
    : folders_(std::move(folders)), machine_(std::move(machine)) {}

Held Runtime::ask(const std::string& container_id) const {
  const Command command{{folders_.runtime(machine_), "ask", container_id},
                        environment(folders_),
                        folders_.log(),
                        folders_.work()};
  const auto code = run_child(command, kLimit);
  if (code.ok() && *code == kAskRunning) return Held::kRunning;
  if (code.ok() && *code == kAskWaiting) return Held::kWaiting;
  return Held::kUnknown;
}

std::optional<base::Instant> Runtime::marked(const std::string& container_id) const {
  struct stat info {};
  if (::stat(mark_of(folders_, container_id).c_str(), &info) != 0) return std::nullopt;
  return base::Instant{info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000};
}

std::optional<Exit> Runtime::exit_of(const std::string& container_id) const {
  const std::string path = folders_.exits() + "/" + container_id;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  Exit exit{0, {info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000}};
  std::ifstream file(path);
  if (!(file >> exit.code)) return std::nullopt;
  return exit;
}

std::vector<std::string> Runtime::all_marked() const {
  std::vector<std::string> containers;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folders_.marks(), failure)) {
    containers.push_back(entry.path().filename());
  }
  return containers;
}

void Runtime::unmark(const std::string& container_id) const {
  if (!container_id.empty()) ::unlink(mark_of(folders_, container_id).c_str());
}

void Runtime::run(const std::vector<std::string>& arguments) const {
  const auto ended = run_child({arguments, environment(folders_), folders_.log(), folders_.work()}, kLimit);
  if (!ended.ok()) return;  // what follows will fail, and say why
}

void Runtime::forget(const std::string& container_id) const {
  run({machine_.podman, "container", "cleanup", container_id});
  run({machine_.runtime, "delete", "--force", container_id});
  await_attendant(container_id);
  unmark(container_id);
}

void Runtime::await_attendant(const std::string& container_id) const {
  const std::string file =
      folders_.state + "/run/" + machine_.storage + "-containers/" + container_id + "/userdata/conmon.pid";
  const std::string process = read_text(file);
  if (process.empty()) return;
  for (int attempt = 0; attempt < 100; ++attempt) {
    // A process that has ended and was not yet waited for has an empty command line.
    if (read_text("/proc/" + process + "/cmdline").find(container_id) == std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace dure::podman
