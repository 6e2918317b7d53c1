#include "commands/maintenance.h"
#include "commands/reservations.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> plan(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::PlanMaintenance>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(window, commands::plan_maintenance(work, command));
    return created_answer(window, "maintenance-windows");
  });
}

base::Result<Answer> preview_maintenance(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::PlanMaintenance>());
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(touched, commands::preview_maintenance(work, command));
    return items_answer(touched);
  });
}

base::Result<Answer> cancel(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(window, commands::cancel_maintenance(work, exchange.id<model::MaintenanceWindow>()));
    return row_answer(window);
  });
}

// As add_collection() does, but for what the caller may not see of a row.
base::Result<Answer> list_reservations(Exchange& exchange) {
  DURE_LET(query, read_list_query(exchange.request, filter_fields<model::Reservation>()));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(page, commands::read_page(work, work.tx.reservations(), query));
    Answer answer = begin_page();
    for (auto& row : page.rows) {
      commands::leave_out_unseen(work, row);
      if (!answer.body.ends_with('[')) answer.body += ',';
      answer.body += wire::json_text(row);
    }
    return end_page(std::move(answer),
                    page.next.empty() ? page.next : cursor_prefix(exchange.request) + page.next);
  });
}

base::Result<Answer> get_reservation(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(row, commands::read_row(work, work.tx.reservations(), exchange.id<model::Reservation>()));
    commands::leave_out_unseen(work, row);
    return get_answer(exchange, row);
  });
}

base::Result<Answer> make_reservation(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MakeReservation>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(reservation, commands::make_reservation(work, command));
    return created_answer(reservation, "reservations");
  });
}

base::Result<Answer> preview_reservation(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MakeReservation>());
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(touched, commands::preview_reservation(work, command));
    return items_answer(touched);
  });
}

base::Result<Answer> cancel_reservation(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(reservation, commands::cancel_reservation(work, exchange.id<model::Reservation>()));
    return row_answer(reservation);
  });
}

}  // namespace

void add_maintenance_routes(Router& router, Api& api) {
  add_collection<model::MaintenanceWindow>(router, api, "maintenance-windows",
                                           &ports::Transaction::maintenance_windows);
  add_route(router, api, "POST", "/api/v1/maintenance-windows", plan);
  add_route(router, api, "POST", "/api/v1/maintenance-windows/preview", preview_maintenance);
  add_route(router, api, "POST", "/api/v1/maintenance-windows/{id}/cancel", cancel);
  add_route(router, api, "GET", "/api/v1/reservations", list_reservations,
            list_parameters(filter_fields<model::Reservation>()));
  add_route(router, api, "GET", "/api/v1/reservations/{id}", get_reservation);
  add_route(router, api, "POST", "/api/v1/reservations", make_reservation);
  add_route(router, api, "POST", "/api/v1/reservations/preview", preview_reservation);
  add_route(router, api, "POST", "/api/v1/reservations/{id}/cancel", cancel_reservation);
}

}  // namespace dure::server
