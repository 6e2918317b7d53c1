// A centre whose programme reviews use, and somebody whose use is reviewed: for tests of reviews, misuse and
// sanctions over HTTP.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "centre/centre.h"
#include "centre/workspace.h"

namespace dure::tests {

inline constexpr std::int64_t kDayMs = 86'400'000;

// The regional centre's pack: monthly reviews, criteria published first, 14 days of set-up grace, bands,
// signs of fake load after an hour, a ground for reports and one for a paper that were not handed in; a
// person is asked about fake load unless `at_once`.
std::string use_pack(bool at_once = false);

struct UseStage {
  // The clock stands at 2026-09-01 09:00 in Seoul; hong01 has 400 blocks for six months.
  // `award_keys`: lines of its section `award` beside those of use_pack().
  explicit UseStage(bool at_once = false, const std::string& award_keys = "");

  Reply post(const std::string& target, const boost::json::object& body = {});
  Reply get(const std::string& target) { return centre.get(target, centre.operators); }
  // As hong01, logged in anew.
  Reply user_post(const std::string& target, const boost::json::object& body = {});
  Reply user_get(const std::string& target);
  // To that many days after the first one, at the same hour; the loops turn.
  void go_to_day(std::int64_t day);

  // A workload of hong01's that runs from now on.
  Started start(const std::string& name, std::int64_t blocks, const std::string& command = "");
  // What its node says of it now.
  void see(const Started& started, const std::string& kind);
  void read(const Started& started, std::int64_t device_ms, std::int64_t memory_bytes);

  Centre centre;
  Who user;
  std::int64_t day = 0;
  std::int64_t sequence = 0;
};

}  // namespace dure::tests
