#include "adapters/podman/memory_kill.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "net/fd.h"

namespace dure::podman {

bool tells_memory_kill(std::string_view record, const std::string& container_id) {
  if (container_id.empty() || record.find("oom-kill:") == std::string_view::npos) return false;
  const std::size_t at = record.find("oom_memcg=");
  if (at == std::string_view::npos) return false;
  const std::string_view group = record.substr(at, record.find(',', at) - at);
  return group.find(container_id) != std::string_view::npos;
}

bool was_killed_for_memory(const std::string& container_id) {
  const net::Fd log(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!log) return false;
  std::array<char, 8192> record{};
  while (true) {
    const ssize_t size = ::read(log.get(), record.data(), record.size());  // one record a call
    if (size < 0 && (errno == EPIPE || errno == EINTR)) continue;          // EPIPE: records were overwritten
    if (size <= 0) return false;
    if (tells_memory_kill({record.data(), static_cast<std::size_t>(size)}, container_id)) return true;
  }
}

}  // namespace dure::podman
