#include "gpu/node/bypass.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dure::gpu {
namespace {

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

const BookedShare* find_share(std::span<const BookedShare> shares, const CardProcess& process) {
  const auto found = std::ranges::find_if(shares, [&](const BookedShare& share) {
    return share.replica_id == process.replica_id && share.card == process.card;
  });
  return found == shares.end() ? nullptr : &*found;
}

const BookedProcess* find_slot(const BookedShare& share, const CardProcess& process) {
  const auto found = std::ranges::find_if(share.processes, [&](const BookedProcess& slot) {
    const bool same_namespace = slot.pid_namespace == 0 || slot.pid_namespace == process.pid_namespace;
    return same_namespace && slot.pid == process.inner_pid;
  });
  return found == share.processes.end() ? nullptr : &*found;
}

// What one process shows by itself.
std::optional<Bypass> look_at(const CardProcess& process, const BookedShare* share, std::uint64_t tolerance) {
  Bypass bypass = {process.card,
                   process.replica_id,
                   BypassKind::kForeign,
                   process.pid,
                   process.name,
                   process.bytes.value_or(0),
                   0};
  if (process.replica_id.empty()) return bypass;
  bypass.kind = BypassKind::kNotInBooks;
  if (share == nullptr) return bypass;
  const BookedProcess* slot = find_slot(*share, process);
  if (slot == nullptr) return bypass;
  if (bypass.used_bytes <= add(slot->bytes, tolerance)) return std::nullopt;
  bypass.kind = BypassKind::kMore;
  bypass.booked_bytes = slot->bytes;
  return bypass;
}

bool is_graver(const Bypass& a, const Bypass& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.used_bytes != b.used_bytes) return a.used_bytes > b.used_bytes;
  return a.pid < b.pid;
}

// All of one replica on one card, or all that is foreign on it.
struct Group {
  std::optional<Bypass> gravest;
  std::uint64_t used = 0;
  std::uint64_t count = 0;
  const CardProcess* largest = nullptr;
  const BookedShare* share = nullptr;
};

bool is_larger(const CardProcess& a, const CardProcess& b) {
  const std::uint64_t bytes_a = a.bytes.value_or(0);
  const std::uint64_t bytes_b = b.bytes.value_or(0);
  return bytes_a != bytes_b ? bytes_a > bytes_b : a.pid < b.pid;
}

void take(Group& group, const CardProcess& process, std::uint64_t tolerance) {
  const auto found = look_at(process, group.share, tolerance);
  if (found && (!group.gravest || is_graver(*found, *group.gravest))) group.gravest = found;
  group.used = add(group.used, process.bytes.value_or(0));
  ++group.count;
  if (group.largest == nullptr || is_larger(process, *group.largest)) group.largest = &process;
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

bool is_over(const Group& group, std::uint64_t tolerance) {
  return group.share != nullptr &&
         group.used > add(group.share->limit_bytes, multiply(tolerance, group.count));
}

std::int64_t whole_mib(std::uint64_t bytes) {
  return static_cast<std::int64_t>(bytes >> 20);
}

const char* code_of(BypassKind kind) {
  switch (kind) {
    case BypassKind::kOverLimit:
      return "share.memory_over_limit";
    case BypassKind::kNotInBooks:
      return "share.process_not_in_books";
    case BypassKind::kMore:
      return "share.memory_not_in_books";
    case BypassKind::kForeign:
      return "share.foreign_process";
  }
  return "share.foreign_process";
}

}  // namespace

std::vector<Bypass> find_bypass(std::span<const CardProcess> processes, std::span<const BookedShare> shares,
                                std::uint64_t tolerance) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const CardProcess& process : processes) {
    Group& group = groups[{process.card, process.replica_id}];
    if (group.count == 0 && !process.replica_id.empty()) group.share = find_share(shares, process);
    take(group, process, tolerance);
  }
  std::vector<Bypass> found;
  for (const auto& [key, group] : groups) {
    if (is_over(group, tolerance))
      found.push_back({key.first, key.second, BypassKind::kOverLimit, group.largest->pid, group.largest->name,
                       group.used, group.share->limit_bytes});
    else if (group.gravest)
      found.push_back(*group.gravest);
  }
  return found;
}

base::Reason reason_of(const Bypass& bypass, std::uint64_t tolerance) {
  base::Reason reason(code_of(bypass.kind));
  reason.with("card", bypass.card).with("used_mib", whole_mib(bypass.used_bytes));
  if (bypass.kind != BypassKind::kOverLimit) reason.with("pid", bypass.pid).with("process", bypass.name);
  if (bypass.kind == BypassKind::kOverLimit) reason.with("limit_mib", whole_mib(bypass.booked_bytes));
  if (bypass.kind == BypassKind::kMore) reason.with("booked_mib", whole_mib(bypass.booked_bytes));
  if (bypass.kind == BypassKind::kOverLimit || bypass.kind == BypassKind::kMore)
    reason.with("tolerance_mib", whole_mib(tolerance));
  return reason;
}

}  // namespace dure::gpu
