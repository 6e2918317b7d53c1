// Verbs of outcomes: report, outcome, data-share, survey.
#include <boost/json/object.hpp>
#include <cstdio>
#include <memory>

#include "cli/row_verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using Kind = BodyOption;

const std::vector<Column> kReportColumns = {
    {"ID", "id"},     {"KIND", "kind"},     {"DUE", "due_on"},    {"STATE", "state"},
    {"FORM", "form"}, {"GROUND", "ground"}, {"SOURCE", "source"}, {"PROJECT", "project_id"}};
const std::vector<Column> kOutcomes = {{"ID", "id"},          {"KIND", "kind"},         {"TITLE", "title"},
                                       {"ON", "produced_on"}, {"TELL BY", "notify_by"}, {"STATE", "state"},
                                       {"GROUND", "ground"}};
const std::vector<Column> kChecks = {{"ID", "id"},
                                     {"OUTCOME", "outcome_id"},
                                     {"PRESENT", "present"},
                                     {"CITED", "cited"},
                                     {"BY", "checked_by"}};
const std::vector<Column> kEvidence = {{"ID", "id"},           {"KIND", "kind"},
                                       {"FILE", "file_name"},  {"TYPE", "media_type"},
                                       {"SIZE", "size_bytes"}, {"ERASED", "erased_at"}};
const std::vector<Column> kShares = {{"ID", "id"},
                                     {"STATE", "state"},
                                     {"DUE", "due_on"},
                                     {"TYPE", "type"},
                                     {"MODE", "mode"},
                                     {"TITLE", "title"},
                                     {"REGISTERED AS", "registration"}};
const std::vector<Column> kSurveys = {{"ID", "id"},       {"YEAR", "year"},   {"KIND", "kind"},
                                      {"TITLE", "title"}, {"STATE", "state"}, {"ANSWERS", "answers"}};

// The form as it lies before who writes the report: what the centre knows, and the sentence to print.
void print_form(const json::value& form) {
  const std::vector<std::pair<const char*, const char*>> lines = {
      {"보고", "kind"},
      {"서식", "form"},
      {"기한", "due_on"},
      {"상태", "state"},
      {"반려 사유", "ground"},
      {"성명", "applicant/name"},
      {"직급", "applicant/position"},
      {"소속", "applicant/organisation"},
      {"지도교수", "applicant/advisor"},
      {"구분", "applicant/organisation_class"},
      {"사업자등록번호", "applicant/business_number"},
      {"이메일", "applicant/email"},
      {"전화번호", "applicant/phone"},
      {"연락처", "applicant/mobile"},
      {"사용 ID", "login"},
      {"PC IP", "public_ip"},
      {"주소", "applicant/address"},
      {"사용 시작", "starts_on"},
      {"사용 끝", "ends_on"},
      {"개월", "months"},
      {"작성자", "signer"},
      {"작성일", "signed_on"},
      {"과제 번호", "grant_number"},
      {"사사(국문)", "acknowledgement_ko"},
      {"사사(영문)", "acknowledgement_en"}};
  for (const auto& [title, path] : lines) {
    const auto text = text_at(form, path);
    if (!text.empty()) std::printf("%s: %s\n", title, text.c_str());
  }
}

void add_report_form(CLI::App* report, Context& context) {
  auto* verb = report->add_subcommand("form", "What it is written on, with the sentence to print");
  auto id = std::make_shared<std::string>();
  auto year = std::make_shared<std::int64_t>(0);
  verb->add_option("obligation", *id, "Id (see: dure report list)")->required();
  verb->add_option("--year", *year, "For the sentence; that of the end of use, where left out");
  verb->callback([&context, id, year] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(form, api.get("/api/v1/obligations/" + net::percent_encode(*id) + "/form" +
                             (*year == 0 ? "" : "?year=" + std::to_string(*year))));
      if (context.output() == Format::kJson)
        print(context.output(), form, {});
      else
        print_form(form);
      return {};
    });
  });
}

void add_evidence(CLI::App* report, Context& context) {
  auto* verb = report->add_subcommand("evidence", "Puts a file that shows what is claimed to a project");
  auto project = std::make_shared<std::string>();
  auto kind = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>();
  verb->add_option("project", *project, "Id (see: dure projects)")->required();
  verb->add_option("kind", *kind, "report, paper, patent, data_definition, …")->required();
  verb->add_option("file", *path, "The file")->required();
  verb->callback([&context, project, kind, path] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(bytes, read_file(*path));
      DURE_LET(made, api.post("/api/v1/projects/" + net::percent_encode(*project) +
                                  "/evidence?kind=" + net::percent_encode(*kind) +
                                  "&file_name=" + net::percent_encode(path->substr(path->rfind('/') + 1)),
                              bytes, "application/octet-stream"));
      print(context.output(), made, kEvidence);
      return {};
    });
  });
}

void add_reports(CLI::App& app, Context& context) {
  auto* report =
      app.add_subcommand("report", "Results reports (Form 2), with evidence")->require_subcommand(1);
  add_row_list(report, context, "obligations", kReportColumns);
  add_report_form(report, context);
  add_evidence(report, context);
  add_row_list(report, context, "evidence-documents", kEvidence, "files", "Files that show what is claimed");
  add_row_verb(report, context,
               {"submit",
                "Hands in the report of an obligation",
                "obligations",
                "report",
                {{"kind", "paper, patent, other, …", true},
                 {"title", "Of the result", true},
                 {"content", "What it is"},
                 {"environment", "Jupyter, terminal, …"},
                 {"attachments", "Ids of evidence (see: dure report files)", false, Kind::kList},
                 {"acknowledged", "The sentence stands in the result", false, Kind::kFlag},
                 {"signer", "Who wrote it; you, where left out"},
                 {"signed_on", "When it was signed; today, where left out"}}},
               kReportColumns);
  add_row_verb(report, context, {"accept", "Accepts it", "obligations", "accept", {}}, kReportColumns);
  add_row_verb(report, context, {"return", "Gives it back", "obligations", "return", {kGroundOption}},
               kReportColumns);
  add_row_verb(report, context,
               {"escalate",
                "Takes an overdue one to whoever decides what follows",
                "obligations",
                "escalate",
                {kGroundOption}},
               kReportColumns);
}

