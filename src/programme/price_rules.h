// Which prices and factors of a pack hold for a payer on a day (I1 to I6).
//
// Conditions are the closed set of policy/text.h. Most are read on one day of the application; a certificate
// may be read on the day of use (`on: use`), the open-source waiver always is (Facts::open_source_from), and
// a price has dates of force. So the rules of a payer may change in the course of a use: change_days() says
// when.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/application.h"
#include "policy/pack.h"
#include "programme/charges.h"
#include "programme/facts.h"

namespace dure::programme {

// Seed and article of each key of billing.
struct BillingSources {
  std::string free;
  std::string prices;
  std::string matching;
  std::string scales;
  std::string discounts;
  std::string waivers;
  std::string rounding;
  std::string tax;
};

BillingSources billing_sources(const policy::Pack& pack);

// Prices in force on the day, those factors whose conditions hold for this applicant, in the pack's order,
// and for each that does not hold the reason. A fact that is not known applies nothing.
PriceRules price_rules(const policy::Billing& billing, const BillingSources& sources,
                       const model::Form1& form, const Facts& facts, base::Date day);
PriceRules price_rules(const policy::Pack& pack, const model::Form1& form, const Facts& facts,
                       base::Date day);

// Rules that ask for what only a person of the centre can confirm (a certificate, a day of birth or of
// appointment, a role, results that are published, a figure), by their ids, in the pack's order. None where
// everything is free.
std::vector<std::string> rules_on_confirmed_facts(const policy::Billing& billing);

// Whether what is used or held of the model ("": of any without prices of its own) costs the same by both.
bool cost_alike(const PriceRules& a, const PriceRules& b, const std::string& model);

// The days in (first, last] on which price_rules() may give something else than on the day before; ascending.
std::vector<base::Date> change_days(const policy::Billing& billing, const Facts& facts, base::Date first,
                                    base::Date last);

}  // namespace dure::programme
