// Topology: which machines are near each other.
//
// A domain is a set of machines between which data moves faster than to the rest: those below one InfiniBand
// leaf switch, those of one NVLink island (of several nodes in an NVL72, NVIDIA's rack of 72 GPUs), or one
// machine by itself. Domains nest. Where a machine stands is a path of numbers from wide to narrow, one for
// each level; the same number below different domains is not the same domain. A machine that is in no domain
// of a level (kNowhere) may be in one of a narrower level.
//
// A domain is a stretch of the board: who sets the board up brings the machines into the order of their paths
// (in_order) first. Plain values; the topology of no level knows the board as a whole and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dure::placement {

inline constexpr std::int64_t kNowhere = -1;
using Path = std::vector<std::int64_t>;

// The slots of one domain: the first, and one beyond the last.
struct Domain {
  std::size_t first = 0;
  std::size_t end = 0;
  bool operator==(const Domain&) const = default;
};

// Numbers in place of names ("": in no domain of that level). The numbers of a level are in the order of the
// names from the widest on. REQUIRES: all of one length.
std::vector<Path> paths_of(const std::vector<std::vector<std::string>>& names);

// The order in which machines with these paths come on the board: by path, equals as they are.
std::vector<std::size_t> in_order(const std::vector<Path>& paths);

class Topology {
 public:
  Topology() = default;
  // The path of each slot of the board. REQUIRES: all of one length, in the order that in_order() gives; the
  // slots of a machine have one path.
  explicit Topology(const std::vector<Path>& paths);

  std::size_t levels() const { return domains_.size(); }
  // Of that level, 0 being the widest, in the order of the board.
  const std::vector<Domain>& domains(std::size_t level) const { return domains_[level]; }

 private:
  std::vector<std::vector<Domain>> domains_;
};

}  // namespace dure::placement
