// A rated statement as an invoice that a person can check by hand: each line with its quantity, its price,
// and every rule with what it made of the figure before.
#pragma once

#include <string>

#include "model/charge.h"

namespace dure::cli {

std::string bill_text(const model::RatedStatement& bill, bool korean);

// "159,984,000"; "-10".
std::string grouped(std::int64_t number);

// What `quantity` is in units of which `per` quanta make one: "48", "1 + 12/31", "1/2".
std::string units_text(std::int64_t quantity, std::int64_t per);

}  // namespace dure::cli
