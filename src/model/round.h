// Rounds of a call, what is evaluated in them, and the rankings that come of it (B3, E3 to E13; governance
// 5.2, 5.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/selection.h"

namespace dure::model {

// planned: takes in until the end of its cut-off day. cutoff: what is in it is fixed. evaluating: the panel
// reads. decided: its results were told.
enum class RoundState { kPlanned, kCutoff, kEvaluating, kDecided, kCancelled };
DURE_ENUM(RoundState, DURE_NAME(kPlanned, "planned"), DURE_NAME(kCutoff, "cutoff"),
          DURE_NAME(kEvaluating, "evaluating"), DURE_NAME(kDecided, "decided"),
          DURE_NAME(kCancelled, "cancelled"));

// One evaluation of what was filed for a call: of a fixed call its only one, of a rolling call one of many.
struct Round {
  RoundId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  CallId call_id;
  std::int64_t number = 1;  // within the call
  std::string title;
  RoundState state = RoundState::kPlanned;
  base::Date cutoff_on;                 // last day of intake
  std::optional<base::Date> panel_by;   // as the pack says, counted from the cut-off (E11)
  std::optional<base::Date> result_by;  // likewise
  std::optional<base::Instant> decided_at;
  std::string ground;  // of a cancellation
};
DURE_FIELDS(Round, "rounds", field("id", &Round::id), field("version", &Round::version),
            field("created_at", &Round::created_at), field("updated_at", &Round::updated_at),
            field("programme_id", &Round::programme_id), field("call_id", &Round::call_id),
            field("number", &Round::number), field("title", &Round::title), field("state", &Round::state),
            field("cutoff_on", &Round::cutoff_on), field("panel_by", &Round::panel_by),
            field("result_by", &Round::result_by), field("decided_at", &Round::decided_at),
            field("ground", &Round::ground));

// An application in a round.
struct RoundEntry {
  RoundEntryId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  RoundId round_id;
  ApplicationId application_id;
  std::string organisation;
  std::string track;  // "": none
  std::string pool;
  UnitAmount requested;
  std::int64_t position = 0;  // in the order of evaluation, from 1 (E6); 0: not evaluated yet
  std::string priority;       // id of the pack's class that was granted; "": none
  std::optional<PanelRecommendation> recommended;  // E10
  std::optional<std::string> waiver_ground;        // considered although it is not eligible (invariant 3)
  std::optional<SelectionOutcome> outcome;         // of the confirmed ranking
  std::optional<std::int64_t> rank;                // likewise
};
DURE_FIELDS(RoundEntry, "round_entries", field("id", &RoundEntry::id), field("version", &RoundEntry::version),
            field("created_at", &RoundEntry::created_at), field("updated_at", &RoundEntry::updated_at),
            field("programme_id", &RoundEntry::programme_id), field("round_id", &RoundEntry::round_id),
            field("application_id", &RoundEntry::application_id),
            field("organisation", &RoundEntry::organisation), field("track", &RoundEntry::track),
            field("pool", &RoundEntry::pool), field("requested", &RoundEntry::requested),
            field("position", &RoundEntry::position), field("priority", &RoundEntry::priority),
            field("recommended", &RoundEntry::recommended),
            field("waiver_ground", &RoundEntry::waiver_ground), field("outcome", &RoundEntry::outcome),
            field("rank", &RoundEntry::rank));

// computed: may be looked at. confirmed: its awards were made. superseded: another took its place.
enum class RankingState { kComputed, kConfirmed, kSuperseded };
DURE_ENUM(RankingState, DURE_NAME(kComputed, "computed"), DURE_NAME(kConfirmed, "confirmed"),
          DURE_NAME(kSuperseded, "superseded"));

// A selection of one pool in a round (selection/select.h), with all that it was made from. `inputs` is the
// file that `dure select` reproduces it from, byte for byte; `inputs_hash` its SHA-256. Both texts have
// routes of their own.
struct Ranking {
  RankingId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  RoundId round_id;
  std::string pool;  // "": the pack has none
  RankingState state = RankingState::kComputed;
  std::string policy_hash;
  std::string rules;  // revision of the deciding code's rules
  std::string inputs_hash;
  std::string inputs;
  std::string result;
  AmountUnit unit = AmountUnit::kGpu;
  SelectionTotals totals;
  std::int64_t ranked = 0;
  std::int64_t selected = 0;
  std::int64_t waitlisted = 0;
  std::optional<base::Instant> confirmed_at;
  std::string confirmed_by;
  std::string ground;
};
DURE_FIELDS(Ranking, "rankings", field("id", &Ranking::id), field("version", &Ranking::version),
            field("created_at", &Ranking::created_at), field("updated_at", &Ranking::updated_at),
            field("programme_id", &Ranking::programme_id), field("round_id", &Ranking::round_id),
            field("pool", &Ranking::pool), field("state", &Ranking::state),
            field("policy_hash", &Ranking::policy_hash), field("rules", &Ranking::rules),
            field("inputs_hash", &Ranking::inputs_hash),
            field("inputs", &Ranking::inputs, Visibility::kSecret),
            field("result", &Ranking::result, Visibility::kSecret), field("unit", &Ranking::unit),
            field("totals", &Ranking::totals), field("ranked", &Ranking::ranked),
            field("selected", &Ranking::selected), field("waitlisted", &Ranking::waitlisted),
            field("confirmed_at", &Ranking::confirmed_at), field("confirmed_by", &Ranking::confirmed_by),
            field("ground", &Ranking::ground));

}  // namespace dure::model
