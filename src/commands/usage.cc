#include "commands/usage.h"

#include <cstdio>

#include "calendar/zone.h"
#include "commands/due_usage.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/share_uses.h"
#include "ledger/statement.h"
#include "placement/mig.h"
#include "programme/invoice_states.h"
#include "programme/rating.h"

namespace dure::commands {
namespace {

// While a replica runs, a piece is written at least this long apart.
constexpr std::int64_t kMinPieceMs = 5'000;

base::Result<ledger::Holder> share_holder(Work& work, const model::Replica& replica) {
  DURE_LET(run, work.tx.runs().get(replica.run_id));
  return ledger::Holder{
      replica.id,        run.id,         run.workload_id, run.account_id, replica.project_id,
      run.allocation_id, replica.node_id};
}

base::Result<std::vector<ledger::HeldShare>> shares_of(Work& work, const model::Replica& replica) {
  DURE_LET(rows, load_all(work.tx.shares(), ports::Query{}.where("replica_id", replica.id)));
  std::vector<ledger::HeldShare> shares;
  for (const auto& row : rows) {
    DURE_LET(card, work.tx.cards().get(row.card_id));
    // An instance is its part of a card, whether the node has it or Dure made it.
    if (const auto instance = placement::parse_mig_model(card.model))
      shares.push_back({row.id, row.card_id, std::string(instance->model->name),
                        placement::milli_gpu_of(*instance, row.milli_gpu)});
    else
      shares.push_back({row.id, row.card_id, card.model, row.milli_gpu});
  }
  return shares;
}

base::Status append(Work& work, const model::Replica& replica, ledger::Booking booking,
                    ledger::LedgerState& state) {
  for (auto& entry : booking.entries) {
    entry.programme_id = replica.programme_id;
    DURE_TRY(work.tx.ledger_entries().insert(entry));
  }
  state = std::move(booking.state);
  return {};
}

base::Result<Period> asked_period(Work& work, const model::Allocation& allocation,
                                  std::optional<base::Instant> from, std::optional<base::Instant> to) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  const Period period{from.value_or(calendar::start_of(allocation.starts_on, policy::zone_of(*pack))),
                      to.value_or(work.now)};
  if (period.from <= period.to) return period;
  return base::invalid(base::Reason("invoice.period")
                           .with("period_start", base::to_text(period.from))
                           .with("period_end", base::to_text(period.to)));
}

base::Result<std::vector<model::LedgerEntry>> entries_of_period(Work& work,
                                                                const model::AllocationId& allocation,
                                                                const Period& period) {
  return load_all(work.tx.ledger_entries(), ports::Query{}
                                                .where("allocation_id", allocation)
                                                .where("started_at", period.to, ports::Compare::kLess)
                                                .where("ended_at", period.from, ports::Compare::kAtLeast));
}

base::Result<policy::Pack> pack_with(Work& work, const model::ProgrammeId& programme,
                                     const std::vector<model::PolicyLayerText>& what_if) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  if (what_if.empty()) return *pack;
  std::vector<policy::Layer> layers = pack->layers;
  for (const auto& text : what_if) {
    DURE_LET(layer, policy::parse_layer(text.text, text.name));
    layers.push_back(std::move(layer));
  }
  return policy::merge(layers);
}

// Of one allocation and period, rated and unnumbered.
base::Result<model::InvoiceView> bill_of(Work& work, const model::Allocation& allocation,
                                         const Period& period, const std::vector<programme::RatedPart>& parts,
                                         const policy::Pack& pack) {
  DURE_LET(bill, programme::rate(parts, pack.billing.rounding));
  programme::add_tax(bill, pack.billing.tax);
  model::InvoiceView view;
  work.stamp(view.invoice);
  view.invoice.programme_id = allocation.programme_id;
  view.invoice.project_id = allocation.project_id;
  view.invoice.allocation_id = allocation.id;
  view.invoice.period_start = period.from;
  view.invoice.period_end = period.to;
  view.invoice.usage = bill.usage;
  view.invoice.total = bill.total;
  view.invoice.tax = bill.tax;
  view.invoice.policy_hash = pack.hash();
  view.invoice.price_list = pack.meta.programme + " " + pack.meta.version;
  for (auto& line : bill.lines) {
    work.stamp(line);
    line.invoice_id = view.invoice.id;
    view.lines.push_back(line);
  }
  return view;
}

