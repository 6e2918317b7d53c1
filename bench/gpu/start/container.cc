#include "bench/gpu/start/container.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "gpu/node/share_pages.h"

namespace dure::bench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "dure-start-bench: %s\n", why.c_str());
  std::exit(2);
}

// The fake driver's first card, all of its memory, and a context that costs something.
std::vector<gpu::CardLimit> all_of_the_card() {
  return {{.uuid = "GPU-face0000-0000-4000-8000-000000000001",
           .memory_bytes = std::uint64_t{80} << 30,
           .guaranteed_milli = 1000,
           .context_bytes = std::uint64_t{400} << 20}};
}

}  // namespace

StartContainer::StartContainer(const StartFiles& files)
    : files_({fs::absolute(files.library), fs::absolute(files.driver)}) {
  for (const std::string& file : {files_.library, files_.driver})
    if (!fs::exists(file)) give_up(file + " is not there");
  std::string pattern = fs::exists("/dev/shm") ? "/dev/shm/dure-start.XXXXXX" : "/tmp/dure-start.XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) give_up("no folder can be made in /dev/shm or /tmp");
  folder_ = pattern;
  fs::create_directories(folder_ + "/driver");
  fs::create_directories(folder_ + "/share");
  fs::create_symlink(files_.driver, folder_ + "/driver/libcuda.so.1");
  const auto pages = gpu::SharePages::make(folder_ + "/share", all_of_the_card(), {});
  if (!pages.ok()) give_up("the share's files cannot be made");
  ::setenv("DURE_GPU_RUN", folder_.c_str(), 1);
  ::setenv("FAKE_CUDA_STATE", (folder_ + "/cards").c_str(), 1);
  ::setenv("FAKE_CUDA_CONFIG", "memory=80GiB;context=1MiB", 1);
}

StartContainer::~StartContainer() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

StartedProgram::StartedProgram(const std::string& library) {
  int input[2] = {}, answer[2] = {};
  if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(answer, O_CLOEXEC) != 0) give_up("no descriptor is left");
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, input[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, answer[1], kStartAnswer);
  std::string words[] = {"/proc/self/exe", kStartProgram, library};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  begun_ns_ = monotonic_ns();
  const int failure = ::posix_spawn(&process_, "/proc/self/exe", &files, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(input[0]);
  ::close(answer[1]);
  input_ = input[1];
  if (failure != 0) give_up("a process cannot be started");
  if (::read(answer[0], &times_, sizeof times_) != ssize_t{sizeof times_}) times_ = {};
  ::close(answer[0]);
}

StartedProgram::StartedProgram(StartedProgram&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      input_(std::exchange(other.input_, -1)),
      begun_ns_(other.begun_ns_),
      times_(other.times_) {}

void StartedProgram::end() {
  if (process_ < 0) return;
  ::close(input_);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void StartedProgram::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  end();
}

}  // namespace dure::bench
