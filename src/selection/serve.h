// Giving capacity to the ranked (E8 to E10, B7 to B9; governance 5.5, steps 6 to 10). Internal to selection.
//
// 1. Each track's share, in the pack's order: to applications of that track alone, by rank; institutions are
//    neither balanced nor lose points within it, but a cap holds.
// 2. What a track leaves goes to all, stays held for the track, or is not given, as the release says.
// 3. The rest: to all, by their turn. An application of a track whose share is still held takes from it
//    first. What was served in part may grow here, at its turn.
//
// Turn: by rank; with `balance`, institutions with fewer awards first; with a penalty, by the total less the
// penalty for each award that the institution has at that moment. A share of a whole and a cap are cut down
// to whole units.
#pragma once

#include <vector>

#include "selection/candidate.h"
#include "selection/order.h"
#include "selection/rules.h"

namespace dure::selection {

struct Shelf {  // the share of one reservation
  std::int64_t reserved = 0;
  std::int64_t awarded = 0;
  std::int64_t released = 0;
  std::int64_t held() const { return reserved - awarded - released; }
};

struct Institution {
  const std::string* name = nullptr;
  std::int64_t awards = 0;
  std::int64_t awarded = 0;
};

struct Served {
  std::int64_t left = 0;                  // what is held included
  std::vector<Shelf> shelves;             // by the pack's reservations
  std::optional<std::int64_t> cap;        // of one institution, in units
  std::vector<Institution> institutions;  // by name
  std::vector<Candidate*> waiting;        // nothing awarded; first to be served first
};

// Fills in what candidate.h says of turns and awards. `ranked`: by rank. `capacity`: in_service and
// conditional, in units; what is in service goes to the first by rank.
Served serve(const model::SelectionRequest& request, const SelectionRules& rules, const Order& order,
             std::vector<Candidate*>& ranked, std::int64_t in_service, std::int64_t conditional);

}  // namespace dure::selection
