// What a pack says about the programme itself, its supply and its call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "calendar/period.h"
#include "policy/call_rules.h"
#include "policy/supply_rules.h"
#include "policy/text.h"

namespace dure::policy {

struct Meta {
  std::string programme;       // id: "s0-regional-centre"
  std::string receipt_prefix;  // of receipt numbers: "S0"
  Text title;
  Text purpose;
  Text operator_name;
  std::string version;  // of the rules, as their owner counts them: "2022-11-21"
  std::optional<base::Date> issued_on;
  std::optional<base::Date> amended_on;
  std::optional<base::Date> effective_from;
  std::string ends_with;  // the event after which no decision may cite it (M7): "" = none
  std::string time_zone = "UTC";
  std::vector<Language> languages;
  std::int64_t fiscal_year_end_month = 12;
  bool operator==(const Meta&) const = default;
};

struct ExtraHoliday {
  base::Date date;
  Text name;
  bool operator==(const ExtraHoliday&) const = default;
};

struct CalendarRules {
  std::vector<ExtraHoliday> extra_holidays;
  bool roll_deadlines = false;  // Civil Act article 161
  bool operator==(const CalendarRules&) const = default;
};

// A file below the pack's folder; its hash is part of the pack, so a changed text changes the pack.
struct TextFile {
  std::string id;  // "privacy_consent"
  Language language = Language::kKorean;
  std::string file;    // "texts/privacy_consent.ko.txt"
  std::string sha256;  // 64 lower-case hexadecimal digits
  bool operator==(const TextFile&) const = default;
};

struct Texts {
  std::vector<TextFile> files;
  bool operator==(const Texts&) const = default;
};

// A named criterion with its maximum, for suppliers (A2) and for applications (E2).
struct Criterion {
  std::string id;
  Text title;
  std::int64_t max_points = 0;
  std::int64_t tie_order = 0;  // 1 = compared first among equals; 0 = never
  std::vector<std::string> items;
  bool operator==(const Criterion&) const = default;
};

enum class MemberPreference { kNone, kRankFirst, kBreakTies };       // none, rank_first, break_ties
enum class SupplyPhaseKind { kWritten, kPresentation, kSiteVisit };  // written, presentation, site_visit

// How suppliers' proposals are judged in one phase (A2). With weight 0 it gives no points, and still has to
// be passed.
struct SupplyPhaseRule {
  SupplyPhaseKind phase = SupplyPhaseKind::kWritten;
  std::int64_t weight = 0;
  std::int64_t min_evaluators = 1;
  bool operator==(const SupplyPhaseRule&) const = default;
};

// A part of an agreement's price that falls due within a time after the signature.
struct PaymentRule {
  Text title;
  std::int64_t share_bp = 0;
  calendar::Length after{1, calendar::Unit::kMonths};
  bool operator==(const PaymentRule&) const = default;
};

// Who uses the capacity, and how much it weighs beside what it asks for (A6).
struct UserGroup {
  std::string id;
  Text title;
  std::int64_t priority = 0;     // of policy
  std::int64_t performance = 0;  // of past results
  bool operator==(const UserGroup&) const = default;
};

// What counts how much when capacity is shared among the groups: asked for, priority, performance.
struct ShareWeights {
  std::int64_t demand = 1;
  std::int64_t priority = 0;
  std::int64_t performance = 0;
  bool operator==(const ShareWeights&) const = default;
};

struct Supply {  // NOLINT(clang-analyzer-optin.performance.Padding): in the order of its story
  std::int64_t target_gpus = 0;         // 0 = none stated
  std::optional<base::Date> target_by;  // A10
  Text decided_by;                      // the body that set the target
  std::optional<base::Date> decided_on;
  base::Krw budget;  // 0 = none stated
  bool within_budget = false;
  std::optional<base::Date> call_opens_on;  // of the call for suppliers
  std::vector<Briefing> briefings;
  std::string preferred_members_of;  // the body whose members `member_preference` prefers (A1); "" = none
  std::optional<calendar::Length> agreement_term;
  std::string owner;
  std::string user;
  bool self_use_allowed = false;
  std::optional<std::int64_t> self_use_max_bp;
  bool self_use_is_running_cost = false;  // own use counts as part of what running costs
  std::vector<SupplyStage> stages;        // in this order
  std::vector<std::string> facilities;    // of the site, prepared beforehand: power, network
  std::vector<Batch> batches;
  std::optional<base::Date> service_from;  // users are let on step by step from this day
  std::vector<std::string> beneficiaries;  // industry, academia, research, national_project
  bool demand_survey = false;
  std::optional<base::Date> matching_level_by;  // the payers' share is fixed by this day
  bool conditional_capacity = false;            // a call may run before the supplier is fixed (A7)
  std::vector<Criterion> criteria;
  std::vector<SupplyPhaseRule> phases;
  std::optional<std::int64_t> proposal_threshold_points;
  MemberPreference member_preference = MemberPreference::kNone;
  bool next_ranked_within_budget = false;
  std::vector<PaymentRule> payments;
  std::vector<UserGroup> groups;
  ShareWeights share_weights;
  bool operator==(const Supply&) const = default;
};

enum class CallKind { kRolling, kFixed };  // rolling, fixed

struct Call {
  CallKind kind = CallKind::kRolling;
  std::optional<base::Date> announced_on;
  std::optional<base::Date> opens_on;
  std::optional<base::Date> closes_on;
  std::int64_t min_rounds_per_quarter = 0;
  std::optional<calendar::Length> early_close_notice;  // none: no early close
  std::optional<calendar::Length> panel_within;        // after the close
  std::optional<calendar::Length> result_within;       // after the close
  std::vector<Briefing> briefings;
  std::vector<Attachment> attachments;
  std::vector<Track> tracks;
  bool demand_register = false;  // intake goes on and is matched when capacity appears (B13)
  bool online = false;           // filed on the portal (D13)
  bool operator==(const Call&) const = default;
};

}  // namespace dure::policy
