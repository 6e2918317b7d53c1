#include "gpu/node/context_sizes.h"

#include <algorithm>

namespace dure::gpu {
namespace {

std::string name_of(const ContextKind& kind) {
  return kind.product + " (" + kind.model + ", driver " + kind.driver + ")";
}

// first, 2 first, 4 first … last
base::Span retry_after(int failed, base::Span first, base::Span last) {
  constexpr int kMostSteps = 20;
  return {std::min(first.us << std::min(failed - 1, kMostSteps), last.us)};
}

}  // namespace

ContextSizes::ContextSizes(ContextSizesOptions options)
    : options_(std::move(options)), known_(options_.known) {
  measuring_ = std::thread([this] { run(); });
}

ContextSizes::~ContextSizes() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (measuring_.joinable()) measuring_.join();
}

// A card that was not there, or not well, may answer where those of its kind did not.
void ContextSizes::try_new_ones(const std::vector<Seen>& seen) {
  for (const Seen& each : seen) {
    const auto tried = attempts_.find(each.kind);
    if (tried != attempts_.end() && std::ranges::find(cards_, each) == cards_.end()) tried->second.due = {};
  }
}

// One that is not healthy keeps the figure of its kind: its containers may still be there.
void ContextSizes::look(const std::vector<Card>& cards) {
  std::vector<Seen> seen;
  for (const Card& card : cards) {
    if (card.report.simulated || card.driver.empty()) continue;
    seen.push_back({{card.report.product, card.report.model, card.driver},
                    card.report.id.text,
                    card.report.health == model::CardHealth::kHealthy});
  }
  {
    const std::lock_guard lock(mutex_);
    if (seen == cards_) return;
    try_new_ones(seen);
    cards_ = std::move(seen);
    ++looks_;
  }
  changed_.notify_all();
}

std::uint64_t ContextSizes::of(const std::string& card) const {
  const std::lock_guard lock(mutex_);
  const auto seen = std::ranges::find(cards_, card, &Seen::card);
  if (seen == cards_.end()) return 0;
  const auto known = known_.find(seen->kind);
  return known == known_.end() ? 0 : known->second;
}

std::vector<std::string> ContextSizes::choose(ContextKind& kind, Clock::time_point* next) const {
  const auto now = Clock::now();
  *next = Clock::time_point::max();
  std::vector<std::string> chosen;
  for (const Seen& seen : cards_) {
    if (!seen.is_healthy || known_.contains(seen.kind)) continue;
    const auto tried = attempts_.find(seen.kind);
    const auto due = tried == attempts_.end() ? Clock::time_point() : tried->second.due;
    if (due > now) {
      *next = std::min(*next, due);
      continue;
    }
    if (chosen.empty()) kind = seen.kind;
    if (kind == seen.kind) chosen.push_back(seen.card);
  }
  return chosen;
}

// The first that answers.
ContextMeasure ContextSizes::measure(const std::vector<std::string>& cards) const {
  ContextMeasure last;
  for (const std::string& card : cards) {
    last = options_.measure(card, ending_);
    if (last.bytes || ending_) break;
  }
  return last;
}

void ContextSizes::take(const ContextKind& kind, const ContextMeasure& measured) {
  if (measured.bytes) {
    const std::uint64_t bytes = *measured.bytes;
    ContextTable all;
    {
      const std::lock_guard lock(mutex_);
      attempts_.erase(kind);
      known_[kind] = bytes;
      all = known_;
    }
    options_.inform("contexts: one takes " + std::to_string(bytes >> 20) + " MiB of a " + name_of(kind));
    options_.keep(all);
    return;
  }
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    Attempts& attempts = attempts_[kind];
    is_first = ++attempts.failed == 1;
    attempts.due =
        Clock::now() +
        std::chrono::microseconds(retry_after(attempts.failed, options_.first_retry, options_.last_retry).us);
  }
  if (is_first)
    options_.warn("contexts: what one takes of a " + name_of(kind) +
                  " is not known and not charged: " + measured.why + "; it is tried again from time to time");
}

void ContextSizes::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    ContextKind kind;
    Clock::time_point next;
    const auto cards = choose(kind, &next);
    if (cards.empty()) {
      const auto woken = [this, looks = looks_] { return ending_ || looks_ != looks; };
      if (next == Clock::time_point::max())
        changed_.wait(lock, woken);
      else
        changed_.wait_until(lock, next, woken);
      continue;
    }
    lock.unlock();
    const ContextMeasure measured = measure(cards);
    if (!ending_) take(kind, measured);
    lock.lock();
  }
}

}  // namespace dure::gpu
