// An application on its way through a selection: what each step found. Internal to selection.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/selection.h"
#include "selection/points.h"
#include "selection/score.h"

namespace dure::selection {

inline constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Why an application did not get (all of) its amount when its turn came.
enum class Obstacle {
  kNothing,      // it got all of it, or had no turn
  kCapacity,     // less was left
  kInstitution,  // its institution is at its cap
  kBehind,       // one ranked before it waits, and nobody may pass it over
};

// A bonus or a priority class and whether it holds for the application.
struct ClaimFinding {
  std::size_t rule = kNone;  // in the pack's list
  bool holds = false;
  bool by_person = false;  // decided by a person (else by the pack's conditions)
  base::Reason reason;     // why: of a person the ground, else that of the condition
};

struct Candidate {
  const model::SelectionApplication* application = nullptr;
  std::int64_t requested = 0;
  std::int64_t target = 0;  // recommended, else requested
  bool considered = false;  // eligible, or by a waiver; under this pack, and not barred
  bool above = false;       // considered, evaluated, and not below the threshold: it has a rank

  Score score;
  std::vector<ClaimFinding> bonuses;     // claimed, or by conditions that hold or are open
  std::vector<ClaimFinding> priorities;  // likewise
  std::int64_t bonus = 0;                // centi-points, capped
  std::int64_t bonus_uncapped = 0;
  std::int64_t lost = 0;                                // centi-points, by restrictions
  const model::SelectionRestriction* barred = nullptr;  // the one that keeps it out
  Points total;                                         // base and bonus, less what is lost
  std::size_t priority = kNone;                         // first class that holds

  std::optional<ClaimFinding>
      track;                        // what its facts say of the track's own rules; none where nothing is open
  std::size_t reservation = kNone;  // of its track, in the pack's list
  std::size_t institution = 0;
  std::size_t tie_place = 0;  // among all, by the order of ties alone
  std::int64_t rank = 0;      // from 1; 0: none

  std::int64_t awarded = 0;
  std::int64_t from_reservation = 0;  // of what is awarded
  std::int64_t conditional = 0;       // of what is awarded
  std::int64_t penalty = 0;           // centi-points, when its turn came
  std::int64_t awards_before = 0;     // of its institution, likewise
  bool grown = false;                 // first served in part, later more
  Obstacle obstacle = Obstacle::kNothing;
  std::int64_t lacking = 0;            // units, at its last turn
  std::int64_t room = 0;               // units left for it, likewise
  std::int64_t cap_left = 0;           // units left to its institution, likewise
  const Candidate* blocker = nullptr;  // kBehind
  std::int64_t waiting_position = 0;
};

}  // namespace dure::selection
