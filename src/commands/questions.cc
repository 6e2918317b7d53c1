#include "commands/questions.h"

#include <algorithm>

#include "commands/command_texts.h"
#include "commands/row_work.h"

namespace dure::commands {
namespace {

using model::Question;
using model::QuestionState;

constexpr const char* kQuestions = "questions";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

base::Status check_desk(const std::string& desk, const policy::Contact& contact) {
  std::vector<std::string> topics;
  topics.reserve(contact.desks.size());
  for (const auto& each : contact.desks) topics.push_back(each.topic);
  const bool known =
      topics.empty() ? desk.empty() : std::find(topics.begin(), topics.end(), desk) != topics.end();
  if (known) return {};
  return refused("/desk",
                 base::Reason("question.desk_unknown").with("desk", desk).with("desks", joined(topics)));
}

base::Result<const policy::DeclinedRequest*> find_request(const std::string& request,
                                                          const policy::Contact& contact) {
  std::vector<std::string> ids;
  for (const auto& each : contact.declines) {
    if (each.id == request) return &each;
    ids.push_back(each.id);
  }
  return refused(
      "/request",
      base::Reason("question.request_unknown").with("request", request).with("requests", joined(ids)));
}

// In both languages of the pack: who asks reads either.
std::string answer_of(const policy::DeclinedRequest& request) {
  return request.answer.en.empty() ? request.answer.ko : request.answer.ko + "\n" + request.answer.en;
}

void decline(Work& work, Question& question, const policy::DeclinedRequest& request) {
  question.request = request.id;
  question.state = QuestionState::kDeclined;
  question.answer = answer_of(request);
  question.answered_by = work.caller.subject.actor;
  question.answered_at = work.now;
}

base::Result<Question> open_question(Work& work, const model::QuestionId& id) {
  DURE_LET(question, load_for(work, work.tx.questions(), id, access::Permission::kQuestionAnswer));
  if (question.state != QuestionState::kOpen)
    return conflict(
        base::Reason("question.not_open").with("state", std::string(model::to_text(question.state))));
  return std::move(question);
}

}  // namespace

base::Result<std::vector<model::DeskView>> list_desks(Work& work, const model::ProgrammeId& id) {
  DURE_LET(pack, pack_for(work, id, access::Permission::kProgrammeRead));
  std::vector<model::DeskView> desks;
  desks.reserve(pack->contact.desks.size());
  for (const auto& each : pack->contact.desks)
    desks.push_back({each.topic, each.title.ko, each.title.en, each.telephone, each.email, each.url});
  return desks;
}

base::Result<Question> ask_question(Work& work, const model::AskQuestion& command) {
  DURE_LET(pack, pack_for(work, command.programme_id, access::Permission::kQuestionAsk));
  const auto& account = work.caller.subject.account_id;
  if (account.empty()) return base::error(base::ErrorKind::kNotAllowed, base::Reason("question.no_account"));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/title", command.title}, {"/text", command.text}}));
  DURE_TRY(check_desk(command.desk, pack->contact));
  Question question;
  work.stamp(question);
  question.programme_id = command.programme_id;
  question.account_id = account;
  question.desk = command.desk;
  question.title = command.title;
  question.text = command.text;
  if (!command.request.empty()) {
    DURE_LET(request, find_request(command.request, pack->contact));
    decline(work, question, *request);
    question.answered_by = "rule";
  }
  DURE_TRY(work.tx.questions().insert(question));
  DURE_TRY(tell(work, question, kQuestions, "question.asked", "ask", state_detail(question.state)));
  return question;
}

base::Result<Question> answer_question(Work& work, const model::QuestionId& id,
                                       const model::AnswerQuestion& command) {
  DURE_LET(question, open_question(work, id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/answer", command.answer}}));
  question.state = QuestionState::kAnswered;
  question.answer = command.answer;
  question.answered_by = work.caller.subject.actor;
  question.answered_at = work.now;
  DURE_TRY(work.save(work.tx.questions(), question));
  DURE_TRY(tell(work, question, kQuestions, "question.answered", "answer"));
  return question;
}

base::Result<Question> decline_question(Work& work, const model::QuestionId& id,
                                        const model::DeclineQuestion& command) {
  DURE_LET(question, open_question(work, id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, question.programme_id));
  DURE_LET(request, find_request(command.request, pack->contact));
  decline(work, question, *request);
  DURE_TRY(work.save(work.tx.questions(), question));
  DURE_TRY(tell(work, question, kQuestions, "question.declined", "decline"));
  return question;
}

base::Result<Question> close_question(Work& work, const model::QuestionId& id) {
  DURE_LET(question, load_for(work, work.tx.questions(), id, access::Permission::kQuestionRead));
  const bool own = question.account_id == work.caller.subject.account_id;
  DURE_TRY(work.require(own ? access::Permission::kQuestionAsk : access::Permission::kQuestionAnswer,
                        resource_of(question)));
  if (question.state == QuestionState::kClosed) return question;
  question.state = QuestionState::kClosed;
  DURE_TRY(work.save(work.tx.questions(), question));
  DURE_TRY(tell(work, question, kQuestions, "question.closed", "close"));
  return question;
}

}  // namespace dure::commands
