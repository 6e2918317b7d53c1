#include "server/preconditions.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace dure::server {
namespace {

constexpr std::size_t kDigestLength = 32;
constexpr std::string_view kWeak = "W/";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The members of a header that is a list of tags. Our tags hold no comma.
std::vector<std::string_view> tags_of(std::string_view header) {
  std::vector<std::string_view> tags;
  std::size_t begin = 0;
  while (begin <= header.size()) {
    const std::size_t end = std::min(header.find(',', begin), header.size());
    tags.push_back(trim(header.substr(begin, end - begin)));
    begin = end + 1;
  }
  return tags;
}

bool is_quoted(std::string_view tag) {
  return tag.size() >= 2 && tag.front() == '"' && tag.back() == '"' &&
         tag.substr(1, tag.size() - 2).find('"') == std::string_view::npos;
}

// The version at the head of a tag of ours: "7" or "7-3f0a…".
std::optional<std::int64_t> version_of(std::string_view tag) {
  const auto inner = tag.substr(1, tag.size() - 2);
  const auto digits = inner.substr(0, inner.find('-'));
  std::int64_t version = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (problem != std::errc() || end != digits.data() + digits.size() || version < 1) return std::nullopt;
  return version;
}

}  // namespace

std::string etag_of(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

std::string etag_of(std::int64_t version, std::string_view digest) {
  return "\"" + std::to_string(version) + "-" + std::string(digest.substr(0, kDigestLength)) + "\"";
}

std::string etag_of(std::string_view digest) {
  return "\"x" + std::string(digest.substr(0, kDigestLength)) + "\"";
}

base::Result<std::optional<commands::Expectation>> read_if_match(const net::Request& request,
                                                                 std::string row) {
  using Expected = std::optional<commands::Expectation>;
  const std::string* header = request.headers.find("If-Match");
  if (!header) return Expected{};
  commands::Expectation expects;
  expects.row = std::move(row);
  if (trim(*header) == "*") {
    expects.any = true;
    return Expected(expects);
  }
  for (const auto tag : tags_of(*header)) {
    const bool weak = tag.starts_with(kWeak);
    if (!is_quoted(weak ? tag.substr(kWeak.size()) : tag))
      return base::invalid(base::Reason("http.if_match").with("value", *header));
    const auto version = weak ? std::nullopt : version_of(tag);
    if (version) expects.versions.push_back(*version);
  }
  return Expected(expects);
}

bool not_modified(const net::Request& request, std::string_view etag) {
  const std::string* header = request.headers.find("If-None-Match");
  if (!header) return false;
  const auto tags = tags_of(*header);
  return std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
    if (tag.starts_with(kWeak)) tag.remove_prefix(kWeak.size());
    return tag == "*" || tag == etag;
  });
}

}  // namespace dure::server
