#include "commands/use_measure.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <map>

#include "commands/awards.h"
#include "commands/rows.h"
#include "ledger/unbilled.h"
#include "queue/rules.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using programme::UseSpan;

// All that a measurement reads beside the ledger.
struct UseFacts {
  std::vector<programme::HeldBlocks> held;
  std::vector<UseSpan> exempt;
  std::map<std::string, programme::DeviceReading> readings;  // by share
  std::vector<std::int64_t> plan;                            // GPU hours by quarter of the use
};

base::Result<std::vector<std::string>> nodes_of_pool(Work& work, const std::string& pool) {
  std::vector<std::string> ids;
  DURE_LET(nodes, load_all(work.tx.nodes(), {}));
  for (const auto& node : nodes)
    if (pool.empty() || node.pool == pool) ids.push_back(node.id.text);
  return ids;
}

// A moment at which the amount was changed.
struct AmountChange {
  base::Instant at;
  std::int64_t before = 0;
  std::int64_t after = 0;
};

base::Status add_reviewed(Work& work, const model::AllocationId& id, std::vector<AmountChange>& changes) {
  DURE_LET(
      reviews,
      load_all(
          work.tx.utilisation_reviews(),
          ports::Query{}.where("allocation_id", id).where("state", model::UtilisationReviewState::kApplied)));
  for (const auto& review : reviews)
    if (review.decided != model::UseMeasure::kKeep)
      changes.push_back({*review.applied_at, review.blocks, review.decided_blocks});
  return {};
}

base::Status add_acted(Work& work, const model::AllocationId& id, std::vector<AmountChange>& changes) {
  DURE_LET(
      actions,
      load_all(
          work.tx.allocation_actions(),
          ports::Query{}.where("allocation_id", id).where("state", model::AllocationActionState::kApplied)));
  for (const auto& action : actions)
    if (action.blocks_before != action.blocks_after)
      changes.push_back({*action.applied_at, action.blocks_before, action.blocks_after});
  return {};
}

// What applications for a change made of it: no row of its own says when, but the record does.
base::Status add_filed(Work& work, const model::AllocationId& id, std::vector<AmountChange>& changes) {
  DURE_LET(
      entries,
      load_all(
          work.tx.audit_entries(),
          ports::Query{}.where("resource", "allocations/" + id.text).where("action", kAllocationChanged)));
  for (const auto& entry : entries) {
    DURE_LET(detail, wire::parse(entry.detail));
    const auto* fields = detail.if_object();
    const auto* before = fields ? fields->if_contains("blocks_before") : nullptr;
    const auto* after = fields ? fields->if_contains("blocks") : nullptr;
    if (before && after && before->is_int64() && after->is_int64())
      changes.push_back({entry.created_at, before->get_int64(), after->get_int64()});
  }
  return {};
}

// Before the first change it had what that change found; then what each left.
base::Result<std::vector<programme::HeldBlocks>> held_of(Work& work, const model::Allocation& allocation,
                                                         const calendar::Zone& zone) {
  std::vector<AmountChange> changes;
  DURE_TRY(add_reviewed(work, allocation.id, changes));
  DURE_TRY(add_acted(work, allocation.id, changes));
  DURE_TRY(add_filed(work, allocation.id, changes));
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  std::vector<programme::HeldBlocks> held;
  held.reserve(changes.size() + 1);
  held.push_back({calendar::start_of(allocation.starts_on, zone),
                  changes.empty() ? allocation.limit.blocks : changes.front().before});
  for (const auto& change : changes) held.push_back({change.at, change.after});
  return held;
}

// The time for which the centre itself held it still.
base::Status add_rests(Work& work, const model::AllocationId& id, std::vector<UseSpan>& exempt) {
  DURE_LET(sanctions, load_all(work.tx.sanctions(), ports::Query{}.where("allocation_id", id)));
  for (const auto& each : sanctions)
    if (each.suspended_at) exempt.push_back({*each.suspended_at, each.resumed_at.value_or(work.now)});
  DURE_LET(incidents, load_all(work.tx.incidents(), ports::Query{}.where("allocation_id", id)));
  for (const auto& each : incidents)
    if (each.stopped) exempt.push_back({each.created_at, each.decided_at.value_or(work.now)});
  return {};
}

std::vector<std::int64_t> plan_of(const policy::Pack& pack, const model::Form1& form) {
  std::vector<std::int64_t> hours;
  if (!form.answers) return hours;
  for (const auto& field : pack.application.fields) {
    const auto answer = form.answers->find(field.id);
    if (field.type != policy::AnswerType::kQuarterlyPlan || answer == form.answers->end()) continue;
    for (const auto& part : answer->second) {
      std::int64_t number = 0;
      const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
      hours.push_back(read.ec == std::errc() ? number : 0);
    }
    break;
  }
  return hours;
}

