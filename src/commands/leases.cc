#include "commands/leases.h"

namespace dure::commands {
namespace {

base::Result<std::optional<model::LoopLease>> find_lease(Work& work, const std::string& role) {
  return work.tx.loop_leases().first(ports::Query{}.where("role", role).at_most(1));
}

base::Result<std::optional<HeldLease>> take_new(Work& work, const std::string& role,
                                                const std::string& holder, base::Span length) {
  model::LoopLease lease;
  work.stamp(lease);
  lease.role = role;
  lease.holder = holder;
  lease.fencing = 1;
  lease.expires_at = work.now + length;
  DURE_TRY(work.tx.loop_leases().insert(lease));
  return std::optional(HeldLease{role, holder, lease.fencing});
}

}  // namespace

base::Result<std::optional<HeldLease>> acquire_lease(World& world, const std::string& role,
                                                     const std::string& holder, base::Span length,
                                                     bool fresh) {
  using Held = std::optional<HeldLease>;
  return run<Held>(world, system_caller(role), [&](Work& work) -> base::Result<Held> {
    DURE_LET(found, find_lease(work, role));
    if (!found) return take_new(work, role, holder, length);
    const bool mine = found->holder == holder;
    if (!mine && found->expires_at > work.now) return Held{};
    if (fresh || !mine || found->expires_at <= work.now) ++found->fencing;
    found->holder = holder;
    found->expires_at = work.now + length;
    DURE_TRY(work.save(work.tx.loop_leases(), *found));
    return Held{HeldLease{role, holder, found->fencing}};
  });
}

base::Status check_lease(Work& work, const HeldLease& lease) {
  DURE_LET(found, find_lease(work, lease.role));
  if (found && found->holder == lease.holder && found->fencing == lease.fencing &&
      found->expires_at > work.now)
    return {};
  return base::error(base::ErrorKind::kConflict, base::Reason("lease.lost").with("role", lease.role));
}

base::Status release_lease(World& world, const HeldLease& lease) {
  const auto released = run<bool>(world, system_caller(lease.role), [&](Work& work) -> base::Result<bool> {
    DURE_LET(found, find_lease(work, lease.role));
    if (!found || found->holder != lease.holder || found->fencing != lease.fencing) return false;
    found->expires_at = work.now;
    DURE_TRY(work.save(work.tx.loop_leases(), *found));
    return true;
  });
  return released.ok() ? base::Status{} : base::Status{released.failure()};
}

}  // namespace dure::commands
