#include "commands/nodes.h"
#include "model/node_link.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> enrol(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::EnrolNode>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(enrolled, commands::enrol_node(work, command));
    Answer answer = json_answer(wire::json_text(enrolled), 201);
    return answer;
  });
}

base::Result<Answer> report(Exchange& exchange, commands::LedgerCache& ledgers) {
  DURE_LET(news, exchange.body<model::NodeReport>());
  DURE_LET(orders, commands::report_node(exchange.world, exchange.caller, ledgers, news));
  return json_answer(wire::json_text(orders));
}

}  // namespace

void add_node_link_routes(Router& router, Api& api) {
  add_route(router, api, "POST", "/node/v1/enrolment", enrol);
  add_route(router, api, "POST", "/node/v1/report",
            [&api](Exchange& exchange) { return report(exchange, api.ledgers); });
}

}  // namespace dure::server
