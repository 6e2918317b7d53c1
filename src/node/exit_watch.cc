#include "node/exit_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dure::node {
namespace {

constexpr std::uint64_t kWakeKey = 0;

bool add(int poll, int descriptor, std::uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  return ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

}  // namespace

ExitWatch::ExitWatch(BootClock& clock, std::function<void()> on_exit)
    : clock_(clock),
      on_exit_(std::move(on_exit)),
      poll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  DURE_ASSERT(poll_ && wake_ && add(poll_.get(), wake_.get(), kWakeKey));
  thread_ = std::thread([this] { run(); });
}

ExitWatch::~ExitWatch() {
  const std::uint64_t one = 1;
  DURE_ASSERT(::write(wake_.get(), &one, sizeof one) == sizeof one);
  thread_.join();
}

void ExitWatch::run() {
  for (;;) {
    epoll_event events[16];
    const int count = ::epoll_wait(poll_.get(), events, 16, -1);
    for (int n = 0; n < count; ++n) {
      if (events[n].data.u64 == kWakeKey) return;
      note_end(events[n].data.u64);
      on_exit_();
    }
  }
}

void ExitWatch::note_end(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, each] : watched_) {
    if (each.key != key) continue;
    each.ended_us = clock_.now().boottime_us;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, each.process.get(), nullptr);
    each.process.reset();
  }
}

void ExitWatch::watch(const std::string& name, std::int64_t pid) {
  if (pid <= 0) return;
  const std::lock_guard lock(mutex_);
  if (watched_.contains(name)) return;
  net::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (!process) return;
  const std::uint64_t key = next_key_++;
  if (!add(poll_.get(), process.get(), key)) return;
  watched_[name] = {std::move(process), key, std::nullopt};
}

std::optional<std::int64_t> ExitWatch::ended_boottime_us(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(name);
  return found == watched_.end() ? std::nullopt : found->second.ended_us;
}

void ExitWatch::forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  watched_.erase(name);
}

}  // namespace dure::node
