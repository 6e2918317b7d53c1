#include "gpu/node/pace_rounds.h"

#include <algorithm>

#include "gpu/node/read_word.h"
#include "gpu/node/share_guard.h"

namespace dure::gpu {
namespace {

// Whether the address lies in the container's `usage`.
bool holds(const SharePages& pages, const void* address) {
  const auto* first = reinterpret_cast<const char*>(pages.usage_page());
  const auto* at = static_cast<const char*>(address);
  return at >= first && at < first + sizeof(dure_usage);
}

}  // namespace

void PaceRounds::add(const std::string& replica_id, SharePages* pages) {
  remove(replica_id);
  const std::uint64_t id = next_id_++;
  Tenant& tenant = tenants_[id];
  tenant.replica_id = replica_id;
  tenant.pages = pages;
  for (const CardLimit& limit : pages->limits()) tenant.cards.push_back(limit.uuid);
  tenant.signs.resize(tenant.cards.size());
  for (const std::string& card : tenant.cards) join(cards_[card], id);
}

// A container that has one card twice is paced for its first share of it only; no order says so.
void PaceRounds::join(Card& card, std::uint64_t id) {
  Tenant& tenant = tenants_.at(id);
  if (tenant.cut_off || !card.tenants.insert(id).second) return;
  const auto of_card =
      std::ranges::find_if(tenant.cards, [&](const std::string& uuid) { return &cards_[uuid] == &card; });
  const auto index = static_cast<unsigned>(of_card - tenant.cards.begin());
  dure_limits* limits = tenant.pages->limits_page();
  const PaceTenant words = {limits, &limits->pace[index], tenant.pages->usage_page(), index};
  if (touch_pages([&] { card.pace.add(id, words); })) return;
  card.pace.remove(id);
  card.tenants.erase(id);
  cut_off(tenant);
}

void PaceRounds::remove(const std::string& replica_id) {
  const auto found = std::ranges::find_if(
      tenants_, [&](const auto& entry) { return entry.second.replica_id == replica_id; });
  if (found == tenants_.end()) return;
  leave(found->first);
  tenants_.erase(found);
}

void PaceRounds::leave(std::uint64_t id) {
  for (auto card = cards_.begin(); card != cards_.end();) {
    if (card->second.tenants.erase(id) > 0) card->second.pace.remove(id);
    card = card->second.tenants.empty() ? cards_.erase(card) : std::next(card);
  }
}

void PaceRounds::cut_off(Tenant& tenant) {
  if (tenant.cut_off) return;
  tenant.cut_off = true;
  tenant.has_processes = false;
  cut_off_.push_back(tenant.replica_id);
}

std::vector<std::string> PaceRounds::take_cut_off() {
  return std::exchange(cut_off_, {});
}

std::uint64_t PaceRounds::look(std::uint64_t now) {
  if (tenants_.empty()) return 0;
  if (now - reaped_ns_ >= kReapNs) reap(now);
  bool processes = false;
  for (auto& [id, tenant] : tenants_) {
    if (tenant.cut_off) continue;
    notice_work(tenant, now);
    if (tenant.cut_off) leave(id);
    processes = processes || tenant.has_processes;
  }
  bool work = false;
  for (auto& [uuid, card] : cards_) {
    if (now >= card.work_until_ns) continue;
    work = true;
    round(card, now);
  }
  return now + (work ? kRoundNs : processes ? kLookNs : kIdleLookNs);
}

// Holds nothing that would be lost when the page is not there.
void PaceRounds::read_signs(const Tenant& tenant, std::vector<Signs>& signs, bool& has_processes) {
  const dure_usage& usage = *tenant.pages->usage_page();
  has_processes = false;
  for (const std::uint64_t& word : usage.taken) has_processes = has_processes || read(word) != 0;
  for (unsigned card = 0; card < signs.size(); ++card) {
    Signs found;
    const std::uint64_t slots =
        std::min<std::uint64_t>(read(usage.card[card].bucket.slots), DURE_MAX_PROCESSES);
    for (unsigned slot = 0; slot < slots; ++slot) {
      const dure_process& process = usage.process[slot];
      const dure_process_work& work = process.card[card].work;
      found.launches += read(work.launches);
      found.intervals += read(work.intervals);
      if (read(process.pid) != 0 && (read(work.pending_from_ns) != 0 || read(work.waiting_ns) != 0))
        found.under_way = true;
    }
    signs[card] = found;
  }
}

void PaceRounds::notice_work(Tenant& tenant, std::uint64_t now) {
  std::vector<Signs> signs(tenant.signs.size());
  bool processes = false;
  if (!touch_pages([&] { read_signs(tenant, signs, processes); })) return cut_off(tenant);
  tenant.has_processes = processes;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    if (signs[i].under_way || signs[i] != tenant.signs[i])
      cards_[tenant.cards[i]].work_until_ns = now + kWorkNs;
  }
  tenant.signs = std::move(signs);
}

void PaceRounds::round(Card& card, std::uint64_t now) {
  ++rounds_;
  const void* missing = nullptr;
  if (touch_pages([&] { card.pace.round(now); }, &missing)) return;
  // Cut off between the look and the round. What the round had in its hands is lost: it begins anew with
  // those that are left, at what their files say.
  for (auto& [id, tenant] : tenants_)
    if (holds(*tenant.pages, missing)) cut_off(tenant);
  const auto members = std::exchange(card.tenants, {});
  card.pace = CardPace();
  for (const std::uint64_t id : members) join(card, id);
}

void PaceRounds::reap(std::uint64_t now) {
  reaped_ns_ = now;
  for (auto& [id, tenant] : tenants_)
    if (tenant.has_processes) tenant.pages->reap();
}

}  // namespace dure::gpu
