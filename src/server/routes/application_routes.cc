#include "commands/applications.h"
#include "commands/documents.h"
#include "commands/payer_facts.h"
#include "commands/summaries.h"
#include "server/parameters.h"
#include "server/routes/collection.h"
#include "server/routes/file_response.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

// What the caller gets of an application: whole where it is his own, masked otherwise.
base::Result<Answer> application_answer(commands::Work& work, const model::Application& application,
                                        int status, const std::string& ground = "") {
  DURE_LET(revealed, commands::reveal_application(work, application, ground));
  return row_answer(application, status, wire::Out{.personal = revealed});
}

base::Result<Answer> create_application(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateApplication>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(created, commands::create_application(work, command));
    Answer answer = json_answer(wire::json_text(created, wire::Out{.personal = true}), 201);
    answer.headers.push_back({"Location", "/api/v1/applications/" + created.application.id.text});
    answer.headers.push_back({"ETag", etag_of(created.application.version)});
    return answer;
  });
}

// With ?reveal=<ground> personal data is shown to those who may, and the look is recorded: that writes, each
// time, whatever key comes with it.
base::Result<Answer> get_application(Exchange& exchange) {
  const std::string* ground = exchange.request.parameter("reveal");
  const ReadBody body = [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application,
             commands::read_row(work, work.tx.applications(), exchange.id<model::Application>()));
    const std::string etag = etag_of(application.version);
    if (!ground && not_modified(exchange.request, etag)) return not_modified_answer(etag);
    return application_answer(work, application, 200, ground ? *ground : "");
  };
  return ground ? commands::run<Answer>(exchange.world, exchange.caller, body) : look(exchange, body);
}

base::Result<Answer> replace_form(Exchange& exchange) {
  DURE_LET(form, exchange.body<model::Form1>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application, commands::replace_form(work, exchange.id<model::Application>(), form));
    return application_answer(work, application, 200);
  });
}

base::Result<Answer> submit(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application, commands::submit_application(work, exchange.id<model::Application>()));
    return application_answer(work, application, 200);
  });
}

base::Result<Answer> withdraw(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application, commands::withdraw_application(work, exchange.id<model::Application>()));
    return application_answer(work, application, 200);
  });
}

base::Result<Answer> decide(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::DecideApplication>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application, commands::decide_application(work, exchange.id<model::Application>(), command));
    return application_answer(work, application, 200);
  });
}

base::Result<Answer> confirm_payer(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::ConfirmPayer>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(decision, commands::confirm_payer(work, exchange.id<model::Application>(), command));
    return created_answer(decision, "decisions");
  });
}

// POST /applications/{id}/documents?kind=…&file_name=…: the body is the file itself. The file is put away
// outside the transaction (commands/documents.h).
base::Result<Answer> attach_document(Exchange& exchange) {
  DURE_LET(kind, demand_parameter(exchange.request, "kind"));
  DURE_LET(file_name, demand_parameter(exchange.request, "file_name"));
  DURE_LET(kept, find_answer(exchange));
  if (kept) return *kept;
  const std::string& bytes = exchange.request.body;
  DURE_LET(wish,
           commands::look<commands::NewDocument>(exchange.world, exchange.caller, [&](commands::Work& work) {
             return commands::check_document(work, exchange.id<model::Application>(), kind, file_name, bytes);
           }));
  DURE_LET(blob, exchange.world.blobs.put(bytes));
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(document, commands::attach_document(work, wish, blob));
    return created_answer(document, "documents", wire::Out{.personal = true});
  });
}

// GET /documents/{id}/content[?ground=…]. Who has the file already gets nothing of it, and so no look at it
// is recorded.
base::Result<net::Response> download_document(Exchange& exchange) {
  const auto id = exchange.id<model::Document>();
  DURE_LET(document,
           commands::look<model::Document>(exchange.world, exchange.caller, [&](commands::Work& work) {
             return commands::read_row(work, work.tx.documents(), id);
           }));
  const std::string etag = etag_of(document.sha256);
  if (!document.erased_at && not_modified(exchange.request, etag)) {
    net::Response response = net::Response::empty(304);
    response.headers.add("ETag", etag);
    return response;
  }
  const std::string* ground = exchange.request.parameter("ground");
  DURE_LET(content, commands::open_document(exchange.world, exchange.caller, id, ground ? *ground : ""));
  return file_response(std::move(content), etag);
}

// GET /applications/{id}/summary
base::Result<Answer> summary_of_one(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(sheet, commands::summary_of_application(work, exchange.id<model::Application>()));
    return tagged_json(exchange, wire::json_text(sheet));
  });
}

// GET /calls/{id}/summary[?reveal=<ground>]: with a ground it is shown unmasked to those who may, and each
// look is recorded.
base::Result<Answer> summary_of_all(Exchange& exchange) {
  const std::string* ground = exchange.request.parameter("reveal");
  const ReadBody body = [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(sheet, commands::summary_of_call(work, exchange.id<model::Call>(), ground ? *ground : ""));
    return tagged_json(exchange, wire::json_text(sheet));
  };
  return ground ? commands::run<Answer>(exchange.world, exchange.caller, body) : look(exchange, body);
}

}  // namespace

void add_application_routes(Router& router, Api& api) {
  add_list<model::Application>(router, api, "applications", &ports::Transaction::applications);
  add_route(router, api, "POST", "/api/v1/applications", create_application);
  add_route(router, api, "GET", "/api/v1/applications/{id}", get_application, {"reveal"});
  add_route(router, api, "PUT", "/api/v1/applications/{id}/form", replace_form);
  add_route(router, api, "GET", "/api/v1/applications/{id}/summary", summary_of_one);
  add_route(router, api, "GET", "/api/v1/calls/{id}/summary", summary_of_all, {"reveal"});
  add_route(router, api, "POST", "/api/v1/applications/{id}/submit", submit);
  add_route(router, api, "POST", "/api/v1/applications/{id}/withdraw", withdraw);
  add_route(router, api, "POST", "/api/v1/applications/{id}/decision", decide);
  add_route(router, api, "POST", "/api/v1/applications/{id}/payer", confirm_payer);
  add_route(router, api, "POST", "/api/v1/applications/{id}/documents", attach_document,
            {"kind", "file_name"});
  add_collection<model::Document>(router, api, "documents", &ports::Transaction::documents);
  add_raw_route(router, api, "GET", "/api/v1/documents/{id}/content", download_document, {"ground"});
  add_collection<model::Decision>(router, api, "decisions", &ports::Transaction::decisions);
}

}  // namespace dure::server
