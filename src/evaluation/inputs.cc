#include "evaluation/inputs.h"

#include <algorithm>

#include "base/quantity.h"
#include "calendar/zone.h"
#include "selection/canonical.h"
#include "selection/check.h"

namespace dure::evaluation {
namespace {

using model::ApplicationState;
using model::ReviewState;

bool left(ApplicationState state) {
  return state == ApplicationState::kWithdrawn || state == ApplicationState::kVoid;
}

bool handed_in(const model::Review& review) {
  return review.state == ReviewState::kSubmitted || review.state == ReviewState::kLocked;
}

model::SelectionReview review_of(const model::Review& review, const Candidate& candidate) {
  model::SelectionReview made;
  made.reviewer = review.account_id.text;
  made.state = review.state;
  Conflicts own;
  for (const auto& each : candidate.conflicts)
    if (each.account_id == review.account_id) own.push_back(each);
  if (const auto* conflict = binding(own)) {
    made.conflict = conflict->state;
    if (!conflict->ground.empty()) made.conflict_ground = conflict->ground;
  }
  for (const auto& score : review.scores) made.scores.push_back({score.criterion, score.centi_points});
  return made;
}

bool is_bonus(const policy::Pack& pack, const std::string& rule) {
  const auto& all = pack.evaluation.bonuses;
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.id == rule; });
}

void add_claims(model::SelectionApplication& made, const Candidate& candidate, const policy::Pack& pack) {
  std::vector<model::SelectionClaim> bonuses, priorities;
  for (const auto& claim : candidate.claims) {
    if (claim.state == model::BonusClaimState::kClaimed) continue;
    model::SelectionClaim decided;
    decided.rule = claim.rule;
    decided.granted = claim.state == model::BonusClaimState::kGranted;
    decided.ground = claim.ground;
    (is_bonus(pack, claim.rule) ? bonuses : priorities).push_back(std::move(decided));
  }
  if (!bonuses.empty()) made.bonuses = std::move(bonuses);
  if (!priorities.empty()) made.priorities = std::move(priorities);
}

// As much of a text as fits on a line of a ranking.
std::string as_line(std::string text) {
  if (text.empty()) return "-";
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  std::size_t end = std::min(text.size(), selection::kMostText);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

void add_restrictions(model::SelectionApplication& made, const Candidate& candidate,
                      const policy::Pack& pack) {
  const auto received_on = calendar::local_date(made.submitted_at, policy::zone_of(pack));
  std::vector<model::SelectionRestriction> standing;
  for (const auto& each : candidate.against) {
    const auto& row = each.restriction;
    if (programme::in_force(row, received_on))
      standing.push_back({row.id.text, row.effect, row.centi_points, as_line(row.ground)});
  }
  if (!standing.empty()) made.restrictions = std::move(standing);
}

model::SelectionApplication application_of(const Candidate& candidate, const policy::Pack& pack) {
  const auto& application = candidate.application;
  const auto& entry = candidate.entry;
  model::SelectionApplication made;
  made.id = application.id.text;
  made.title = application.title;
  made.organisation = application.organisation;
  if (!entry.track.empty()) made.track = entry.track;
  made.submitted_at = application.submitted_at.value_or(application.created_at);
  // What is in a round was eligible when it went in; what has left it since was left out above.
  made.state = entry.waiver_ground ? ApplicationState::kIneligible : ApplicationState::kEligible;
  made.waiver_ground = entry.waiver_ground;
  if (!application.policy_hash.empty()) made.policy_hash = application.policy_hash;
  made.requested = entry.requested;
  made.recommended = entry.recommended;
  add_claims(made, candidate, pack);
  add_restrictions(made, candidate, pack);
  for (const auto& review : candidate.reviews)
    if (handed_in(review)) made.reviews.push_back(review_of(review, candidate));
  return made;
}

}  // namespace

model::SelectionRequest inputs_of(const std::vector<Candidate>& candidates,
                                  const model::ComputeRanking& command,
                                  const model::SelectionCapacity& capacity, const std::string& pool,
                                  const CallDays& days, const policy::Pack& pack) {
  model::SelectionRequest request;
  if (!pool.empty()) request.pool = pool;
  request.capacity = capacity;
  request.releases = command.releases;
  request.call_opens_on = days.opens_on;
  request.call_closes_on = days.closes_on;
  for (const auto& each : candidates)
    if (!left(each.application.state)) request.applications.push_back(application_of(each, pack));
  return selection::in_own_order(std::move(request));
}

base::Status reviews_are_in(const std::vector<Candidate>& candidates) {
  for (const auto& each : candidates) {
    if (left(each.application.state)) continue;
    const auto open = std::count_if(each.reviews.begin(), each.reviews.end(), [](const auto& review) {
      return review.state != ReviewState::kLocked && review.state != ReviewState::kDeclined;
    });
    if (open > 0)
      return base::error(base::ErrorKind::kConflict,
                         base::Reason("evaluation.reviews_open")
                             .with("open", static_cast<std::int64_t>(open))
                             .with("application", each.application.receipt_number));
  }
  return {};
}

std::optional<std::int64_t> blocks_of(std::int64_t units, const policy::Pool& pool) {
  constexpr std::int64_t kBlocksOfGpu = 100;
  switch (pool.unit) {
    case policy::OfferUnit::kBlock:
      return units;
    case policy::OfferUnit::kGpu:
      return units * kBlocksOfGpu;
    case policy::OfferUnit::kServer:
      if (pool.gpus_per_unit <= 0) return std::nullopt;
      return units * kBlocksOfGpu * pool.gpus_per_unit;
  }
  return std::nullopt;
}

model::ResourceAmount amount_of(const model::ResourceAmount& requested, std::int64_t blocks) {
  model::ResourceAmount amount = requested;
  if (requested.blocks <= 0 || blocks == requested.blocks) return amount;
  amount.blocks = blocks;
  amount.cpu_cores = base::multiply_divide(requested.cpu_cores, blocks, requested.blocks);
  amount.memory.value = base::multiply_divide(requested.memory.value, blocks, requested.blocks);
  return amount;
}

}  // namespace dure::evaluation
