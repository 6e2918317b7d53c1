#include "placement/topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace dure::placement {
namespace {

TEST(Topology, P39_DomainsAreStretchesOfTheBoardLevelByLevel) {
  const Topology topology({{kNowhere, kNowhere}, {0, 0}, {0, 0}, {0, 1}, {1, kNowhere}, {1, 2}});
  ASSERT_EQ(topology.levels(), 2U);
  EXPECT_EQ(topology.domains(0), (std::vector<Domain>{{1, 4}, {4, 6}}));
  EXPECT_EQ(topology.domains(1), (std::vector<Domain>{{1, 3}, {3, 4}, {5, 6}}));
}

TEST(Topology, P39_TheSameNumberBelowAnotherDomainIsAnotherDomain) {
  const Topology topology({{0, 0}, {1, 0}});
  EXPECT_EQ(topology.domains(1), (std::vector<Domain>{{0, 1}, {1, 2}}));
}

TEST(Topology, P39_AnIslandNeedsNoLeaf) {
  const Topology topology({{kNowhere, kNowhere}, {kNowhere, 0}, {kNowhere, 0}});
  EXPECT_TRUE(topology.domains(0).empty());
  EXPECT_EQ(topology.domains(1), (std::vector<Domain>{{1, 3}}));
}

TEST(Topology, P39_OfNothingHasNoLevel) {
  EXPECT_EQ(Topology().levels(), 0U);
  EXPECT_EQ(Topology(std::vector<Path>{}).levels(), 0U);
  EXPECT_EQ(Topology(std::vector<Path>(2)).levels(), 0U);
}

TEST(Topology, P39_NamesBecomeNumbersInTheirOrder) {
  const auto paths = paths_of({{"leaf-b", "i"}, {"", ""}, {"leaf-a", "i"}, {"leaf-b", ""}, {"", "i"}});
  EXPECT_EQ(paths, (std::vector<Path>{{1, 2}, {kNowhere, kNowhere}, {0, 1}, {1, kNowhere}, {kNowhere, 0}}));
  EXPECT_EQ(in_order(paths), (std::vector<std::size_t>{1, 4, 2, 3, 0}));
  EXPECT_TRUE(paths_of({}).empty());
}

using NameList = std::vector<std::string>;

// The members of each domain of that level, by the names before numbers and order.
std::set<std::set<std::size_t>> by_names(const std::vector<NameList>& names, std::size_t level) {
  std::set<std::set<std::size_t>> domains;
  for (const NameList& name : names) {
    if (name[level].empty()) continue;
    std::set<std::size_t> members;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (std::equal(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(level) + 1, names[i].begin()))
        members.insert(i);
    domains.insert(members);
  }
  return domains;
}

TEST(Topology, P39_HasEveryDomainOfTheNamesWholeAndOnce) {
  std::mt19937_64 random(39);
  const auto from = [&](std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random);
  };
  for (int i = 0; i < 3'000; ++i) {
    const auto levels = static_cast<std::size_t>(from(1, 3));
    std::vector<NameList> names(static_cast<std::size_t>(from(1, 8)), NameList(levels));
    for (NameList& each : names)
      for (std::string& name : each) name = from(0, 3) == 0 ? "" : std::string(1, "abc"[from(0, 2)]);
    const auto paths = paths_of(names);
    const auto order = in_order(paths);
    std::vector<Path> ordered;
    ordered.reserve(order.size());
    for (const std::size_t each : order) ordered.push_back(paths[each]);
    const Topology topology(ordered);
    ASSERT_EQ(topology.levels(), levels);
    for (std::size_t level = 0; level < levels; ++level) {
      std::set<std::set<std::size_t>> domains;
      for (const Domain& domain : topology.domains(level))
        domains.insert({order.begin() + static_cast<std::ptrdiff_t>(domain.first),
                        order.begin() + static_cast<std::ptrdiff_t>(domain.end)});
      ASSERT_EQ(domains, by_names(names, level)) << "case " << i;
      ASSERT_EQ(domains.size(), topology.domains(level).size()) << "case " << i;
    }
  }
}

}  // namespace
}  // namespace dure::placement
