// A state machine as a table: from, event, to, by whom, and what must hold beside the state.
//
//   const StateTable<AwardState, AwardEvent>& award_states();
//   next(AwardState::kOffered, AwardEvent::kAccept)            accepted
//
// A transition that is not in the table does not exist. `by` is who brings the event about: "applicant",
// "operator", "reviewer", "chair", "panel", or "rule" for what follows from dates and facts alone. `guard` is
// the code of the reason that is told where the transition is refused although the state has it ("" = nothing
// more is asked); the caller sees whether it holds, for it knows the facts. Tables are immutable and may be
// read by any thread; the header costs nothing but the table.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fields.h"

namespace dure::programme {

template <class State, class Event>
struct Transition {
  State from;
  Event event;
  State to;
  std::string_view by;
  std::string_view guard;
};

template <class State, class Event>
struct StateTable {
  std::string_view entity;  // "award"
  State initial;
  std::vector<State>
      finals;  // where an entity may stay for good; some may be left again (an appeal, a reopening)
  std::vector<Transition<State, Event>> transitions;
};

// The transition of a state for an event, or nullptr. A state has at most one for each event.
template <class State, class Event>
const Transition<State, Event>* find_transition(const StateTable<State, Event>& table, State from,
                                                Event event) {
  const auto found = std::find_if(table.transitions.begin(), table.transitions.end(),
                                  [&](const auto& each) { return each.from == from && each.event == event; });
  return found == table.transitions.end() ? nullptr : &*found;
}

// Refuses (kConflict) "state.not_from_this_state" {entity, state, event, possible}.
template <class State, class Event>
base::Result<State> next(const StateTable<State, Event>& table, State from, Event event) {
  if (const auto* found = find_transition(table, from, event)) return found->to;
  std::string possible;
  for (const auto& each : table.transitions)
    if (each.from == from)
      possible += (possible.empty() ? "" : ", ") + std::string(model::to_text(each.event));
  return base::error(base::ErrorKind::kConflict, base::Reason("state.not_from_this_state")
                                                     .with("entity", std::string(table.entity))
                                                     .with("state", std::string(model::to_text(from)))
                                                     .with("event", std::string(model::to_text(event)))
                                                     .with("possible", possible));
}

// A table in words, for documents and for what looks at all of them.
struct Machine {
  struct Step {
    std::string from, event, to, by, guard;
    bool operator==(const Step&) const = default;
  };
  std::string entity;
  std::string initial;
  std::vector<std::string> states;
  std::vector<std::string> finals;
  std::vector<Step> steps;
};

template <class State, class Event>
Machine machine_of(const StateTable<State, Event>& table) {
  Machine machine{std::string(table.entity), std::string(model::to_text(table.initial)), {}, {}, {}};
  for (const auto& each : model::EnumNames<State>::kAll) machine.states.emplace_back(each.second);
  for (const auto state : table.finals) machine.finals.emplace_back(model::to_text(state));
  for (const auto& each : table.transitions)
    machine.steps.push_back({std::string(model::to_text(each.from)), std::string(model::to_text(each.event)),
                             std::string(model::to_text(each.to)), std::string(each.by),
                             std::string(each.guard)});
  return machine;
}

}  // namespace dure::programme
