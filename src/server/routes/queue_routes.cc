#include "commands/queue_order.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> list(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(items, commands::list_queue(work));
    return items_answer(items);
  });
}

base::Result<Answer> preview_move(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MoveRun>());
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(moves, commands::preview_move(work, exchange.id<model::Run>(), command));
    return items_answer(moves);
  });
}

base::Result<Answer> move(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MoveRun>({"ground"}));
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(run, commands::move_run(work, exchange.id<model::Run>(), command));
    return row_answer(run);
  });
}

}  // namespace

void add_queue_routes(Router& router, Api& api) {
  add_route(router, api, "GET", "/api/v1/queue", list);
  add_route(router, api, "POST", "/api/v1/queue/{id}/preview", preview_move);
  add_route(router, api, "POST", "/api/v1/queue/{id}/priority", move);
}

}  // namespace dure::server
