#include "gpu/node/pace.h"

#include <algorithm>

namespace dure::gpu {
namespace {

constexpr std::uint64_t kPresentNs = 100'000'000;  // who did nothing for so long is not there
constexpr std::uint64_t kNewNs = 50'000'000;  // who has come so lately is taken to want all of its promise
constexpr std::uint64_t kLatelyNs = 5'000'000;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

std::uint64_t read(const std::uint64_t& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
std::uint32_t read(const std::uint32_t& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
template <typename Word>
void store(Word& word, Word value) {
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

const dure_process_work& work_of(const PaceTenant& tenant, std::size_t slot) {
  return tenant.usage->process[slot].card[tenant.card].work;
}

std::size_t slots_of(const PaceTenant& tenant) {
  return std::min<std::uint64_t>(read(tenant.usage->card[tenant.card].bucket.slots), DURE_MAX_PROCESSES);
}

std::uint64_t decayed(std::uint64_t value) {
  return value - value / 8;
}

void add_to(Settled& total, const Settled& more) {
  total.elapsed_ns += more.elapsed_ns;
  total.device_milli_ns += more.device_milli_ns;
  total.charged_milli_ns += more.charged_milli_ns;
}

Claim claim_of(const PaceTenant& words) {
  const dure_card_limits& limits = words.limits->card[words.card];
  Claim claim;
  claim.guaranteed_milli = std::clamp(read(limits.guaranteed_milli), 1U, 1000U);
  claim.policy = static_cast<dure_policy>(std::min<std::uint32_t>(read(limits.policy), DURE_POLICY_PRIORITY));
  claim.weight = read(limits.weight);
  claim.priority = read(limits.priority);
  return claim;
}

}  // namespace

void CardPace::add(std::uint64_t id, const PaceTenant& words) {
  Tenant& tenant = tenants_[id];
  tenant = Tenant();
  tenant.words = words;
  tenant.total.elapsed_ns = read(words.pace->settled_elapsed_ns);
  tenant.total.device_milli_ns = read(words.pace->settled_device_ns) * 1000;
  tenant.total.charged_milli_ns = tenant.total.device_milli_ns - read(words.pace->correction_ns) * 1000;
  tenant.processes.resize(slots_of(words));
  for (std::size_t slot = 0; slot < tenant.processes.size(); ++slot)
    tenant.processes[slot].cursor = read(work_of(words, slot).intervals);
}

void CardPace::remove(std::uint64_t id) {
  tenants_.erase(id);
}

void CardPace::round(std::uint64_t now) {
  std::uint64_t horizon = now;
  std::vector<Sharer> sharers;
  std::size_t index = 0;
  std::vector<Tenant*> by_index;
  for (auto& [id, tenant] : tenants_) {
    horizon = std::min(horizon, read_tenant(tenant, now, sharers, index++));
    by_index.push_back(&tenant);
  }
  // All who have something outstanding may take turns, and it may take twice as long as estimated.
  for (Sharer& sharer : sharers) {
    BusySpan& span = sharer.spans.front();
    span.to_ns = span.from_ns + (span.to_ns - span.from_ns) * 2 * sharers.size();
    if (now < span.to_ns + kPresentNs) by_index[sharer.tenant]->busy = true;
  }
  horizon = std::max({horizon, now - std::min(now, kPatienceNs), settled_ns_});
  settle_until(horizon, now, std::move(sharers));
  write(now);
}

// Returns from when on a process of it may yet report; adds what is presumed of them.
std::uint64_t CardPace::read_tenant(Tenant& tenant, std::uint64_t now, std::vector<Sharer>& presumed,
                                    std::size_t index) const {
  std::uint64_t horizon = kNever;
  tenant.waits = tenant.busy = tenant.reports = false;
  tenant.processes.resize(std::max(tenant.processes.size(), slots_of(tenant.words)));
  for (std::size_t slot = 0; slot < tenant.processes.size(); ++slot) {
    const dure_process_work& work = work_of(tenant.words, slot);
    Process& process = tenant.processes[slot];
    // In this order: what is reported from now on begins at `pending` or later.
    const bool alive = read(tenant.words.usage->process[slot].pid) != 0;
    const std::uint64_t pending = alive ? read(work.pending_from_ns) : 0;
    const std::uint64_t before = process.cursor;
    read_intervals(process, work, now);
    if (process.cursor != before) tenant.reports = true;
    if (!alive) continue;
    if (read(work.waiting_ns) != 0) tenant.waits = true;
    if (pending == 0 || pending > now) continue;
    horizon = std::min(horizon, pending);
    const std::uint64_t outstanding = std::min(read(work.outstanding_ns), kPatienceNs);
    const std::uint64_t from = std::max(pending, process.last_ns);
    presumed.push_back({index, {{from, from + outstanding, 0, true}}});
  }
  return horizon;
}

// What was overwritten before it was read is lost, and so is what may have been overwritten while it was
// read.
void CardPace::read_intervals(Process& process, const dure_process_work& work, std::uint64_t now) const {
  const std::uint64_t written = read(work.intervals);
  if (written < process.cursor) process.cursor = 0;  // the slot was wiped
  if (written - process.cursor > DURE_INTERVALS) process.cursor = written - DURE_INTERVALS;
  const std::uint64_t first = process.cursor;
  std::vector<BusySpan> fresh;
  for (; process.cursor < written; ++process.cursor) {
    const dure_interval interval = read(work.interval[process.cursor % DURE_INTERVALS]);
    BusySpan span;
    span.to_ns = std::min(dure_interval_end_ns(interval, now), now);
    span.from_ns = span.to_ns - std::min(span.to_ns, dure_interval_length_ns(interval));
    span.charged_milli = std::min(dure_interval_charged_milli(interval), 1000U);
    fresh.push_back(span);
  }
  const std::uint64_t after = read(work.intervals);
  const std::uint64_t valid = after - std::min<std::uint64_t>(after, DURE_INTERVALS - 1);
  for (std::uint64_t i = 0; i < fresh.size(); ++i) {
    if (first + i < valid) continue;
    process.last_ns = std::max(process.last_ns, fresh[i].to_ns);
    process.spans.push_back(fresh[i]);
  }
}

void CardPace::settle_until(std::uint64_t horizon, std::uint64_t now, std::vector<Sharer> sharers) {
  std::size_t index = 0;
  for (auto& [id, tenant] : tenants_) {
    for (Process& process : tenant.processes) {
      if (process.spans.empty()) continue;
      std::vector<BusySpan> later;
      for (const BusySpan& span : process.spans) {
        // What lies before the last horizon comes too late: it stays as it was charged.
        const std::uint64_t late = std::min(span.to_ns, settled_ns_) - std::min(span.from_ns, settled_ns_);
        add_to(tenant.total, {late, late * span.charged_milli, late * span.charged_milli});
        if (span.to_ns > horizon)
          later.push_back({std::max(span.from_ns, horizon), span.to_ns, span.charged_milli});
      }
      sharers.push_back({index, std::move(process.spans)});
      process.spans = std::move(later);
    }
    ++index;
  }
  const auto settled = settle(sharers, tenants_.size(), settled_ns_, horizon);
  const auto ahead = settle(sharers, tenants_.size(), horizon, now);
  settled_ns_ = horizon;
  index = 0;
  for (auto& [id, tenant] : tenants_) {
    account(tenant, settled[index], ahead[index]);
    ++index;
  }
}

void CardPace::account(Tenant& tenant, const Settled& settled, const Settled& ahead) {
  add_to(tenant.total, settled);
  tenant.ahead_milli_ns = static_cast<std::int64_t>(ahead.device_milli_ns - ahead.charged_milli_ns);
  if (settled.elapsed_ns > 0) {
    tenant.elapsed_lately = decayed(tenant.elapsed_lately) + settled.elapsed_ns;
    tenant.device_lately = decayed(tenant.device_lately) + settled.device_milli_ns / 1000;
  }
  // What was, as if it had been kLatelyNs at most; and what is now.
  const std::uint64_t before = std::min(tenant.elapsed_lately, kLatelyNs);
  const std::uint64_t elapsed = before + ahead.elapsed_ns + ahead.presumed_elapsed_ns;
  if (elapsed == 0) return;
  std::uint64_t device = (ahead.device_milli_ns + ahead.presumed_device_milli_ns) / 1000;
  if (before > 0) device += before * (tenant.device_lately * 1000 / tenant.elapsed_lately) / 1000;
  tenant.own_milli = device * 1000 / elapsed;
}

void CardPace::write(std::uint64_t now) {
  std::vector<Claim> claims;
  for (auto& [id, tenant] : tenants_) {
    Claim claim = claim_of(tenant.words);
    if (tenant.busy || tenant.waits || tenant.reports) {
      if (now - tenant.seen_ns > kPresentNs) tenant.came_ns = now;
      tenant.seen_ns = now;
    }
    tenant.busy_lately = decayed(tenant.busy_lately) + (tenant.busy ? 1000 / 8 : 0);
    claim.present = tenant.seen_ns != 0 && now - tenant.seen_ns <= kPresentNs;
    claim.wants_all = tenant.waits || now - tenant.came_ns <= kNewNs;
    claim.busy_milli = static_cast<std::uint32_t>(tenant.busy_lately);
    claims.push_back(claim);
  }
  const auto rates = share_out(claims);
  std::size_t index = 0;
  for (auto& [id, tenant] : tenants_) {
    dure_card_pace& pace = *tenant.words.pace;
    const std::uint64_t sequence = read(pace.sequence);
    store(pace.sequence, sequence | 1);
    store(pace.at_ns, now);
    store(pace.rate_milli, rates[index++]);
    store(pace.own_milli, static_cast<std::uint32_t>(std::clamp<std::uint64_t>(tenant.own_milli, 1, 1000)));
    store(pace.settled_elapsed_ns, tenant.total.elapsed_ns);
    store(pace.settled_device_ns, tenant.total.device_milli_ns / 1000);
    const auto settled =
        static_cast<std::int64_t>(tenant.total.device_milli_ns - tenant.total.charged_milli_ns);
    store(pace.correction_ns, static_cast<std::uint64_t>((settled + tenant.ahead_milli_ns) / 1000));
    store(pace.sequence, (sequence | 1) + 1);
  }
}

}  // namespace dure::gpu
