// Asks dured who may still be in (model/gateway_link.h).
#pragma once

#include "gateway/guests.h"
#include "net/client.h"
#include "wire/ticket.h"

namespace dure::gateway {

// REQUIRES: `clock` outlives the result.
Guests::Ask ask_dured(const net::Endpoint& dured, ports::Clock& clock, wire::Sign sign);

}  // namespace dure::gateway
