// Resident registration numbers in a tree, for the readers of this folder; see wire/resident_number.h.
#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "base/result.h"

namespace dure::wire {

// One "form.resident_number" per text value that holds one.
std::vector<base::Detail> find_resident_numbers(const boost::json::value& tree);

}  // namespace dure::wire
