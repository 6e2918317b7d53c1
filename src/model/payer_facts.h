// What a person of the centre found out about who pays, for the rules of a price list that ask for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/charge.h"
#include "model/fields.h"

namespace dure::model {

struct PayerFigure {
  std::string name;  // as the pack's scales call it: "employees"
  std::int64_t value = 0;
};
DURE_VALUE_FIELDS(PayerFigure, field("name", &PayerFigure::name),
                  field("value", &PayerFigure::value, Range{0, kMostFigure}));

// Everything that is known from now on: what is left out is found not to be there. It takes the place of what
// was confirmed before.
struct ConfirmPayer {
  std::vector<PayerCertificate> certificates;
  std::optional<base::Date> open_source_from;  // the results are published from this day on, with proof (I4)
  std::optional<base::Date> open_source_until;
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
  std::string applicant_role;
  std::vector<PayerFigure> figures;
  std::string ground;  // what was looked at
};
DURE_VALUE_FIELDS(ConfirmPayer, field("certificates", &ConfirmPayer::certificates),
                  field("open_source_from", &ConfirmPayer::open_source_from),
                  field("open_source_until", &ConfirmPayer::open_source_until),
                  field("born_on", &ConfirmPayer::born_on),
                  field("appointed_on", &ConfirmPayer::appointed_on),
                  field("applicant_role", &ConfirmPayer::applicant_role),
                  field("figures", &ConfirmPayer::figures), field("ground", &ConfirmPayer::ground));

}  // namespace dure::model
