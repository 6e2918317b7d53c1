#include "adapters/webhook/poster.h"

#include <algorithm>
#include <utility>

namespace dure::webhook {
namespace {

constexpr base::Span kWhole = base::Span::seconds(10);  // within ports::kSendLimit
constexpr std::size_t kMostAnswer = 64 << 10;

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "[::1]";
}

// "https://host:port/path?query" as the part before the path, and the rest.
std::pair<std::string, std::string> split(const std::string& url) {
  const auto scheme = url.find("://");
  const auto start = scheme == std::string::npos ? 0 : scheme + 3;
  const auto path = url.find_first_of("/?", start);
  if (path == std::string::npos) return {url, "/"};
  const auto target = url.substr(path);
  return {url.substr(0, path), target.front() == '/' ? target : "/" + target};
}

bool is_target(const std::string& target) {
  return std::all_of(target.begin(), target.end(), [](char each) { return each > ' ' && each <= '~'; }) &&
         target.find('#') == std::string::npos;
}

}  // namespace

base::Result<Poster> Poster::open(const std::string& url, const std::string& ca_file,
                                  const std::string& channel) {
  const auto [origin, target] = split(url);
  auto endpoint = net::parse_endpoint(origin);
  const bool fits = endpoint.ok() && endpoint->unix_path.empty() && is_target(target) &&
                    (endpoint->tls || is_this_machine(endpoint->host));
  if (!fits) return base::invalid(base::Reason("notice.settings_url").with("url", origin));
  endpoint->ca_file = ca_file;
  return Poster(std::move(*endpoint), target, channel);
}

base::Status Poster::post(const std::string& body, const net::Headers& headers) const {
  net::ClientRequest request;
  request.method = "POST";
  request.target = target_;
  request.headers = headers;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Connection", "close");
  request.body = body;
  request.timeout = kWhole;
  request.max_body = kMostAnswer;
  net::Client client(endpoint_);
  const auto answer = client.send(request);
  if (!answer)
    return base::error(
        base::ErrorKind::kUnavailable,
        base::Reason("notice.peer_away").with("channel", channel_).with("why", answer.failure().reason.code));
  const int status = answer->status;
  if (status >= 200 && status < 300) return {};
  if (status >= 300 && status < 400)
    return base::invalid(base::Reason("notice.redirected").with("channel", channel_));
  const bool passes = status >= 500 || status == 408 || status == 425 || status == 429;
  base::Reason reason(passes ? "notice.peer_busy" : "notice.peer_refused");
  reason.with("channel", channel_).with("status", std::int64_t{status});
  return passes ? base::error(base::ErrorKind::kUnavailable, reason) : base::invalid(reason);
}

}  // namespace dure::webhook
