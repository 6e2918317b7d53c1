// The crash test's bookkeeper: what was gathered from four sides is held against each other. Pure: a doctored
// book is found out (books_test.cc).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crash/evidence.h"

namespace dure::crash {

struct Figures {
  std::int64_t replicas = 0;  // of dured
  std::int64_t ran = 0;       // of these, by dure-node's journal

  // Every container is accounted for.
  std::int64_t containers = 0;  // that the engine was seen to have, ever
  std::int64_t strangers = 0;   // replicas of the engine, the journal or the volumes that dured does not know
  std::int64_t left = 0;        // containers in the engine at the end
  std::int64_t own_starts = 0;  // that the workloads wrote themselves
  std::int64_t twice = 0;       // replicas with more than one, by themselves or by the engine
  std::int64_t silent = 0;      // that succeeded and wrote none
  std::int64_t not_ended = 0;   // in dured or in the journal
  std::int64_t lost = 0;        // ended by an unknown hand
  std::int64_t missing = 0;     // workloads that a user was told of and that are not there
  std::int64_t doubled = 0;     // workloads that are there twice
  std::int64_t unreleased = 0;  // shares
  std::int64_t over_card = 0;   // moments at which a card was given out beyond itself

  // The ledger is what dure-node recorded.
  std::int64_t entries = 0;
  std::int64_t ledger_off_ms = 0;  // the most that a share's entries differ from the journal's length
  std::int64_t ledger_wrong = 0;   // entries whose usage is not their share's size times their length
  std::int64_t not_stored = 0;     // starts and ends of the journal that dured has not, or has otherwise
  std::int64_t estimates = 0;      // marks in the ledger
  std::int64_t largest_estimate_ms = 0;  // the farthest that the truth may be away
  std::int64_t unbounded = 0;            // marks that do not say
  std::int64_t unmarked = 0;             // estimated starts and ends of the journal without a mark
  std::int64_t short_ms = 0;  // the most that a share is booked for less than the workload's own account

  // The engine's own stamps.
  std::int64_t engine_judged = 0;  // starts and ends with an independent stamp
  std::int64_t engine_expected = 0;
  std::int64_t engine_off_ms = 0;
  std::int64_t taken_up = 0;
  std::int64_t let_go = 0;  // starts that the runtime's folder told as well
  std::int64_t let_go_off_ms = 0;

  bool settled = false;
  bool audit_intact = false;
  std::int64_t audit_entries = 0;

  std::vector<std::string> findings;  // one line for each that does not agree with the engine
};

Figures judge(const Evidence& evidence);

// What does not hold, in words; empty where all does.
std::string faults(const Figures& figures);

// The figures in one line, without a line's end.
std::string line(const Figures& figures);

}  // namespace dure::crash
