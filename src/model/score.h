// Points by criterion, as experts give them to suppliers and to applications, in hundredths: 25.50 points are
// 2550.
#pragma once

#include <cstdint>
#include <string>

#include "model/fields.h"

namespace dure::model {

inline constexpr std::int64_t kMostCentiPoints = 10'000'000;

struct CriterionScore {
  std::string criterion;  // id in the pack
  std::int64_t centi_points = 0;
};
DURE_VALUE_FIELDS(CriterionScore, field("criterion", &CriterionScore::criterion),
                  field("centi_points", &CriterionScore::centi_points, Range{0, kMostCentiPoints}));

}  // namespace dure::model
