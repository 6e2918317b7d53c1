#include "placement/topology.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/result.h"

namespace dure::placement {
namespace {

template <class Each>
std::vector<Each> beginning(const std::vector<Each>& path, std::size_t length) {
  return {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)};
}

// The two are in the same domain of that level, or in none.
bool together(const Path& a, const Path& b, std::size_t level) {
  return beginning(a, level + 1) == beginning(b, level + 1);
}

std::vector<Domain> domains_at(const std::vector<Path>& paths, std::size_t level) {
  std::vector<Domain> found;
  for (std::size_t first = 0; first < paths.size();) {
    std::size_t end = first;
    while (end < paths.size() && together(paths[first], paths[end], level)) ++end;
    if (paths[first][level] != kNowhere) found.push_back({first, end});
    first = end;
  }
  return found;
}

}  // namespace

std::vector<Path> paths_of(const std::vector<std::vector<std::string>>& names) {
  std::vector<Path> paths(names.size());
  const std::size_t levels = names.empty() ? 0 : names.front().size();
  for (std::size_t level = 0; level < levels; ++level) {
    std::map<std::vector<std::string>, std::int64_t> numbers;
    for (const auto& each : names)
      if (!each[level].empty()) numbers[beginning(each, level + 1)] = 0;
    std::int64_t next = 0;
    for (auto& [name, number] : numbers) number = next++;
    for (std::size_t i = 0; i < names.size(); ++i)
      paths[i].push_back(names[i][level].empty() ? kNowhere : numbers.at(beginning(names[i], level + 1)));
  }
  return paths;
}

std::vector<std::size_t> in_order(const std::vector<Path>& paths) {
  std::vector<std::size_t> order(paths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return paths[a] < paths[b]; });
  return order;
}

Topology::Topology(const std::vector<Path>& paths) {
  DURE_ASSERT(std::is_sorted(paths.begin(), paths.end()));
  const std::size_t levels = paths.empty() ? 0 : paths.front().size();
  for (std::size_t level = 0; level < levels; ++level) domains_.push_back(domains_at(paths, level));
}

}  // namespace dure::placement
