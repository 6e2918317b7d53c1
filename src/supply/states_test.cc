#include "supply/states.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace dure::supply {
namespace {

using A = model::AgreementState;
using B = model::BatchState;
using E = model::AgreementEvent;
using S = model::BatchStage;

// The order of governance 5.3 and nothing else: every pair of the table leads where it says, every other one
// is refused with what is possible.
template <class State, class Event, class Transitions, class Member>
void expect_exactly(const Transitions& all, Member event_of) {
  std::set<std::pair<State, Event>> known;
  for (const auto& each : all) {
    EXPECT_TRUE(known.emplace(each.from, each.*event_of).second) << "twice";
    EXPECT_EQ(*next(each.from, each.*event_of), each.to);
  }
  for (const auto& [state, state_name] : model::EnumNames<State>::kAll)
    for (const auto& [event, event_name] : model::EnumNames<Event>::kAll) {
      if (known.count({state, event})) continue;
      const auto refused = next(state, event);
      ASSERT_FALSE(refused.ok()) << state_name << " " << event_name;
      EXPECT_EQ(refused.failure().reason.code, "supply.not_from_this_state");
      EXPECT_NE(refused.failure().reason.find("possible"), nullptr);
    }
}

TEST(SupplyStates, A3_AnAgreementMovesByItsTableAlone) {
  expect_exactly<A, E>(agreement_transitions(), &AgreementTransition::event);
  EXPECT_FALSE(next(A::kTerminated, E::kSign).ok());
  EXPECT_EQ(*next(A::kInForce, E::kAmend), A::kInForce);
}

TEST(SupplyStates, A4_ABatchGoesFromPlannedToRetiredStepByStep) {
  expect_exactly<B, S>(batch_transitions(), &BatchTransition::stage);
  B state = B::kPlanned;
  for (const auto& [stage, to] : {std::pair{S::kOrder, B::kOrdered},
                                  {S::kDelivery, B::kDelivered},
                                  {S::kAcceptance, B::kAccepted},
                                  {S::kUsers, B::kInService},
                                  {S::kDrain, B::kDraining},
                                  {S::kRetirement, B::kRetired}}) {
    state = *next(state, stage);
    EXPECT_EQ(state, to);
  }
}

// docs/supply-states.md is what the tables say. DURE_WRITE_DOCS=1 writes it anew.
TEST(SupplyStates, TheDocumentIsTheTables) {
  constexpr const char* kPath = "docs/supply-states.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << state_tables();
  std::stringstream written;
  written << std::ifstream(kPath).rdbuf();
  EXPECT_EQ(written.str(), state_tables()) << "run supply_test with DURE_WRITE_DOCS=1";
}

}  // namespace
}  // namespace dure::supply
