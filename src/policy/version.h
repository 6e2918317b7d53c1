// Versions of software as packs write them: "20.04", "535.104.12", "2.0.1-rc1".
#pragma once

#include <string_view>

namespace dure::policy {

// Whether `a` is older than `b`: part by part between dots, by number where both are numbers (so 9 comes
// before 10 and 20.4 equals 20.04), else by text; a missing part is 0. Pure; any text may be asked about.
bool version_less(std::string_view a, std::string_view b);

}  // namespace dure::policy
