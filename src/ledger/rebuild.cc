#include "ledger/book.h"

namespace dure::ledger {
namespace {

std::int64_t number(const base::Reason& reason, const std::string& name) {
  const base::ReasonValue* value = reason.find(name);
  const auto* whole = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return whole == nullptr ? 0 : *whole;
}

// What the marks and corrections among a replica's entries say, in whatever order they are read.
struct Marks {
  const model::LedgerEntry* start_estimated = nullptr;
  const model::LedgerEntry* start_corrected = nullptr;
  bool end_estimated = false;
  bool end_final = false;
  bool closed = false;
};

void read(Marks& marks, Booked& booked, const model::LedgerEntry& entry) {
  if (!entry.reason) return;
  const std::string& code = entry.reason->code;
  if (code == "ledger.start_estimated") {
    marks.start_estimated = &entry;
    booked.start_marks[entry.share_id] = entry.id;
  } else if (code == "ledger.start_corrected") {
    marks.start_corrected = &entry;
  } else if (code == "ledger.end_corrected") {
    marks.end_final = marks.end_final || number(*entry.reason, "estimated") == 0;
  } else {
    marks.end_estimated = true;
    marks.closed = marks.closed || code == "ledger.node_lost";
    booked.end_marks[entry.share_id] = entry.id;
  }
}

void set_axis(Booked& booked, const Marks& marks, const Facts& facts, const model::LedgerEntry& any) {
  if (marks.start_corrected != nullptr) {
    booked.boot_id = marks.start_corrected->boot_id;
    booked.start_us = number(*marks.start_corrected->reason, "is_us");
    booked.start_wall = {number(*marks.start_corrected->reason, "is_wall_us")};
  } else if (marks.start_estimated != nullptr) {
    booked.boot_id = marks.start_estimated->boot_id;
    booked.start_us = number(*marks.start_estimated->reason, "start_us");
    booked.start_wall = {number(*marks.start_estimated->reason, "start_wall_us")};
    booked.start_estimated = true;
  } else {
    booked.boot_id = any.boot_id;
    if (!facts.start) return;
    booked.start_us = facts.start->boottime_us;
    booked.start_wall = facts.start->wall;
  }
}

}  // namespace

LedgerState rebuild(const std::vector<model::Observation>& observations,
                    const std::vector<model::LedgerEntry>& entries) {
  LedgerState state;
  for (const model::Observation& observation : observations)
    state.facts = merge(std::move(state.facts), observation);
  if (entries.empty()) return state;
  Booked& booked = state.booked;
  Marks marks;
  booked.begun = true;
  for (const model::LedgerEntry& entry : entries) {
    read(marks, booked, entry);
    // The pieces of one share follow each other from 0, so their sum is where the last one ended.
    if (entry.share_id == entries.front().share_id) booked.position_ms += entry.to_ms - entry.from_ms;
  }
  set_axis(booked, marks, state.facts, entries.front());
  booked.end_estimated = marks.end_estimated && !marks.end_final;
  booked.closed = marks.closed;
  return state;
}

}  // namespace dure::ledger
