// What dure-gateway asks: which of those that it let in may no longer be (model/gateway_link.h).
#pragma once

#include "commands/work.h"
#include "model/gateway_link.h"

namespace dure::commands {

// A ticket's bearer may be in as long as he would get the ticket today: his account may act, his roles reach
// the workload, and it is there. Refuses, as decode_ticket() does, a pass that the gateway did not sign;
// kNotAllowed "gateway.ticket_wrong" one for another purpose.
base::Result<model::EntryVerdict> check_entries(Work& work, const model::EntryCheck& check);

}  // namespace dure::commands
