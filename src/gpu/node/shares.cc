#include "gpu/node/shares.h"

#include <time.h>

#include <algorithm>
#include <chrono>

#include "gpu/node/cdi.h"
#include "gpu/node/share_folder.h"

namespace dure::gpu {
namespace {

std::uint64_t monotonic_ns() {
  timespec at = {};
  ::clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

// REQUIRES: the shares' cards are among `cards`, as share_access has checked.
bool any_real(const std::vector<model::ShareOrder>& shares, const std::vector<Card>& cards) {
  return std::ranges::any_of(shares, [&](const model::ShareOrder& share) {
    return std::ranges::any_of(
        cards, [&](const Card& card) { return card.report.id == share.card_id && !card.report.simulated; });
  });
}

bool same_cards(const std::vector<CardLimit>& a, const std::vector<CardLimit>& b) {
  return std::ranges::equal(a, b, {}, &CardLimit::uuid, &CardLimit::uuid);
}

}  // namespace

base::Result<std::unique_ptr<Shares>> Shares::open(SharesOptions options) {
  std::unique_ptr<Shares> shares(new Shares(std::move(options)));
  DURE_TRY(make_share_root(shares->options_.folder));
  shares->find_again();
  shares->pacing_ = std::thread([raw = shares.get()] { raw->run(); });
  return shares;
}

Shares::~Shares() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (pacing_.joinable()) pacing_.join();
}

// What cannot be opened is half made, or of another version: the next order makes it whole, or its end
// removes it.
void Shares::find_again() {
  for (const std::string& name : list_share_folders(options_.folder)) {
    auto pages = SharePages::open(options_.folder + "/" + name);
    if (!pages.ok()) {
      options_.warn("shares: the files of replica " + name + " cannot be used");
      continue;
    }
    auto& kept = pages_[name] = std::make_unique<SharePages>(std::move(*pages));
    rounds_.add(name, kept.get());
  }
}

// Before the first share, so that a node with simulated cards has no mount; never over files that are there.
void Shares::mount_once() {
  if (!options_.mount_tmpfs || !pages_.empty() || !list_share_folders(options_.folder).empty()) return;
  const std::string why = mount_share_root(options_.folder);
  if (!why.empty()) options_.warn("shares: " + why);
}

base::Result<ShareDescription> Shares::prepare(const std::string& replica_id,
                                               const std::vector<model::ShareOrder>& shares,
                                               const std::vector<Card>& cards) {
  DURE_LET(access, share_access(shares, cards, file_exists));
  if (!any_real(shares, cards))
    return ShareDescription{replica_id, access.environment, access.device_nodes, {}};
  if (shares.size() > DURE_MAX_CARDS)
    return base::invalid(base::Reason("card.share_too_wide").with("limit", std::int64_t{DURE_MAX_CARDS}));
  DURE_LET(files, find_driver_files(options_.driver_folder, options_.library_folder));
  const std::string folder = options_.folder + "/" + replica_id;
  auto limits = card_limits(shares);
  const auto description = describe_share(replica_id, access, files, folder);
  {
    const std::lock_guard lock(mutex_);
    mount_once();
    DURE_TRY(make_share_folder(options_.folder, replica_id));
    fill_in_contexts(replica_id, limits);
    // The engine hands `usage` over to the container's user.
    auto pages = SharePages::make(folder, limits, {0, 0});
    if (!pages.ok()) return pages.failure();
    auto& kept = pages_[replica_id];
    if (!kept) {
      warn_of_contexts(replica_id, {}, limits);
      kept = std::make_unique<SharePages>(std::move(*pages));
      rounds_.add(replica_id, kept.get());
      added_ = true;
    }
  }
  changed_.notify_all();
  if (!options_.cdi_folder.empty()) DURE_TRY(write_cdi(options_.cdi_folder, description));
  return description;
}

void Shares::follow(const std::string& replica_id, const std::vector<model::ShareOrder>& shares) {
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(replica_id);
  if (found == pages_.end()) return;
  const auto now = found->second->limits();
  auto wanted = card_limits(shares);
  if (!same_cards(now, wanted)) return;
  fill_in_contexts(replica_id, wanted);
  if (now == wanted) return;
  warn_of_contexts(replica_id, now, wanted);
  found->second->change(wanted);
}

// What was once known of a share stays, where nobody knows any more: its contexts were charged by it.
void Shares::fill_in_contexts(const std::string& replica_id, std::vector<CardLimit>& limits) const {
  const auto found = pages_.find(replica_id);
  const auto before = found != pages_.end() ? found->second->limits() : std::vector<CardLimit>();
  const bool same = same_cards(before, limits);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    if (options_.context_bytes) limits[i].context_bytes = options_.context_bytes(limits[i].uuid);
    if (limits[i].context_bytes == 0 && same) limits[i].context_bytes = before[i].context_bytes;
  }
}

