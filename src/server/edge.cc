#include "server/edge.h"

#include <spdlog/spdlog.h>

#include "commands/authentication.h"
#include "net/server.h"
#include "server/parameters.h"
#include "wire/problem.h"

namespace dure::server {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr const char* kSessionCookie = "dure_session";

bool reads(const net::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// A write that comes with the cookie must come from a page of our own (no other site's form can send this
// header).
base::Status check_cross_site(const net::Request& request) {
  const bool by_cookie = request.headers.find("Authorization") == nullptr &&
                         net::find_cookie(request.headers, kSessionCookie).has_value();
  if (reads(request) || !by_cookie || request.headers.find("X-Dure-Request") != nullptr) return {};
  return base::error(base::ErrorKind::kNotAllowed, base::Reason("http.cross_site"));
}

// The client's address without its port.
std::string address_of(const net::Request& request) {
  if (request.peer == "unix") return "127.0.0.1";
  const auto colon = request.peer.rfind(':');
  std::string address = request.peer.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  return address;
}

std::string make_request_id(commands::World& world) {
  return base::make_uuid7(world.clock.now().unix_ms(), world.secrets.random10());
}

net::Response to_response(Answer answer) {
  net::Response response;
  response.status = answer.status;
  if (!answer.body.empty()) response.headers.add("Content-Type", "application/json; charset=utf-8");
  for (const auto& header : answer.headers) response.headers.add(header.name, header.value);
  response.body = std::move(answer.body);
  return response;
}

void add_common_headers(net::Response& response, wire::Language language, const std::string& request_id) {
  response.headers.set("X-Request-Id", request_id);
  response.headers.set("Content-Language", std::string(wire::language_tag(language)));
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (response.headers.find("Cache-Control") == nullptr) response.headers.set("Cache-Control", "no-store");
}

base::Result<net::Response> run_route(Api& api, const RawRoute& route, const net::Request& request,
                                      const PathParameters& parameters, wire::Language language,
                                      const std::string& request_id) {
  DURE_TRY(check_cross_site(request));
  DURE_LET(caller, commands::authenticate(api.world, token_of(request), address_of(request)));
  caller.request_id = request_id;
  if (!reads(request)) {
    const auto id = parameters.find("id");
    DURE_LET(expects, read_if_match(request, id == parameters.end() ? "" : id->second));
    caller.expects = std::move(expects);
  }
  Exchange exchange{api.world, request, parameters, std::move(caller), language};
  return route(exchange);
}

}  // namespace

std::string token_of(const net::Request& request) {
  const auto authorization = request.headers.get("Authorization");
  if (authorization.size() > kBearer.size() &&
      net::equal_ignoring_case(authorization.substr(0, kBearer.size()), kBearer))
    return std::string(authorization.substr(kBearer.size()));
  return net::find_cookie(request.headers, kSessionCookie).value_or("");
}

net::Response problem_response(const base::Error& error, wire::Language language, const std::string& instance,
                               const std::string& request_id) {
  const auto problem = wire::problem(error, language, instance, request_id);
  net::Response response;
  response.status = problem.status;
  response.headers.add("Content-Type", std::string(wire::kProblemType) + "; charset=utf-8");
  if (problem.retry_after_s) response.headers.add("Retry-After", std::to_string(*problem.retry_after_s));
  if (problem.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  response.body = problem.body;
  return response;
}

void add_raw_route(Router& router, Api& api, const std::string& method, const std::string& pattern,
                   RawRoute route, const std::vector<std::string>& known) {
  const RawRoute checked = [known,
                            route = std::move(route)](Exchange& exchange) -> base::Result<net::Response> {
    DURE_TRY(check_parameters(exchange.request, known));
    return route(exchange);
  };
  router.add(
      method, pattern,
      [&api, route = checked](const net::Request& request, const PathParameters& parameters) {
        const auto language = wire::pick_language(request.headers.get("Accept-Language"));
        const std::string request_id = make_request_id(api.world);
        auto result = run_route(api, route, request, parameters, language, request_id);
        if (!result && result.failure().kind == base::ErrorKind::kInternal)
          spdlog::error("{} {} {}: {}", request_id, request.method, request.path,
                        wire::render(result.failure().reason, wire::Language::kEnglish).text);
        net::Response response = result
                                     ? std::move(*result)
                                     : problem_response(result.failure(), language, request.path, request_id);
        add_common_headers(response, language, request_id);
        return response;
      },
      known);
}

void add_route(Router& router, Api& api, const std::string& method, const std::string& pattern, Route route,
               const std::vector<std::string>& parameters) {
  add_raw_route(
      router, api, method, pattern,
      [route = std::move(route)](Exchange& exchange) -> base::Result<net::Response> {
        DURE_LET(answer, route(exchange));
        return to_response(std::move(answer));
      },
      parameters);
}

net::Handler make_handler(const Router& router, Api& api) {
  return [&router, &api](const net::Request& request) -> net::Response {
    const auto match = router.match(request.method, request.path);
    if (match.handler) return (*match.handler)(request, match.parameters);
    const auto language = wire::pick_language(request.headers.get("Accept-Language"));
    const std::string request_id = make_request_id(api.world);
    const bool wrong_method = !match.allowed.empty();
    auto error = wrong_method ? base::error(base::ErrorKind::kInvalid,
                                            base::Reason("http.method").with("method", request.method))
                              : base::error(base::ErrorKind::kNotFound,
                                            base::Reason("http.no_such_path").with("path", request.path));
    net::Response response = problem_response(error, language, request.path, request_id);
    if (wrong_method) {
      response.status = 405;
      std::string allowed;
      for (const auto& method : match.allowed) allowed += (allowed.empty() ? "" : ", ") + method;
      response.headers.add("Allow", allowed);
    }
    add_common_headers(response, language, request_id);
    return response;
  };
}

}  // namespace dure::server
