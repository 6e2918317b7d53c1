// The codec's instantiations for the machine room's nouns and the node link.
#include "model/machine.h"
#include "model/maintenance.h"
#include "model/node_link.h"
#include "model/reservation.h"
#include "model/usage.h"
#include "model/workload.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Node);
DURE_WIRE_INSTANTIATE_NOUN(model::Card);
DURE_WIRE_INSTANTIATE_NOUN(model::SoftwareItem);
DURE_WIRE_INSTANTIATE_NOUN(model::Image);
DURE_WIRE_INSTANTIATE_NOUN(model::Volume);
DURE_WIRE_INSTANTIATE_NOUN(model::WorkloadSpec);
DURE_WIRE_INSTANTIATE_NOUN(model::Workload);
DURE_WIRE_INSTANTIATE_NOUN(model::Revision);
DURE_WIRE_INSTANTIATE_NOUN(model::Run);
DURE_WIRE_INSTANTIATE_NOUN(model::Replica);
DURE_WIRE_INSTANTIATE_NOUN(model::Share);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareUse);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareFinding);
DURE_WIRE_INSTANTIATE_NOUN(model::Observation);
DURE_WIRE_INSTANTIATE_NOUN(model::LedgerEntry);
DURE_WIRE_INSTANTIATE_NOUN(model::MaintenanceWindow);
DURE_WIRE_INSTANTIATE_NOUN(model::PlanMaintenance);
DURE_WIRE_INSTANTIATE_NOUN(model::Reservation);
DURE_WIRE_INSTANTIATE_NOUN(model::MakeReservation);
DURE_WIRE_INSTANTIATE_NOUN(model::TouchedRun);

DURE_WIRE_INSTANTIATE_NOUN(model::CardReport);
DURE_WIRE_INSTANTIATE_NOUN(model::ImageReport);
DURE_WIRE_INSTANTIATE_NOUN(model::ReplicaReport);
DURE_WIRE_INSTANTIATE_NOUN(model::ReplicaTrouble);
DURE_WIRE_INSTANTIATE_NOUN(model::NodeReport);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareOrder);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareReading);
DURE_WIRE_INSTANTIATE_NOUN(model::FindingReport);
DURE_WIRE_INSTANTIATE_NOUN(model::VolumeOrder);
DURE_WIRE_INSTANTIATE_NOUN(model::ReplicaOrder);
DURE_WIRE_INSTANTIATE_NOUN(model::NodeOrders);
DURE_WIRE_INSTANTIATE_NOUN(model::AccessTicket);

}  // namespace dure::wire