// Of a share in which no program can begin. Said when it becomes so.
void Shares::warn_of_contexts(const std::string& replica_id, const std::vector<CardLimit>& before,
                              const std::vector<CardLimit>& now) const {
  const auto is_small = [](const CardLimit& limit) { return limit.memory_bytes < limit.context_bytes; };
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (!is_small(now[i]) || (i < before.size() && is_small(before[i]))) continue;
    options_.warn("shares: replica " + replica_id + " has " + std::to_string(now[i].memory_bytes >> 20) +
                  " MiB of card " + now[i].uuid + ", where a context takes " +
                  std::to_string(now[i].context_bytes >> 20) + " MiB: no program can use it");
  }
}

void Shares::keep_only(const std::set<std::string>& replica_ids) {
  const std::lock_guard lock(mutex_);
  for (auto each = pages_.begin(); each != pages_.end();) {
    if (replica_ids.contains(each->first)) {
      ++each;
      continue;
    }
    rounds_.remove(each->first);
    each = pages_.erase(each);
  }
  for (const std::string& name : list_share_folders(options_.folder))
    if (!replica_ids.contains(name)) remove_share_folder(options_.folder, name);
  if (!options_.cdi_folder.empty()) keep_cdi(options_.cdi_folder, replica_ids);
}

std::vector<ShareReading> Shares::readings() const {
  const std::lock_guard lock(mutex_);
  std::vector<ShareReading> readings;
  for (const auto& [replica, pages] : pages_) {
    const auto limits = pages->limits();
    const auto totals = pages->totals();
    for (std::size_t i = 0; i < limits.size(); ++i) {
      const dure_card_pace& pace = pages->limits_page()->pace[i];
      readings.push_back({.replica_id = replica,
                          .card = limits[i].uuid,
                          .device_ns = __atomic_load_n(&pace.settled_device_ns, __ATOMIC_ACQUIRE),
                          .elapsed_ns = totals[i].elapsed_ns,
                          .memory_bytes = totals[i].memory_bytes,
                          .memory_high_bytes = totals[i].memory_high_bytes,
                          .refused = totals[i].refused});
    }
  }
  return readings;
}

std::vector<BookedShare> Shares::books() const {
  const std::lock_guard lock(mutex_);
  std::vector<BookedShare> books;
  for (const auto& [replica, pages] : pages_) {
    const auto limits = pages->limits();
    const auto slots = pages->slots();
    for (std::size_t i = 0; i < limits.size(); ++i) {
      BookedShare share = {replica, limits[i].uuid, limits[i].memory_bytes, {}};
      for (const SlotBooks& slot : slots)
        share.processes.push_back({slot.pid, slot.pid_namespace, slot.memory_bytes[i]});
      books.push_back(std::move(share));
    }
  }
  return books;
}

std::uint64_t Shares::rounds() const {
  const std::lock_guard lock(mutex_);
  return rounds_.rounds();
}

void Shares::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    added_ = false;
    const std::uint64_t now = monotonic_ns();
    const std::uint64_t next = rounds_.look(now);
    for (const std::string& replica : rounds_.take_cut_off())
      options_.warn("shares: replica " + replica + " has cut off its file: it is not paced any more");
    const auto woken = [this] { return ending_ || added_; };
    if (next == 0)
      changed_.wait(lock, woken);
    else
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next)), woken);
  }
}

}  // namespace dure::gpu
