#include "commands/share_uses.h"

#include <algorithm>

#include "commands/reads.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kLeastGivenNs = 1'000'000'000;

model::SharePolicy policy_of(policy::ShareRule rule) {
  switch (rule) {
    case policy::ShareRule::kHard:
      return model::SharePolicy::kHard;
    case policy::ShareRule::kBorrow:
      return model::SharePolicy::kBorrow;
    case policy::ShareRule::kPriority:
      return model::SharePolicy::kPriority;
  }
  return model::SharePolicy::kHard;
}

// Device time that the share's blocks were until then: of the card, or of the instance that it is a part of.
// Both instants are of the node's wall clock.
std::int64_t given_ns(const model::Share& share, const model::Replica& replica, base::Instant reported_at) {
  if (!replica.started_at) return 0;
  const base::Instant until = replica.ended_at ? std::min(*replica.ended_at, reported_at) : reported_at;
  const std::int64_t us =
      std::clamp<std::int64_t>((until - *replica.started_at).us, 0, model::kLongestBootUs);
  return us * (share.mig_profile.empty() ? share.milli_gpu : share.mig_milli_gpu).value;
}

base::Result<model::ShareUse> first_use(Work& work, const model::Share& share) {
  DURE_LET(run, work.tx.runs().get(share.run_id));
  model::ShareUse use;
  work.stamp_times(use);
  use.id = model::ShareUseId(share.id.text);
  use.replica_id = share.replica_id;
  use.run_id = share.run_id;
  use.programme_id = share.programme_id;
  use.project_id = share.project_id;
  use.allocation_id = run.allocation_id;
  use.account_id = share.account_id;
  use.node_id = share.node_id;
  use.card_id = share.card_id;
  return use;
}

void take_reading(model::ShareUse& use, const model::ShareReading& reading) {
  use.device_ns = std::max(use.device_ns, reading.device_ns);
  use.elapsed_ns = std::max(use.elapsed_ns, reading.elapsed_ns);
  use.memory_high = {std::max(use.memory_high.value, reading.memory_high.value)};
  use.refused = std::max(use.refused, reading.refused);
  use.memory = reading.memory;
}

base::Status store_reading(Work& work, const model::Node& node, const model::ShareReading& reading,
                           base::Instant reported_at) {
  DURE_LET(share, work.tx.shares().first(ports::Query{}
                                             .where("replica_id", reading.replica_id)
                                             .where("card_id", reading.card_id)
                                             .where("node_id", node.id)
                                             .at_most(1)));
  if (!share || share->released_at) return {};
  DURE_LET(replica, work.tx.replicas().get(share->replica_id));
  DURE_LET(found, work.tx.share_uses().find(model::ShareUseId(share->id.text)));
  model::ShareUse use;
  if (found) {
    use = *found;
  } else {
    DURE_LET(first, first_use(work, *share));
    use = first;
  }
  if (reading.device_ns > use.device_ns) use.busy_at = work.now;
  take_reading(use, reading);
  use.given_ns = std::max(use.given_ns, given_ns(*share, replica, reported_at));
  use.read_at = work.now;
  return found ? work.save(work.tx.share_uses(), use) : work.tx.share_uses().insert(use);
}

bool is_same(const model::ShareFinding& row, const model::FindingReport& finding) {
  return row.card_id == finding.card_id && row.replica_id == finding.replica_id &&
         row.reason.code == finding.reason.code;
}

base::Status tell_finding(Work& work, const model::ShareFinding& row, const std::string& what) {
  const std::string data = "{\"code\":\"" + row.reason.code + "\"}";
  const std::string name = "share-findings/" + row.id.text;
  DURE_TRY(work.publish("share." + what, name, resource_of(row), data));
  return work.audit("shares." + what, name, resource_of(row), data);
}

