#include "commands/due_usage.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "calendar/period.h"
#include "calendar/zone.h"
#include "commands/payer_facts.h"
#include "commands/rows.h"
#include "ledger/unbilled.h"
#include "placement/mig.h"
#include "programme/price_rules.h"

namespace dure::commands {
namespace {

struct PayerOf {
  model::Form1 form;
  programme::Facts facts;
};

void add_confirmed(programme::Facts& facts, const model::ConfirmPayer& confirmed) {
  for (const auto& each : confirmed.certificates)
    facts.certificates.push_back({each.kind, *each.valid_from, each.valid_until});
  facts.open_source = false;
  facts.open_source_from = confirmed.open_source_from;
  facts.open_source_until = confirmed.open_source_until;
  facts.born_on = confirmed.born_on;
  facts.appointed_on = confirmed.appointed_on;
  facts.applicant_role = confirmed.applicant_role;
  for (const auto& each : confirmed.figures) facts.figures[each.name] = each.value;
}

base::Result<PayerOf> payer_of(Work& work, const model::Allocation& allocation, const policy::Pack& pack) {
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  DURE_LET(application, work.tx.applications().get(project.application_id));
  DURE_LET(documents, load_all(work.tx.documents(), ports::Query{}.where("application_id", application.id)));
  PayerOf payer{application.form, {}};
  payer.facts.received_on =
      calendar::local_date(application.submitted_at.value_or(work.now), policy::zone_of(pack));
  for (const auto& each : documents) payer.facts.documents.push_back({each.kind, each.media_type, each.size});
  DURE_LET(award, work.tx.awards().get(allocation.award_id));
  payer.facts.award_on = calendar::local_date(award.created_at, policy::zone_of(pack));
  DURE_LET(confirmed, confirmed_payer(work, allocation));
  if (confirmed) add_confirmed(payer.facts, *confirmed);
  return payer;
}

std::vector<programme::UsageItem> items_of(const ledger::Uses& uses) {
  std::vector<programme::UsageItem> items;
  for (const auto& [key, usage] : uses) items.push_back({key.first, key.second, usage});
  return items;
}

base::Status each_entry(Work& work, const model::AllocationId& allocation,
                        const std::function<void(const model::LedgerEntry&)>& visit) {
  auto query = ports::Query{}.where("allocation_id", allocation).at_most(1000);
  do {
    DURE_LET(page, work.tx.ledger_entries().list(query));
    for (const auto& entry : page.rows) visit(entry);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
}

// What is not billed of the ledger up to the instant: the new slice, and what corrects each earlier invoice.
base::Result<std::vector<ledger::DuePart>> unbilled(Work& work, const model::AllocationId& allocation,
                                                    const std::vector<model::Invoice>& issued,
                                                    base::Instant until) {
  std::vector<ledger::BilledSlice> billed;
  std::map<model::InvoiceId, std::size_t> at;
  for (const auto& invoice : issued) {
    at[invoice.id] = billed.size();
    billed.push_back({invoice.id, invoice.period_end, {}});
  }
  for (const auto& invoice : issued) {
    DURE_LET(lines, lines_of(work, invoice.id));
    for (const auto& line : lines)
      ledger::add(billed[at[line.corrects_invoice_id.value_or(invoice.id)]].billed, line.model,
                  line.account_id, line.usage);
  }
  ledger::Unbilled due(std::move(billed), until);
  DURE_TRY(each_entry(work, allocation, [&](const model::LedgerEntry& entry) { due.count(entry); }));
  return due.parts();
}

// Device time is of the card, or of the instance on which the share is: what counts is its part of the card.
struct DeviceTime {
  std::string model;
  base::Usage usage;
};

base::Result<DeviceTime> device_time(Work& work, const model::ShareUse& use) {
  DURE_LET(card, work.tx.cards().get(use.card_id));
  DURE_LET(share, work.tx.shares().get(model::ShareId(use.id.text)));
  std::string model = card.model;
  std::int64_t milli = 1000;
  if (const auto instance = placement::parse_mig_model(card.model)) {
    model = std::string(instance->model->name);
    milli = placement::milli_gpu_of(*instance).value;
  } else if (!share.mig_profile.empty() && share.mig_milli_gpu.value > 0) {
    milli = base::multiply_divide(1000, share.milli_gpu.value, share.mig_milli_gpu.value);
  }
  return DeviceTime{model, {base::multiply_divide(use.device_ns, milli, 1'000'000)}};
}

// All device time of the allocation that is known, less what was billed of it.
base::Result<ledger::Uses> unbilled_device_time(Work& work, const model::AllocationId& allocation,
                                                const std::vector<model::Invoice>& issued) {
  ledger::Uses uses;
  DURE_LET(rows, load_all(work.tx.share_uses(), ports::Query{}.where("allocation_id", allocation)));
  for (const auto& row : rows) {
    DURE_LET(time, device_time(work, row));
    ledger::add(uses, time.model, row.account_id, time.usage);
  }
  for (const auto& invoice : issued) {
    DURE_LET(lines, lines_of(work, invoice.id));
    for (const auto& line : lines) ledger::add(uses, line.model, line.account_id, {-line.usage.milli_gpu_ms});
  }
  return uses;
}

// A part by those rules. What is metered of what they charge by the month is paid for by the month, whether
// or not something is held any more in the period that is billed now. An allocation of a model uses what it
// holds; one of any model holds nothing of a model by the month where only that model has such a price.
programme::RatedPart part_of(const model::Allocation& allocation, std::vector<programme::UsageItem> usage,
                             const programme::PriceRules& rules) {
  const bool held = !allocation.limit.model.empty() || programme::by_the_month(rules, "");
  return {std::nullopt, std::move(usage), rules, {}, held};
}

// Adds what is held to the part that corrects nothing, which may not be there yet.
void hold(const model::Allocation& allocation, std::vector<programme::RatedPart>& parts,
          const std::optional<programme::HeldItem>& held, const programme::PriceRules& rules) {
  if (!held) return;
  if (parts.empty() || parts.back().corrects) parts.push_back(part_of(allocation, {}, rules));
  parts.back().held = held;
}

// Models of which the allocation may have used or held something.
base::Result<std::set<std::string>> models_of(Work& work, const model::Allocation& allocation) {
  std::set<std::string> models{allocation.limit.model};
  DURE_TRY(each_entry(work, allocation.id, [&](const auto& entry) { models.insert(entry.model); }));
  return models;
}

}  // namespace

std::optional<programme::HeldItem> held_in(const model::Allocation& allocation, const Period& period,
                                           const policy::Pack& pack, const programme::PriceRules& rules) {
  if (!programme::by_the_month(rules, allocation.limit.model)) return std::nullopt;
  const auto zone = policy::zone_of(pack);
  const auto first = std::max(allocation.starts_on, calendar::local_date(period.from, zone));
  const auto last =
      std::min(allocation.agreed_ends_on, calendar::day_before(calendar::local_date(period.to, zone)));
  if (last < first) return std::nullopt;
  return programme::HeldItem{allocation.limit.model, base::MilliGpu::blocks(allocation.limit.blocks), first,
                             last, allocation.starts_on};
}

base::Status check_payer_known(Work& work, const model::Allocation& allocation, const policy::Pack& pack) {
  const auto rules = programme::rules_on_confirmed_facts(pack.billing);
  if (rules.empty()) return {};
  DURE_LET(confirmed, confirmed_payer(work, allocation));
  if (confirmed) return {};
  std::string named;
  for (const auto& each : rules) named += (named.empty() ? "" : ", ") + each;
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  return base::error(base::ErrorKind::kConflict, base::Reason("invoice.payer_unconfirmed")
                                                     .with("rules", named)
                                                     .with("application", project.application_id.text));
}

base::Result<programme::PriceRules> prices_at(Work& work, const model::Allocation& allocation,
                                              const policy::Pack& pack, base::Instant at) {
  DURE_LET(payer, payer_of(work, allocation, pack));
  return programme::price_rules(pack, payer.form, payer.facts,
                                calendar::local_date(at, policy::zone_of(pack)));
}

base::Result<std::optional<base::Date>> prices_change_on(Work& work, const model::Allocation& allocation,
                                                         const policy::Pack& pack, const Period& period) {
  DURE_LET(payer, payer_of(work, allocation, pack));
  const auto zone = policy::zone_of(pack);
  const auto first = calendar::local_date(period.from, zone);
  const auto days =
      programme::change_days(pack.billing, payer.facts, first, calendar::local_date(period.to, zone));
  if (days.empty()) return std::optional<base::Date>{};
  DURE_LET(models, models_of(work, allocation));
  const auto rules_on = [&](base::Date day) {
    return programme::price_rules(pack, payer.form, payer.facts, day);
  };
  const auto before = rules_on(first);
  for (const auto day : days) {
    const auto rules = rules_on(day);
    const bool alike = std::ranges::all_of(
        models, [&](const auto& model) { return programme::cost_alike(before, rules, model); });
    if (!alike && calendar::start_of(day, zone) < period.to) return std::optional(day);
  }
  return std::optional<base::Date>{};
}

base::Result<bool> months_charged_in(Work& work, const model::Allocation& allocation, const Period& period,
                                     const policy::Pack& pack) {
  Period piece = period;
  for (;;) {
    DURE_LET(rules, prices_at(work, allocation, pack, piece.from));
    if (rules.free_rule.empty() && programme::by_the_month(rules, allocation.limit.model)) return true;
    DURE_LET(day, prices_change_on(work, allocation, pack, piece));
    if (!day) return false;
    piece.from = calendar::start_of(*day, policy::zone_of(pack));
  }
}

base::Result<policy::ChargeBasis> basis_of(Work& work, const model::Allocation& allocation,
                                           const policy::Pack& pack,
                                           const std::vector<model::Invoice>& issued) {
  if (issued.empty()) return pack.billing.basis;
  DURE_LET(first, work.world.policies.of_hash(work.tx, allocation.programme_id, issued.front().policy_hash));
  return first->billing.basis;
}

base::Result<std::vector<programme::UsageItem>> uses_in(Work& work, const model::Allocation& allocation,
                                                        const Period& period, const policy::Pack& pack,
                                                        const std::vector<model::Invoice>& issued) {
  DURE_LET(basis, basis_of(work, allocation, pack, issued));
  if (basis == policy::ChargeBasis::kUsed) {
    DURE_LET(uses, unbilled_device_time(work, allocation.id, issued));
    return items_of(uses);
  }
  const bool whole = period.from <= calendar::start_of(allocation.starts_on, policy::zone_of(pack));
  ledger::Uses uses;
  DURE_TRY(each_entry(work, allocation.id, [&](const model::LedgerEntry& entry) {
    const auto before = whole ? base::Usage{} : ledger::used_before(entry, period.from);
    ledger::add(uses, entry.model, entry.account_id, ledger::used_before(entry, period.to) - before);
  }));
  return items_of(uses);
}

base::Result<std::vector<programme::RatedPart>> due_parts(Work& work, const model::Allocation& allocation,
                                                          const Period& period, const policy::Pack& pack,
                                                          const std::vector<model::Invoice>& issued) {
  DURE_LET(rules, prices_at(work, allocation, pack, period.from));
  DURE_LET(basis, basis_of(work, allocation, pack, issued));
  const auto held = held_in(allocation, period, pack, rules);
  std::vector<programme::RatedPart> parts;
  if (basis == policy::ChargeBasis::kUsed) {
    DURE_LET(uses, unbilled_device_time(work, allocation.id, issued));
    if (!uses.empty()) parts.push_back(part_of(allocation, items_of(uses), rules));
    hold(allocation, parts, held, rules);
    return parts;
  }
  DURE_LET(due, unbilled(work, allocation.id, issued, period.to));
  for (const auto& part : due) {
    auto rated = part_of(allocation, items_of(part.uses), rules);
    if (part.corrects) {
      const auto corrected = std::find_if(issued.begin(), issued.end(),
                                          [&](const auto& each) { return each.id == *part.corrects; });
      DURE_LET(former, work.world.policies.of_hash(work.tx, allocation.programme_id, corrected->policy_hash));
      DURE_LET(former_rules, prices_at(work, allocation, *former, corrected->period_start));
      rated = part_of(allocation, items_of(part.uses), former_rules);
      rated.corrects = part.corrects;
    }
    parts.push_back(std::move(rated));
  }
  hold(allocation, parts, held, rules);
  return parts;
}

base::Result<std::vector<programme::RatedPart>> supposed_parts(Work& work,
                                                               const model::Allocation& allocation,
                                                               Period period, const policy::Pack& pack,
                                                               const std::vector<model::Invoice>& issued) {
  DURE_LET(basis, basis_of(work, allocation, pack, issued));
  std::vector<programme::RatedPart> parts;
  for (;;) {
    auto piece = period;
    std::optional<base::Date> day;
    if (basis != policy::ChargeBasis::kUsed) {  // of device time nobody knows on which day it was
      DURE_LET(change, prices_change_on(work, allocation, pack, period));
      day = change;
    }
    if (day) piece.to = calendar::start_of(*day, policy::zone_of(pack));
    DURE_LET(rules, prices_at(work, allocation, pack, piece.from));
    DURE_LET(uses, uses_in(work, allocation, piece, pack, issued));
    parts.push_back(part_of(allocation, uses, rules));
    parts.back().held = held_in(allocation, piece, pack, rules);
    if (!day) return parts;
    period.from = piece.to;
  }
}

base::Result<std::vector<model::InvoiceLine>> lines_of(Work& work, const model::InvoiceId& id) {
  return load_all(work.tx.invoice_lines(), ports::Query{}.where("invoice_id", id).ordered("number"));
}

}  // namespace dure::commands
