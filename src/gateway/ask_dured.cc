#include "gateway/ask_dured.h"

#include "model/gateway_link.h"
#include "wire/json_impl.h"

namespace dure::gateway {

Guests::Ask ask_dured(const net::Endpoint& dured, ports::Clock& clock, wire::Sign sign) {
  const auto client = std::make_shared<net::Client>(dured);
  return [client, &clock, sign = std::move(sign)](
             const std::vector<model::AccessTicket>& tickets) -> base::Result<std::vector<std::int64_t>> {
    model::AccessTicket pass;
    pass.purpose = "gateway";
    pass.expires_at = clock.now() + base::Span::minutes(1);
    const model::EntryCheck check{wire::encode_ticket(pass, sign), tickets};
    net::ClientRequest request;
    request.method = "POST";
    request.target = "/gateway/v1/entries";
    request.headers.add("Content-Type", "application/json");
    request.body = wire::json_text(check);
    request.timeout = base::Span::seconds(5);
    DURE_LET(answer, client->send(request));
    if (answer.status != 200)
      return base::error(base::ErrorKind::kUnavailable,
                         base::Reason("gateway.dured_refused").with("status", std::int64_t{answer.status}));
    DURE_LET(verdict, wire::read_json<model::EntryVerdict>(answer.body));
    return verdict.ended;
  };
}

}  // namespace dure::gateway
