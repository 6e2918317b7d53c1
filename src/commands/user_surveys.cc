#include "commands/user_surveys.h"

#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "programme/survey.h"

namespace dure::commands {
namespace {

constexpr const char* kUserSurveys = "user-surveys";

// The survey for a user of its programme.
base::Result<model::UserSurvey> asked(Work& work, const model::UserSurveyId& id) {
  DURE_LET(survey, work.tx.user_surveys().find(id));
  if (!survey) return access::not_found();
  DURE_TRY(work.require(access::Permission::kSurveyAnswer, resource_of(*survey)));
  DURE_LET(account, work.tx.accounts().find(work.caller.subject.account_id));
  if (!account || account->programme_id != survey->programme_id) return access::not_found();
  return std::move(*survey);
}

}  // namespace

base::Result<model::UserSurvey> open_user_survey(Work& work, const model::OpenUserSurvey& command) {
  DURE_LET(pack, pack_for(work, command.programme_id, access::Permission::kSurveyManage));
  if (!pack->on(policy::Section::kOutcomes))
    return conflict(base::Reason("outcome.section_off").with("programme", pack->meta.programme));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::check_survey(command, pack->outcomes, pack->meta.programme));
  if (command.closes_at && *command.closes_at <= work.now)
    return refused("/closes_at", base::Reason("survey.closes_past"));
  model::UserSurvey survey;
  work.stamp(survey);
  survey.programme_id = command.programme_id;
  survey.kind = command.kind;
  survey.year = calendar::local_date(work.now, policy::zone_of(*pack)).year;
  survey.title = command.title;
  survey.questions = command.questions;
  survey.opens_at = work.now;
  survey.closes_at = command.closes_at;
  DURE_TRY(work.tx.user_surveys().insert(survey));
  DURE_TRY(tell(work, survey, kUserSurveys, "survey.opened", "open"));
  return survey;
}

base::Result<model::UserSurvey> close_user_survey(Work& work, const model::UserSurveyId& id) {
  DURE_LET(survey, load_for(work, work.tx.user_surveys(), id, access::Permission::kSurveyManage));
  if (survey.state == model::UserSurveyState::kClosed) return survey;
  survey.state = model::UserSurveyState::kClosed;
  if (!survey.closes_at || work.now < *survey.closes_at) survey.closes_at = work.now;
  DURE_TRY(work.save(work.tx.user_surveys(), survey));
  DURE_TRY(tell(work, survey, kUserSurveys, "survey.closed", "close"));
  return survey;
}

base::Result<model::SurveyAnswered> answer_user_survey(Work& work, const model::UserSurveyId& id,
                                                       const model::AnswerUserSurvey& command) {
  DURE_LET(survey, asked(work, id));
  DURE_TRY(work.expect(survey));
  DURE_TRY(check_command(command));
  if (!programme::takes_answers(survey, work.now)) return conflict(base::Reason("survey.closed"));
  const auto& account = work.caller.subject.account_id;
  DURE_LET(before, work.tx.survey_participations().count(
                       ports::Query{}.where("user_survey_id", id).where("account_id", account)));
  if (before > 0) return conflict(base::Reason("survey.answered_already"));
  DURE_TRY(programme::count_answer(survey, command));
  DURE_TRY(work.save(work.tx.user_surveys(), survey));
  model::SurveyParticipation participation;
  work.stamp(participation);
  participation.user_survey_id = id;
  participation.account_id = account;
  DURE_TRY(work.tx.survey_participations().insert(participation));
  DURE_TRY(work.audit("user-surveys.answer", std::string(kUserSurveys) + "/" + id.text, resource_of(survey)));
  return model::SurveyAnswered{id.text, true};
}

base::Result<model::SurveyResults> survey_results(Work& work, const model::UserSurveyId& id) {
  DURE_LET(survey, read_row(work, work.tx.user_surveys(), id));
  if (programme::takes_answers(survey, work.now)) return conflict(base::Reason("survey.still_open"));
  return programme::results_of(survey);
}

}  // namespace dure::commands
