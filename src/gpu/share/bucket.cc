#include "gpu/share/bucket.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kRateBits = 10;
constexpr std::uint64_t kRateMask = (1U << kRateBits) - 1;
constexpr std::uint64_t kTickNs = 16;

std::uint64_t stretched(std::uint64_t device_ns, std::uint32_t rate_milli) noexcept {
  return device_ns * 1000 / rate_milli;
}

// The greatest credit that a container may have at `now`, whose due time is in the past.
std::uint64_t credit_limit(std::uint64_t due, std::uint64_t now, std::uint64_t busy_until) noexcept {
  if (busy_until >= now) return kDebtNs;
  if (now - busy_until > kForgetNs || busy_until <= due) return kBurstNs;
  const std::uint64_t before = busy_until - due;  // it had as much when it stopped
  if (before < kBurstNs) return kBurstNs;
  return before < kDebtNs ? before : kDebtNs;
}

}  // namespace

std::uint64_t pack_due(std::uint64_t due_ns, std::uint32_t rate_milli) noexcept {
  return ((due_ns + kTickNs / 2) / kTickNs) << kRateBits | rate_milli;
}

std::uint64_t due_of(std::uint64_t word) noexcept {
  return (word >> kRateBits) * kTickNs;
}

std::uint32_t rate_of(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word & kRateMask);
}

std::uint64_t refresh_due(std::uint64_t word, std::uint64_t now, std::uint32_t rate_milli,
                          std::uint64_t busy_until) noexcept {
  std::uint64_t due = due_of(word);
  const std::uint32_t old = rate_of(word);
  if (old != rate_milli && old != 0 && due > now) due = now + (due - now) * old / rate_milli;
  if (due < now) {
    const std::uint64_t limit = credit_limit(due, now, busy_until);
    if (now - due > limit) due = now > limit ? now - limit : 0;
    if (old != rate_milli && old != 0) {
      const std::uint64_t credit = (now - due) * old / rate_milli;
      due = credit < limit ? now - credit : now - limit;
    }
  }
  return pack_due(due, rate_milli);
}

std::uint64_t charge_if_due(std::uint64_t* word, std::uint64_t now, std::uint32_t rate_milli,
                            std::uint64_t busy_until, std::uint64_t device_ns) noexcept {
  std::uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
  const std::uint64_t known = due_of(seen);
  if (rate_of(seen) == rate_milli && now - known <= kBurstNs) {  // the usual case, in few instructions
    const std::uint64_t next = pack_due(known + stretched(device_ns, rate_milli), rate_milli);
    if (__atomic_compare_exchange_n(word, &seen, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return 0;
  }
  for (;;) {
    const std::uint64_t due = due_of(refresh_due(seen, now, rate_milli, busy_until));
    const bool is_due = due <= now;
    // Who is not due and finds another rate says so: debt goes down by the new one from now on.
    if (!is_due && rate_of(seen) == rate_milli) return due;
    const std::uint64_t next = pack_due(is_due ? due + stretched(device_ns, rate_milli) : due, rate_milli);
    if (!__atomic_compare_exchange_n(word, &seen, next, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) continue;
    return is_due ? 0 : due;
  }
}

void settle_due(std::uint64_t* word, std::uint64_t now, std::uint32_t rate_milli, std::uint64_t busy_until,
                std::int64_t device_ns) noexcept {
  std::uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
  for (;;) {
    std::uint64_t due = due_of(refresh_due(seen, now, rate_milli, busy_until));
    if (device_ns >= 0) {
      due += stretched(static_cast<std::uint64_t>(device_ns), rate_milli);
    } else {
      const std::uint64_t back = stretched(static_cast<std::uint64_t>(-device_ns), rate_milli);
      due = due > back ? due - back : 0;
    }
    const std::uint64_t next = pack_due(due, rate_milli);
    if (__atomic_compare_exchange_n(word, &seen, next, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
  }
}

}  // namespace dure::gpu::share
