// A played machine: it enrols with the centre and reports as dure-node does, of cards that are not there.
// What it says of workloads is what the script tells it; its boot's clock runs with the stage's.
//
// Everything goes through the routes of dure-node. Nothing here knows how the centre accounts for it.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "scenario/stage.h"

namespace dure::scenario {

// One replica, as the API shows it: what an observation and a reading need of it.
struct PlayedReplica {
  std::string id;
  std::string card;            // of its first share
  std::int64_t milli_gpu = 0;  // of that share
};

class Machine {
 public:
  // `spec`: name, pool, model, cards, memory_gib, and, where it is wanted, image (a reference) and cpu_cores.
  // The answers of the API as they are where it refuses: kConflict "scenario.refused_by" {status, detail}.
  static base::Result<Machine> enrol(Stage& stage, const boost::json::object& spec);

  base::Status report(boost::json::object more = {});
  base::Status start(const PlayedReplica& replica);
  base::Status end(const PlayedReplica& replica);
  // Since its start the replica used so much of the device time that its blocks were, in hundredths.
  base::Status use(const PlayedReplica& replica, std::int64_t percent);
  const std::string& node() const { return node_; }

 private:
  Machine(Stage& stage, boost::json::object spec);
  base::Status post(const std::string& target, const std::string& token, const boost::json::object& body,
                    boost::json::value* answer);
  base::Status observe(const PlayedReplica& replica, const std::string& kind);
  std::int64_t boottime_us() const;

  Stage* stage_;
  boost::json::object spec_;
  base::Instant booted_at_;
  std::string boot_;
  std::string token_;
  std::string node_;
  std::int64_t sequence_ = 0;
  boost::json::array erased_;  // volumes that it was ordered to destroy, and says that it has
  std::map<std::string, base::Instant> started_at_;  // by replica
};

}  // namespace dure::scenario
