// Nodes that are kept for a project from one date to another (A9).
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// kPlanned until its start, kActive until its end, then kOver. kCancelled: by an operator, in either.
enum class ReservationState { kPlanned, kActive, kOver, kCancelled };
DURE_ENUM(ReservationState, DURE_NAME(kPlanned, "planned"), DURE_NAME(kActive, "active"),
          DURE_NAME(kOver, "over"), DURE_NAME(kCancelled, "cancelled"));

// In [starts_at, ends_at) the nodes, whole, are the project's. No node is in two that are planned or active
// at a time.
struct Reservation {
  ReservationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  std::string pool;
  std::string model;                  // of the cards
  std::int64_t cards = 0;             // that the nodes have of it, all together
  std::vector<std::string> node_ids;  // chosen when it was made
  base::Instant starts_at;
  base::Instant ends_at;
  std::string ground;  // why
  ReservationState state = ReservationState::kPlanned;
  std::vector<std::string> left_run_ids;  // of others, that still held something there when it began
};
DURE_FIELDS(Reservation, "reservations", field("id", &Reservation::id),
            field("version", &Reservation::version), field("created_at", &Reservation::created_at),
            field("updated_at", &Reservation::updated_at), field("programme_id", &Reservation::programme_id),
            field("project_id", &Reservation::project_id), field("pool", &Reservation::pool),
            field("model", &Reservation::model), field("cards", &Reservation::cards),
            field("node_ids", &Reservation::node_ids), field("starts_at", &Reservation::starts_at),
            field("ends_at", &Reservation::ends_at), field("ground", &Reservation::ground),
            field("state", &Reservation::state), field("left_run_ids", &Reservation::left_run_ids));

// So many cards on whole nodes that Dure chooses, or the nodes that are named.
struct MakeReservation {
  std::string project_id;
  std::string pool;
  std::string model;
  std::int64_t cards = 0;
  std::vector<std::string> node_ids;
  base::Instant starts_at;
  base::Instant ends_at;
  std::string ground;
};
DURE_VALUE_FIELDS(MakeReservation, field("project_id", &MakeReservation::project_id),
                  field("pool", &MakeReservation::pool), field("model", &MakeReservation::model),
                  field("cards", &MakeReservation::cards, Range{0, 1'000'000}),
                  field("node_ids", &MakeReservation::node_ids),
                  field("starts_at", &MakeReservation::starts_at),
                  field("ends_at", &MakeReservation::ends_at), field("ground", &MakeReservation::ground));

}  // namespace dure::model