base::Result<UseFacts> use_facts_of(Work& work, const model::Allocation& allocation,
                                    const policy::Pack& pack) {
  UseFacts facts;
  const auto zone = policy::zone_of(pack);
  DURE_LET(held, held_of(work, allocation, zone));
  facts.held = std::move(held);
  DURE_LET(exempt, exempt_of(work, allocation, pack));
  facts.exempt = std::move(exempt);
  DURE_LET(uses, load_all(work.tx.share_uses(), ports::Query{}.where("allocation_id", allocation.id)));
  for (const auto& use : uses) facts.readings[use.id.text] = {use.device_ns, use.given_ns};
  DURE_LET(plan, plan_of_use(work, allocation, pack));
  facts.plan = std::move(plan);
  return facts;
}

// What each share held in the time that counts, as the ledger stands now.
using HeldByShare = std::map<std::string, base::Usage>;

base::Result<std::vector<HeldByShare>> held_in_windows(Work& work, const model::AllocationId& id,
                                                       const std::vector<std::vector<UseSpan>>& windows) {
  std::vector<HeldByShare> held(windows.size());
  const auto count = [&](const model::LedgerEntry& entry) {
    for (std::size_t i = 0; i < windows.size(); ++i)
      for (const auto& span : windows[i]) {
        const auto part = ledger::used_before(entry, span.to) - ledger::used_before(entry, span.from);
        if (part.milli_gpu_ms == 0) continue;
        auto& sum = held[i][entry.share_id.text];
        sum = sum + part;
      }
  };
  auto query = ports::Query{}.where("allocation_id", id).at_most(1000);
  do {
    DURE_LET(page, work.tx.ledger_entries().list(query));
    for (const auto& entry : page.rows) count(entry);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return held;
}

programme::UsedTime used_of(const HeldByShare& held, const UseFacts& facts) {
  programme::UsedTime sum;
  for (const auto& [share, usage] : held) {
    const auto reading = facts.readings.find(share);
    programme::add_use(sum, usage,
                       reading == facts.readings.end() ? std::nullopt : std::optional(reading->second));
  }
  return sum;
}

}  // namespace

base::Result<std::vector<std::int64_t>> plan_of_use(Work& work, const model::Allocation& allocation,
                                                    const policy::Pack& pack) {
  const std::vector<std::int64_t> none;
  if (!pack.utilisation.compare_with_plan) return none;
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  DURE_LET(application, work.tx.applications().find(project.application_id));
  return application ? plan_of(pack, application->form) : none;
}

base::Result<std::vector<model::UtilisationRow>> measure_use(
    Work& work, const model::Allocation& allocation, const policy::Pack& pack,
    const std::vector<programme::UsePeriod>& periods) {
  const auto zone = policy::zone_of(pack);
  DURE_LET(facts, use_facts_of(work, allocation, pack));
  std::vector<std::vector<UseSpan>> windows;
  std::vector<model::UtilisationRow> rows;
  for (const auto& period : periods) {
    const auto window = programme::window_of(allocation, period, zone, work.now);
    if (!window) continue;
    windows.push_back(programme::counted_spans(*window, facts.exempt));
    rows.emplace_back();
    rows.back().from = std::max(period.from, allocation.starts_on);
    rows.back().until = std::min(period.until, allocation.ends_on);
    rows.back().exempt = (window->to - window->from) - programme::length_of(windows.back());
  }
  DURE_LET(held, held_in_windows(work, allocation.id, windows));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& row = rows[i];
    const auto used = used_of(held[i], facts);
    row.given = programme::given_in(windows[i], facts.held);
    row.used = used.used;
    row.unread = used.unread;
    row.used_bp = programme::ratio_bp(row.used, row.given);
    row.planned = programme::planned_in(facts.plan, allocation.starts_on, row.from, row.until);
    if (row.planned) row.plan_bp = programme::ratio_bp(row.used, *row.planned);
  }
  return rows;
}

base::Result<std::vector<programme::UseSpan>> exempt_of(Work& work, const model::Allocation& allocation,
                                                        const policy::Pack& pack) {
  DURE_LET(outages, load_all(work.tx.outages(), {}));
  DURE_LET(nodes, nodes_of_pool(work, allocation.pool));
  auto exempt = programme::exempt_times(allocation, outages, nodes, pack.utilisation,
                                        pack.award.setup_grace_days, policy::zone_of(pack), work.now);
  DURE_TRY(add_rests(work, allocation.id, exempt));
  return exempt;
}

ports::Query in_use() {
  std::vector<ports::Scalar> states;
  states.reserve(model::EnumNames<model::AllocationState>::kAll.size());
  for (const auto& [state, name] : model::EnumNames<model::AllocationState>::kAll)
    if (queue::may_run(state)) states.push_back(ports::scalar(state));
  return ports::Query{}.where_in("state", std::move(states));
}

policy::Pool pool_of(const policy::Pack& pack, const model::Allocation& allocation) {
  for (const auto& pool : pack.offer.pools)
    if (pool.id == allocation.pool) return pool;
  policy::Pool any;
  any.unit = policy::OfferUnit::kBlock;
  return any;
}

bool is_reviewed(const policy::Pack& pack, const model::Allocation& allocation) {
  const auto& exempt = pack.utilisation.exempt;
  const bool shared_left_out =
      std::find(exempt.begin(), exempt.end(), policy::Exemption::kSharedPool) != exempt.end();
  return !shared_left_out || pool_of(pack, allocation).kind == policy::PoolKind::kDedicated;
}

}  // namespace dure::commands
