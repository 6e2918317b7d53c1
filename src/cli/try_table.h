// A comparison of two policies for people, and for a spreadsheet.
#pragma once

#include "cli/sheet.h"
#include "compare/comparison.h"
#include "wire/reasons.h"

namespace dure::cli {

// On standard output: the changed keys; of each round, bill, application and event what differs, with the
// keys that it comes from; the sums. `all`: also what stays as it was.
void print_comparison(const compare::Comparison& comparison, bool all, wire::Language language);

// A row for each figure of each item, before and after, also of those that stay.
Sheet comparison_sheet(const compare::Comparison& comparison);

// Which keys made a figure what it is: "a | b" each alone, "a & b" together; "" where nothing changed.
// `several`: said where no key alone is enough or needed.
std::string keys_of(const std::vector<compare::Cause>& because, const std::string& several);

}  // namespace dure::cli
