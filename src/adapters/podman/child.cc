#include "adapters/podman/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/fd.h"

namespace dure::podman {

using base::ErrorKind;
using base::Reason;

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size());
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

// Between fork and exec only calls that are safe in a copy of a program with many threads.
[[noreturn]] void become(const Command& command, char* const* arguments, char* const* environment, int input,
                         int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int ignored : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(ignored, SIG_DFL);
  if (!command.folder.empty() && ::chdir(command.folder.c_str()) != 0) ::_exit(127);
  ::dup2(input, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

base::Error child_failed(const std::string& what) {
  return base::error(ErrorKind::kUnavailable,
                     Reason("engine.service_failed").with("why", what + ": " + std::strerror(errno)));
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

base::Result<pid_t> start_child(const Command& command) {
  net::Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  net::Fd output(::open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!input || !output) return child_failed(command.output);
  const std::vector<char*> arguments = pointers(command.arguments);
  const std::vector<char*> environment = pointers(command.environment);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return child_failed("fork");
  if (child == 0) become(command, arguments.data(), environment.data(), input.get(), output.get(), parent);
  return child;
}

base::Result<int> run_child(const Command& command, base::Span limit) {
  DURE_LET(child, start_child(command));
  net::Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0U)));
  struct pollfd wait {
    handle.get(), POLLIN, 0
  };
  int ready = 0;
  do {
    ready = ::poll(&wait, 1, static_cast<int>(limit.in_ms()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ready == 0) {
    return base::error(
        ErrorKind::kUnavailable,
        Reason("engine.timeout").with("action", command.arguments.back()).with("limit_ms", limit.in_ms()));
  }
  return exit_code_of(status);
}

}  // namespace dure::podman
