#include "cli/rate_example.h"

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

}  // namespace dure::cli
