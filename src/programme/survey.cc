#include "programme/survey.h"

#include <algorithm>
#include <set>

#include "programme/refusals.h"

namespace dure::programme {
namespace {

using base::Reason;

// Two choices or more, none empty, none twice.
bool well_formed(const model::SurveyQuestion& question) {
  const std::set<std::string> choices(question.choices.begin(), question.choices.end());
  return !question.id.empty() && !question.text.empty() && choices.size() >= 2 &&
         choices.size() == question.choices.size() && !choices.contains("") &&
         question.choices.size() <= static_cast<std::size_t>(model::kMostChoices);
}

model::SurveyCount& place_of(std::vector<model::SurveyCount>& counts, const model::SurveyChoice& choice) {
  const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& each) {
    return each.question == choice.question && each.choice == choice.choice;
  });
  if (found != counts.end()) return *found;
  counts.push_back({choice.question, choice.choice, 0});
  return counts.back();
}

}  // namespace

base::Status check_survey(const model::OpenUserSurvey& command, const policy::Outcomes& outcomes,
                          const std::string& programme) {
  if (command.kind == model::UserSurveyKind::kFurther && !outcomes.further_surveys)
    return base::error(base::ErrorKind::kConflict, Reason("survey.further_off").with("programme", programme));
  if (command.title.empty()) return refused("/title", Reason("outcome.text_missing").with("field", "title"));
  if (command.questions.empty())
    return refused("/questions", Reason("outcome.text_missing").with("field", "questions"));
  std::set<std::string> ids;
  for (std::size_t i = 0; i < command.questions.size(); ++i) {
    const auto& question = command.questions[i];
    if (!well_formed(question) || !ids.insert(question.id).second)
      return refused("/questions/" + std::to_string(i),
                     Reason("survey.question_faulty").with("question", question.id));
  }
  return {};
}

bool takes_answers(const model::UserSurvey& survey, base::Instant now) {
  return survey.state == model::UserSurveyState::kOpen && (!survey.closes_at || now < *survey.closes_at);
}

base::Status count_answer(model::UserSurvey& survey, const model::AnswerUserSurvey& answer) {
  auto counts = survey.counts;
  for (const auto& question : survey.questions) {
    const model::SurveyChoice* chosen = nullptr;
    int times = 0;
    for (const auto& each : answer.choices)
      if (each.question == question.id) {
        chosen = &each;
        ++times;
      }
    if (times != 1 || chosen->choice < 0 ||
        chosen->choice >= static_cast<std::int64_t>(question.choices.size()))
      return refused("/choices", Reason("survey.choice_unknown").with("question", question.id));
    ++place_of(counts, *chosen).count;
  }
  if (answer.choices.size() != survey.questions.size())
    return refused("/choices", Reason("survey.choice_unknown").with("question", ""));
  survey.counts = std::move(counts);
  ++survey.answers;
  return {};
}

model::SurveyResults results_of(const model::UserSurvey& survey) {
  model::SurveyResults results{survey.id.text, survey.title, survey.answers, survey.questions, {}};
  for (const auto& question : survey.questions)
    for (std::size_t i = 0; i < question.choices.size(); ++i) {
      const auto choice = static_cast<std::int64_t>(i);
      const auto found = std::find_if(survey.counts.begin(), survey.counts.end(), [&](const auto& each) {
        return each.question == question.id && each.choice == choice;
      });
      results.counts.push_back({question.id, choice, found == survey.counts.end() ? 0 : found->count});
    }
  return results;
}

std::int64_t surveys_missing(const std::vector<model::UserSurvey>& surveys, std::int64_t year,
                             const policy::Outcomes& outcomes) {
  const auto held = std::count_if(surveys.begin(), surveys.end(), [&](const auto& each) {
    return each.kind == model::UserSurveyKind::kSatisfaction && each.year == year &&
           (each.state == model::UserSurveyState::kOpen || each.answers > 0);
  });
  return std::max<std::int64_t>(0, outcomes.surveys_per_year - held);
}

}  // namespace dure::programme
