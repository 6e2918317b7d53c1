#include <charconv>

#include "commands/evidence.h"
#include "commands/outcomes.h"
#include "commands/reports.h"
#include "commands/user_surveys.h"
#include "server/parameters.h"
#include "server/routes/collection.h"
#include "server/routes/file_response.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// ?year=2026; none where it is left out.
base::Result<std::optional<std::int64_t>> year_in(const Exchange& exchange) {
  const std::string* text = exchange.request.parameter("year");
  if (text == nullptr) return std::optional<std::int64_t>();
  std::int64_t value = 0;
  const auto end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec == std::errc() && read.ptr == end && model::kFirstSurveyYear <= value &&
      value <= model::kLastSurveyYear)
    return std::optional(value);
  return base::invalid(base::Reason("outcome.year_wanted")
                           .with("least", model::kFirstSurveyYear)
                           .with("most", model::kLastSurveyYear));
}

// POST /projects/{id}/evidence?kind=…&file_name=…: the body is the file itself. The file is put away outside
// the transaction (commands/evidence.h).
base::Result<Answer> attach_evidence(Exchange& exchange) {
  DURE_LET(kind, demand_parameter(exchange.request, "kind"));
  DURE_LET(file_name, demand_parameter(exchange.request, "file_name"));
  DURE_LET(kept, find_answer(exchange));
  if (kept) return *kept;
  const std::string& bytes = exchange.request.body;
  DURE_LET(wish,
           commands::look<commands::NewEvidence>(exchange.world, exchange.caller, [&](commands::Work& work) {
             return commands::check_evidence(work, exchange.id<model::Project>(), kind, file_name, bytes);
           }));
  DURE_LET(blob, exchange.world.blobs.put(bytes));
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(document, commands::attach_evidence(work, wish, blob));
    return created_answer(document, "evidence-documents", wire::Out{.personal = true});
  });
}

// GET /evidence-documents/{id}/content[?ground=…]. Who has the file already gets nothing of it, and so no
// look at it is recorded.
base::Result<net::Response> download_evidence(Exchange& exchange) {
  const auto id = exchange.id<model::EvidenceDocument>();
  DURE_LET(document, commands::look<model::EvidenceDocument>(
                         exchange.world, exchange.caller, [&](commands::Work& work) {
                           return commands::read_row(work, work.tx.evidence_documents(), id);
                         }));
  const std::string etag = etag_of(document.sha256);
  if (!document.erased_at && not_modified(exchange.request, etag)) {
    net::Response response = net::Response::empty(304);
    response.headers.add("ETag", etag);
    return response;
  }
  const std::string* ground = exchange.request.parameter("ground");
  DURE_LET(content, commands::open_evidence(exchange.world, exchange.caller, id, ground ? *ground : ""));
  return file_response(std::move(content), etag);
}

// GET /obligations/{id}/form?year=
base::Result<Answer> report_form(Exchange& exchange) {
  DURE_LET(year, year_in(exchange));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(form, commands::report_form(work, exchange.id<model::Obligation>(), year));
    DURE_LET(obligation, work.tx.obligations().get(exchange.id<model::Obligation>()));
    const bool own = commands::reveals_form(work, obligation);
    return tagged_json(exchange, wire::json_text(form, wire::Out{.personal = own}));
  });
}

// POST /user-surveys/{id}/answers
base::Result<Answer> answer_survey(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::AnswerUserSurvey>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(answered, commands::answer_user_survey(work, exchange.id<model::UserSurvey>(), command));
    return json_answer(wire::json_text(answered));
  });
}

base::Result<Answer> survey_results(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(results, commands::survey_results(work, exchange.id<model::UserSurvey>()));
    return tagged_json(exchange, wire::json_text(results));
  });
}

// GET /programmes/{id}/outcomes?year=
base::Result<Answer> outcome_status(Exchange& exchange) {
  DURE_LET(year, year_in(exchange));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(status, commands::outcome_status(work, exchange.id<model::Programme>(), year));
    return tagged_json(exchange, wire::json_text(status));
  });
}

void add_reports(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_route(router, api, "POST", "/api/v1/projects/{id}/evidence", attach_evidence, {"kind", "file_name"});
  add_collection<model::EvidenceDocument>(router, api, "evidence-documents", &Tx::evidence_documents);
  add_raw_route(router, api, "GET", "/api/v1/evidence-documents/{id}/content", download_evidence, {"ground"});
  add_route(router, api, "GET", "/api/v1/obligations/{id}/form", report_form, {"year"});
  add_change(router, api, "obligations", "return", commands::return_report);
  add_change(router, api, "obligations", "escalate", commands::escalate_report);
  add_collection<model::Outcome>(router, api, "outcomes", &Tx::outcomes);
  add_make(router, api, "outcomes", commands::tell_outcome);
  add_step(router, api, "outcomes", "accept", commands::accept_outcome);
  add_change(router, api, "outcomes", "return", commands::return_outcome);
  add_child(router, api, "outcomes/{id}/acknowledgement", "acknowledgement-checks",
            commands::check_acknowledgement);
  add_collection<model::AcknowledgementCheck>(router, api, "acknowledgement-checks",
                                              &Tx::acknowledgement_checks);
}

void add_shares(Router& router, Api& api) {
  add_collection<model::DataShare>(router, api, "data-shares", &ports::Transaction::data_shares);
  add_change(router, api, "data-shares", "propose", commands::propose_share);
  add_change(router, api, "data-shares", "check", commands::check_share);
  add_change(router, api, "data-shares", "give-back", commands::give_back_share);
  add_change(router, api, "data-shares", "register", commands::register_share);
  add_change(router, api, "data-shares", "exempt", commands::exempt_share);
}

void add_surveys(Router& router, Api& api) {
  add_collection<model::UserSurvey>(router, api, "user-surveys", &ports::Transaction::user_surveys);
  add_make(router, api, "user-surveys", commands::open_user_survey);
  add_step(router, api, "user-surveys", "close", commands::close_user_survey);
  add_route(router, api, "POST", "/api/v1/user-surveys/{id}/answers", answer_survey);
  add_route(router, api, "GET", "/api/v1/user-surveys/{id}/results", survey_results);
}

}  // namespace

void add_outcome_routes(Router& router, Api& api) {
  add_reports(router, api);
  add_shares(router, api);
  add_surveys(router, api);
  add_route(router, api, "GET", "/api/v1/programmes/{id}/outcomes", outcome_status, {"year"});
}

}  // namespace dure::server
