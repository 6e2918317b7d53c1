#include "gateway/forward.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace dure::gateway {
namespace {

using net::equal_ignoring_case;

constexpr std::array<std::string_view, 9> kHopByHop{"Connection",
                                                    "Keep-Alive",
                                                    "Proxy-Authenticate",
                                                    "Proxy-Authorization",
                                                    "Proxy-Connection",
                                                    "TE",
                                                    "Trailer",
                                                    "Upgrade",
                                                    "Expect"};

// Fields of an answer that would reach beyond the service's own path.
constexpr std::array<std::string_view, 8> kTooFar{"Service-Worker-Allowed",
                                                  "Clear-Site-Data",
                                                  "Strict-Transport-Security",
                                                  "Alt-Svc",
                                                  "Public-Key-Pins",
                                                  "NEL",
                                                  "Report-To",
                                                  "Reporting-Endpoints"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::any_of(names, [&](std::string_view each) { return equal_ignoring_case(each, name); });
}

bool starts_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equal_ignoring_case(text.substr(0, start.size()), start);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The parts of a list, trimmed.
std::vector<std::string_view> split(std::string_view list, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = list.find(separator);
    parts.push_back(trim(list.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    list.remove_prefix(end + 1);
  }
}

// The list without the parts that begin so.
std::string without(std::string_view list, char separator, std::string_view start) {
  std::string kept;
  for (const auto part : split(list, separator)) {
    if (part.empty() || part.starts_with(start)) continue;
    if (!kept.empty()) kept += std::string(1, separator) + " ";
    kept += part;
  }
  return kept;
}

// A field that the Connection field names ends here as well.
bool ends_here(const net::Headers& headers, std::string_view name) {
  return is_one_of(name, kHopByHop) || headers.has_token("Connection", name);
}

bool is_forwarded(std::string_view name) {
  return equal_ignoring_case(name, "Forwarded") || starts_ignoring_case(name, "X-Forwarded-") ||
         equal_ignoring_case(name, "X-Real-IP");
}

void add(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

void add_request_field(std::string& text, const net::Field& field) {
  if (equal_ignoring_case(field.name, "Cookie")) {
    const std::string kept = without(field.value, ';', kCookiePrefix);
    if (!kept.empty()) add(text, "Cookie", kept);
  } else if (equal_ignoring_case(field.name, "Sec-WebSocket-Protocol")) {
    const std::string kept = without(field.value, ',', kTicketProtocol);
    if (!kept.empty()) add(text, field.name, kept);
  } else {
    add(text, field.name, field.value);
  }
}

std::string target_of(const net::Request& request, const Place& place) {
  if (!place.strip_prefix || !request.target.starts_with(place.prefix)) return request.target;
  return "/" + request.target.substr(place.prefix.size());
}

std::string address_of(const std::string& peer) {
  const auto colon = peer.rfind(':');
  return colon == std::string::npos ? peer : peer.substr(0, colon);
}

base::Error malformed(std::string_view why) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("gateway.answer_malformed").with("why", std::string(why)));
}

bool is_token(std::string_view name) {
  constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOther.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) {
  return std::ranges::all_of(
      value, [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

// A place of the service's own tree, as browsers see it.
std::string relocate(std::string_view location, const Place& place) {
  const bool rooted = location.starts_with("/") && !location.starts_with("//");
  if (!place.strip_prefix || !rooted || location.starts_with(place.prefix)) return std::string(location);
  return place.prefix + std::string(location.substr(1));
}

void add_response_field(std::string& text, const net::Field& field, const Place& place) {
  if (equal_ignoring_case(field.name, "Set-Cookie")) {
    if (const auto cookie = confine_cookie(field.value, place)) add(text, "Set-Cookie", *cookie);
  } else if (equal_ignoring_case(field.name, "Location")) {
    add(text, "Location", relocate(field.value, place));
  } else {
    add(text, field.name, field.value);
  }
}

void add_unless_there(std::string& text, const net::Headers& headers, std::string_view name,
                      std::string_view value) {
  if (headers.find(name) == nullptr) add(text, name, value);
}

}  // namespace

bool wants_websocket(const net::Request& request) {
  return request.method == "GET" && request.headers.has_token("Connection", "upgrade") &&
         request.headers.has_token("Upgrade", "websocket");
}

std::string upstream_request(const net::Request& request, const Place& place) {
  std::string text = request.method + " " + target_of(request, place) + " HTTP/1.1\r\n";
  for (const net::Field& field : request.headers) {
    const bool framing = equal_ignoring_case(field.name, "Content-Length") ||
                         equal_ignoring_case(field.name, "Transfer-Encoding");
    const bool ours =
        equal_ignoring_case(field.name, "Authorization") && starts_ignoring_case(field.value, "bearer ");
    if (framing || ours || ends_here(request.headers, field.name) || is_forwarded(field.name)) continue;
    add_request_field(text, field);
  }
  add(text, "X-Forwarded-For", address_of(request.peer));
  add(text, "X-Forwarded-Proto", place.secure ? "https" : "http");
  add(text, "X-Forwarded-Host", request.headers.get("Host"));
  if (place.strip_prefix) add(text, "X-Forwarded-Prefix", place.prefix);
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD"))
    add(text, "Content-Length", std::to_string(request.body.size()));
  if (wants_websocket(request)) {
    add(text, "Connection", "Upgrade");
    add(text, "Upgrade", "websocket");
  } else {
    add(text, "Connection", "close");
  }
  return text + "\r\n" + request.body;
}

base::Result<ResponseHead> parse_response_head(std::string_view text) {
  ResponseHead head;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return malformed("line");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (first) {
      const bool formed =
          line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ' &&
          std::from_chars(line.data() + 9, line.data() + 12, head.status).ptr == line.data() + 12;
      if (!formed || head.status < 100 || head.status > 599 || !is_value(line))
        return malformed("status line");
      head.reason = line.size() > 13 ? line.substr(13) : "";
      first = false;
      continue;
    }
    if (line.empty()) return text.empty() ? base::Result(head) : malformed("end");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return malformed("field name");
    const auto value = trim(line.substr(colon + 1));
    if (!is_value(value)) return malformed("field value");
    head.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  return malformed("no end");
}

base::Result<BodyLength> body_length(const ResponseHead& head, std::string_view method) {
  if (method == "HEAD" || head.status == 204 || head.status == 304 || head.status < 200)
    return BodyLength{BodyLength::kNone, 0};
  const std::string* coding = head.headers.find("Transfer-Encoding");
  std::optional<std::string_view> length;
  for (const net::Field& field : head.headers) {
    if (!equal_ignoring_case(field.name, "Content-Length")) continue;
    if (length && *length != field.value) return malformed("two lengths");
    length = field.value;
  }
  if (coding != nullptr && !equal_ignoring_case(*coding, "chunked")) return malformed("transfer coding");
  if (coding != nullptr && length) return malformed("length and chunks");
  if (!length) return BodyLength{BodyLength::kUntilClose, 0};
  BodyLength body{BodyLength::kCounted, 0};
  const auto [end, failure] = std::from_chars(length->data(), length->data() + length->size(), body.bytes);
  if (failure != std::errc() || end != length->data() + length->size()) return malformed("length");
  return body;
}

std::string downstream_head(const ResponseHead& head, const Place& place) {
  const bool upgrade = head.status == 101;
  std::string text = "HTTP/1.1 " + std::to_string(head.status) + " " + head.reason + "\r\n";
  for (const net::Field& field : head.headers) {
    const bool dropped = ends_here(head.headers, field.name) || is_one_of(field.name, kTooFar) ||
                         starts_ignoring_case(field.name, "Access-Control-");
    if (!dropped) add_response_field(text, field, place);
  }
  if (upgrade) {
    add(text, "Connection", "Upgrade");
    add(text, "Upgrade", "websocket");
    return text + "\r\n";
  }
  add(text, "Connection", "close");
  add_unless_there(text, head.headers, "X-Content-Type-Options", "nosniff");
  add_unless_there(text, head.headers, "Referrer-Policy", "same-origin");
  add_unless_there(text, head.headers, "X-Frame-Options", "SAMEORIGIN");
  add_unless_there(text, head.headers, "Cross-Origin-Opener-Policy", "same-origin");
  add_unless_there(text, head.headers, "Cross-Origin-Resource-Policy", "same-origin");
  return text + "\r\n";
}

std::optional<std::string> confine_cookie(std::string_view value, const Place& place) {
  const auto parts = split(value, ';');
  if (parts.empty() || parts[0].find('=') == std::string_view::npos || parts[0].starts_with(kCookiePrefix))
    return std::nullopt;
  std::string confined(parts[0]);
  std::string path = place.prefix;
  for (std::size_t n = 1; n < parts.size(); ++n) {
    if (starts_ignoring_case(parts[n], "domain")) continue;
    if (!starts_ignoring_case(parts[n], "path")) {
      confined.append("; ").append(parts[n]);
      continue;
    }
    const auto asked =
        parts[n].find('=') == std::string_view::npos ? "" : trim(parts[n].substr(parts[n].find('=') + 1));
    const std::string seen = relocate(asked, place);
    if (seen.starts_with(place.prefix) && seen.find("..") == std::string::npos) path = seen;
  }
  return confined + "; Path=" + path;
}

}  // namespace dure::gateway
