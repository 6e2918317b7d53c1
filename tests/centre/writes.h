// Every write of a row, as somebody who may: what If-Match is tried on (precondition_test.cc).
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "centre/cast.h"

namespace dure::tests {

struct Write {
  std::string method;
  std::string pattern;
  std::string id;
  const Who* who;
  boost::json::object body;
};

// Of reports, outcomes, shares of data, surveys, the end, determinations and desks. Puts a pack in force that
// asks for outcomes as S1 does.
std::vector<Write> outcome_writes(Cast& cast);

// Of reviews of use, suspicions, sanctions, restrictions and messages. Puts a pack in force that reviews use.
std::vector<Write> use_writes(Cast& cast);

// A warning about idle use of the member's allocation, as the keeper makes it after three weeks. Its id.
std::string plant_idle_warning(Cast& cast);

}  // namespace dure::tests
