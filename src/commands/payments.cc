#include "commands/payments.h"

#include <cstdio>

#include "calendar/period.h"
#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "programme/invoice_states.h"

namespace dure::commands {
namespace {

// Rows of a page that one round of the keeper looks at.
constexpr std::int64_t kInvoicePage = 500;

base::Result<base::Date> today_in_programme(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  return calendar::local_date(work.now, policy::zone_of(*pack));
}

// The state as an event, and the command as an audit entry.
base::Status record_invoice(Work& work, const model::Invoice& invoice, const std::string& action,
                            const std::string& detail) {
  const std::string name = "invoices/" + invoice.id.text;
  DURE_TRY(work.publish("invoice." + std::string(model::to_text(invoice.state)), name, resource_of(invoice),
                        "{\"owed_krw\":" + std::to_string(programme::owed(invoice).won) + "}"));
  return work.audit("invoices." + action, name, resource_of(invoice), detail);
}

std::string amount_detail(base::Krw amount, const std::string& row) {
  return "{\"amount_krw\":" + std::to_string(amount.won) + ",\"row\":\"" + row + "\"}";
}

base::Result<std::optional<model::Payment>> recorded_before(Work& work, const model::InvoiceId& id,
                                                            const model::RecordPayment& command) {
  if (command.reference.empty()) return std::optional<model::Payment>{};
  DURE_LET(found, work.tx.payments().first(
                      ports::Query{}.where("invoice_id", id).where("reference", command.reference)));
  if (found && found->amount.won != command.amount_krw)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("invoice.reference_used").with("reference", command.reference));
  return found;
}

base::Result<std::string> next_credit_number(Work& work, base::Date today) {
  DURE_LET(number, work.tx.next_number("credit/" + std::to_string(today.year), 1));
  char text[40];
  std::snprintf(text, sizeof text, "CRN-%d-%06lld", today.year, static_cast<long long>(number));
  return std::string(text);
}

// Whether it is overdue now and was not before.
base::Result<bool> pass_due_day(Work& work, const model::Invoice& invoice) {
  DURE_LET(today, today_in_programme(work, invoice.programme_id));
  if (!programme::is_overdue(invoice, today)) return false;
  DURE_LET(overdue, programme::pass_due(invoice));
  DURE_TRY(work.save(work.tx.invoices(), overdue));
  DURE_TRY(record_invoice(work, overdue, "pass_due", "{}"));
  return true;
}

}  // namespace

base::Result<model::Payment> record_payment(Work& work, const model::InvoiceId& id,
                                            const model::RecordPayment& command) {
  DURE_LET(invoice, load_for(work, work.tx.invoices(), id, access::Permission::kInvoiceManage));
  DURE_TRY(check_command(command));
  DURE_LET(before, recorded_before(work, id, command));
  if (before) return *before;
  DURE_LET(today, today_in_programme(work, invoice.programme_id));
  model::Payment payment;
  work.stamp(payment);
  payment.programme_id = invoice.programme_id;
  payment.project_id = invoice.project_id;
  payment.invoice_id = id;
  payment.amount = {command.amount_krw};
  payment.paid_on = command.paid_on.value_or(today);
  payment.method = command.method;
  payment.reference = command.reference;
  payment.note = command.note;
  if (payment.paid_on > today)
    return refused("/paid_on", base::Reason("invoice.payment_in_future")
                                   .with("paid_on", base::to_text(payment.paid_on))
                                   .with("today", base::to_text(today)));
  DURE_LET(paid, programme::pay(invoice, payment.amount));
  DURE_TRY(work.save(work.tx.invoices(), paid));
  DURE_TRY(work.tx.payments().insert(payment));
  DURE_TRY(record_invoice(work, paid, "pay", amount_detail(payment.amount, "payments/" + payment.id.text)));
  return payment;
}

base::Result<model::CreditNote> issue_credit_note(Work& work, const model::InvoiceId& id,
                                                  const model::IssueCreditNote& command) {
  DURE_LET(invoice, load_for(work, work.tx.invoices(), id, access::Permission::kInvoiceManage));
  DURE_TRY(check_command(command));
  if (command.ground.empty()) return refused("/ground", base::Reason("invoice.ground_missing"));
  const auto left = programme::payable(invoice) - invoice.credited;
  const base::Krw amount{command.amount_krw.value_or(left.won)};
  if (amount.won <= 0)
    return base::error(
        base::ErrorKind::kNotEver,
        base::Reason("invoice.credit_over_invoice").with("amount", amount.won).with("left", left.won));
  DURE_LET(credited, programme::credit(invoice, amount));
  DURE_LET(today, today_in_programme(work, invoice.programme_id));
  DURE_LET(number, next_credit_number(work, today));
  model::CreditNote note;
  work.stamp(note);
  note.number = number;
  note.programme_id = invoice.programme_id;
  note.project_id = invoice.project_id;
  note.invoice_id = id;
  note.amount = amount;
  note.issued_on = today;
  note.ground = command.ground;
  DURE_TRY(work.save(work.tx.invoices(), credited));
  DURE_TRY(work.tx.credit_notes().insert(note));
  DURE_TRY(record_invoice(work, credited, "credit", amount_detail(amount, "credit-notes/" + note.id.text)));
  return note;
}

base::Result<model::Invoice> write_off_invoice(Work& work, const model::InvoiceId& id,
                                               const model::WriteOff& command) {
  DURE_LET(invoice, load_for(work, work.tx.invoices(), id, access::Permission::kInvoiceManage));
  DURE_TRY(check_command(command));
  if (command.ground.empty()) return refused("/ground", base::Reason("invoice.ground_missing"));
  if (invoice.state == model::InvoiceState::kWrittenOff) return invoice;
  DURE_LET(written_off, programme::write_off(invoice));
  DURE_TRY(work.save(work.tx.invoices(), written_off));
  DURE_TRY(record_invoice(work, written_off, "write_off", amount_detail(programme::owed(written_off), "")));
  return written_off;
}

base::Result<std::int64_t> mark_overdue(Work& work) {
  std::int64_t marked = 0;
  // A day more than anywhere on earth; each programme then has its own.
  const auto latest = calendar::day_after(calendar::local_date(work.now, calendar::utc()));
  for (const auto state : {model::InvoiceState::kIssued, model::InvoiceState::kPartlyPaid}) {
    auto query = ports::Query{}
                     .where("state", state)
                     .where("due_on", latest, ports::Compare::kLess)
                     .ordered("due_on")
                     .at_most(kInvoicePage);
    do {  // those of which nothing is owed stay where they are: they must not hide the ones after them
      DURE_LET(page, work.tx.invoices().list(query));
      for (const auto& invoice : page.rows) {
        DURE_LET(changed, pass_due_day(work, invoice));
        marked += changed ? 1 : 0;
      }
      query.cursor = page.next;
    } while (!query.cursor.empty());
  }
  return marked;
}

}  // namespace dure::commands
