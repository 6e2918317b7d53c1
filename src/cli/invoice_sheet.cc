#include "cli/invoice_sheet.h"

#include <boost/json/array.hpp>

#include "cli/api.h"

namespace dure::cli {
namespace {

constexpr const char* kTexts[] = {"number",       "state",      "issued_on", "due_on",
                                  "period_start", "period_end", "price_list"};
constexpr const char* kNumbers[] = {"milli_gpu_ms", "total_krw", "tax_krw", "paid_krw", "credited_krw"};
constexpr const char* kIds[] = {"id", "programme_id", "project_id", "allocation_id", "policy_hash"};

}  // namespace

Sheet invoice_sheet(const boost::json::array& invoices) {
  Sheet sheet{"invoices", {}, {}};
  for (const auto* name : kTexts) sheet.titles.emplace_back(name);
  for (const auto* name : kNumbers) sheet.titles.emplace_back(name);
  sheet.titles.emplace_back("owed_krw");
  for (const auto* name : kIds) sheet.titles.emplace_back(name);
  for (const auto& invoice : invoices) {
    auto& row = sheet.rows.emplace_back();
    for (const auto* name : kTexts) row.emplace_back(text_at(invoice, name));
    for (const auto* name : kNumbers) row.emplace_back(number_at(invoice, name));
    row.emplace_back(number_at(invoice, "total_krw") + number_at(invoice, "tax_krw") -
                     number_at(invoice, "paid_krw") - number_at(invoice, "credited_krw"));
    for (const auto* name : kIds) row.emplace_back(text_at(invoice, name));
  }
  return sheet;
}

}  // namespace dure::cli
