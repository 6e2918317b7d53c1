#include "commands/announcement.h"
#include "commands/call_attachments.h"
#include "server/parameters.h"
#include "server/routes/collection.h"
#include "server/routes/file_response.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

base::Result<Answer> announce(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(told, commands::announce_call(work, exchange.id<model::Call>()));
    return tagged_json(exchange, wire::json_text(told));
  });
}

// POST /calls/{id}/attachments?form=…&file_name=…[&title=…]: the body is the file itself. The file is put
// away outside the transaction (commands/call_attachments.h).
base::Result<Answer> hang_file(Exchange& exchange) {
  DURE_LET(form, demand_parameter(exchange.request, "form"));
  DURE_LET(file_name, demand_parameter(exchange.request, "file_name"));
  const std::string* title = exchange.request.parameter("title");
  DURE_LET(kept, find_answer(exchange));
  if (kept) return *kept;
  const std::string& bytes = exchange.request.body;
  const commands::NewCallAttachment asked{
      exchange.id<model::Call>(), form, title ? *title : "", file_name, "", {}};
  DURE_LET(wish, commands::look<commands::NewCallAttachment>(
                     exchange.world, exchange.caller, [&](commands::Work& work) {
                       return commands::check_call_attachment(work, asked, bytes);
                     }));
  DURE_LET(blob, exchange.world.blobs.put(bytes));
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(row, commands::attach_to_call(work, wish, blob));
    return created_answer(row, "call-attachments");
  });
}

// GET /call-attachments/{id}/content. Who has the file already gets nothing of it.
base::Result<net::Response> give_file(Exchange& exchange) {
  const auto id = exchange.id<model::CallAttachment>();
  DURE_LET(content, commands::open_call_attachment(exchange.world, exchange.caller, id));
  const std::string etag = etag_of(content.document.sha256);
  if (!not_modified(exchange.request, etag)) return file_response(std::move(content), etag);
  net::Response response = net::Response::empty(304);
  response.headers.add("ETag", etag);
  return response;
}

}  // namespace

void add_call_routes(Router& router, Api& api) {
  add_route(router, api, "POST", "/api/v1/calls/{id}/attachments", hang_file, {"form", "file_name", "title"});
  add_collection<model::CallAttachment>(router, api, "call-attachments",
                                        &ports::Transaction::call_attachments);
  add_change(router, api, "call-attachments", "withdraw", commands::withdraw_call_attachment);
  add_raw_route(router, api, "GET", "/api/v1/call-attachments/{id}/content", give_file);
  add_route(router, api, "GET", "/api/v1/calls/{id}/announcement", announce);
}

}  // namespace dure::server
