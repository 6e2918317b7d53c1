#include "commands/queue_shares.h"
#include "commands/quotas.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> set(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::SetQuota>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(quota, commands::set_quota(work, exchange.id<model::Quota>(), command));
    return row_answer(quota);
  });
}

base::Result<Answer> remove_quota(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(quota, commands::remove_quota(work, exchange.id<model::Quota>()));
    return row_answer(quota);
  });
}

base::Result<Answer> list_use(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(uses, commands::list_quota_use(work));
    std::string items;
    for (const auto& use : uses) {
      if (!items.empty()) items += ',';
      wire::write_json(items, use);
    }
    return json_answer("{\"items\":[" + items + "],\"next\":null}");
  });
}

base::Result<Answer> read_shares(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(table, commands::read_shares(work));
    return json_answer(wire::json_text(table));
  });
}

}  // namespace

void add_quota_routes(Router& router, Api& api) {
  add_collection<model::Quota>(router, api, "quotas", &ports::Transaction::quotas);
  add_route(router, api, "PUT", "/api/v1/quotas/{id}", set);
  add_route(router, api, "DELETE", "/api/v1/quotas/{id}", remove_quota);
  add_route(router, api, "GET", "/api/v1/quota-use", list_use);
  add_route(router, api, "GET", "/api/v1/fair-share", read_shares);
}

}  // namespace dure::server
