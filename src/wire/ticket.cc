#include "wire/ticket.h"

#include "wire/base64.h"
#include "wire/json.h"

namespace dure::wire {
namespace {

constexpr std::string_view kDomain = "dure.ticket.v1.";
constexpr std::size_t kMaxTicketBytes = 4096;

base::Error refused(const char* code) {
  return base::error(base::ErrorKind::kUnauthenticated, base::Reason(code));
}

bool lower_hex(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string encode_ticket(const model::AccessTicket& ticket, const Sign& sign) {
  std::string text = base64url(json_text(ticket, Out::everything()));
  const std::string signature = sign(std::string(kDomain) + text);
  return text.append(".").append(signature);
}

base::Result<model::AccessTicket> decode_ticket(std::string_view text, const Verify& verify,
                                                base::Instant now) {
  const std::size_t dot = text.find('.');
  if (text.size() > kMaxTicketBytes || dot == std::string_view::npos) return refused("ticket.malformed");
  const std::string_view payload = text.substr(0, dot);
  const std::string_view signature = text.substr(dot + 1);
  const auto bytes = from_base64url(payload);
  if (!bytes || !lower_hex(signature)) return refused("ticket.malformed");
  if (!verify(std::string(kDomain).append(payload), signature)) return refused("ticket.forged");
  const In in{.required = {}, .allow_missing = false, .secrets = false};
  auto ticket = read_json<model::AccessTicket>(*bytes, in, {.max_bytes = kMaxTicketBytes, .max_depth = 4});
  if (!ticket.ok()) return refused("ticket.malformed");
  if (now >= ticket->expires_at) return refused("ticket.expired");
  return ticket;
}

}  // namespace dure::wire
