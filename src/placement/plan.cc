#include "placement/plan.h"

namespace dure::placement {

base::Error to_error(const Refusal& refusal) {
  switch (refusal.kind) {
    case RefusalKind::kNotEver:
      return base::error(base::ErrorKind::kNotEver, refusal.reason);
    case RefusalKind::kNotAllowed:
      return base::error(base::ErrorKind::kNotAllowed, refusal.reason);
    case RefusalKind::kNotNow:
      break;
  }
  return base::error(base::ErrorKind::kConflict, refusal.reason);
}

}  // namespace dure::placement