base::Result<std::string> next_invoice_number(Work& work, const policy::Pack& pack) {
  const auto year = calendar::local_date(work.now, policy::zone_of(pack)).year;
  DURE_LET(number, work.tx.next_number("invoice/" + std::to_string(year), 1));
  char text[40];
  std::snprintf(text, sizeof text, "INV-%d-%06lld", year, static_cast<long long>(number));
  return std::string(text);
}

base::Status insert_invoice(Work& work, const model::InvoiceView& view) {
  DURE_TRY(work.tx.invoices().insert(view.invoice));
  for (const auto& line : view.lines) DURE_TRY(work.tx.invoice_lines().insert(line));
  return {};
}

// All invoices of an allocation, by their ends.
base::Result<std::vector<model::Invoice>> invoices_of(Work& work, const model::AllocationId& allocation) {
  return load_all(work.tx.invoices(),
                  ports::Query{}.where("allocation_id", allocation).ordered("period_end"));
}

// Where the next invoice begins and ends. Refuses (kConflict) "invoice.overlap", (kInvalid) "invoice.gap",
// "invoice.future", "invoice.period".
base::Result<Period> next_period(Work& work, const model::Allocation& allocation, const policy::Pack& pack,
                                 const std::vector<model::Invoice>& issued,
                                 const model::MakeInvoice& command) {
  const auto begins = calendar::start_of(allocation.starts_on, policy::zone_of(pack));
  const auto expected = issued.empty() ? begins : issued.back().period_end;
  const Period period{command.period_start.value_or(expected), command.period_end.value_or(work.now)};
  if (period.to > work.now)
    return base::invalid(base::Reason("invoice.future").with("period_end", base::to_text(period.to)));
  if (!issued.empty() && (period.from < expected || period.to <= expected))
    return base::error(base::ErrorKind::kConflict, base::Reason("invoice.overlap")
                                                       .with("period_start", base::to_text(period.from))
                                                       .with("period_end", base::to_text(period.to))
                                                       .with("number", issued.back().number)
                                                       .with("billed_until", base::to_text(expected)));
  if (period.from != expected)
    return base::invalid(base::Reason("invoice.gap")
                             .with("period_start", base::to_text(period.from))
                             .with("expected", base::to_text(expected)));
  if (period.from <= period.to) return period;
  return base::invalid(base::Reason("invoice.period")
                           .with("period_start", base::to_text(period.from))
                           .with("period_end", base::to_text(period.to)));
}

struct PricedPeriod {
  Period period;
  bool ends_at_change = false;
};

// What is charged by the month is billed by whole days: "invoice.whole_days" {period_end} where none is over,
// or where another end was asked for. An invoice is rated by the prices of one day: one that is made "up to
// now" ends where they change, and the next begins there. Refuses (kInvalid) "invoice.prices_change" {day,
// period_end} where an end was asked for.
base::Result<PricedPeriod> within_one_price(Work& work, const model::Allocation& allocation,
                                            const policy::Pack& pack, Period period, bool end_was_asked) {
  DURE_LET(rules, prices_at(work, allocation, pack, period.from));
  if (programme::by_the_month(rules, allocation.limit.model)) {
    const auto zone = policy::zone_of(pack);
    const auto midnight = calendar::start_of(calendar::local_date(period.to, zone), zone);
    if (midnight <= period.from || (end_was_asked && midnight != period.to))
      return base::invalid(base::Reason("invoice.whole_days").with("period_end", base::to_text(midnight)));
    period.to = midnight;
  }
  DURE_LET(day, prices_change_on(work, allocation, pack, period));
  if (!day) return PricedPeriod{period, false};
  const auto border = calendar::start_of(*day, policy::zone_of(pack));
  if (end_was_asked)
    return base::invalid(base::Reason("invoice.prices_change")
                             .with("day", base::to_text(*day))
                             .with("period_end", base::to_text(border)));
  period.to = border;
  return PricedPeriod{period, true};
}

