// What another policy would have made of a history: figure by figure before -> after, and by which changed
// keys. comparison_fields.h has the field tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/selection.h"

namespace dure::compare {

// Which of the changed keys a difference comes from. A key is enough where it alone, changed in the old
// policy, gives the new figure; it is needed where the new policy without it gives another figure. Keys that
// only go together (one alone would contradict the rest of the pack) are tried together and stand as "a + b".
// Neither list holds anything: only several together make the difference, and each can be missed.
struct Cause {
  std::string
      figure;  // "rank", "total_centi_points", "awarded", "outcome", "amount_krw", "result", "due_on", …
  std::vector<std::string> enough;
  std::vector<std::string> needed;
};

// A change of the pack. Lists and records: `parts` says what in them.
struct ChangedPart {
  std::string path;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

struct ChangedKey {
  std::string key;
  std::string before;
  std::string after;
  std::string before_file;
  std::int64_t before_line = 0;  // 0: the product's own
  std::string before_source;
  std::string after_file;
  std::int64_t after_line = 0;
  std::string after_source;
  std::string effect;  // "in_force", "not_yet", … (policy/effect.h)
  std::vector<ChangedPart> parts;
};

// Where an application stood.
struct Standing {
  std::optional<std::int64_t> rank;
  std::optional<std::int64_t> total_centi_points;
  std::int64_t awarded = 0;  // in the round's unit
  model::SelectionOutcome outcome = model::SelectionOutcome::kNotEligible;
  bool operator==(const Standing&) const = default;
};

struct ApplicationChange {
  std::string id;
  std::string organisation;
  Standing before;
  Standing after;
  bool changed = false;
  bool comes_in = false;  // gets something only under the new policy
  bool goes_out = false;  // only under the old one
  std::vector<Cause> because;
};

// `refused`: why the new policy cannot decide it (its criteria have no points, its pool is not there, …);
// then nothing but `before` is said.
struct RoundChange {
  std::string id;
  std::string pool;
  model::AmountUnit unit = model::AmountUnit::kGpu;
  bool changed = false;
  std::vector<base::Reason> refused;
  model::SelectionTotals before;
  model::SelectionTotals after;
  std::int64_t come_in = 0;
  std::int64_t go_out = 0;
  std::vector<ApplicationChange> applications;  // by the new rank, then those without one by id
};

struct LineChange {
  std::string model;
  std::string account_id;
  std::string corrects;
  base::Date first_day;
  base::Date last_day;
  std::optional<base::Krw> before;  // none: there was no such line
  std::optional<base::Krw> after;
  std::string before_rules;  // as on an invoice: "matching:small 750 bp"
  std::string after_rules;
  bool changed = false;
  std::vector<Cause> because;
};

struct BillChange {
  std::string id;
  std::string payer;
  bool changed = false;
  std::vector<base::Reason> refused;
  base::Krw before;  // to pay, with tax
  base::Krw after;
  std::optional<base::Date> due_before;
  std::optional<base::Date> due_after;
  std::vector<LineChange> lines;
  std::vector<Cause> because;
};

struct PayerChange {
  std::string payer;
  std::int64_t bills = 0;
  base::Krw before;
  base::Krw after;
};

struct ItemChange {
  std::string rule;
  std::string before;  // "met", "not_met", "needs_person"; "" where the policy has no such rule
  std::string after;
  std::optional<base::Reason> why;  // under the new policy
  std::vector<Cause> because;
};

struct ScreeningChange {
  std::string id;
  std::string before;  // "eligible", "needs_person", "returned", "ineligible"
  std::string after;
  bool changed = false;
  std::vector<base::Reason> refused;
  std::vector<ItemChange> items;  // that differ
  std::vector<Cause> because;     // of the outcome
};

struct DeadlineChange {
  std::string deadline;  // "panel", …
  std::optional<base::Date> before;
  std::optional<base::Date> after;
  bool changed = false;
  std::vector<Cause> because;
};

struct EventChange {
  std::string id;
  std::string event;
  base::Date on;
  bool changed = false;
  std::vector<base::Reason> refused;
  std::vector<DeadlineChange> deadlines;
};

struct Totals {
  std::int64_t rounds = 0;
  std::int64_t applications = 0;
  std::int64_t applications_changed = 0;
  std::int64_t come_in = 0;
  std::int64_t go_out = 0;
  std::int64_t bills = 0;
  std::int64_t bills_changed = 0;
  base::Krw before;
  base::Krw after;
  std::int64_t screenings = 0;
  std::int64_t screenings_changed = 0;
  std::int64_t eligible_before = 0;
  std::int64_t eligible_after = 0;
  std::int64_t deadlines = 0;
  std::int64_t deadlines_changed = 0;
  std::int64_t refused = 0;  // items that the new policy cannot decide
};

struct Comparison {
  std::string before_hash;
  std::string after_hash;
  bool changed = false;  // anything but the pack itself
  std::vector<ChangedKey> keys;
  std::vector<RoundChange> rounds;
  std::vector<BillChange> bills;
  std::vector<PayerChange> payers;
  std::vector<ScreeningChange> screenings;
  std::vector<EventChange> events;
  Totals totals;
};

}  // namespace dure::compare
