#include "commands/audit.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> verify(Exchange& exchange) {
  DURE_LET(verdict, commands::verify_audit(exchange.world, exchange.caller));
  return json_answer(wire::json_text(verdict));
}

}  // namespace

void add_audit_routes(Router& router, Api& api) {
  add_list<model::AuditEntry>(router, api, "audit-entries", &ports::Transaction::audit_entries);
  add_route(router, api, "GET", "/api/v1/audit/verification", verify);
}

}  // namespace dure::server
