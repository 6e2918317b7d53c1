#include "commands/usage.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<std::optional<base::Instant>> read_instant(const Exchange& exchange, const std::string& name) {
  const std::string* text = exchange.request.parameter(name);
  if (!text) return std::optional<base::Instant>{};
  const auto instant = base::parse_instant(*text);
  if (!instant)
    return base::invalid(base::Reason("http.filter_value").with("parameter", name).with("value", *text));
  return std::optional(*instant);
}

// GET /usage?allocation_id=…[&from=…][&to=…]
base::Result<Answer> sum(Exchange& exchange) {
  const std::string* allocation = exchange.request.parameter("allocation_id");
  if (!allocation)
    return base::invalid(base::Reason("http.parameter_missing").with("parameter", "allocation_id"));
  DURE_LET(from, read_instant(exchange, "from"));
  DURE_LET(to, read_instant(exchange, "to"));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(usage, commands::sum_usage(work, model::AllocationId(*allocation), from, to));
    return tagged_json(exchange, wire::json_text(usage));
  });
}

base::Result<Answer> preview_invoice(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MakeInvoice>());
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::preview_invoice(work, command));
    return json_answer(wire::json_text(view));
  });
}

base::Result<Answer> make_invoice(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MakeInvoice>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::make_invoice(work, command));
    Answer answer = view_answer(exchange, wire::json_text(view), view.invoice.version, 201);
    answer.headers.push_back({"Location", "/api/v1/invoices/" + view.invoice.id.text});
    return answer;
  });
}

base::Result<Answer> get_invoice(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::view_invoice(work, exchange.id<model::Invoice>()));
    return view_answer(exchange, wire::json_text(view), view.invoice.version);
  });
}

}  // namespace

void add_usage_routes(Router& router, Api& api) {
  add_collection<model::LedgerEntry>(router, api, "ledger-entries", &ports::Transaction::ledger_entries);
  add_collection<model::Observation>(router, api, "observations", &ports::Transaction::observations);
  add_route(router, api, "GET", "/api/v1/usage", sum, {"allocation_id", "from", "to"});
  add_list<model::Invoice>(router, api, "invoices", &ports::Transaction::invoices);
  add_route(router, api, "POST", "/api/v1/invoices", make_invoice);
  add_route(router, api, "POST", "/api/v1/invoices/preview", preview_invoice);
  add_route(router, api, "GET", "/api/v1/invoices/{id}", get_invoice);
}

}  // namespace dure::server
