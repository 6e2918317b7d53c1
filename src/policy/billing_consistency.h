// Price lists, scales and discounts that contradict themselves. Internal to policy.
#pragma once

#include <functional>
#include <string_view>

#include "base/reason.h"
#include "policy/duty_rules.h"

namespace dure::policy {

// Calls refuse(key, reason) once for each contradiction.
void check_billing(const Billing& billing,
                   const std::function<void(std::string_view key, base::Reason reason)>& refuse);

}  // namespace dure::policy
