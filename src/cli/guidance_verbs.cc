// Verbs of what the rules leave open and of the desks: determination, question.
#include <boost/json/object.hpp>
#include <memory>

#include "cli/row_verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

using Kind = BodyOption;

const std::vector<Column> kDeterminations = {{"ID", "id"},
                                             {"MET ON", "met_on"},
                                             {"CHAIR", "chair_office"},
                                             {"QUESTION", "question"},
                                             {"DECISION", "decision"}};
const std::vector<Column> kQuestions = {{"ID", "id"},       {"STATE", "state"},   {"DESK", "desk"},
                                        {"TITLE", "title"}, {"ANSWER", "answer"}, {"ASKED", "created_at"}};

void add_determination(CLI::App& app, Context& context) {
  auto* determination =
      app.add_subcommand("determination", "What meetings decided where the rules are silent")
          ->require_subcommand(1);
  add_row_list(determination, context, "determinations", kDeterminations);
  add_row_verb(determination, context,
               {"record",
                "Records what a meeting decided",
                "determinations",
                "",
                {{"question", "What the rules leave open"},
                 {"met_on", "2026-10-01"},
                 {"chair", "Who chaired"},
                 {"chair_office", "As the pack names it"},
                 {"members", "Who was there", false, Kind::kList},
                 {"minutes", "What was said"},
                 {"decision", "What was decided"}},
                true},
               kDeterminations);
}

void add_desks(CLI::App* question, Context& context) {
  auto* verb = question->add_subcommand("desks", "Whom to ask about what");
  auto programme = std::make_shared<std::string>();
  verb->add_option("programme", *programme, "Code or id (see: dure programmes)")->required();
  verb->callback([&context, programme] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, find_programme(api, *programme));
      DURE_LET(answer, api.get("/api/v1/programmes/" + net::percent_encode(id) + "/desks"));
      print(context.output(), answer.at("items"),
            {{"DESK", "topic"},
             {"WHAT", "title_ko"},
             {"TELEPHONE", "telephone"},
             {"MAIL", "email"},
             {"SITE", "url"}});
      return {};
    });
  });
}

void add_question(CLI::App& app, Context& context) {
  auto* question = app.add_subcommand("question", "Questions to the desks")->require_subcommand(1);
  add_row_list(question, context, "questions", kQuestions);
  add_desks(question, context);
  add_row_verb(question, context,
               {"ask",
                "Asks a desk",
                "questions",
                "",
                {{"desk", "Which (see: dure question desks)"},
                 {"request", "What is to be done, where the pack lists it: write_code, debug_code"},
                 {"title", "In a line", true},
                 {"text", "The question", true}},
                true},
               kQuestions);
  add_row_verb(question, context,
               {"answer", "Answers it", "questions", "answer", {{"answer", "The answer", true}}}, kQuestions);
  add_row_verb(question, context,
               {"decline",
                "Declines it with the text of the pack",
                "questions",
                "decline",
                {{"request", "write_code, debug_code", true}}},
               kQuestions);
  add_row_verb(question, context, {"close", "Closes it", "questions", "close", {}}, kQuestions);
}

}  // namespace

void add_guidance_verbs(CLI::App& app, Context& context) {
  add_determination(app, context);
  add_question(app, context);
}

}  // namespace dure::cli
