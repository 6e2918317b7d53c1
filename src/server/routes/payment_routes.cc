#include "commands/payments.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> pay(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::RecordPayment>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(payment, commands::record_payment(work, exchange.id<model::Invoice>(), command));
    return created_answer(payment, "payments");
  });
}

base::Result<Answer> credit(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::IssueCreditNote>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(note, commands::issue_credit_note(work, exchange.id<model::Invoice>(), command));
    return created_answer(note, "credit-notes");
  });
}

base::Result<Answer> write_off(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::WriteOff>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(invoice, commands::write_off_invoice(work, exchange.id<model::Invoice>(), command));
    return row_answer(invoice);
  });
}

}  // namespace

void add_payment_routes(Router& router, Api& api) {
  add_route(router, api, "POST", "/api/v1/invoices/{id}/payments", pay);
  add_route(router, api, "POST", "/api/v1/invoices/{id}/credit-notes", credit);
  add_route(router, api, "POST", "/api/v1/invoices/{id}/write-off", write_off);
  add_collection<model::Payment>(router, api, "payments", &ports::Transaction::payments);
  add_collection<model::CreditNote>(router, api, "credit-notes", &ports::Transaction::credit_notes);
}

}  // namespace dure::server
