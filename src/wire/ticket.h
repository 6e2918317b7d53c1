// A ticket: signed text that opens one thing at the gateway for a short while (model::AccessTicket).
//
//   base64url(JSON of the ticket) "." hex signature over "dure.ticket.v1." + that base64url text
//
// The prefix keeps a signature over anything else from passing as a ticket's. Keys are the caller's: it hands
// in the functions (ports::Secrets::sign and verify_signature).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "model/node_link.h"

namespace dure::wire {

using Sign = std::function<std::string(std::string_view text)>;
using Verify = std::function<bool(std::string_view text, std::string_view signature)>;

std::string encode_ticket(const model::AccessTicket& ticket, const Sign& sign);

// Fails with kUnauthenticated: "ticket.malformed" (not of this form), "ticket.forged" (the signature does not
// fit), "ticket.expired" (now >= expires_at). Nothing of the ticket is looked at before its signature fits.
base::Result<model::AccessTicket> decode_ticket(std::string_view text, const Verify& verify,
                                                base::Instant now);

}  // namespace dure::wire
