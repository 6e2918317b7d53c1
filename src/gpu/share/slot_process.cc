#include "gpu/share/slot_process.h"

#include <errno.h>
#include <signal.h>

#include "gpu/share/page_kernel.h"

namespace dure::gpu::share {

namespace {

constexpr unsigned kStatePosition = 3;
constexpr unsigned kThreadsPosition = 20;
constexpr unsigned kStartedPosition = 22;

// "/proc/<pid>/stat"
void stat_path(uint64_t pid, char (&path)[48]) noexcept {
  char digits[24];
  unsigned count = 0;
  do digits[count++] = static_cast<char>('0' + pid % 10);
  while ((pid /= 10) != 0);
  unsigned length = 0;
  for (const char* part = "/proc/"; *part != '\0'; ++part) path[length++] = *part;
  while (count > 0) path[length++] = digits[--count];
  for (const char* part = "/stat"; *part != '\0'; ++part) path[length++] = *part;
  path[length] = '\0';
}

bool read_stat(const char* path, ProcessStat* stat) noexcept {
  const int file = open_file(path, O_RDONLY);
  if (file < 0) return false;
  char text[1024];
  const long length = read_file(file, text, sizeof(text));
  close_file(file);
  return length > 0 && parse_stat(text, static_cast<uint64_t>(length), stat);
}

}  // namespace

bool parse_stat(const char* text, uint64_t length, ProcessStat* stat) noexcept {
  uint64_t at = length;
  while (at > 0 && text[at - 1] != ')') --at;
  if (at == 0) return false;
  *stat = {};
  unsigned position = 2;
  while (at < length) {
    if (text[at] == ' ') {
      ++position;
    } else if (position == kStatePosition) {
      stat->state = text[at];
    } else if (position == kThreadsPosition || position == kStartedPosition) {
      if (text[at] < '0' || text[at] > '9') return false;
      uint64_t* number = position == kThreadsPosition ? &stat->threads : &stat->started;
      *number = *number * 10 + static_cast<uint64_t>(text[at] - '0');
    } else if (position > kStartedPosition) {
      return true;
    }
    ++at;
  }
  return false;
}

ProcessIdentity own_identity() noexcept {
  ProcessIdentity identity = {static_cast<uint64_t>(process_id()), 0, 0};
  ProcessStat stat = {};
  if (read_stat("/proc/self/stat", &stat)) identity.started = stat.started;
  // Of the thread that calls, which is the process's too. Not by O_NOFOLLOW: it is a link.
  const int file =
      static_cast<int>(call_kernel(SYS_openat, AT_FDCWD, "/proc/self/ns/pid", O_RDONLY | O_CLOEXEC, 0));
  if (file < 0) return identity;
  struct stat status = {};
  if (stat_file(file, &status)) identity.pid_namespace = status.st_ino;
  close_file(file);
  return identity;
}

bool is_gone(const ProcessIdentity& process, const ProcessIdentity& checker) noexcept {
  if (process.pid == 0 || process.pid_namespace == 0 || process.pid_namespace != checker.pid_namespace)
    return false;
  if (call_kernel(SYS_kill, static_cast<long>(process.pid), 0) != 0 && errno == ESRCH) return true;
  char path[48];
  stat_path(process.pid, path);
  ProcessStat stat = {};
  if (process.started == 0 || !read_stat(path, &stat)) return false;
  if (stat.started != process.started) return true;
  // The first thread can have ended before the others: dead is who has no other.
  return (stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1;
}

}  // namespace dure::gpu::share
