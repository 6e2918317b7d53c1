#include "supply/states.h"

namespace dure::supply {
namespace {

using A = model::AgreementState;
using E = model::AgreementEvent;
using B = model::BatchState;
using S = model::BatchStage;

// The machines differ in the type of their events only.
template <class Transition>
struct EventOf;
template <>
struct EventOf<AgreementTransition> {
  static constexpr auto kMember = &AgreementTransition::event;
};
template <>
struct EventOf<BatchTransition> {
  static constexpr auto kMember = &BatchTransition::stage;
};

template <class Transition>
std::string event_text(const Transition& each) {
  return std::string(model::to_text(each.*EventOf<Transition>::kMember));
}

template <class Transition, class State, class Event>
base::Result<State> find_next(const std::vector<Transition>& all, State from, Event event) {
  std::string possible;
  for (const auto& each : all) {
    if (each.from != from) continue;
    if (each.*EventOf<Transition>::kMember == event) return each.to;
    possible += (possible.empty() ? "" : ", ") + event_text(each);
  }
  return base::error(base::ErrorKind::kConflict, base::Reason("supply.not_from_this_state")
                                                     .with("state", std::string(model::to_text(from)))
                                                     .with("event", std::string(model::to_text(event)))
                                                     .with("possible", possible.empty() ? "-" : possible));
}

template <class Transition>
std::string print(const std::string& title, const std::string& event, const std::vector<Transition>& all) {
  std::string text = "## " + title + "\n\n| from | " + event + " | to |\n|---|---|---|\n";
  std::string diagram =
      "\n```mermaid\nstateDiagram-v2\n    [*] --> " + std::string(model::to_text(all.front().from)) + "\n";
  for (const auto& each : all) {
    const std::string from(model::to_text(each.from)), to(model::to_text(each.to));
    text += "| " + from + " | " + event_text(each) + " | " + to + " |\n";
    diagram += "    " + from + " --> " + to + " : " + event_text(each) + "\n";
  }
  return text + diagram + "```\n";
}

}  // namespace

const std::vector<AgreementTransition>& agreement_transitions() {
  static const std::vector<AgreementTransition> all{
      {A::kDraft, E::kNegotiate, A::kNegotiating},
      {A::kDraft, E::kTerminate, A::kTerminated},
      {A::kNegotiating, E::kNegotiate, A::kNegotiating},
      {A::kNegotiating, E::kSign, A::kSigned},
      {A::kNegotiating, E::kTerminate, A::kTerminated},
      {A::kSigned, E::kTakeEffect, A::kInForce},
      {A::kSigned, E::kTerminate, A::kTerminated},
      {A::kInForce, E::kAmend, A::kInForce},
      {A::kInForce, E::kExpire, A::kExpired},
      {A::kInForce, E::kTerminate, A::kTerminated},
  };
  return all;
}

const std::vector<BatchTransition>& batch_transitions() {
  static const std::vector<BatchTransition> all{
      {B::kPlanned, S::kPower, B::kPlanned},         {B::kPlanned, S::kNetwork, B::kPlanned},
      {B::kPlanned, S::kOrder, B::kOrdered},         {B::kOrdered, S::kPower, B::kOrdered},
      {B::kOrdered, S::kNetwork, B::kOrdered},       {B::kOrdered, S::kDelivery, B::kDelivered},
      {B::kDelivered, S::kAcceptance, B::kAccepted}, {B::kAccepted, S::kStabilisation, B::kAccepted},
      {B::kAccepted, S::kUsers, B::kInService},      {B::kInService, S::kUsers, B::kInService},
      {B::kInService, S::kDrain, B::kDraining},      {B::kDraining, S::kRetirement, B::kRetired},
  };
  return all;
}

base::Result<A> next(A from, E event) {
  return find_next(agreement_transitions(), from, event);
}
base::Result<B> next(B from, S stage) {
  return find_next(batch_transitions(), from, stage);
}

std::string state_tables() {
  return "# States of the supply side\n\n"
         "All transitions that exist; there are no others. Written by a test from "
         "`src/supply/states.cc`.\n\n" +
         print("A supply agreement", "event", agreement_transitions()) + "\n" +
         print("A batch of capacity", "stage that was recorded", batch_transitions());
}

}  // namespace dure::supply
