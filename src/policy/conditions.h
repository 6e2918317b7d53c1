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
std::optional<base::Reason> wrong_condition(const Condition& condition);

}  // namespace dure::policy
