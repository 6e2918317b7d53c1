// The HTTP edge: from a request to the route's function and back, the same for every route.
//
//   authenticate -> route -> Result<Answer> -> response or RFC 9457 problem, with the request's id in both
#pragma once

#include <functional>
#include <string>

#include "commands/nodes.h"
#include "commands/work.h"
#include "net/server.h"
#include "server/exchange.h"
#include "server/router.h"

namespace dure::server {

// What all routes share. Outlives the server.
struct Api {
  commands::World& world;
  commands::LedgerCache& ledgers;
};

using Route = std::function<base::Result<Answer>(Exchange&)>;

// Adds the route with everything around it: the caller, the language, the problem. `parameters`: those that
// it takes of the query string; any other is refused (parameters.h).
void add_route(Router& router, Api& api, const std::string& method, const std::string& pattern, Route route,
               const std::vector<std::string>& parameters = {});

// For routes that answer otherwise than with one JSON text (files, event streams).
using RawRoute = std::function<base::Result<net::Response>(Exchange&)>;
void add_raw_route(Router& router, Api& api, const std::string& method, const std::string& pattern,
                   RawRoute route, const std::vector<std::string>& parameters = {});

// The handler of the server: finds the route, or says that there is none.
net::Handler make_handler(const Router& router, Api& api);

// The token that a request comes with: a bearer's, else the console's cookie; "" for none.
std::string token_of(const net::Request& request);

// A failure as a response. `instance` is the request's path.
net::Response problem_response(const base::Error& error, wire::Language language, const std::string& instance,
                               const std::string& request_id);

}  // namespace dure::server
