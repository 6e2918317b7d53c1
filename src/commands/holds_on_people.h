// The holds over people: whoever worked in several projects is held by the holds of each (invariant 17).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "commands/work.h"
#include "model/closure.h"

namespace dure::commands {

// By the id of an account: the holds, not released, of every job over it or over a project in which it ever
// worked. By the id of a person: those of all his accounts. Whoever is not held is not in it.
using HoldsOnPeople = std::map<std::string, std::vector<model::RetentionHold>>;

// Of those accounts and of their persons.
base::Result<HoldsOnPeople> holds_on_people(Work& work, const std::set<model::AccountId>& ids);

}  // namespace dure::commands
