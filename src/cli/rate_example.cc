#include "cli/rate_example.h"

#include "programme/statement.h"

namespace dure::cli {

model::UsageStatement example_statement() {
  model::UsageStatement statement;
  statement.payer.organisation_class = model::OrganisationClass::kSmallCompany;
  statement.payer.region = "ulsan";
  statement.payer.received_on = base::Date{2026, 3, 25};
  statement.payer.certificates = {{"youth_company", base::Date{2025, 7, 1}, base::Date{2028, 6, 30}}};
  statement.payer.figures = {{"employees", 40}};
  statement.issued_on = base::Date{2026, 7, 1};
  model::ChargedUse use;
  use.model = "h200";
  use.account_id = "gaon";
  use.gpus = 16;
  use.starts_on = base::Date{2026, 4, 1};
  use.months = 3;
  statement.uses = {use};
  return statement;
}

namespace {

// A use that the item is the price of, while it is in force.
model::ChargedUse use_of(const policy::PriceItem& item, model::ChargedUse use) {
  use.model = item.model.empty() ? use.model : item.model;
  use.gpus.reset();
  switch (item.unit) {
    case policy::PriceUnit::kServerMonth:
      use.servers = 2;
      break;
    case policy::PriceUnit::kGibMonth:
      use.gib = 1'000;
      break;
    default:
      use.gpus = 16;
  }
  const auto& last = item.until;
  if ((item.from && *use.starts_on < *item.from) || (last && *last < *use.starts_on))
    use.starts_on = item.from ? *item.from : *last;
  if (last) {  // one day of it is within any time in force
    use.months.reset();
    use.ends_on = use.starts_on;
  }
  return use;
}

}  // namespace

std::optional<model::UsageStatement> example_statement(const policy::Pack& pack) {
  auto statement = example_statement();
  if (programme::rate_statement(pack, statement)) return statement;
  const auto use = statement.uses.front();
  for (const auto& item : pack.billing.prices) {
    statement.uses.front() = use_of(item, use);
    if (programme::rate_statement(pack, statement)) return statement;
  }
  return std::nullopt;
}

}  // namespace dure::cli
