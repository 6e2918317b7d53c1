#include "gpu/node/card_users.h"

#include <algorithm>

namespace dure::gpu {
namespace {

void add(std::vector<CardUser>& users, const std::string& card, const NvmlProcess& process) {
  const auto bytes = process.usedGpuMemory == kNvmlNotAvailable
                         ? std::nullopt
                         : std::optional<std::uint64_t>(process.usedGpuMemory);
  const auto same = std::ranges::find(users, std::int64_t{process.pid}, &CardUser::pid);
  if (same == users.end())
    users.push_back({card, std::int64_t{process.pid}, bytes});
  else if (bytes && same->bytes.value_or(0) <= *bytes)
    same->bytes = bytes;
}

}  // namespace

std::vector<NvmlDevice> CardUsers::devices() const {
  const NvmlFunctions& call = library_->call();
  std::vector<NvmlDevice> all;
  unsigned count = 0;
  if (call.device_count(&count) != kNvmlSuccess) return all;
  for (unsigned index = 0; index < count; ++index) {
    NvmlDevice gpu = nullptr;
    if (call.device_by_index(index, &gpu) != kNvmlSuccess) continue;
    unsigned current = 0;
    unsigned pending = 0;
    unsigned limit = 0;
    const bool split = call.mig_mode != nullptr && call.mig_by_index != nullptr &&
                       call.mig_limit != nullptr && call.mig_mode(gpu, &current, &pending) == kNvmlSuccess &&
                       current == 1 && call.mig_limit(gpu, &limit) == kNvmlSuccess;
    if (!split) all.push_back(gpu);
    for (unsigned n = 0; split && n < limit; ++n) {
      NvmlDevice instance = nullptr;
      if (call.mig_by_index(gpu, n, &instance) == kNvmlSuccess) all.push_back(instance);
    }
  }
  return all;
}

std::vector<CardUser> CardUsers::users_of(NvmlDevice device) const {
  const NvmlFunctions& call = library_->call();
  std::vector<CardUser> users;
  char uuid[96] = {};
  if (call.uuid(device, uuid, sizeof uuid - 1) != kNvmlSuccess) return users;
  for (const auto list : {call.compute_processes, call.graphics_processes})
    for (const NvmlProcess& process : list_processes(list, device)) add(users, uuid, process);
  return users;
}

std::vector<CardUser> CardUsers::list() {
  if (!library_) {
    auto opened = NvmlLibrary::open(path_);
    if (!opened.ok()) return {};
    library_ = std::move(*opened);
  }
  std::vector<CardUser> all;
  for (const NvmlDevice device : devices())
    for (CardUser& user : users_of(device)) all.push_back(std::move(user));
  return all;
}

}  // namespace dure::gpu
