// What a pack says about applications: who may apply, with what papers, and how they are judged.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/period.h"
#include "policy/programme_rules.h"
#include "policy/text.h"

namespace dure::policy {

enum class MissingEvidence { kIneligible, kReturn };  // ineligible, return

// Eligible: at least one rule of `include` holds and none of `exclude`. A rule of `person_decides` that holds
// does not exclude by itself: a person decides, with the ground (C5).
struct Eligibility {
  std::vector<Rule> include;
  std::vector<Rule> exclude;
  std::vector<Rule> person_decides;
  MissingEvidence missing_evidence = MissingEvidence::kReturn;
  bool operator==(const Eligibility&) const = default;
};

enum class Need { kRequired, kOptional, kConditional };  // required, optional, conditional

// How a field that a pack adds to Form 1 is answered, and what an answer of each type must be:
//
//   text, long_text   one text
//   number            one whole number
//   date              one day, YYYY-MM-DD
//   choice, choices   one of `choices`; one or more of them
//   yes_no            yes or no
//   contact           name, mail address and telephone
//   monthly_plan      a text for each month of use
//   quarterly_plan    a whole number for each quarter begun, from the first day of use: what is planned to be
//   used
enum class AnswerType {
  kText,
  kLongText,
  kNumber,
  kDate,
  kChoice,
  kChoices,
  kYesNo,
  kContact,
  kMonthlyPlan,
  kQuarterlyPlan,
};

struct FormField {
  std::string id;  // "ai_model"
  Text title;
  Text help;
  AnswerType type = AnswerType::kText;
  Need need = Need::kRequired;
  std::vector<Condition> when;  // conditional: required when all hold
  std::int64_t max_chars = 0;   // of each text; 0 = as Form 1's own of that kind
  std::int64_t least = 0;       // of numbers
  std::int64_t most = 1'000'000'000'000;
  std::vector<std::string> choices;
  std::string source;
  bool operator==(const FormField&) const = default;
};

// Form 1's fields, by the names that packs use. What each says is read in programme/form_fields.h, whose test
// holds it against this list.
inline constexpr std::array<std::string_view, 28> kFormNames{"applicant.name",
                                                             "applicant.position",
                                                             "applicant.organisation",
                                                             "applicant.organisation_class",
                                                             "applicant.unit",
                                                             "applicant.advisor",
                                                             "applicant.region",
                                                             "applicant.business_number",
                                                             "applicant.email",
                                                             "applicant.phone",
                                                             "applicant.mobile",
                                                             "applicant.address",
                                                             "kind",
                                                             "login",
                                                             "public_ip",
                                                             "environments",
                                                             "plan.title",
                                                             "plan.content",
                                                             "plan.effects",
                                                             "plan.other_material",
                                                             "data.description",
                                                             "resources.model",
                                                             "resources.blocks",
                                                             "resources.storage_bytes",
                                                             "months",
                                                             "starts_on",
                                                             "signer",
                                                             "signed_on"};

// The form itself (D1, D2) and the declaration about data (D12).
struct ApplicationRules {
  std::vector<std::string> kinds;            // new, change, renewal
  std::string form;                          // id of the form: "form1"
  std::vector<std::string> required_fields;  // names of Form 1: "applicant.name", …
  std::vector<FormField> fields;             // that the programme adds to it
  std::vector<std::string> summary;          // columns of the summary sheet, none of them empty (D8)
  bool distinct_titles = false;              // applications of one organisation differ in title (C6)
  std::vector<std::string> environments;     // jupyter, terminal, vscode, other
  bool guideline_consent_required = false;
  bool privacy_consent_required = false;
  bool signature_required = false;
  bool change_must_be_filed = false;
  std::vector<std::string> contacts;       // who must be named with contacts (D5): leader, developer
  bool one_ai_model_each = false;          // a second model needs an application with another title (C6)
  bool priority_needs_name = false;        // a claim of priority names the programme (D15)
  bool immediate_use_planned = false;      // the plan allows use at once after the set-up (C9)
  std::vector<std::string> data_precheck;  // kinds of data that need a prior check by the administrator
  bool operator==(const ApplicationRules&) const = default;
};

enum class Signer { kNone, kApplicant, kLeader, kLeaderAndDevelopers, kOrganisation };  // none, applicant, …

struct DocumentRule {
  std::string kind;  // "form1", "business_certificate"
  Text title;
  Need need = Need::kRequired;
  std::vector<Condition> when;          // conditional: required when all hold
  std::vector<std::string> extensions;  // lower case, without dot
  std::vector<std::string> mime_types;
  Signer signer = Signer::kNone;
  std::string shows;           // kind of certificate that it shows (certificate.valid); "" = none
  std::int64_t max_bytes = 0;  // 0 = documents.max_bytes
  std::string source;
  bool operator==(const DocumentRule&) const = default;
};

struct Documents {
  std::vector<DocumentRule> list;
  std::int64_t max_bytes = 20'000'000;  // of one file
  std::int64_t max_files = 20;
  bool operator==(const Documents&) const = default;
};

enum class EvaluationMode { kNone, kCentre, kPanel };  // none, centre (no points), panel (points)
enum class ThresholdOn { kBase, kTotal };              // before or after bonus
enum class Consolidation { kMean, kTrimmedMean };      // mean, trimmed_mean
// What is left out of a trimmed mean: whole reviews by their total, or of each criterion its own extremes.
enum class TrimBy { kTotal, kCriterion };  // total, criterion
// Of a mean, to hundredths of a point: cut off, rounded half up, or not rounded at all.
enum class ScoreRounding { kDown, kHalfUp, kExact };  // down, half_up, exact

struct Bonus {
  std::string id;
  Text title;
  std::int64_t points = 0;
  std::vector<Condition> when;
  bool operator==(const Bonus&) const = default;
};

// A conflict of interest that is found by rule (E14): the reviewer is the applicant, of his lowest unit, or
// of his organisation.
enum class ConflictRule { kApplicant, kSameUnit, kSameOrganisation };  // applicant, same_unit, …

struct Evaluation {
  EvaluationMode mode = EvaluationMode::kNone;
  std::int64_t panel_size = 0;
  std::int64_t min_reviews = 0;
  bool outside_experts_only = false;  // every member of the panel is one (E1)
  std::vector<Criterion> criteria;
  std::int64_t total_points = 100;
  std::optional<std::int64_t> threshold_points;
  ThresholdOn threshold_on = ThresholdOn::kBase;
  std::vector<Bonus> bonuses;
  std::optional<std::int64_t> bonus_cap_points;  // none: no cap
  Consolidation consolidation = Consolidation::kMean;
  std::int64_t trim_each_side = 1;  // trimmed_mean: so many at either end; too few reviews: the plain mean
  TrimBy trim_by = TrimBy::kTotal;
  ScoreRounding rounding = ScoreRounding::kDown;
  bool panel_may_change = true;  // the panel may recommend another amount than was asked for (E10)
  std::vector<ConflictRule> conflict_rules;
  bool operator==(const Evaluation&) const = default;
};

enum class PriorityEffect { kSchedule, kRank };           // schedule, rank
enum class Release { kNever, kAfterTrack, kAtDecision };  // never, after_track, at_decision
enum class TieBreak { kCriteria, kSubmissionTime };       // criteria, submission_time
// none: by rank alone. fewest_awards_first: an institution's next award waits until the others have as many.
enum class Balance { kNone, kFewestAwardsFirst };  // none, fewest_awards_first

// never: what the track leaves is not given in this selection. after_track: it goes to all as soon as the
// track has been served. at_decision: it goes to all once a recorded decision says so.
struct Reservation {
  std::string track;
  std::int64_t share_bp = 0;
  Release release = Release::kAtDecision;
  bool beyond_share = true;  // what the share does not serve competes with all for the rest
  bool operator==(const Reservation&) const = default;
};

struct Selection {
  std::vector<Rule> priority_classes;
  PriorityEffect priority_effect = PriorityEffect::kSchedule;
  std::vector<Reservation> reservations;
  std::optional<std::int64_t> institution_cap_bp;          // hard
  std::optional<std::int64_t> institution_penalty_points;  // soft, for each award that it already has
  Balance balance = Balance::kNone;
  bool partial_award = false;
  bool pass_over = true;  // where one does not fit, those behind it may be served
  bool waiting_list = false;
  std::vector<TieBreak> tie_break{TieBreak::kCriteria, TieBreak::kSubmissionTime};
  std::optional<calendar::Length> objection_within;  // after the result was told; none: no objection
  bool operator==(const Selection&) const = default;
};

}  // namespace dure::policy