base::Status begin_finding(Work& work, const model::Node& node, const model::FindingReport& finding) {
  model::ShareFinding row;
  work.stamp(row);
  row.node_id = node.id;
  row.card_id = finding.card_id;
  row.replica_id = finding.replica_id;
  row.reason = finding.reason;
  row.found_at = finding.found_at;
  row.stopped = finding.stopped;
  DURE_LET(replica, work.tx.replicas().find(finding.replica_id));
  if (replica && replica->node_id == node.id) {
    row.run_id = replica->run_id;
    row.programme_id = replica->programme_id;
    row.project_id = replica->project_id;
    row.account_id = replica->account_id;
  }
  DURE_TRY(work.tx.share_findings().insert(row));
  DURE_TRY(tell_finding(work, row, "finding"));
  return row.stopped ? tell_finding(work, row, "stopped") : base::Status();
}

}  // namespace

base::Result<ShareTerms> share_terms(Work& work, const model::Run& run) {
  DURE_LET(allocation, work.tx.allocations().get(run.allocation_id));
  const auto pack = work.world.policies.of_programme(work.tx, allocation.programme_id);
  if (!pack && pack.failure().kind == base::ErrorKind::kConflict && !is_conflict(pack.failure()))
    return ShareTerms{};
  if (!pack) return pack.failure();
  const auto& pools = (*pack)->offer.pools;
  const auto pool = std::ranges::find(pools, allocation.pool, &policy::Pool::id);
  if (pool == pools.end()) return ShareTerms{};
  const bool ranked = pool->share == policy::ShareRule::kPriority;
  return ShareTerms{policy_of(pool->share), pool->share_weight, ranked ? run.priority : 0};
}

base::Status store_readings(Work& work, const model::Node& node, const model::NodeReport& report) {
  for (const auto& reading : report.readings)
    DURE_TRY(store_reading(work, node, reading, report.reported_at));
  return {};
}

base::Result<bool> store_findings(Work& work, const model::Node& node, const model::NodeReport& report,
                                  bool write) {
  DURE_LET(open, load_all(work.tx.share_findings(),
                          ports::Query{}.where("node_id", node.id).where_null("ended_at")));
  bool changed = false;
  for (const auto& finding : report.findings) {
    const auto known = std::ranges::find_if(open, [&](const auto& row) { return is_same(row, finding); });
    if (known != open.end() && (known->stopped || !finding.stopped)) continue;
    changed = true;
    if (!write) continue;
    if (known == open.end()) {
      DURE_TRY(begin_finding(work, node, finding));
      continue;
    }
    known->stopped = true;
    DURE_TRY(work.save(work.tx.share_findings(), *known));
    DURE_TRY(tell_finding(work, *known, "stopped"));
  }
  for (auto& row : open) {
    if (std::ranges::any_of(report.findings, [&](const auto& each) { return is_same(row, each); })) continue;
    changed = true;
    if (!write) continue;
    row.ended_at = work.now;
    DURE_TRY(work.save(work.tx.share_findings(), row));
  }
  return changed;
}

std::optional<std::int64_t> used_bp(const std::vector<model::ShareUse>& uses) {
  // In microseconds, so that their sums and ten thousand times them are within 64 bits for as long as cards
  // last.
  std::int64_t given_us = 0;
  std::int64_t device_us = 0;
  for (const auto& use : uses) {
    given_us += use.given_ns / 1000;
    device_us += use.device_ns / 1000;
  }
  if (given_us < kLeastGivenNs / 1000) return std::nullopt;
  return device_us / (given_us / 10'000);
}

base::Status show_uses(Work& work, model::WorkloadView& view) {
  DURE_LET(uses, load_all(work.tx.share_uses(), ports::Query{}.where("run_id", view.run->id)));
  DURE_LET(findings, load_all(work.tx.share_findings(), ports::Query{}.where("run_id", view.run->id)));
  view.uses = std::move(uses);
  view.findings = std::move(findings);
  view.used_bp = used_bp(view.uses);
  return {};
}

}  // namespace dure::commands