// The invoice that this very command made before.
const model::Invoice* made_before(const std::vector<model::Invoice>& issued,
                                  const model::MakeInvoice& command) {
  if (!command.period_end) return nullptr;
  for (const auto& invoice : issued)
    if (invoice.period_end == *command.period_end &&
        (!command.period_start || invoice.period_start == *command.period_start))
      return &invoice;
  return nullptr;
}

base::Result<model::InvoiceView> issue(Work& work, model::InvoiceView view, const policy::Pack& pack) {
  DURE_LET(number, next_invoice_number(work, pack));
  const auto today = calendar::local_date(work.now, policy::zone_of(pack));
  DURE_LET(issued, programme::issue(view.invoice, today, programme::invoice_due_day(pack, today)));
  view.invoice = issued;
  view.invoice.number = number;
  DURE_TRY(insert_invoice(work, view));
  const auto name = "invoices/" + view.invoice.id.text;
  DURE_TRY(work.publish("invoice.issued", name, resource_of(view.invoice),
                        "{\"total_krw\":" + std::to_string(view.invoice.total.won) + "}"));
  DURE_TRY(work.audit("invoices.make", name, resource_of(view.invoice)));
  return view;
}

base::Result<model::InvoiceView> with_lines(Work& work, const model::Invoice& invoice) {
  DURE_LET(lines, lines_of(work, invoice.id));
  return model::InvoiceView{invoice, lines};
}

// The next invoice as it would be; or the one that stands, where there is nothing new or the command made it.
struct NextInvoice {
  model::InvoiceView view;
  bool issued = false;
};

base::Result<NextInvoice> next_invoice(Work& work, const model::Allocation& allocation,
                                       const model::MakeInvoice& command) {
  const auto stands = [&](const model::Invoice& invoice) -> base::Result<NextInvoice> {
    DURE_LET(view, with_lines(work, invoice));
    return NextInvoice{std::move(view), true};
  };
  DURE_LET(issued, invoices_of(work, allocation.id));
  if (const auto* same = made_before(issued, command)) return stands(*same);
  DURE_LET(pack, pack_with(work, allocation.programme_id, {}));
  // Made twice at the same moment, or again with nothing new to bill: the last one stands.
  const bool up_to_now = !command.period_start && !command.period_end && !issued.empty();
  if (up_to_now && issued.back().period_end == work.now) return stands(issued.back());
  DURE_LET(wanted, next_period(work, allocation, pack, issued, command));
  DURE_TRY(check_payer_known(work, allocation, pack));
  const auto found = within_one_price(work, allocation, pack, wanted, command.period_end.has_value());
  if (!found && up_to_now && found.failure().reason.code == "invoice.whole_days")
    return stands(issued.back());
  if (!found) return found.failure();
  DURE_LET(parts, due_parts(work, allocation, found->period, pack, issued));
  // At a change of prices even an invoice of nothing is made: the next one begins there.
  if (up_to_now && parts.empty() && !found->ends_at_change) return stands(issued.back());
  DURE_LET(view, bill_of(work, allocation, found->period, parts, pack));
  return NextInvoice{std::move(view), false};
}

}  // namespace

base::Status book(Work& work, const model::Replica& replica, const std::vector<model::Observation>& seen,
                  ledger::LedgerState& state) {
  DURE_LET(holder, share_holder(work, replica));
  DURE_LET(shares, shares_of(work, replica));
  auto booking = ledger::advance(std::move(state), seen, holder, shares, {kMinPieceMs}, work.now,
                                 [&] { return work.make_id<model::LedgerEntry>(); });
  return append(work, replica, std::move(booking), state);
}

base::Status close_book(Work& work, const model::Replica& replica, ledger::LedgerState& state) {
  DURE_LET(holder, share_holder(work, replica));
  DURE_LET(shares, shares_of(work, replica));
  auto booking = ledger::close(std::move(state), holder, shares, work.now,
                               [&] { return work.make_id<model::LedgerEntry>(); });
  return append(work, replica, std::move(booking), state);
}

