#include "gpu/node/pace.h"

#include <algorithm>

#include "gpu/node/read_word.h"

namespace dure::gpu {
namespace {

constexpr std::uint64_t kPresentNs = 100'000'000;  // who did nothing for so long is not there
constexpr std::uint64_t kNewNs = 50'000'000;  // who has come so lately is taken to want all of its promise
constexpr std::uint64_t kLatelyNs = 5'000'000;
constexpr std::uint64_t kLongestWaitNs = 30'000'000'000;  // who waits in the driver for longer may be stopped
constexpr std::uint64_t kNever = ~std::uint64_t{0};

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

// Until then the card was busy with a process, by what that says of what it has outstanding since from_ns.
// What it saw holds for kPresentNs: who waits at the gate looks every 20 ms.
std::uint64_t known_until(const dure_process_work& work, std::uint64_t from_ns, std::uint64_t now) {
  const std::uint64_t seen = read(work.unfinished_ns);
  if (seen == DURE_UNTIL_IT_IS_DONE) return std::min(now, from_ns + kLongestWaitNs);
  return from_ns < seen && seen < now + kPresentNs ? seen + kPresentNs : 0;
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
  std::vector<Presumed> presumed;
  std::size_t index = 0;
  for (auto& [id, tenant] : tenants_)
    horizon = std::min(horizon, read_tenant(tenant, now, presumed, index++));
  horizon = std::max({horizon, now - std::min(now, kPatienceNs), settled_ns_});
  std::vector<Sharer> sharers;
  for (const Presumed& one : presumed) {
    // All who have something outstanding may take turns, and it may take twice as long as estimated.
    const std::uint64_t expected = one.from_ns + one.estimate_ns * 2 * presumed.size();
    const std::uint64_t to = std::max(expected, one.known_until_ns);
    if (now < to + kPresentNs) one.tenant->busy = true;
    count(*one.process, std::max(one.from_ns, settled_ns_), std::min(to, horizon));
    sharers.push_back({one.index, {{one.from_ns, to, 0, true}}});
  }
  settle_until(horizon, now, std::move(sharers));
  write(now);
}

// Returns from when on a process of it may yet report; adds what is presumed of them.
std::uint64_t CardPace::read_tenant(Tenant& tenant, std::uint64_t now, std::vector<Presumed>& presumed,
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
    presumed.push_back({index, &tenant, &process, from, outstanding, known_until(work, from, now)});
  }
  return horizon;
}

// What was overwritten before it was read is lost, and so is what may have been overwritten while it was
// read. From the newest backwards: a long one is in many pieces, and each says when it ended within 17 s
// only.
void CardPace::read_intervals(Process& process, const dure_process_work& work, std::uint64_t now) const {
  const std::uint64_t written = read(work.intervals);
  if (written < process.cursor) process.cursor = 0;  // the slot was wiped
  if (written - process.cursor > DURE_INTERVALS) process.cursor = written - DURE_INTERVALS;
  const std::uint64_t first = process.cursor;
  process.cursor = written;
  const std::uint64_t newest = read(work.newest_end_ns);
  std::uint64_t near = newest == 0 ? now : std::min(newest, now);
  std::vector<BusySpan> fresh;
  for (std::uint64_t number = written; number > first; --number) {
    const dure_interval interval = read(work.interval[(number - 1) % DURE_INTERVALS]);
    BusySpan span;
    span.to_ns = near = std::min(dure_interval_end_ns(interval, near), now);
    span.from_ns = span.to_ns - std::min(span.to_ns, dure_interval_length_ns(interval));
    span.charged_milli = std::min(dure_interval_charged_milli(interval), 1000U);
    fresh.push_back(span);
  }
  const std::uint64_t after = read(work.intervals);
  const std::uint64_t valid = after - std::min<std::uint64_t>(after, DURE_INTERVALS - 1);
  for (std::uint64_t i = 0; i < fresh.size() && written - 1 - i >= valid; ++i) {
    process.last_ns = std::max(process.last_ns, fresh[i].to_ns);
    process.spans.push_back(fresh[i]);
  }
}

// The time before the horizon is settled with this process in it.
void CardPace::count(Process& process, std::uint64_t from, std::uint64_t to) {
  if (from >= to) return;
  if (process.counted_to_ns != from) process.counted_from_ns = from;
  process.counted_to_ns = to;
}

// What lies before the last horizon comes too late for the others. Where it was counted among those who took
// turns, it had its own; where it was not, the others had less than they are taken to have had, and it is
// given the benefit: it costs no more than it was charged.
Settled CardPace::settle_late(const Process& process, const BusySpan& span) const {
  const std::uint64_t from = std::min(span.from_ns, settled_ns_);
  const std::uint64_t to = std::min(span.to_ns, settled_ns_);
  Settled late;
  const std::uint64_t first = std::clamp(process.counted_from_ns, from, to);
  const std::uint64_t last = std::clamp(process.counted_to_ns, first, to);
  late.elapsed_ns = to - from;
  late.charged_milli_ns = late.elapsed_ns * span.charged_milli;
  late.device_milli_ns = turns_.between(first, last);
  for (const auto& [begin, end] : {std::pair(from, first), std::pair(last, to)})
    late.device_milli_ns += std::min(turns_.between(begin, end), (end - begin) * span.charged_milli);
  return late;
}

void CardPace::settle_until(std::uint64_t horizon, std::uint64_t now, std::vector<Sharer> sharers) {
  std::size_t index = 0;
  for (auto& [id, tenant] : tenants_) {
    for (Process& process : tenant.processes) {
      if (process.spans.empty()) continue;
      std::vector<BusySpan> later;
      for (const BusySpan& span : process.spans) {
        add_to(tenant.total, settle_late(process, span));
        if (span.to_ns > horizon)
          later.push_back({std::max(span.from_ns, horizon), span.to_ns, span.charged_milli});
      }
      sharers.push_back({index, std::move(process.spans)});
      process.spans = std::move(later);
    }
    ++index;
  }
  std::uint64_t turn = 0;
  const auto settled = settle(sharers, tenants_.size(), settled_ns_, horizon, &turn);
  turns_.add(settled_ns_, horizon, turn);
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
