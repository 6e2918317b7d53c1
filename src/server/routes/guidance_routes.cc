#include "access/authorize.h"
#include "commands/determinations.h"
#include "commands/questions.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"
#include "wire/json.h"

namespace dure::server {
namespace {

// GET /programmes/{id}/desks
base::Result<Answer> list_desks(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(desks, commands::list_desks(work, exchange.id<model::Programme>()));
    return items_answer(desks);
  });
}

// What was said in a meeting is for the centre; what it decided is for everybody.
void keep_minutes(const commands::Work& work, model::Determination& row) {
  const access::Resource where{.kind = access::row(access::Permission::kQuotaRead).kind,
                               .programme_id = row.programme_id.text};
  const auto staff = access::authorize(work.caller.subject, access::Permission::kQuotaRead, where, work.now);
  if (!staff.ok()) row.minutes.clear();
}

// GET /determinations
base::Result<Answer> list_determinations(Exchange& exchange) {
  static const auto kFields = filter_fields<model::Determination>();
  DURE_LET(query, read_list_query(exchange.request, kFields));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    Answer answer = begin_page();
    DURE_LET(page, commands::read_page(work, work.tx.determinations(), query));
    std::string comma;
    for (auto& row : page.rows) {
      keep_minutes(work, row);
      answer.body += comma + wire::json_text(row);
      comma = ",";
    }
    return end_page(std::move(answer),
                    page.next.empty() ? page.next : cursor_prefix(exchange.request) + page.next);
  });
}

// GET /determinations/{id}
base::Result<Answer> get_determination(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(row, commands::read_row(work, work.tx.determinations(), exchange.id<model::Determination>()));
    keep_minutes(work, row);
    return get_answer(exchange, row);
  });
}

}  // namespace

void add_guidance_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_route(router, api, "GET", "/api/v1/determinations", list_determinations,
            list_parameters(filter_fields<model::Determination>()));
  add_route(router, api, "GET", "/api/v1/determinations/{id}", get_determination);
  add_make(router, api, "determinations", commands::record_determination);
  add_route(router, api, "GET", "/api/v1/programmes/{id}/desks", list_desks);
  add_collection<model::Question>(router, api, "questions", &Tx::questions);
  add_make(router, api, "questions", commands::ask_question);
  add_change(router, api, "questions", "answer", commands::answer_question);
  add_change(router, api, "questions", "decline", commands::decline_question);
  add_step(router, api, "questions", "close", commands::close_question);
}

}  // namespace dure::server
