// Silence: which nodes have not been heard for too long, as the keeper itself has watched them.
//
// It does not subtract a node's stamp from the clock: after a suspend or a step of the clock that says
// nothing about the node. It adds up the time between its own looks instead. Where that gap is negative or
// longer than looks ever lie apart, the clock was stepped or this machine slept, and every node has its whole
// time again; where such gaps come within kSettled of each other, the rounds are merely slow, and each counts
// as kLongestGap at most.
//
// A mutable value that one loop owns. A new one has heard everybody just now.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

namespace dure::fleet {

// A node that is not lost yet, and the stamp of its last report.
struct NodeSight {
  model::NodeId id;
  base::Instant last_report_at;
  bool operator==(const NodeSight&) const = default;
};

class Silence {
 public:
  static constexpr base::Span kLongestGap = base::Span::seconds(10);
  static constexpr base::Span kSettled = base::Span::seconds(60);

  // One look at all nodes that are not lost. Those that have been silent for at least `limit`, by id.
  std::vector<NodeSight> look(const std::vector<NodeSight>& nodes, base::Instant now, base::Span limit);

 private:
  struct Watched {
    base::Instant last_report_at;
    base::Span silent;
  };

  // How much longer a node that said nothing has now been silent; nothing: all start again.
  std::optional<base::Span> passed(base::Instant now);

  std::optional<base::Instant> last_look_;
  base::Span ordinary_ = kSettled;  // the looks' gaps since the last one that was none, up to kSettled
  std::map<model::NodeId, Watched> watched_;
};

}  // namespace dure::fleet
