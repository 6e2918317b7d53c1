// Reservations: whole nodes that are a project's from one date to another (A9).
//
// From its making on the queue starts nothing of others on the nodes that would run into it, and within its
// time it starts there what the project has waiting before anything else (queue/reserved.h). What of others
// still runs when it begins is left to end by itself and named in the row.
#pragma once

#include <vector>

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/maintenance.h"
#include "model/reservation.h"

namespace dure::commands {

// As long as the longest agreement: five years.
inline constexpr base::Span kLongestReservation = base::Span::days(5 * 365 + 2);

// Chooses the nodes where none are named (queue/pick_nodes.h): of those with healthy cards of that model in
// that pool which are not lost, and neither drained by an operator nor closed or reserved in that time.
// Refused: reservation.ends_before_it_starts, .too_long, .past, .ground_missing, .no_such_project,
// .no_such_node, .nothing_asked, .node_taken (a node that was named), .too_few_cards {asked, free,
// free_of_runs}. Permission: allocations.manage, for the project, and nodes.manage, of the whole centre.
base::Result<model::Reservation> make_reservation(Work& work, const model::MakeReservation& command);

// Whose runs and promises stand in its way on the nodes that would be chosen. Changes nothing. Refused as
// above.
base::Result<std::vector<model::TouchedRun>> preview_reservation(Work& work,
                                                                 const model::MakeReservation& command);

// Its nodes are everybody's again, from now on. One that is cancelled already stays as it is;
// reservation.over where there is nothing left to cancel. Permissions: as for making it.
base::Result<model::Reservation> cancel_reservation(Work& work, const model::ReservationId& id);

// The project's members read its reservations, but not whose runs were there: `left_run_ids` is emptied for
// who does not manage the centre's nodes.
void leave_out_unseen(const Work& work, model::Reservation& reservation);

// Begins and ends what is due, by the state of the rows alone. For the scheduler's loop, before it decides.
base::Result<KeptDates> keep_reservations(World& world, const HeldLease& lease);

// Those that are planned or active, by their start.
base::Result<std::vector<model::Reservation>> open_reservations(Work& work);

}  // namespace dure::commands
