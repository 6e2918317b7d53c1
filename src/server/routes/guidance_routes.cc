#include "commands/determinations.h"
#include "commands/questions.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// GET /programmes/{id}/desks
base::Result<Answer> list_desks(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(desks, commands::list_desks(work, exchange.id<model::Programme>()));
    return items_answer(desks);
  });
}

}  // namespace

void add_guidance_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::Determination>(router, api, "determinations", &Tx::determinations);
  add_make(router, api, "determinations", commands::record_determination);
  add_route(router, api, "GET", "/api/v1/programmes/{id}/desks", list_desks);
  add_collection<model::Question>(router, api, "questions", &Tx::questions);
  add_make(router, api, "questions", commands::ask_question);
  add_change(router, api, "questions", "answer", commands::answer_question);
  add_change(router, api, "questions", "decline", commands::decline_question);
  add_step(router, api, "questions", "close", commands::close_question);
}

}  // namespace dure::server
