// Another resource, or a smaller amount, in place of one that is not available (F11; S1 page 2): offered by
// an officer, accepted or declined by the applicant.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class CounterOfferState { kOffered, kAccepted, kDeclined, kExpired, kWithdrawn };
DURE_ENUM(CounterOfferState, DURE_NAME(kOffered, "offered"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kDeclined, "declined"), DURE_NAME(kExpired, "expired"),
          DURE_NAME(kWithdrawn, "withdrawn"));

// In place of an award that is no allocation yet, or of what one who waits has asked for.
struct CounterOffer {
  CounterOfferId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ApplicationId application_id;
  std::optional<AwardId> award_id;  // that it changes; of one who waits, that came of it
  std::optional<WaitlistEntryId> waitlist_entry_id;
  CounterOfferState state = CounterOfferState::kOffered;
  std::string pool;
  ResourceAmount asked;  // what the award gave, or the entry asks for
  ResourceAmount offered;
  std::string ground;
  base::Date answer_by;  // the last day
  std::string offered_by;
  std::string answer;  // why it was declined or taken back
  std::optional<base::Instant> answered_at;
  std::string policy_hash;
};
DURE_FIELDS(CounterOffer, "counter_offers", field("id", &CounterOffer::id),
            field("version", &CounterOffer::version), field("created_at", &CounterOffer::created_at),
            field("updated_at", &CounterOffer::updated_at),
            field("programme_id", &CounterOffer::programme_id),
            field("application_id", &CounterOffer::application_id),
            field("award_id", &CounterOffer::award_id),
            field("waitlist_entry_id", &CounterOffer::waitlist_entry_id),
            field("state", &CounterOffer::state), field("pool", &CounterOffer::pool),
            field("asked", &CounterOffer::asked), field("offered", &CounterOffer::offered),
            field("ground", &CounterOffer::ground), field("answer_by", &CounterOffer::answer_by),
            field("offered_by", &CounterOffer::offered_by), field("answer", &CounterOffer::answer),
            field("answered_at", &CounterOffer::answered_at),
            field("policy_hash", &CounterOffer::policy_hash));

// One of award_id and waitlist_entry_id.
struct MakeCounterOffer {
  std::optional<AwardId> award_id;
  std::optional<WaitlistEntryId> waitlist_entry_id;
  std::string pool;  // of the pack; the first that offers it, where left out
  ResourceAmount resources;
  std::string ground;
};
DURE_VALUE_FIELDS(MakeCounterOffer, field("award_id", &MakeCounterOffer::award_id),
                  field("waitlist_entry_id", &MakeCounterOffer::waitlist_entry_id),
                  field("pool", &MakeCounterOffer::pool), field("resources", &MakeCounterOffer::resources),
                  field("ground", &MakeCounterOffer::ground));

// Why it is declined, or taken back.
struct EndCounterOffer {
  std::string ground;
};
DURE_VALUE_FIELDS(EndCounterOffer, field("ground", &EndCounterOffer::ground));

}  // namespace dure::model
