#include "placement/tenants.h"

#include <algorithm>

#include "base/result.h"

namespace dure::placement {

Tenant Tenants::remove(std::size_t id, std::size_t slot) {
  std::vector<Tenant>& list = of_slot_[slot];
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Tenant& each) { return each.id == id; });
  DURE_ASSERT(found != list.end());
  const Tenant tenant = *found;
  list.erase(found);
  return tenant;
}

void Tenants::move(std::size_t id, std::size_t from, const Spot& to) {
  Tenant tenant = remove(id, from);
  tenant.spot = to;
  add(tenant);
}

}  // namespace dure::placement
