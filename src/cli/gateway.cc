#include "cli/gateway.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <thread>

#include "net/client.h"
#include "net/websocket_client.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// Where a ticket leads: the gateway's endpoint, the path there, and the ticket itself.
struct Entry {
  net::Endpoint endpoint;
  std::string target;
  std::string ticket;
};

base::Result<Entry> ask_entry(Api& api, const std::string& workload, const std::string& purpose) {
  DURE_LET(granted, api.post("/api/v1/workloads/" + workload + "/access",
                             json::serialize(json::object{{"purpose", purpose}})));
  const std::string url = text_at(granted, "url");
  const auto path = url.find('/', url.find("://") + 3);
  DURE_LET(endpoint, net::parse_endpoint(url.substr(0, path)));
  return Entry{endpoint, url.substr(path), text_at(granted, "ticket")};
}

base::Error gateway_said(int status, const std::string& body) {
  const auto problem = wire::parse(body);
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("cli.gateway_said")
                         .with("status", status)
                         .with("detail", problem ? text_at(*problem, "detail") : ""));
}

std::string size_message() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    size.ws_col = 80;
    size.ws_row = 24;
  }
  return "{\"resize\":[" + std::to_string(size.ws_col) + "," + std::to_string(size.ws_row) + "]}";
}

// Our terminal hands on every key as it is, until the guard goes.
class RawTerminal {
 public:
  RawTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    active_ = true;
    termios raw = before_;
    ::cfmakeraw(&raw);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawTerminal() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

 private:
  termios before_{};
  bool active_ = false;
};

void send_keys(net::WebSocketClient& socket, const std::atomic<bool>& over) {
  char buffer[4096];
  while (!over) {
    pollfd in{STDIN_FILENO, POLLIN, 0};
    if (::poll(&in, 1, 200) <= 0) continue;
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) break;
    if (!socket.send_binary({buffer, static_cast<std::size_t>(count)})) break;
  }
}

}  // namespace

base::Result<ExecOutcome> exec_in(Api& api, const std::string& workload,
                                  const std::vector<std::string>& command) {
  DURE_LET(entry, ask_entry(api, workload, "exec"));
  json::array words;
  for (const auto& word : command) words.push_back(json::string(word));
  net::Client client(entry.endpoint);
  net::ClientRequest request;
  request.method = "POST";
  request.target = entry.target;
  request.headers = {{"Authorization", "Bearer " + entry.ticket}, {"Content-Type", "application/json"}};
  request.body = json::serialize(json::object{{"command", words}});
  request.timeout = base::Span::minutes(10);
  DURE_LET(response, client.send(request));
  if (response.status >= 400) return gateway_said(response.status, response.body);
  DURE_LET(answer, wire::parse(response.body, wire::Limits{.max_bytes = 64 << 20}));
  return ExecOutcome{number_at(answer, "exit_code"), text_at(answer, "output")};
}

base::Status read_logs(Api& api, const std::string& workload, bool follow, std::int64_t tail,
                       const std::function<bool(std::string_view)>& on_chunk) {
  DURE_LET(entry, ask_entry(api, workload, "logs"));
  net::Client client(entry.endpoint);
  net::ClientRequest request;
  request.target = entry.target + "?tail=" + std::to_string(tail) + (follow ? "&follow=1" : "");
  request.headers = {{"Authorization", "Bearer " + entry.ticket}};
  int status = 0;
  DURE_TRY(client.stream(
      request, [&](int code, const net::Headers&) { return (status = code) < 400; }, on_chunk));
  return status < 400 ? base::Status{} : base::Status{gateway_said(status, "")};
}

base::Status open_terminal(Api& api, const std::string& workload) {
  DURE_LET(entry, ask_entry(api, workload, "terminal"));
  net::WebSocketClientOptions options;
  options.headers = {{"Authorization", "Bearer " + entry.ticket}};
  DURE_LET(socket, net::WebSocketClient::connect(entry.endpoint, entry.target, options));
  DURE_TRY(socket->send_text(size_message()));
  const RawTerminal raw;
  std::atomic<bool> over{false};
  std::thread keys([&] { send_keys(*socket, over); });
  base::Status ended;
  for (;;) {
    const auto message = socket->receive(base::Span::hours(24));
    if (!message) {
      if (message.failure().reason.code != "http.closed") ended = message.failure();
      break;
    }
    if (!message->text && ::write(STDOUT_FILENO, message->bytes.data(), message->bytes.size()) < 0) break;
  }
  over = true;
  keys.join();
  return ended;
}

}  // namespace dure::cli
