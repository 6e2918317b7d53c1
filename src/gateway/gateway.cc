#include "gateway/gateway.h"

#include <charconv>

#include "gateway/service_visit.h"
#include "gateway/terminal.h"
#include "gateway/text_visits.h"
#include "net/url.h"
#include "wire/json_impl.h"

namespace dure::gateway {

struct OpenRequest {
  std::string ticket;
};

struct ExecRequest {
  std::vector<std::string> command;
  std::string input;
  std::int64_t limit = 1 << 20;
};

}  // namespace dure::gateway

namespace dure::model {
DURE_VALUE_FIELDS(gateway::OpenRequest, field("ticket", &gateway::OpenRequest::ticket));
DURE_VALUE_FIELDS(gateway::ExecRequest, field("command", &gateway::ExecRequest::command),
                  field("stdin", &gateway::ExecRequest::input), field("limit", &gateway::ExecRequest::limit));
}  // namespace dure::model

namespace dure::gateway {
namespace {

using base::ErrorKind;
using base::Reason;

constexpr std::size_t kPublic = 0;
constexpr std::size_t kSmallBody = 64 * 1024;
constexpr std::string_view kStreams = "/link/streams/";
constexpr std::string_view kTerminalProtocol = "dure.terminal";

base::Error not_found() {
  return base::error(ErrorKind::kNotFound, Reason("gateway.nothing_here"));
}
base::Error method_not_allowed(const char* allowed) {
  return base::error(ErrorKind::kNotFound, Reason("gateway.method").with("allowed", allowed));
}

std::int64_t number_of(const net::Request& request, std::string_view name, std::int64_t otherwise) {
  const std::string* text = request.parameter(name);
  std::int64_t value = otherwise;
  if (text == nullptr) return otherwise;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  return failure == std::errc() && end == text->data() + text->size() ? value : otherwise;
}

// A form or JSON; never the URL, which would be kept in logs and histories.
base::Result<std::string> posted_ticket(const net::Request& request) {
  const auto type = request.headers.get("Content-Type");
  if (type.starts_with("application/json")) {
    DURE_LET(open, wire::read_json<OpenRequest>(request.body, {.required = {"ticket"}}));
    return open.ticket;
  }
  DURE_LET(fields, net::parse_query(request.body));
  for (const auto& field : fields)
    if (field.name == "ticket") return field.value;
  return base::error(ErrorKind::kUnauthenticated, Reason("gateway.ticket_missing"));
}

// A page that goes on by itself: a redirect of a form that another site posted would not carry the cookie,
// because the cookie is for this site's own navigation only.
net::Response go_on(const std::string& path, const std::string& cookie, bool by_page) {
  auto response = net::Response::empty(303);
  if (by_page)
    response = net::Response::text(
        200, "text/html; charset=utf-8",
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url=" + path +
            "\"><title>Dure</title><a href=\"" + path + "\">Dure</a>");
  else
    response.headers.set("Location", path);
  for (const auto& field : own_headers()) response.headers.add(field.name, field.value);
  response.headers.add("Set-Cookie", cookie);
  return response;
}

template <class Kind, class... Args>
net::Response take_over(Hall hall, VisitOrder order, Args&&... args) {
  auto visit = std::make_shared<Kind>(hall, std::move(order), std::forward<Args>(args)...);
  return net::Response::take(0, {}, [visit](net::Connection client) { visit->begin(std::move(client)); });
}

}  // namespace

base::Result<std::unique_ptr<Gateway>> Gateway::start(ports::Clock& clock, GatewayOptions options) {
  std::unique_ptr<Gateway> gateway(new Gateway(clock, std::move(options)));
  DURE_TRY(gateway->listen());
  return gateway;
}

Gateway::Gateway(ports::Clock& clock, GatewayOptions options)
    : clock_(clock),
      options_(std::move(options)),
      entry_(options_.sign, options_.verify, options_.session),
      guests_(clock, options_.ask, options_.ask_every, options_.session),
      ticker_(base::Span::milliseconds(50)) {
  ticker_.add([this] {
    links_.expire();
    return true;
  });
}

Gateway::~Gateway() {
  ticker_.stop();
  if (server_) server_->stop(base::Span::milliseconds(200));
}

base::Status Gateway::listen() {
  net::ServerOptions options;
  options.listen = {options_.public_side, options_.node_side};
  options.handler = [this](const net::Request& request) { return answer(request); };
  options.body_limit = [this](const net::Request& head) { return body_limit(head); };
  options.render_problem = [](int status, const Reason& reason) {
    auto response = net::plain_problem(status, reason);
    for (const auto& field : own_headers()) response.headers.add(field.name, field.value);
    return response;
  };
  options.io_threads = 1;  // visits and terminals count on it
  options.pool_threads = 4;
  options.path_rule = net::PathRule::kProxy;
  DURE_LET(server, net::Server::start(std::move(options)));
  server_ = std::move(server);
  return {};
}

// Large bodies only from those who may come in: the rest is refused before it is read.
std::size_t Gateway::body_limit(const net::Request& head) const {
  const auto want = want_of(head.path);
  if (head.listener != kPublic || !want) return kSmallBody;
  if (!entry_.admit(head, *want, clock_.now()).ok()) return kSmallBody;
  return want->purpose == "service" ? options_.max_upload : 1024 * 1024;
}

net::Response Gateway::problem(const net::Request& request, const base::Error& error) const {
  return problem_response(error, wire::pick_language(request.headers.get("Accept-Language")), request.path);
}

net::Response Gateway::answer(const net::Request& request) {
  return request.listener == kPublic ? answer_public(request) : answer_node(request);
}

net::Response Gateway::answer_public(const net::Request& request) {
  if (request.path == "/health" || request.path == "/healthz")
    return net::Response::text(200, "text/plain", "ok\n");
  if (request.path == "/open") return open(request);
  const auto want = want_of(request.path);
  if (!want) return problem(request, not_found());
  return enter(request, *want);
}

net::Response Gateway::open(const net::Request& request) {
  if (request.method != "POST") return problem(request, method_not_allowed("POST"));
  const std::string* origin = request.headers.find("Origin");
  const bool foreign = origin != nullptr && *origin != options_.console_origin && !same_origin(request);
  if (foreign) return problem(request, base::error(ErrorKind::kNotAllowed, Reason("gateway.foreign_origin")));
  const auto text = posted_ticket(request);
  if (!text.ok()) return problem(request, text.failure());
  const auto ticket = entry_.decode(*text, clock_.now());
  if (!ticket.ok()) return problem(request, ticket.failure());
  const Want want = want_of(*ticket);
  // What stands in the path is signed, and yet: it is put into a page and a header.
  if (ticket->purpose == "node" || !want_of(path_of(want)))
    return problem(request, base::error(ErrorKind::kNotAllowed, Reason("gateway.ticket_wrong")));
  return go_on(path_of(want), entry_.set_cookie(*ticket, clock_.now(), options_.secure || request.secure),
               request.headers.get("Sec-Fetch-Site") == "cross-site");
}

net::Response Gateway::enter(const net::Request& request, const Want& want) {
  const auto admission = entry_.admit(request, want, clock_.now());
  if (!admission.ok()) return problem(request, admission.failure());
  VisitOrder order;
  order.mark = guests_.admit(admission->ticket);
  if (ended(order.mark))
    return problem(request, base::error(ErrorKind::kNotAllowed, Reason("gateway.access_ended")));
  order.node = admission->ticket.node_id;
  order.language = wire::pick_language(request.headers.get("Accept-Language"));
  order.path = request.path;
  order.patience = options_.patience;
  order.stream.kind = want.purpose;
  order.stream.workload_id = admission->ticket.workload_id;
  order.stream.replica_id = admission->ticket.replica_id;
  return serve(request, want, *admission, std::move(order));
}

net::Response Gateway::serve(const net::Request& request, const Want& want, const Admission&,
                             VisitOrder order) {
  if (want.purpose == "exec") return exec(request, std::move(order));
  if (want.purpose == "logs") return logs(request, std::move(order));
  if (want.purpose == "terminal") return terminal(request, std::move(order));
  Place place{path_of(want), options_.strip_prefix.contains(want.service), options_.secure || request.secure};
  if (!request.target.starts_with(place.prefix)) {  // "/w/<id>/lab": relative links need the slash
    auto response = net::Response::empty(308);
    response.headers.set("Location", place.prefix);
    return response;
  }
  order.stream.service = want.service;
  order.stream.base_path = place.prefix;
  return take_over<ServiceVisit>(hall(), std::move(order), request, std::move(place));
}

net::Response Gateway::exec(const net::Request& request, VisitOrder order) {
  if (request.method != "POST") return problem(request, method_not_allowed("POST"));
  const auto asked = wire::read_json<ExecRequest>(request.body, {.required = {"command"}});
  if (!asked.ok()) return problem(request, asked.failure());
  order.stream.command = asked->command;
  order.stream.input = asked->input;
  order.stream.output_limit_bytes = asked->limit;
  order.patience = options_.exec_limit;
  return take_over<ExecVisit>(hall(), std::move(order));
}

net::Response Gateway::logs(const net::Request& request, VisitOrder order) {
  if (request.method != "GET") return problem(request, method_not_allowed("GET"));
  const std::string* follow = request.parameter("follow");
  order.stream.follow = follow != nullptr && (*follow == "1" || *follow == "true");
  order.stream.tail_lines = number_of(request, "tail", -1);
  return take_over<LogVisit>(hall(), std::move(order));
}

net::Response Gateway::terminal(const net::Request& request, VisitOrder order) {
  if (!wants_websocket(request)) return problem(request, method_not_allowed("WebSocket"));
  order.stream.columns = number_of(request, "columns", 80);
  order.stream.rows = number_of(request, "rows", 24);
  std::vector<std::string> protocols{std::string(kTerminalProtocol)};
  const std::string ticket = ticket_protocol(request);
  if (!ticket.empty()) protocols.push_back(ticket);
  return net::Response::accept(make_terminal(hall(), std::move(order), std::move(protocols)));
}

net::Response Gateway::answer_node(const net::Request& request) {
  if (request.path.starts_with(kStreams)) return stream(request);
  const auto node = entry_.admit_node(request, clock_.now());
  if (!node.ok()) return problem(request, node.failure());
  if (request.path == "/link/control") return control(*node);
  return problem(request, not_found());
}

net::Response Gateway::control(const model::NodeId& node) {
  net::WebSocket::Options options;
  options.callbacks_on_pool = false;
  options.on_open = [this, node](const net::WebSocket& socket) {
    links_.add(node, socket);
    options_.log(Severity::kInfo, "node " + node.text + " connected");
  };
  options.on_message = [this, node](const net::WebSocket& socket, std::string_view bytes, bool) {
    const auto message = wire::read_json<model::NodeMessage>(bytes);
    if (!message.ok()) return socket.close(1008, message.failure().reason.code);
    if (message->failed) links_.fail(node, *message->failed);
  };
  options.on_close = [this, node](const net::WebSocket& socket, int) {
    links_.remove(node, socket);
    options_.log(Severity::kInfo, "node " + node.text + " disconnected");
  };
  return net::Response::accept(net::WebSocket::make(std::move(options)));
}

net::Response Gateway::stream(const net::Request& request) {
  auto on_stream = links_.claim(request.path.substr(kStreams.size()));
  if (!on_stream)
    return problem(request, base::error(ErrorKind::kNotFound, Reason("gateway.stream_unknown")));
  return net::Response::take(101, {{"Connection", "Upgrade"}, {"Upgrade", "dure-stream"}},
                             std::move(on_stream));
}

}  // namespace dure::gateway
