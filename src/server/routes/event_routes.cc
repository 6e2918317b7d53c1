#include <charconv>

#include "server/event_hub.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

// Where the listener is: Last-Event-ID of a browser that reconnects, else ?after=, else from now on.
base::Result<std::int64_t> read_position(const Exchange& exchange) {
  const std::string* text = exchange.request.headers.find("Last-Event-ID");
  if (!text) text = exchange.request.parameter("after");
  if (!text) return std::int64_t{-1};
  std::int64_t position = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), position);
  if (problem == std::errc() && end == text->data() + text->size() && position >= 0) return position;
  return base::invalid(base::Reason("http.filter_value").with("parameter", "after").with("value", *text));
}

base::Result<std::int64_t> position_of_last(Exchange& exchange) {
  return commands::look<std::int64_t>(
      exchange.world, exchange.caller, [](commands::Work& work) -> base::Result<std::int64_t> {
        DURE_LET(last, work.tx.events().first(ports::Query{}.ordered("position", true).at_most(1)));
        return last ? last->position : std::int64_t{0};
      });
}

base::Result<net::Response> stream(Exchange& exchange, EventHub& hub) {
  const auto scope =
      access::visible(exchange.caller.subject, access::Permission::kEventRead, exchange.world.clock.now());
  if (!exchange.caller.subject.logged_in || scope.nothing())
    return base::error(base::ErrorKind::kUnauthenticated, base::Reason("access.not_logged_in"));
  DURE_LET(position, read_position(exchange));
  if (position < 0) {
    DURE_LET(last, position_of_last(exchange));
    position = last;
  }
  const std::string hash = exchange.world.secrets.hash_token(token_of(exchange.request));
  return net::Response::events(hub.subscribe(exchange.caller, hash, position));
}

}  // namespace

void add_event_routes(Router& router, Api& api, EventHub& hub) {
  add_list<model::Event>(router, api, "events", &ports::Transaction::events);
  add_raw_route(router, api, "GET", "/api/v1/events/stream",
                [&hub](Exchange& exchange) { return stream(exchange, hub); }, {"after"});
}

}  // namespace dure::server
