// What was decided before, as it was handed in: rounds of applications, bills, screenings, days on which
// something happened. Each is an input of the offline verbs: `dure select`, `dure rate`, `dure eligible`,
// `dure deadlines`.
//
// Plain values. Ids are unique among those of one kind.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/application.h"
#include "model/charge.h"
#include "model/selection.h"
#include "programme/facts.h"

namespace dure::compare {

struct Round {
  std::string id;
  model::SelectionRequest request;
};

struct Bill {
  std::string id;
  std::string payer;  // bills of one payer are added up; "" = the bill's own id
  model::UsageStatement statement;
};

// One whose id is that of an application in a round decides, too, whether that application is considered
// there: see compare.h.
struct Screened {
  std::string id;
  std::string pool;   // of the pack; "" = the first that offers the amount
  std::string track;  // of the call; "" = none
  model::Form1 form;
  programme::Facts facts;
};

struct Happened {
  std::string id;
  std::string event;  // of programme/deadlines.h: "call_closed"
  base::Date on;
};

struct History {
  std::vector<Round> rounds;
  std::vector<Bill> bills;
  std::vector<Screened> screenings;
  std::vector<Happened> events;

  bool empty() const { return rounds.empty() && bills.empty() && screenings.empty() && events.empty(); }
};

}  // namespace dure::compare
