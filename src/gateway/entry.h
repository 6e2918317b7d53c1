// Entry: who may come in: tickets of dured, and the cookies that a ticket is exchanged for.
//
// A ticket lasts minutes; a browser that has shown one gets a cookie, itself such a ticket signed by the same
// key for the length of a session, sent back only for that workload and that service, never seen by scripts
// and never sent from other sites. Whatever opens something names the workload and what it wants; the ticket
// must name the same (requirement P17). Pure but for the signatures. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "model/node_link.h"
#include "net/message.h"
#include "wire/ticket.h"

namespace dure::gateway {

// What is asked for: "/w/<workload>/<place>…".
struct Want {
  std::string purpose;  // "terminal", "exec", "logs", "service"
  std::string workload;
  std::string service;  // purpose "service"
};

// Of a path; nullopt for one that is none of the gateway's.
std::optional<Want> want_of(std::string_view path);
// "/w/<workload>/lab/", "/w/<workload>/terminal": the path that a cookie is for.
std::string path_of(const Want& want);
std::string cookie_name(const Want& want);

struct Admission {
  model::AccessTicket ticket;
  bool by_cookie = false;  // the browser sent it by itself: the request's origin must be looked at
};

class Entry {
 public:
  Entry(wire::Sign sign, wire::Verify verify, base::Span session)
      : sign_(std::move(sign)), verify_(std::move(verify)), session_(session) {}

  // The ticket from the Authorization field, a subprotocol, or the cookie; in this order, the first decides.
  // Errors: those of decode_ticket, gateway.ticket_missing, gateway.ticket_wrong (kNotAllowed),
  // gateway.foreign_origin (kNotAllowed).
  base::Result<Admission> admit(const net::Request& request, const Want& want, base::Instant now) const;

  // For POST /open: the ticket, and the Set-Cookie that stands for it.
  base::Result<model::AccessTicket> decode(std::string_view text, base::Instant now) const;
  std::string set_cookie(const model::AccessTicket& ticket, base::Instant now, bool secure) const;

  // A node's pass: purpose "node". Errors: those of decode_ticket, gateway.ticket_missing,
  // gateway.ticket_wrong.
  base::Result<model::NodeId> admit_node(const net::Request& request, base::Instant now) const;

 private:
  wire::Sign sign_;
  wire::Verify verify_;
  base::Span session_;
};

// What a ticket opens.
Want want_of(const model::AccessTicket& ticket);
// The subprotocol that carries a ticket, as offered; "" where there is none.
std::string ticket_protocol(const net::Request& request);
// True when the request comes from a page of this origin, or from no page at all.
bool same_origin(const net::Request& request);

}  // namespace dure::gateway
