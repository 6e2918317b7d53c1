#include "gateway/entry.h"

#include <vector>

#include "base/id.h"
#include "gateway/forward.h"

namespace dure::gateway {
namespace {

using base::ErrorKind;
using base::Reason;

constexpr std::string_view kBearer = "Bearer ";

std::vector<std::string_view> list_items(std::string_view list) {
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const auto end = list.find(',');
    auto item = list.substr(0, end);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (!item.empty()) items.push_back(item);
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return items;
}

bool is_service_name(std::string_view name) {
  if (name.empty() || name.size() > 32) return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}

std::string bearer(const net::Request& request) {
  const auto value = request.headers.get("Authorization");
  if (value.size() <= kBearer.size() || !net::equal_ignoring_case(value.substr(0, kBearer.size()), kBearer))
    return "";
  return std::string(value.substr(kBearer.size()));
}

base::Error missing() {
  return base::error(ErrorKind::kUnauthenticated, Reason("gateway.ticket_missing"));
}
base::Error wrong_place() {
  return base::error(ErrorKind::kNotAllowed, Reason("gateway.ticket_wrong"));
}

}  // namespace

std::optional<Want> want_of(std::string_view path) {
  if (!path.starts_with("/w/")) return std::nullopt;
  path.remove_prefix(3);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || !base::is_uuid(path.substr(0, slash))) return std::nullopt;
  Want want;
  want.workload = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  const auto name = path.substr(0, path.find('/'));
  if (!is_service_name(name)) return std::nullopt;
  const bool own = name == "terminal" || name == "exec" || name == "logs";
  want.purpose = own ? name : "service";
  if (own) return path.size() == name.size() ? std::optional(want) : std::nullopt;
  want.service = name;
  return want;
}

Want want_of(const model::AccessTicket& ticket) {
  return {ticket.purpose, ticket.workload_id.text, ticket.purpose == "service" ? ticket.service : ""};
}

std::string path_of(const Want& want) {
  if (want.purpose == "service") return "/w/" + want.workload + "/" + want.service + "/";
  return "/w/" + want.workload + "/" + want.purpose;
}

std::string cookie_name(const Want& want) {
  const std::string name = std::string(kCookiePrefix) + want.purpose;
  return want.service.empty() ? name : name + "_" + want.service;
}

std::string ticket_protocol(const net::Request& request) {
  for (const auto& field : request.headers) {
    if (!net::equal_ignoring_case(field.name, "Sec-WebSocket-Protocol")) continue;
    for (const auto item : list_items(field.value))
      if (item.starts_with(kTicketProtocol)) return std::string(item);
  }
  return "";
}

bool same_origin(const net::Request& request) {
  const auto site = request.headers.get("Sec-Fetch-Site");
  const std::string* origin = request.headers.find("Origin");
  if (origin != nullptr) {
    const auto mark = origin->find("://");
    return mark != std::string::npos &&
           net::equal_ignoring_case(origin->substr(mark + 3), request.headers.get("Host"));
  }
  // A page of another origin may lead here (a link of the console), but may not embed or post.
  const bool visit = request.headers.get("Sec-Fetch-Mode") == "navigate" && request.method == "GET";
  return site.empty() || site == "same-origin" || site == "none" || visit;
}

base::Result<Admission> Entry::admit(const net::Request& request, const Want& want, base::Instant now) const {
  Admission admission;
  std::string text = bearer(request);
  if (text.empty()) text = ticket_protocol(request);
  if (text.starts_with(kTicketProtocol)) text.erase(0, kTicketProtocol.size());
  if (text.empty()) {
    const auto cookie = net::find_cookie(request.headers, cookie_name(want));
    if (!cookie) return missing();
    text = *cookie;
    admission.by_cookie = true;
  }
  DURE_LET(ticket, decode(text, now));
  const Want meant = want_of(ticket);
  const bool same =
      meant.purpose == want.purpose && meant.workload == want.workload && meant.service == want.service;
  if (!same || ticket.replica_id.empty() || ticket.node_id.empty()) return wrong_place();
  if (admission.by_cookie && !same_origin(request))
    return base::error(ErrorKind::kNotAllowed, Reason("gateway.foreign_origin"));
  admission.ticket = ticket;
  return admission;
}

base::Result<model::AccessTicket> Entry::decode(std::string_view text, base::Instant now) const {
  return wire::decode_ticket(text, verify_, now);
}

std::string Entry::set_cookie(const model::AccessTicket& ticket, base::Instant now, bool secure) const {
  model::AccessTicket session = ticket;
  session.expires_at = now + session_;
  const Want want = want_of(ticket);
  std::string cookie = cookie_name(want) + "=" + wire::encode_ticket(session, sign_) +
                       "; Path=" + path_of(want) + "; Max-Age=" + std::to_string(session_.in_seconds()) +
                       "; HttpOnly; SameSite=Strict";
  if (secure) cookie += "; Secure";
  return cookie;
}

base::Result<model::NodeId> Entry::admit_node(const net::Request& request, base::Instant now) const {
  const std::string text = bearer(request);
  if (text.empty()) return missing();
  DURE_LET(ticket, decode(text, now));
  if (ticket.purpose != "node" || ticket.node_id.empty()) return wrong_place();
  return ticket.node_id;
}

}  // namespace dure::gateway
