#include "server/router.h"

#include <algorithm>

namespace dure::server {
namespace {

// Views into `path`.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segments.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool is_parameter(const std::string& segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (is_parameter(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  return true;
}

// REQUIRES: fits(pattern, path).
PathParameters read_parameters(const std::vector<std::string>& pattern,
                               const std::vector<std::string_view>& path) {
  PathParameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (is_parameter(pattern[i]))
      parameters.emplace(pattern[i].substr(1, pattern[i].size() - 2), std::string(path[i]));
  return parameters;
}

}  // namespace

void Router::add(std::string method, std::string pattern, RouteHandler handler,
                 std::vector<std::string> parameters) {
  DURE_ASSERT(!pattern.empty() && pattern.front() == '/');
  for (const auto& route : routes_) DURE_ASSERT(route.method != method || route.pattern != pattern);
  const auto cut = split(pattern);
  std::vector<std::string> segments(cut.begin(), cut.end());
  routes_.push_back({std::move(method), std::move(pattern), std::move(segments), std::move(handler),
                     std::move(parameters)});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  const auto segments = split(path);
  Match found;
  for (const auto& route : routes_) {
    if (!fits(route.segments, segments)) continue;
    if (route.method == method) {
      found.handler = &route.handler;
      found.parameters = read_parameters(route.segments, segments);
      found.pattern = route.pattern;
      return found;
    }
    found.allowed.push_back(route.method);
  }
  return found;
}

std::vector<Router::Row> Router::table() const {
  std::vector<Row> rows;
  rows.reserve(routes_.size());
  for (const auto& route : routes_) rows.push_back({route.method, route.pattern, route.parameters});
  return rows;
}

}  // namespace dure::server
