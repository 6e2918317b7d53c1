// What the commands about outcomes, data and surveys take and give beside the nouns themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/application.h"
#include "model/award.h"
#include "model/outcome.h"

namespace dure::model {

inline constexpr std::int64_t kFirstSurveyYear = 2000;
inline constexpr std::int64_t kLastSurveyYear = 2999;

// Everything that a report is written on: Form 2 filled in as far as the centre knows it, the sentence to
// print, and what the pack asks for.
struct ReportForm {
  std::string obligation_id;
  std::string kind;
  std::string form;
  base::Date due_on;
  ObligationState state = ObligationState::kScheduled;
  std::string ground;  // why it was returned
  Applicant applicant;
  std::string login;
  std::string public_ip;
  std::vector<std::string> environments;
  base::Date starts_on;
  base::Date ends_on;
  std::int64_t months = 0;
  std::string project;
  std::string signer;  // of what was handed in, "" before
  std::optional<base::Date> signed_on;
  std::vector<std::string> kinds;  // of the pack
  bool evidence_required = false;
  std::string grant_number;
  std::string acknowledgement_ko;
  std::string acknowledgement_en;
};
DURE_VALUE_FIELDS(ReportForm, field("obligation_id", &ReportForm::obligation_id),
                  field("kind", &ReportForm::kind), field("form", &ReportForm::form),
                  field("due_on", &ReportForm::due_on), field("state", &ReportForm::state),
                  field("ground", &ReportForm::ground), field("applicant", &ReportForm::applicant),
                  field("login", &ReportForm::login),
                  field("public_ip", &ReportForm::public_ip, Visibility::kPersonal),
                  field("environments", &ReportForm::environments),
                  field("starts_on", &ReportForm::starts_on), field("ends_on", &ReportForm::ends_on),
                  field("months", &ReportForm::months), field("project", &ReportForm::project),
                  field("signer", &ReportForm::signer, Visibility::kPersonal),
                  field("signed_on", &ReportForm::signed_on), field("kinds", &ReportForm::kinds),
                  field("evidence_required", &ReportForm::evidence_required),
                  field("grant_number", &ReportForm::grant_number),
                  field("acknowledgement_ko", &ReportForm::acknowledgement_ko),
                  field("acknowledgement_en", &ReportForm::acknowledgement_en));

// Why a person does it: returns, escalates, releases, exempts, cancels, offboards.
struct GiveGround {
  std::string ground;
};
DURE_VALUE_FIELDS(GiveGround, field("ground", &GiveGround::ground));

struct TellOutcome {
  AllocationId allocation_id;
  std::optional<ObligationId> obligation_id;
  std::string kind;
  std::string title;
  std::string content;
  base::Date produced_on;
  std::vector<std::string> evidence;
};
DURE_VALUE_FIELDS(TellOutcome, field("allocation_id", &TellOutcome::allocation_id),
                  field("obligation_id", &TellOutcome::obligation_id), field("kind", &TellOutcome::kind),
                  field("title", &TellOutcome::title), field("content", &TellOutcome::content),
                  field("produced_on", &TellOutcome::produced_on), field("evidence", &TellOutcome::evidence));

struct CheckAcknowledgement {
  EvidenceDocumentId evidence_document_id;
  bool present = false;
  std::string cited;
  std::string note;
};
DURE_VALUE_FIELDS(CheckAcknowledgement,
                  field("evidence_document_id", &CheckAcknowledgement::evidence_document_id),
                  field("present", &CheckAcknowledgement::present),
                  field("cited", &CheckAcknowledgement::cited), field("note", &CheckAcknowledgement::note));

struct ClaimShare {
  std::string of;
  std::string ground;
  std::vector<std::string> evidence;
};
DURE_VALUE_FIELDS(ClaimShare, field("of", &ClaimShare::of), field("ground", &ClaimShare::ground),
                  field("evidence", &ClaimShare::evidence));

struct ProposeShare {
  std::string type;
  std::string mode;
  std::string title;
  std::string description;
  std::vector<ClaimShare> claims;
};
DURE_VALUE_FIELDS(ProposeShare, field("type", &ProposeShare::type), field("mode", &ProposeShare::mode),
                  field("title", &ProposeShare::title), field("description", &ProposeShare::description),
                  field("claims", &ProposeShare::claims));

struct ShareFound {
  std::string of;
  bool holds = false;
  std::string ground;
};
DURE_VALUE_FIELDS(ShareFound, field("of", &ShareFound::of), field("holds", &ShareFound::holds),
                  field("ground", &ShareFound::ground));

// One finding per claim.
struct CheckShare {
  std::vector<ShareFound> findings;
};
DURE_VALUE_FIELDS(CheckShare, field("findings", &CheckShare::findings));

struct RegisterShare {
  std::string registration;
};
DURE_VALUE_FIELDS(RegisterShare, field("registration", &RegisterShare::registration));

struct OpenUserSurvey {
  ProgrammeId programme_id;
  UserSurveyKind kind = UserSurveyKind::kSatisfaction;
  std::string title;
  std::vector<SurveyQuestion> questions;
  std::optional<base::Instant> closes_at;
};
DURE_VALUE_FIELDS(OpenUserSurvey, field("programme_id", &OpenUserSurvey::programme_id),
                  field("kind", &OpenUserSurvey::kind), field("title", &OpenUserSurvey::title),
                  field("questions", &OpenUserSurvey::questions),
                  field("closes_at", &OpenUserSurvey::closes_at));

struct SurveyChoice {
  std::string question;
  std::int64_t choice = 0;
};
DURE_VALUE_FIELDS(SurveyChoice, field("question", &SurveyChoice::question),
                  field("choice", &SurveyChoice::choice, Range{0, kMostChoices - 1}));

struct AnswerUserSurvey {
  std::vector<SurveyChoice> choices;  // one per question
};
DURE_VALUE_FIELDS(AnswerUserSurvey, field("choices", &AnswerUserSurvey::choices));

// Thanks, without what was said.
struct SurveyAnswered {
  std::string user_survey_id;
  bool answered = true;
};
DURE_VALUE_FIELDS(SurveyAnswered, field("user_survey_id", &SurveyAnswered::user_survey_id),
                  field("answered", &SurveyAnswered::answered));

struct SurveyResults {
  std::string user_survey_id;
  std::string title;
  std::int64_t answers = 0;
  std::vector<SurveyQuestion> questions;
  std::vector<SurveyCount> counts;  // every choice of every question, in their order
};
DURE_VALUE_FIELDS(SurveyResults, field("user_survey_id", &SurveyResults::user_survey_id),
                  field("title", &SurveyResults::title), field("answers", &SurveyResults::answers),
                  field("questions", &SurveyResults::questions), field("counts", &SurveyResults::counts));

// What a programme is owed and owes, in a year.
struct OutcomeStatus {
  std::int64_t year = 0;
  base::Date on;
  std::int64_t reports_due = 0;  // not handed in, not late
  std::int64_t reports_overdue = 0;
  std::int64_t reports_escalated = 0;
  std::int64_t reports_to_decide = 0;  // handed in
  std::int64_t reports_accepted = 0;
  std::int64_t outcomes = 0;  // told, and not returned
  std::int64_t shares_open = 0;
  std::int64_t shares_overdue = 0;
  std::int64_t shares_done = 0;
  std::int64_t surveys_wanted = 0;
  std::int64_t surveys_held = 0;
  std::optional<base::Date> survey_by;  // while one is missing
};
DURE_VALUE_FIELDS(OutcomeStatus, field("year", &OutcomeStatus::year), field("on", &OutcomeStatus::on),
                  field("reports_due", &OutcomeStatus::reports_due),
                  field("reports_overdue", &OutcomeStatus::reports_overdue),
                  field("reports_escalated", &OutcomeStatus::reports_escalated),
                  field("reports_to_decide", &OutcomeStatus::reports_to_decide),
                  field("reports_accepted", &OutcomeStatus::reports_accepted),
                  field("outcomes", &OutcomeStatus::outcomes),
                  field("shares_open", &OutcomeStatus::shares_open),
                  field("shares_overdue", &OutcomeStatus::shares_overdue),
                  field("shares_done", &OutcomeStatus::shares_done),
                  field("surveys_wanted", &OutcomeStatus::surveys_wanted),
                  field("surveys_held", &OutcomeStatus::surveys_held),
                  field("survey_by", &OutcomeStatus::survey_by));

}  // namespace dure::model
