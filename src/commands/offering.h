// Offering what is free to those who wait, in their turn: what the commands around it (waiting.h,
// standing_demand.h) have in common. Internal to commands.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "commands/work.h"
#include "model/evaluation_requests.h"
#include "programme/waitlist_states.h"
#include "selection/rules.h"

namespace dure::commands::offering {

// No other bound than what the supply has free.
inline constexpr std::int64_t kAllUnits = std::numeric_limits<std::int64_t>::max();

// How the offers are made.
struct OfferTerms {
  const selection::SelectionRules& rules;
  const policy::Pack& pack;
  std::optional<base::Date> starts_on;  // for all; where left out, as each asks, and not before today
};

// How far they go: units of the pool, and offers.
struct OfferBounds {
  std::int64_t units = kAllUnits;
  std::size_t offers = std::numeric_limits<std::size_t>::max();
};

// Those of the pool that wait for an offer.
base::Result<std::vector<model::WaitlistEntry>> queue_of(Work& work, const model::ProgrammeId& programme,
                                                         const std::string& pool);
bool keeps_a_queue(const policy::Pack& pack);

// In the order of the queue, to each what is free for the months that he asks for (evaluation::match()). Each
// award is checked against the supply once more as it is made (invariant 1). Who cannot be awarded is passed
// over, takes nothing, and those after him are matched anew.
base::Result<model::MatchedDemand> offer_in_turn(Work& work, const model::ProgrammeId& programme,
                                                 const std::vector<model::WaitlistEntry>& queue,
                                                 OfferBounds bounds, const OfferTerms& terms);
// The entries that would be offered something now, were none of them refused.
base::Result<std::vector<model::WaitlistEntryId>> who_fits(Work& work, const model::ProgrammeId& programme,
                                                           const std::vector<model::WaitlistEntry>& queue,
                                                           const OfferTerms& terms);

// The award of what one who waits is offered.
base::Result<model::Award> award_of_entry(Work& work, const model::WaitlistEntry& entry,
                                          model::ResourceAmount awarded, const std::string& pool,
                                          const std::optional<base::Date>& starts_on,
                                          const policy::Pack& pack);
// Moves it, saves it and tells it.
base::Status move_entry(Work& work, model::WaitlistEntry& entry, programme::WaitlistEntryEvent event,
                        const std::string& told);
// The last day to answer an offer; none where the pack sets none.
std::optional<base::Date> respond_by(base::Instant offered_at, const policy::Pack& pack);

}  // namespace dure::commands::offering
