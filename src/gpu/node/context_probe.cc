#include "gpu/node/context_probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "gpu/node/driver_files.h"

namespace dure::gpu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kChildLook = std::chrono::milliseconds(5);
constexpr auto kToDie = std::chrono::seconds(1);

const std::string& path_of(const std::vector<DriverFile>& files, const char* name) {
  static const std::string kNone;
  for (const DriverFile& file : files)
    if (file.name == name) return file.path;
  return kNone;
}

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { static_cast<void>(::pipe2(ends, O_CLOEXEC | O_NONBLOCK)); }
  ~Pipe() {
    close_write();
    if (ends[0] >= 0) ::close(ends[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
};

// Nothing of this process but the environment: no descriptor, no blocked or ignored signal. The child's id,
// or -1 with the reason in `failure`.
pid_t start(const std::string& program, std::vector<std::string> words, int answers, int* failure) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&files, answers, kContextAnswer);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  *failure = ::posix_spawn(&child, program.c_str(), &files, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return *failure == 0 ? child : -1;
}

bool is_over(pid_t child, int* status) {
  const pid_t ended = ::waitpid(child, status, WNOHANG);
  return ended == child || (ended < 0 && errno == ECHILD);
}

// Whether it ended by then.
bool wait_until(pid_t child, Clock::time_point until, const std::atomic<bool>* ending, int* status) {
  for (;;) {
    if (is_over(child, status)) return true;
    if (Clock::now() >= until || (ending != nullptr && ending->load())) return false;
    std::this_thread::sleep_for(kChildLook);
  }
}

// What the child wrote: a line, or nothing.
std::string read_answer(int answers) {
  char text[512];
  const ssize_t count = ::read(answers, text, sizeof text);
  const std::string_view all(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  const auto end = all.find('\n');
  return end == std::string_view::npos ? "" : std::string(all.substr(0, end));
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return "the driver ended the child by signal " + std::to_string(WTERMSIG(status));
  return "the child ended without an answer, status " + std::to_string(WEXITSTATUS(status));
}

ContextMeasure read_measure(const std::string& line, const std::string& otherwise) {
  constexpr std::string_view kBytes = "bytes ", kWhy = "why ";
  if (line.starts_with(kWhy)) return {std::nullopt, line.substr(kWhy.size())};
  if (!line.starts_with(kBytes)) return {std::nullopt, otherwise};
  std::uint64_t bytes = 0;
  const char* const end = line.data() + line.size();
  const auto [rest, failure] = std::from_chars(line.data() + kBytes.size(), end, bytes);
  if (failure != std::errc() || rest != end || bytes == 0) return {std::nullopt, otherwise};
  return {bytes, ""};
}

}  // namespace

bool ContextProbe::is_stuck(const std::string& card) {
  const auto found = stuck_.find(card);
  int status = 0;
  if (found == stuck_.end()) return false;
  if (!is_over(found->second, &status)) return true;
  stuck_.erase(found);
  return false;
}

ContextMeasure ContextProbe::measure(const std::string& card, const std::atomic<bool>& ending) {
  if (is_stuck(card)) return {std::nullopt, "the last attempt still hangs in the driver"};
  const auto files = find_driver_files(options_.driver_folder, options_.library_folder);
  if (!files.ok()) return {std::nullopt, "the driver's libraries or the share library are not there"};
  const Pipe answers;
  if (answers.ends[0] < 0) return {std::nullopt, "no descriptor is left"};
  int failure = 0;
  const pid_t child =
      start(options_.program,
            {options_.program, kContextProbe, path_of(files->cuda, "libcuda.so.1"), options_.nvml, card,
             std::to_string((options_.limit.us + 999'999) / 1'000'000 + 1), std::to_string(::getpid())},
            answers.ends[1], &failure);
  if (child < 0) return {std::nullopt, std::string("the child cannot be started: ") + std::strerror(failure)};
  return watch(child, answers.ends[0], card, ending);
}

// The answer counts even where the child did not end by itself: what hangs then is the driver's cleaning up.
ContextMeasure ContextProbe::watch(pid_t child, int answers, const std::string& card,
                                   const std::atomic<bool>& ending) {
  int status = 0;
  if (wait_until(child, Clock::now() + std::chrono::microseconds(options_.limit.us), &ending, &status))
    return read_measure(read_answer(answers), end_of(status));
  ::kill(child, SIGKILL);
  if (!wait_until(child, Clock::now() + kToDie, nullptr, &status)) stuck_[card] = child;
  return read_measure(read_answer(answers), "the driver did not answer within " +
                                                std::to_string(options_.limit.us / 1'000'000) + " s");
}

}  // namespace dure::gpu
