#include <charconv>

#include "net/client.h"

namespace dure::net {
namespace {

base::Error url_invalid(std::string_view url) {
  return base::invalid(base::Reason("http.url_invalid").with("url", std::string(url)));
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc() && end == text.data() + text.size() && port != 0;
}

// "host", "host:port", "[::1]:port", with or without a "/" behind.
bool parse_authority(std::string_view text, Endpoint& endpoint) {
  if (!text.empty() && text.back() == '/') text.remove_suffix(1);
  const bool bracket = !text.empty() && text.front() == '[';
  const std::size_t close = bracket ? text.find(']') : 0;
  if (close == std::string_view::npos) return false;
  const std::size_t colon = text.find(':', close);
  endpoint.host = bracket ? text.substr(1, close - 1) : text.substr(0, colon);
  if (bracket && colon != close + 1 && close + 1 != text.size()) return false;
  if (endpoint.host.empty() || endpoint.host.find_first_of("/?#@ ") != std::string::npos) return false;
  return colon == std::string_view::npos || parse_port(text.substr(colon + 1), endpoint.port);
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return "unix:" + endpoint.unix_path;
  const bool six = endpoint.host.find(':') != std::string::npos;
  return (endpoint.tls ? "https://" : "http://") + (six ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(endpoint.port);
}

std::string host_text(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return "localhost";
  const std::string text = to_text(endpoint);
  return text.substr(text.find("//") + 2);
}

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  if (url.substr(0, 5) == "unix:") {
    std::string_view path = url.substr(5);
    if (path.substr(0, 2) == "//") path.remove_prefix(2);
    if (path.empty() || path.front() != '/') return url_invalid(url);
    endpoint.unix_path = path;
    return endpoint;
  }
  endpoint.tls = url.substr(0, 8) == "https://";
  if (!endpoint.tls && url.substr(0, 7) != "http://") return url_invalid(url);
  endpoint.port = endpoint.tls ? 443 : 80;
  if (!parse_authority(url.substr(endpoint.tls ? 8 : 7), endpoint)) return url_invalid(url);
  return endpoint;
}

}  // namespace dure::net