base::Result<model::UsageSum> sum_usage(Work& work, const model::AllocationId& id,
                                        std::optional<base::Instant> from, std::optional<base::Instant> to) {
  DURE_LET(allocation, work.tx.allocations().find(id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kUsage;
  DURE_TRY(work.require(access::Permission::kUsageRead, where));
  DURE_LET(period, asked_period(work, *allocation, from, to));
  DURE_LET(entries, entries_of_period(work, id, period));
  model::UsageSum sum;
  sum.allocation_id = id;
  sum.period_start = period.from;
  sum.period_end = period.to;
  sum.usage = ledger::total(ledger::statement(entries, period.from, period.to));
  sum.milli_gpu_seconds = sum.usage.milli_gpu_seconds();
  sum.entries = static_cast<std::int64_t>(entries.size());
  for (const auto& entry : entries)
    sum.estimated_entries += entry.kind == model::LedgerKind::kEstimated ? 1 : 0;
  DURE_LET(measured,
           load_all(work.tx.share_uses(), ports::Query{}
                                              .where("allocation_id", id)
                                              .where("created_at", period.from, ports::Compare::kAtLeast)
                                              .where("created_at", period.to, ports::Compare::kLess)));
  sum.used_bp = used_bp(measured);
  return sum;
}

base::Result<model::InvoiceView> preview_invoice(Work& work, const model::MakeInvoice& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kInvoice;
  DURE_TRY(work.require(access::Permission::kInvoiceRead, where));
  if (command.what_if.empty()) {
    DURE_LET(next, next_invoice(work, *allocation, command));
    return std::move(next.view);
  }
  DURE_LET(period, asked_period(work, *allocation, command.period_start, command.period_end));
  if (period.to > work.now)
    return base::invalid(base::Reason("invoice.future").with("period_end", base::to_text(period.to)));
  DURE_LET(pack, pack_with(work, allocation->programme_id, command.what_if));
  DURE_LET(issued, invoices_of(work, allocation->id));
  DURE_LET(parts, supposed_parts(work, *allocation, period, pack, issued));
  return bill_of(work, *allocation, period, parts, pack);
}

base::Result<model::InvoiceView> make_invoice(Work& work, const model::MakeInvoice& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kInvoice;
  DURE_TRY(work.require(access::Permission::kInvoiceManage, where));
  if (!command.what_if.empty()) return base::invalid(base::Reason("invoice.what_if"));
  DURE_LET(next, next_invoice(work, *allocation, command));
  if (next.issued) return std::move(next.view);
  DURE_LET(pack, pack_with(work, allocation->programme_id, {}));
  return issue(work, std::move(next.view), pack);
}

base::Status bill_before_change(Work& work, const model::Allocation& allocation) {
  DURE_LET(pack, pack_with(work, allocation.programme_id, {}));
  const auto zone = policy::zone_of(pack);
  const auto midnight = calendar::start_of(calendar::local_date(work.now, zone), zone);
  for (;;) {
    DURE_LET(issued, invoices_of(work, allocation.id));
    const auto from =
        issued.empty() ? calendar::start_of(allocation.starts_on, zone) : issued.back().period_end;
    if (midnight <= from) return {};
    const Period period{from, midnight};
    DURE_LET(charged, months_charged_in(work, allocation, period, pack));
    if (!charged) return {};
    DURE_TRY(check_payer_known(work, allocation, pack));
    DURE_LET(priced, within_one_price(work, allocation, pack, period, false));
    DURE_LET(parts, due_parts(work, allocation, priced.period, pack, issued));
    DURE_LET(view, bill_of(work, allocation, priced.period, parts, pack));
    if (const auto made = issue(work, std::move(view), pack); !made) return made.failure();
  }
}

base::Result<model::InvoiceView> view_invoice(Work& work, const model::InvoiceId& id) {
  DURE_LET(invoice, read_row(work, work.tx.invoices(), id));
  return with_lines(work, invoice);
}

}  // namespace dure::commands
