#include "net/url.h"

#include <cstdint>

namespace dure::net {
namespace {

constexpr std::size_t kMaxPairs = 1000;

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode(std::string_view text, bool keep_slash) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 8);
  for (const char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

base::Error bad_target(const char* what) {
  return base::invalid(base::Reason("http.bad_target").with("what", std::string(what)));
}

bool has_control(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

bool has_dot_segment(std::string_view path) {
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    if (segment == "." || segment == "..") return true;
    if (end == std::string_view::npos) return false;
    path.remove_prefix(end + 1);
  }
}

bool has_encoded_slash(std::string_view path) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const std::string_view code = path.substr(at, 3);
    if (code == "%2F" || code == "%2f") return true;
  }
  return false;
}

base::Result<Field> parse_pair(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  auto name = decode(piece.substr(0, equals), true);
  auto value = equals == std::string_view::npos ? std::string() : decode(piece.substr(equals + 1), true);
  if (!name || !value) return bad_target("query_escape");
  if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos)
    return bad_target("query_nul");
  if (!valid_utf8(*name) || !valid_utf8(*value)) return bad_target("query_utf8");
  return Field{std::move(*name), std::move(*value)};
}

// "http://host:1/a?b" -> "/a?b"; other targets stay.
std::string_view strip_authority(std::string_view target) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = target.find_first_of("/?");
    return end == std::string_view::npos ? std::string_view("/") : target.substr(end);
  }
  return target;
}

base::Result<std::string> decode_path(std::string_view raw, PathRule rule) {
  auto path = percent_decode(raw);
  if (!path) return bad_target("path_escape");
  if (has_control(*path)) return bad_target("path_control");
  if (has_dot_segment(*path)) return bad_target("path_dots");
  if (rule == PathRule::kStrict && has_encoded_slash(raw)) return bad_target("path_slash");
  if (rule == PathRule::kStrict && !valid_utf8(*path)) return bad_target("path_utf8");
  return std::move(*path);
}

// The length of the UTF-8 sequence that begins at `at`, 0 when it is not a valid one (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  return encode(text, false);
}

std::string encode_path(std::string_view path) {
  return encode(path, true);
}

std::optional<std::string> percent_decode(std::string_view text) {
  return decode(text, false);
}

base::Result<std::vector<Field>> parse_query(std::string_view query) {
  std::vector<Field> pairs;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view piece = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (piece.empty()) continue;
    if (pairs.size() == kMaxPairs) return bad_target("query_long");
    DURE_LET(pair, parse_pair(piece));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::string build_query(const std::vector<Field>& pairs) {
  std::string out;
  for (const Field& pair : pairs) {
    if (!out.empty()) out += '&';
    out += percent_encode(pair.name);
    out += '=';
    out += percent_encode(pair.value);
  }
  return out;
}

base::Result<Target> parse_target(std::string_view target, PathRule rule) {
  if (target == "*") return Target{"*", {}};
  std::string_view rest = strip_authority(target);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t mark = rest.find('?');
  const std::string_view raw_path = mark == 0 ? std::string_view("/") : rest.substr(0, mark);
  if (raw_path.empty() || raw_path.front() != '/') return bad_target("path_form");
  Target out;
  DURE_LET(path, decode_path(raw_path, rule));
  out.path = std::move(path);
  if (mark == std::string_view::npos) return out;
  auto query = parse_query(rest.substr(mark + 1));
  if (query.ok())
    out.query = std::move(*query);
  else if (rule == PathRule::kStrict)
    return query.failure();
  return out;
}

bool safe_path(std::string_view path) {
  return !path.empty() && path.front() == '/' && !has_control(path) && !has_dot_segment(path);
}

bool valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace dure::net
