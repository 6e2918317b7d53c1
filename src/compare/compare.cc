#include "compare/compare.h"

#include <map>
#include <set>

#include "compare/scene.h"

namespace dure::compare {
namespace {

template <class Item>
base::Status check_ids(const std::vector<Item>& items, const std::string& kind) {
  std::set<std::string> seen;
  for (const auto& each : items)
    if (!seen.insert(each.id).second)
      return base::invalid(base::Reason("compare.id_twice").with("kind", kind).with("id", each.id));
  return {};
}

base::Status check(const History& history) {
  if (history.empty()) return base::invalid(base::Reason("compare.history_empty"));
  DURE_TRY(check_ids(history.rounds, "rounds"));
  DURE_TRY(check_ids(history.bills, "bills"));
  DURE_TRY(check_ids(history.screenings, "screenings"));
  return check_ids(history.events, "events");
}

ChangedKey told(const policy::KeyChange& change) {
  ChangedKey key;
  key.key = change.key;
  key.before = change.before;
  key.after = change.after;
  key.before_file = change.before_from.file;
  key.before_line = change.before_from.position.line;
  key.before_source = change.before_from.source;
  key.after_file = change.after_from.file;
  key.after_line = change.after_from.position.line;
  key.after_source = change.after_from.source;
  key.effect = policy::name_of(policy::effect_of(change.key));
  for (const auto& part : change.parts) key.parts.push_back({part.path, part.before, part.after});
  return key;
}

void add(const RoundChange& round, Totals& totals) {
  ++totals.rounds;
  totals.refused += round.refused.empty() ? 0 : 1;
  totals.applications += static_cast<std::int64_t>(round.applications.size());
  for (const auto& each : round.applications) totals.applications_changed += each.changed ? 1 : 0;
  totals.come_in += round.come_in;
  totals.go_out += round.go_out;
}

// Refuses a sum beyond what money is counted in. Those of payers are parts of it, but for credits.
base::Status check_sums(const std::vector<BillChange>& bills) {
  base::Wide before = 0, after = 0;
  for (const auto& each : bills) {
    before += each.before.won < 0 ? -each.before.won : each.before.won;
    after += each.after.won < 0 ? -each.after.won : each.after.won;
  }
  if (before <= kMostWon && after <= kMostWon) return {};
  return base::invalid(base::Reason("compare.sum_too_large").with("most", kMostWon));
}

// What the new policy cannot decide is in neither sum.
void add(const BillChange& bill, Totals& totals, std::map<std::string, PayerChange>& payers) {
  ++totals.bills;
  if (!bill.refused.empty()) {
    ++totals.refused;
    return;
  }
  totals.bills_changed += bill.changed ? 1 : 0;
  totals.before = totals.before + bill.before;
  totals.after = totals.after + bill.after;
  PayerChange& payer = payers[bill.payer];
  payer.payer = bill.payer;
  ++payer.bills;
  payer.before = payer.before + bill.before;
  payer.after = payer.after + bill.after;
}

void add(const ScreeningChange& screening, Totals& totals) {
  ++totals.screenings;
  totals.refused += screening.refused.empty() ? 0 : 1;
  totals.screenings_changed += screening.changed ? 1 : 0;
  totals.eligible_before += screening.before == "eligible" ? 1 : 0;
  totals.eligible_after += screening.after == "eligible" ? 1 : 0;
}

void add(const EventChange& event, Totals& totals) {
  totals.refused += event.refused.empty() ? 0 : 1;
  totals.deadlines += static_cast<std::int64_t>(event.deadlines.size());
  for (const auto& each : event.deadlines) totals.deadlines_changed += each.changed ? 1 : 0;
}

}  // namespace

std::vector<base::Reason> reasons_of(const base::Error& failure) {
  std::vector<base::Reason> reasons{failure.reason};
  for (const auto& detail : failure.details) reasons.push_back(detail.reason);
  return reasons;
}

base::Error in_history(const std::string& at, const base::Error& failure) {
  base::Error error = base::invalid(base::Reason("compare.history_invalid").with("item", at));
  if (failure.details.empty()) error.details.push_back({at, failure.reason});
  for (const auto& detail : failure.details) error.details.push_back({at + detail.pointer, detail.reason});
  return error;
}

base::Result<Comparison> compare(const policy::Pack& before, const policy::Pack& after,
                                 const History& history) {
  DURE_TRY(check(history));
  Scene scene(before, after, history);
  Comparison result;
  result.before_hash = before.hash();
  result.after_hash = after.hash();
  for (const auto& each : scene.changed) result.keys.push_back(told(each));
  std::map<std::string, PayerChange> payers;
  const auto keep = [&result](auto change, auto& list) {
    result.changed = result.changed || change.changed;
    list.push_back(std::move(change));
  };
  for (const auto& each : history.rounds) {
    DURE_LET(change, compare_round(each, scene));
    add(change, result.totals);
    keep(std::move(change), result.rounds);
  }
  for (const auto& each : history.bills) {
    DURE_LET(change, compare_bill(each, scene));
    keep(std::move(change), result.bills);
  }
  DURE_TRY(check_sums(result.bills));
  for (const auto& each : result.bills) add(each, result.totals, payers);
  for (const auto& each : history.screenings) {
    DURE_LET(change, compare_screening(each, scene));
    add(change, result.totals);
    keep(std::move(change), result.screenings);
  }
  for (const auto& each : history.events) {
    DURE_LET(change, compare_event(each, scene));
    add(change, result.totals);
    keep(std::move(change), result.events);
  }
  for (auto& [name, payer] : payers) result.payers.push_back(std::move(payer));
  return result;
}

}  // namespace dure::compare