void add_outcomes(CLI::App& app, Context& context) {
  auto* outcome = app.add_subcommand("outcome", "Papers, patents, products … that came of the use")
                      ->require_subcommand(1);
  add_row_list(outcome, context, "outcomes", kOutcomes);
  add_row_list(outcome, context, "acknowledgement-checks", kChecks, "checks",
               "Who looked for the acknowledgement, and what he found");
  add_row_verb(outcome, context,
               {"tell",
                "Tells an outcome, with a report or by itself",
                "outcomes",
                "",
                {{"allocation_id", "Of which allocation", true},
                 {"obligation_id", "Of which report; left out: by itself"},
                 {"kind", "paper, patent, …", true},
                 {"title", "What it is called", true},
                 {"content", "What it is"},
                 {"produced_on", "2026-10-01", true},
                 {"evidence", "Ids of evidence (see: dure report files)", false, Kind::kList}}},
               kOutcomes);
  add_row_verb(outcome, context, {"accept", "Takes it", "outcomes", "accept", {}}, kOutcomes);
  add_row_verb(outcome, context, {"return", "Gives it back", "outcomes", "return", {kGroundOption}},
               kOutcomes);
  add_row_verb(outcome, context,
               {"check",
                "Records whether its evidence carries the acknowledgement",
                "outcomes",
                "acknowledgement",
                {{"evidence_document_id", "Where you looked", true},
                 {"present", "It stands there", false, Kind::kFlag},
                 {"cited", "The words that stand there"},
                 {"note", "What to remember"}}},
               kChecks);
}

void add_data_shares(CLI::App& app, Context& context) {
  auto* share = app.add_subcommand("data-share", "Sharing data after the use")->require_subcommand(1);
  add_row_list(share, context, "data-shares", kShares);
  add_row_verb(
      share, context,
      {"propose",
       "Proposes a type and a mode",
       "data-shares",
       "propose",
       {{"type", "type-1, type-2a, …", true},
        {"mode", "free, paid, …", true},
        {"title", "Of the data", true},
        {"description", "What it is"},
        {"claims", "Why a lesser type will do: type-1=LAW@EVIDENCE", false, Kind::kPairs, "of", "evidence"}}},
      kShares);
  add_row_verb(share, context,
               {"check",
                "Records what you found about each claim",
                "data-shares",
                "check",
                {{"findings", "type-1=yes,WHY", false, Kind::kPairs, "of", "holds"}}},
               kShares);
  add_row_verb(share, context, {"give-back", "Gives it back", "data-shares", "give-back", {kGroundOption}},
               kShares);
  add_row_verb(share, context,
               {"register",
                "It stands on the portal",
                "data-shares",
                "register",
                {{"registration", "Number or address there", true}}},
               kShares);
  add_row_verb(share, context, {"exempt", "Exempts from it", "data-shares", "exempt", {kGroundOption}},
               kShares);
}

void print_results(const json::value& results) {
  std::printf("%s: %s\n", text_at(results, "title").c_str(), text_at(results, "answers").c_str());
  const auto& counts = results.at("counts").as_array();
  for (const auto& question : results.at("questions").as_array()) {
    std::printf("\n%s\n", text_at(question, "text").c_str());
    for (const auto& count : counts) {
      if (text_at(count, "question") != text_at(question, "id")) continue;
      const auto choice = text_at(question, "choices/" + text_at(count, "choice"));
      std::printf("  %6s  %s\n", text_at(count, "count").c_str(), choice.c_str());
    }
  }
}

void add_results(CLI::App* survey, Context& context) {
  auto* verb = survey->add_subcommand("results", "How often each choice was made, once it is closed");
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "Of the survey")->required();
  verb->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(results, api.get("/api/v1/user-surveys/" + net::percent_encode(*id) + "/results"));
      if (context.output() == Format::kJson)
        print(context.output(), results, {});
      else
        print_results(results);
      return {};
    });
  });
}

void add_surveys(CLI::App& app, Context& context) {
  auto* survey = app.add_subcommand("survey", "What users are asked")->require_subcommand(1);
  add_row_list(survey, context, "user-surveys", kSurveys);
  add_row_verb(
      survey, context,
      {"open",
       "Asks the users of a programme; questions come from --file",
       "user-surveys",
       "",
       {{"title", "What it is called"}, {"kind", "satisfaction or further"}, {"closes_at", "By itself"}},
       true},
      kSurveys);
  add_row_verb(survey, context, {"close", "Closes it", "user-surveys", "close", {}}, kSurveys);
  add_row_verb(survey, context,
               {"answer",
                "Answers it, once",
                "user-surveys",
                "answers",
                {{"choices", "QUESTION=CHOICE, counted from 0", true, Kind::kPairs, "question", "choice"}}},
               {{"SURVEY", "user_survey_id"}, {"ANSWERED", "answered"}});
  add_results(survey, context);
}

}  // namespace

void add_outcome_verbs(CLI::App& app, Context& context) {
  add_reports(app, context);
  add_outcomes(app, context);
  add_data_shares(app, context);
  add_surveys(app, context);
}

}  // namespace dure::cli
