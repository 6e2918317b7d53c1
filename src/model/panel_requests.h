// A panel of another size than the pack's.
#pragma once

#include <cstdint>
#include <string>

#include "model/fields.h"

namespace dure::model {

struct ResizePanel {
  std::int64_t size = 1;
  std::string ground;
};
DURE_VALUE_FIELDS(ResizePanel, field("size", &ResizePanel::size, Range{1, 1'000}),
                  field("ground", &ResizePanel::ground));

}  // namespace dure::model
