#include "queue/help.h"

#include <algorithm>

namespace dure::queue {
namespace {

using placement::Alternative;
using placement::AlternativeKind;

constexpr std::int64_t kMinute = base::Span::minutes(1).us;

base::Instant minute_after(base::Instant instant) {
  return {(instant.us + kMinute - 1) / kMinute * kMinute};
}

// The last whole minute by which the same would have to be over to start now: found by halving, since what
// has room for long has room for less. Nothing where it is farther than is looked: that is a bound of the
// search, another one each minute.
std::optional<Alternative> shorter(Scheduler& scheduler, const Asking& asking, base::Instant now) {
  auto job = asking.job_of(asking.request);
  if (!job) return std::nullopt;
  const base::Span limit = job->time_limit - asking.to_end;  // as it was asked for
  const bool bounded = limit > kFarthestOffered;
  const auto starts = [&](std::int64_t minute) {
    job->time_limit = base::Instant{minute * kMinute} - now + asking.to_end;
    return scheduler.would_start(asking.entry, *job);
  };
  const std::int64_t past = (now + std::min(limit, kFarthestOffered)).us / kMinute + 1;
  std::int64_t yes = minute_after(now + kLeastOffered).us / kMinute, no = past;
  if (yes >= no || !starts(yes)) return std::nullopt;
  while (no - yes > 1) {
    const std::int64_t middle = yes + (no - yes) / 2;
    (starts(middle) ? yes : no) = middle;
  }
  if (bounded && no == past) return std::nullopt;
  return Alternative{AlternativeKind::kTimeLimit, "", 0, base::Instant{yes * kMinute}};
}

// A whole card of its model, with the CPU and memory that go with it.
std::optional<Alternative> card_frees(Scheduler& scheduler, const Asking& asking, base::Instant now) {
  const placement::Request& request = asking.request;
  if (request.cards == 0 && request.blocks == 0) return std::nullopt;
  placement::Request card = request;
  card.replicas = 1;
  if (request.cards > 1) card = placement::with_cards(card, 1);
  card.cards = 1;
  card.blocks = 0;
  card.card_memory.reset();
  const auto job = asking.job_of(card);
  const auto at = job ? scheduler.first_in_place_of(asking.entry, *job) : std::nullopt;
  if (!at || *at <= now) return std::nullopt;
  return Alternative{AlternativeKind::kCardFrees, request.model, 0, minute_after(*at)};
}

std::optional<Alternative> in_time(Scheduler& scheduler, const Asking& asking, base::Instant now) {
  const bool one_card = asking.request.cards == 1 && asking.request.replicas == 1;
  const auto start = scheduler.estimate(asking.entry);
  if (!start || *start <= now) return card_frees(scheduler, asking, now);
  if (one_card)
    return Alternative{AlternativeKind::kCardFrees, asking.request.model, 0, minute_after(*start)};
  return Alternative{AlternativeKind::kStarts, "", 0, minute_after(*start)};
}

}  // namespace

std::vector<Alternative> what_helps(Scheduler& scheduler, const Asking& asking, base::Instant now) {
  const auto fits = [&](const placement::Request& request) {
    const auto job = asking.job_of(request);
    return job && scheduler.would_start(asking.entry, *job);
  };
  std::vector<Alternative> found = placement::what_fits(asking.request, asking.reach, fits);
  if (auto shorter_limit = shorter(scheduler, asking, now)) {
    const bool after_model = !found.empty() && found.front().kind == AlternativeKind::kModel;
    found.insert(found.begin() + (after_model ? 1 : 0), *std::move(shorter_limit));
  }
  auto later = in_time(scheduler, asking, now);
  found.resize(std::min(found.size(), kMostAlternatives - (later ? 1 : 0)));
  if (later) found.push_back(*std::move(later));
  return found;
}

base::Reason reason_of(const Alternative& alternative) {
  const auto at = [&] { return base::to_text(alternative.at.value_or(base::Instant{})); };
  switch (alternative.kind) {
    case AlternativeKind::kModel:
      return base::Reason("queue.help_model").with("model", alternative.model);
    case AlternativeKind::kTimeLimit:
      return base::Reason("queue.help_time_limit").with("until", at());
    case AlternativeKind::kReplicas:
      return base::Reason("queue.help_replicas").with("replicas", alternative.amount);
    case AlternativeKind::kCards:
      return base::Reason("queue.help_cards")
          .with("model", alternative.model)
          .with("cards", alternative.amount);
    case AlternativeKind::kBlocks:
      return base::Reason("queue.help_blocks")
          .with("model", alternative.model)
          .with("blocks", alternative.amount);
    case AlternativeKind::kCardFrees:
      return base::Reason("queue.help_card_frees").with("model", alternative.model).with("at", at());
    case AlternativeKind::kStarts:
      return base::Reason("queue.help_starts").with("at", at());
  }
  return base::Reason("queue.help_starts").with("at", at());
}

}  // namespace dure::queue
