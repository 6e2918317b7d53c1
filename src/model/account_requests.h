// The bodies of an operator's decisions on an account.
#pragma once

#include <string>

#include "model/fields.h"

namespace dure::model {

// Suspends or reinstates an account: the ground is kept in the audit.
struct ChangeStanding {
  std::string ground;
};
DURE_VALUE_FIELDS(ChangeStanding, field("ground", &ChangeStanding::ground));

}  // namespace dure::model
