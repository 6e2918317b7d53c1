#include "gpu/share/users_nvml.h"

#include "gpu/share/host.h"
#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/slot_process.h"
#include "gpu/share/utilisation.h"

namespace dure::gpu::share {
namespace {

using Books = LedgerChange<RealMemory>;

uint64_t read(const uint64_t& word) noexcept {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

uint64_t held_bytes(const ShareFiles& share, unsigned slot, unsigned card) noexcept {
  // Books only reads here; it can do more, and so wants what can be written.
  auto* usage = const_cast<struct dure_usage*>(share.usage());
  const uint64_t units = Books(&usage->card[card], usage->process, card).held(slot);
  return units <= kMostUnits ? units * DURE_MEMORY_UNIT : 0;
}

bool is_alive(const ShareFiles& share, unsigned slot) noexcept {
  return read(share.usage()->process[slot].pid) != 0 &&
         is_byte_locked(share.file(), DURE_LOCK_BASE + static_cast<int64_t>(slot));
}

// Slots from this one on never had an owner.
unsigned slots_of(const ShareFiles& share) noexcept {
  const uint64_t used = read(share.usage()->used);
  return used < DURE_MAX_PROCESSES ? static_cast<unsigned>(used) : unsigned{DURE_MAX_PROCESSES};
}

uint64_t lately_ppm(const ShareFiles& share, unsigned slot, unsigned card) noexcept {
  const uint32_t own = __atomic_load_n(&share.limits()->pace[card].own_milli, __ATOMIC_RELAXED);
  return device_time_ppm(share.usage()->process[slot].card[card].work, own == 0 || own > 1000 ? 1000 : own,
                         kUtilisationWindowNs, machine().now_ns());
}

void list_card(const ShareFiles& share, unsigned card, uint64_t pid_namespace, CardUsers* users) noexcept {
  for (unsigned slot = 0; slot < slots_of(share) && users->count < CardUsers::kMost; ++slot) {
    const struct dure_process& process = share.usage()->process[slot];
    const uint64_t bytes = held_bytes(share, slot, card);
    if (bytes == 0 && read(process.card[card].contexts) == 0) continue;
    if (!is_alive(share, slot) || read(process.pid_namespace) != pid_namespace) continue;
    users->user[users->count++] = {static_cast<uint32_t>(read(process.pid)),
                                   percent_of_share(lately_ppm(share, slot, card), share.limits(), card),
                                   bytes, card};
  }
}

}  // namespace

void list_users(const ShareFiles& share, uint32_t cards, CardUsers* users) noexcept {
  users->count = 0;
  const uint64_t pid_namespace = own_identity().pid_namespace;
  for (unsigned card = 0; card < share.cards(); ++card)
    if ((cards >> card & 1) != 0) list_card(share, card, pid_namespace, users);
}

uint32_t utilisation_of(const ShareFiles& share, uint32_t cards) noexcept {
  uint32_t sum = 0, count = 0;
  for (unsigned card = 0; card < share.cards(); ++card) {
    if ((cards >> card & 1) == 0) continue;
    uint64_t ppm = 0;
    for (unsigned slot = 0; slot < slots_of(share); ++slot)
      if (is_alive(share, slot)) ppm += lately_ppm(share, slot, card);
    sum += percent_of_share(ppm, share.limits(), card);
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

}  // namespace dure::gpu::share
