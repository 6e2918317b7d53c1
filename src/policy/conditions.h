// Which fields a condition needs and may have, and the closed sets that its words come from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "policy/text.h"

namespace dure::policy {

// Classes of organisations and regions of Korea as packs and forms write them.
const std::vector<std::string>& organisation_classes();
const std::vector<std::string>& regions();

// What is wrong with a condition: a field that it lacks or must not have, or a word outside its closed set.
std::optional<base::Reason> wrong_condition(const PlainCondition& condition);
// The same, and of those that it holds: any and all need `conditions`, no other may have them, and they do
// not stand within one another (`not` of all is any of the negated).
std::optional<base::Reason> wrong_condition(const Condition& condition);

bool holds_others(Predicate predicate);

}  // namespace dure::policy
