// A comparison of two policies for people, and for a spreadsheet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/sheet.h"
#include "compare/comparison.h"
#include "wire/reasons.h"

namespace dure::cli {

// On standard output: the changed keys; of each round, bill, application and event what differs, with the
// keys that it comes from; the sums. `all`: also what stays as it was.
void print_comparison(const compare::Comparison& comparison, bool all, wire::Language language);

// A row for each figure of each item, before and after, also of those that stay.
Sheet comparison_sheet(const compare::Comparison& comparison);

// Which keys made the figures what they are: "a | b" each alone, "a & b" together; "" where nothing changed.
// Where the figures of one thing have different causes, each stands with what it is of: "points: a; awarded:
// a | b".
std::string keys_of(const std::vector<compare::Cause>& because, wire::Language language);

// "draft.yaml:12"; "-" for a value that no file sets.
std::string place_text(const std::string& file, std::int64_t line);

}  // namespace dure::cli
