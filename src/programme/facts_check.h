// Whether what is said about an application beside its form can be read at all: days that a rule can count
// from.
#pragma once

#include "base/result.h"
#include "programme/facts.h"

namespace dure::programme {

// Refuses (kInvalid) "eligibility.facts_invalid" {count} with one detail for each day that is not plannable
// (calendar/period.h), by its pointer into the facts ("/appointed_on", "/certificates/0/valid_until"), and
// for each answer to a statement without a ground ("/statements/0/ground"); "number.out_of_range" for an
// empty document and a share of use below zero, "selection.listed_twice" for a window of use that comes
// twice.
base::Status check_facts(const Facts& facts);

}  // namespace dure::programme
