// What the commands of an evaluation take and give beside the nouns themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/panel.h"
#include "model/requests.h"
#include "model/round.h"
#include "model/waiting.h"

namespace dure::model {

inline constexpr std::int64_t kMostPanelSize = 1'000;

// ---- Calls

struct CloseEarly {
  base::Date closes_on;  // last day of intake
  std::string ground;
};
DURE_VALUE_FIELDS(CloseEarly, field("closes_on", &CloseEarly::closes_on),
                  field("ground", &CloseEarly::ground));

// How many rounds the pack wants in a quarter, and how many there are (B3).
struct RoundDuty {
  base::Date quarter_ends_on;
  std::int64_t needed = 0;
  std::int64_t planned = 0;  // with a cut-off in the quarter, those that were cancelled left out
  std::int64_t decided = 0;  // of them
  std::int64_t missing = 0;
};
DURE_VALUE_FIELDS(RoundDuty, field("quarter_ends_on", &RoundDuty::quarter_ends_on),
                  field("needed", &RoundDuty::needed), field("planned", &RoundDuty::planned),
                  field("decided", &RoundDuty::decided), field("missing", &RoundDuty::missing));

// ---- Rounds

struct PlanRound {
  CallId call_id;
  std::string title;
  std::optional<base::Date> cutoff_on;  // of a fixed call: its last day, where left out
};
DURE_VALUE_FIELDS(PlanRound, field("call_id", &PlanRound::call_id), field("title", &PlanRound::title),
                  field("cutoff_on", &PlanRound::cutoff_on));

struct CancelRound {
  std::string ground;
};
DURE_VALUE_FIELDS(CancelRound, field("ground", &CancelRound::ground));

// An application that is not eligible, considered by a recorded decision (invariant 3).
struct AdmitToRound {
  ApplicationId application_id;
  std::string ground;
};
DURE_VALUE_FIELDS(AdmitToRound, field("application_id", &AdmitToRound::application_id),
                  field("ground", &AdmitToRound::ground));

struct AssignReviews {
  std::optional<std::int64_t> per_application;  // every member, where left out
};
DURE_VALUE_FIELDS(AssignReviews,
                  field("per_application", &AssignReviews::per_application, Range{1, kMostPanelSize}));

struct RecommendAmount {
  UnitAmount amount;
  std::string ground;
  std::optional<std::string> decision;  // where more than was asked for was decided, such as the minutes
};
DURE_VALUE_FIELDS(RecommendAmount, field("amount", &RecommendAmount::amount),
                  field("ground", &RecommendAmount::ground), field("decision", &RecommendAmount::decision));

// Where a round stands (E11).
struct RoundProgress {
  RoundState state = RoundState::kPlanned;
  base::Date today;
  std::optional<base::Date> panel_by;
  std::optional<base::Date> result_by;
  bool panel_overdue = false;
  bool result_overdue = false;
  std::int64_t entries = 0;
  std::int64_t reviews = 0;  // those that were declined left out
  std::int64_t reviews_submitted = 0;
  std::int64_t reviews_locked = 0;
  std::int64_t open_conflicts = 0;
  bool minutes = false;
};
DURE_VALUE_FIELDS(RoundProgress, field("state", &RoundProgress::state), field("today", &RoundProgress::today),
                  field("panel_by", &RoundProgress::panel_by), field("result_by", &RoundProgress::result_by),
                  field("panel_overdue", &RoundProgress::panel_overdue),
                  field("result_overdue", &RoundProgress::result_overdue),
                  field("entries", &RoundProgress::entries), field("reviews", &RoundProgress::reviews),
                  field("reviews_submitted", &RoundProgress::reviews_submitted),
                  field("reviews_locked", &RoundProgress::reviews_locked),
                  field("open_conflicts", &RoundProgress::open_conflicts),
                  field("minutes", &RoundProgress::minutes));

// A result as everybody may see it: no name, no points.
struct RoundResult {
  std::string receipt_number;
  std::string track;
  SelectionOutcome outcome = SelectionOutcome::kNotEligible;
  UnitAmount awarded;
};
DURE_VALUE_FIELDS(RoundResult, field("receipt_number", &RoundResult::receipt_number),
                  field("track", &RoundResult::track), field("outcome", &RoundResult::outcome),
                  field("awarded", &RoundResult::awarded));

// ---- Panels

struct ConvenePanel {
  RoundId round_id;
  std::string title;
};
DURE_VALUE_FIELDS(ConvenePanel, field("round_id", &ConvenePanel::round_id),
                  field("title", &ConvenePanel::title));

struct InviteMember {
  AccountId account_id;
  bool chair = false;
  bool outside_expert = false;
  std::string organisation;
  std::string business_number;
  std::string unit;
};
DURE_VALUE_FIELDS(InviteMember, field("account_id", &InviteMember::account_id),
                  field("chair", &InviteMember::chair),
                  field("outside_expert", &InviteMember::outside_expert),
                  field("organisation", &InviteMember::organisation),
                  field("business_number", &InviteMember::business_number),
                  field("unit", &InviteMember::unit));

struct RespondInvitation {
  bool accept = false;
  std::string note;
};
DURE_VALUE_FIELDS(RespondInvitation, field("accept", &RespondInvitation::accept),
                  field("note", &RespondInvitation::note));

struct ReleaseMember {
  std::string ground;
};
DURE_VALUE_FIELDS(ReleaseMember, field("ground", &ReleaseMember::ground));

struct RecordMinutes {
  std::string text;
  base::Date held_on;
  std::vector<std::string> signed_by;  // ids of members' accounts
};
DURE_VALUE_FIELDS(RecordMinutes, field("text", &RecordMinutes::text),
                  field("held_on", &RecordMinutes::held_on), field("signed_by", &RecordMinutes::signed_by));

// ---- Reviews

struct DeclareConflict {
  ApplicationId application_id;
  RoundId round_id;
  ConflictKind kind = ConflictKind::kOther;
  std::string note;
};
DURE_VALUE_FIELDS(DeclareConflict, field("application_id", &DeclareConflict::application_id),
                  field("round_id", &DeclareConflict::round_id), field("kind", &DeclareConflict::kind),
                  field("note", &DeclareConflict::note));

// `outcome`: dismissed, waived or recused.
struct ResolveConflict {
  ConflictState outcome = ConflictState::kUnresolved;
  std::string ground;
};
DURE_VALUE_FIELDS(ResolveConflict, field("outcome", &ResolveConflict::outcome),
                  field("ground", &ResolveConflict::ground));

struct DeclineReview {
  std::string ground;
};
DURE_VALUE_FIELDS(DeclineReview, field("ground", &DeclineReview::ground));

// What a reviewer finds: as a draft any part of it, to be submitted all criteria.
struct GiveScores {
  std::vector<ReviewScore> scores;
  std::optional<PanelRecommendation> recommended;
  std::string comment;
};
DURE_VALUE_FIELDS(GiveScores, field("scores", &GiveScores::scores),
                  field("recommended", &GiveScores::recommended), field("comment", &GiveScores::comment));

struct ReopenReview {
  std::string ground;
};
DURE_VALUE_FIELDS(ReopenReview, field("ground", &ReopenReview::ground));

// ---- Eligibility and bonus

// The dates are those of the applicant's papers, for rules of age and of years since an appointment (C4).
// They are read on and not kept.
struct AnswerScreening {
  std::vector<ScreeningAnswer> answers;
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
};
DURE_VALUE_FIELDS(AnswerScreening, field("answers", &AnswerScreening::answers),
                  field("born_on", &AnswerScreening::born_on),
                  field("appointed_on", &AnswerScreening::appointed_on));

struct ClaimBonus {
  ApplicationId application_id;
  std::string rule;
  std::vector<std::string> evidence;
  std::string note;
  std::optional<std::string> programme;  // its name, as form and plan have it, where the rule asks for one
};
DURE_VALUE_FIELDS(ClaimBonus, field("application_id", &ClaimBonus::application_id),
                  field("rule", &ClaimBonus::rule), field("evidence", &ClaimBonus::evidence),
                  field("note", &ClaimBonus::note), field("programme", &ClaimBonus::programme));

struct DecideBonus {
  bool granted = false;
  std::string ground;
  std::optional<std::string> programme;  // as the claim names it, where left out
};
DURE_VALUE_FIELDS(DecideBonus, field("granted", &DecideBonus::granted), field("ground", &DecideBonus::ground),
                  field("programme", &DecideBonus::programme));

// ---- Rankings

struct ComputeRanking {
  RoundId round_id;
  std::optional<std::string> pool;       // may be left out where the pack has only one
  std::optional<UnitAmount> in_service;  // what there is to give; what the supply has free, where left out
  std::optional<UnitAmount> conditional;
  std::optional<std::vector<ReservationRelease>> releases;
};
DURE_VALUE_FIELDS(ComputeRanking, field("round_id", &ComputeRanking::round_id),
                  field("pool", &ComputeRanking::pool), field("in_service", &ComputeRanking::in_service),
                  field("conditional", &ComputeRanking::conditional),
                  field("releases", &ComputeRanking::releases));

struct ConfirmRanking {
  std::optional<base::Date> starts_on;  // first day of use; what each asked for, and not before today
  std::string ground;
};
DURE_VALUE_FIELDS(ConfirmRanking, field("starts_on", &ConfirmRanking::starts_on),
                  field("ground", &ConfirmRanking::ground));

// ---- Awards and waiting

struct DeclineAward {
  std::string ground;
};
DURE_VALUE_FIELDS(DeclineAward, field("ground", &DeclineAward::ground));

struct SignAgreement {
  std::optional<base::Date> signed_on;  // today, where left out
  std::string note;
};
DURE_VALUE_FIELDS(SignAgreement, field("signed_on", &SignAgreement::signed_on),
                  field("note", &SignAgreement::note));

// Capacity has appeared: offered to those who wait, in their order (B13, C8, F7).
struct MatchDemand {
  std::string pool;                     // may be left out where the pack has only one
  std::optional<UnitAmount> available;  // what the supply has free, where left out
  std::optional<base::Date> starts_on;
  std::string ground;
};
DURE_VALUE_FIELDS(MatchDemand, field("pool", &MatchDemand::pool), field("available", &MatchDemand::available),
                  field("starts_on", &MatchDemand::starts_on), field("ground", &MatchDemand::ground));

// Who was passed over, and why.
struct PassedOver {
  WaitlistEntryId waitlist_entry_id;
  base::Reason reason;
};
DURE_VALUE_FIELDS(PassedOver, field("waitlist_entry_id", &PassedOver::waitlist_entry_id),
                  field("reason", &PassedOver::reason));

struct MatchedDemand {
  std::vector<WaitlistEntry> offered;
  std::vector<PassedOver> passed_over;
};
DURE_VALUE_FIELDS(MatchedDemand, field("offered", &MatchedDemand::offered),
                  field("passed_over", &MatchedDemand::passed_over));

struct WithdrawFromWaiting {
  std::string ground;
};
DURE_VALUE_FIELDS(WithdrawFromWaiting, field("ground", &WithdrawFromWaiting::ground));

// ---- Appeals

struct FileAppeal {
  ApplicationId application_id;
  std::string ground;
};
DURE_VALUE_FIELDS(FileAppeal, field("application_id", &FileAppeal::application_id),
                  field("ground", &FileAppeal::ground));

struct DecideAppeal {
  bool upheld = false;
  std::string ground;
  std::optional<AppealRemedy> remedy;     // of one that is upheld
  std::optional<ResourceAmount> awarded;  // remedy award; what was asked for, where left out
  std::optional<base::Date> starts_on;    // likewise
};
DURE_VALUE_FIELDS(DecideAppeal, field("upheld", &DecideAppeal::upheld),
                  field("ground", &DecideAppeal::ground), field("remedy", &DecideAppeal::remedy),
                  field("awarded", &DecideAppeal::awarded), field("starts_on", &DecideAppeal::starts_on));

}  // namespace dure::model
