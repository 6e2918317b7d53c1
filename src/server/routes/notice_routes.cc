#include "commands/notices.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// As add_make(), of a row of another collection than the path names.
template <class Command, class Noun>
void add_make_elsewhere(Router& router, Api& api, const std::string& path, const std::string& collection,
                        base::Result<Noun> (*make)(commands::Work&, const Command&)) {
  add_route(router, api, "POST", "/api/v1/" + path,
            [collection, make](Exchange& exchange) -> base::Result<Answer> {
              DURE_LET(command, exchange.body<Command>());
              return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, make(work, command));
                return created_answer(row, collection);
              });
            });
}

base::Result<Answer> set_preference(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::SetNoticePreference>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(row, commands::set_notice_preference(work, command));
    return row_answer(row, 200, wire::Out{.personal = true});
  });
}

base::Result<Answer> get_preference(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(row, commands::read_notice_preference(work));
    return get_answer(exchange, row, wire::Out{.personal = true});
  });
}

}  // namespace

void add_notice_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::Notification>(router, api, "notifications", &Tx::notifications);
  add_step(router, api, "notifications", "read", commands::mark_read);
  add_step(router, api, "notifications", "resend", commands::resend_notification);
  add_make_elsewhere(router, api, "notice-tests", "notifications", commands::test_notice);
  add_collection<model::NoticePreference>(router, api, "notice-preferences", &Tx::notice_preferences);
  add_route(router, api, "PUT", "/api/v1/me/notice-preference", set_preference);
  add_route(router, api, "GET", "/api/v1/me/notice-preference", get_preference);
  add_collection<model::NoticeSilence>(router, api, "notice-silences", &Tx::notice_silences);
  add_make(router, api, "notice-silences", commands::silence_notices);
  add_step(router, api, "notice-silences", "end", commands::end_silence);
  add_collection<model::NoticeText>(router, api, "notice-texts", &Tx::notice_texts);
  add_make(router, api, "notice-texts", commands::load_notice_text);
}

}  // namespace dure::server
