#include "gpu/node/share_watch.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace dure::gpu {
namespace {

struct PlacedContainer {
  const WatchedContainer* container = nullptr;
  std::optional<ProcessPlace> first;
};

std::vector<PlacedContainer> place(const std::vector<WatchedContainer>& containers) {
  std::vector<PlacedContainer> placed;
  const auto own = find_place(::getpid());
  for (const WatchedContainer& each : containers) {
    auto first = each.pid > 0 ? find_place(each.pid) : std::nullopt;
    // One that shares the machine's namespace says nothing by it.
    if (first && own && first->pid_namespace == own->pid_namespace) first.reset();
    placed.push_back({&each, std::move(first)});
  }
  return placed;
}

}  // namespace

ShareWatch::ShareWatch(const Shares& shares, WatchOptions options)
    : shares_(shares), options_(std::move(options)), users_(options_.nvml) {
  looking_ = std::thread([this] { run(); });
}

ShareWatch::~ShareWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (looking_.joinable()) looking_.join();
}

void ShareWatch::watch(std::vector<WatchedContainer> containers) {
  const std::lock_guard lock(mutex_);
  containers_ = std::move(containers);
  told_ = true;
}

std::vector<Finding> ShareWatch::findings() const {
  const std::lock_guard lock(mutex_);
  std::vector<Finding> findings;
  for (const auto& [key, seen] : seen_)
    if (seen.twice) findings.push_back(seen.finding);
  return findings;
}

std::uint64_t ShareWatch::looks() const {
  const std::lock_guard lock(mutex_);
  return looks_;
}

void ShareWatch::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::microseconds(options_.every.us), [this] { return ending_; });
      if (ending_) return;
      if (!told_) continue;
    }
    look();
  }
}

// Who is gone by now, or cannot be looked at, is left out: NVML's answer is older than /proc's.
std::vector<CardProcess> ShareWatch::processes(const std::vector<WatchedContainer>& containers) {
  std::vector<CardProcess> processes;
  const auto placed = place(containers);
  for (const CardUser& user : users_.list()) {
    const auto at = find_place(user.pid);
    if (!at) continue;
    CardProcess process = {user.card, user.pid, at->name, user.bytes, "", at->inner_pid, at->pid_namespace};
    const auto home = std::ranges::find_if(placed, [&](const PlacedContainer& each) {
      return is_in_container(*at, each.container->container_id, each.first);
    });
    if (home != placed.end()) process.replica_id = home->container->replica_id;
    processes.push_back(std::move(process));
  }
  return processes;
}

// The books are read after the driver was asked: a process that had a context had its slot before.
void ShareWatch::look() {
  std::vector<WatchedContainer> containers;
  {
    const std::lock_guard lock(mutex_);
    containers = containers_;
  }
  const auto found = processes(containers);
  keep(find_bypass(found, shares_.books(), options_.tolerance));
}

void ShareWatch::keep(const std::vector<Bypass>& found) {
  std::vector<std::string> told;
  {
    const std::lock_guard lock(mutex_);
    std::map<Key, Seen> now;
    for (const Bypass& bypass : found) {
      const Key key = {bypass.card, bypass.replica_id, bypass.kind};
      const auto before = seen_.find(key);
      const bool again = before != seen_.end();
      Seen seen = {{bypass.card, bypass.replica_id, reason_of(bypass, options_.tolerance),
                    again ? before->second.finding.found_at : options_.now()},
                   again};
      if (again && !before->second.twice)
        told.push_back("shares: " + seen.finding.reason.code + " on card " + bypass.card + ", process " +
                       std::to_string(bypass.pid) + " (" + bypass.name + ")" +
                       (bypass.replica_id.empty() ? "" : ", replica " + bypass.replica_id));
      now.emplace(key, std::move(seen));
    }
    seen_ = std::move(now);
    ++looks_;
  }
  for (const std::string& line : told) options_.warn(line);
}

}  // namespace dure::gpu
