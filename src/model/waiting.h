// What stands beside a ranking: claims of bonus points, the waiting list, appeals (B13, E7, F7, D15;
// governance 5.2, 5.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class BonusClaimState { kClaimed, kGranted, kRefused };
DURE_ENUM(BonusClaimState, DURE_NAME(kClaimed, "claimed"), DURE_NAME(kGranted, "granted"),
          DURE_NAME(kRefused, "refused"));

// A bonus or a priority that an applicant claims, with its evidence; it counts once an official has granted
// it.
struct BonusClaim {
  BonusClaimId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ApplicationId application_id;
  std::string rule;                   // id of the bonus or of the priority class in the pack
  std::vector<std::string> evidence;  // ids of the application's documents
  std::string note;
  std::string programme;  // name of the programme that the claim is about; "" = of none (D15)
  BonusClaimState state = BonusClaimState::kClaimed;
  std::string ground;
  std::string decided_by;
  std::optional<base::Instant> decided_at;
};
DURE_FIELDS(BonusClaim, "bonus_claims", field("id", &BonusClaim::id), field("version", &BonusClaim::version),
            field("created_at", &BonusClaim::created_at), field("updated_at", &BonusClaim::updated_at),
            field("programme_id", &BonusClaim::programme_id),
            field("application_id", &BonusClaim::application_id), field("rule", &BonusClaim::rule),
            field("evidence", &BonusClaim::evidence), field("note", &BonusClaim::note),
            field("programme", &BonusClaim::programme), field("state", &BonusClaim::state),
            field("ground", &BonusClaim::ground), field("decided_by", &BonusClaim::decided_by),
            field("decided_at", &BonusClaim::decided_at));

enum class WaitlistEntryState { kQueued, kOffered, kAccepted, kExpired, kWithdrawn, kFulfilled };
DURE_ENUM(WaitlistEntryState, DURE_NAME(kQueued, "queued"), DURE_NAME(kOffered, "offered"),
          DURE_NAME(kAccepted, "accepted"), DURE_NAME(kExpired, "expired"),
          DURE_NAME(kWithdrawn, "withdrawn"), DURE_NAME(kFulfilled, "fulfilled"));

// An application that waits for capacity: of a ranking, in its order, or as it stands in the register of
// demand of a rolling call, in the order of receipt (B13).
struct WaitlistEntry {
  WaitlistEntryId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  CallId call_id;
  ApplicationId application_id;
  std::optional<RankingId> ranking_id;  // none: of the register of demand
  std::optional<AwardId> award_id;      // once it is offered
  std::string pool;
  std::int64_t position = 0;  // within the ranking, or within the register of the call; the lowest first
  WaitlistEntryState state = WaitlistEntryState::kQueued;
  ResourceAmount requested;
  std::optional<base::Instant> offered_at;
  std::optional<base::Date> respond_by;
  std::string ground;
};
DURE_FIELDS(WaitlistEntry, "waitlist_entries", field("id", &WaitlistEntry::id),
            field("version", &WaitlistEntry::version), field("created_at", &WaitlistEntry::created_at),
            field("updated_at", &WaitlistEntry::updated_at),
            field("programme_id", &WaitlistEntry::programme_id), field("call_id", &WaitlistEntry::call_id),
            field("application_id", &WaitlistEntry::application_id),
            field("ranking_id", &WaitlistEntry::ranking_id), field("award_id", &WaitlistEntry::award_id),
            field("pool", &WaitlistEntry::pool), field("position", &WaitlistEntry::position),
            field("state", &WaitlistEntry::state), field("requested", &WaitlistEntry::requested),
            field("offered_at", &WaitlistEntry::offered_at), field("respond_by", &WaitlistEntry::respond_by),
            field("ground", &WaitlistEntry::ground));

enum class AppealState { kFiled, kUpheld, kDismissed, kWithdrawn };
DURE_ENUM(AppealState, DURE_NAME(kFiled, "filed"), DURE_NAME(kUpheld, "upheld"),
          DURE_NAME(kDismissed, "dismissed"), DURE_NAME(kWithdrawn, "withdrawn"));

// What an appeal that was upheld leads to: the application is evaluated anew, or is awarded at once.
enum class AppealRemedy { kReconsider, kAward };
DURE_ENUM(AppealRemedy, DURE_NAME(kReconsider, "reconsider"), DURE_NAME(kAward, "award"));

// Against a decision on an application, by its applicant.
struct Appeal {
  AppealId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ApplicationId application_id;
  DecisionId decision_id;  // that it is against
  AppealState state = AppealState::kFiled;
  std::string ground;  // the applicant's
  base::Date file_by;  // last day of the window
  std::optional<AppealRemedy> remedy;
  std::string answer;  // the ground of what became of it
  std::string decided_by;
  std::optional<base::Instant> decided_at;
  std::optional<DecisionId> new_decision_id;
};
DURE_FIELDS(Appeal, "appeals", field("id", &Appeal::id), field("version", &Appeal::version),
            field("created_at", &Appeal::created_at), field("updated_at", &Appeal::updated_at),
            field("programme_id", &Appeal::programme_id), field("application_id", &Appeal::application_id),
            field("decision_id", &Appeal::decision_id), field("state", &Appeal::state),
            field("ground", &Appeal::ground), field("file_by", &Appeal::file_by),
            field("remedy", &Appeal::remedy), field("answer", &Appeal::answer),
            field("decided_by", &Appeal::decided_by), field("decided_at", &Appeal::decided_at),
            field("new_decision_id", &Appeal::new_decision_id));

}  // namespace dure::model
