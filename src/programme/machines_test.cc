// Governance 5.3 as tables: B2, E14, F3, F7, H4, J1, J3, K2, K6, L1, M3, M7; invariants 4, 10 and 17.
#include "programme/machines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "programme/allocation_states.h"
#include "programme/award_states.h"
#include "programme/call_states.h"
#include "programme/data_share_states.h"
#include "programme/deletion_states.h"
#include "programme/idle_warning_states.h"
#include "programme/obligation.h"
#include "programme/obligation_states.h"
#include "programme/policy_version_states.h"
#include "programme/review_states.h"
#include "programme/samples.h"
#include "programme/sanction_states.h"
#include "programme/test_histories.h"
#include "programme/utilisation_review_states.h"
#include "programme/waitlist_states.h"

namespace dure::programme {
namespace {

using States = std::set<std::string>;

// All states that can be reached from one, itself included.
States reached_from(const Machine& machine, const std::string& start) {
  States reached{start};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const auto& step : machine.steps)
      if (reached.contains(step.from)) reached.insert(step.to);
  }
  return reached;
}

TEST(Machines, ThereIsOneForEveryEntityOfGovernance53) {
  std::vector<std::string> names;
  names.reserve(machines().size());
  for (const auto& machine : machines()) names.push_back(machine.entity);
  EXPECT_EQ(names, (std::vector<std::string>{"policy_version", "call", "application", "review", "award",
                                             "waitlist_entry", "allocation", "allocation_action",
                                             "utilisation_review", "idle_warning", "incident", "sanction",
                                             "obligation", "data_share", "deletion_job"}))
      << "those of governance 5.3, warnings of idle use (H1) and incidents (H6)";
}

TEST(Machines, EveryStateIsReachableAndEveryOneLeadsToAnEnd) {
  for (const auto& machine : machines()) {
    EXPECT_EQ(reached_from(machine, machine.initial), States(machine.states.begin(), machine.states.end()))
        << machine.entity;
    ASSERT_FALSE(machine.finals.empty());
    for (const auto& state : machine.states) {
      const auto reached = reached_from(machine, state);
      EXPECT_TRUE(std::any_of(machine.finals.begin(), machine.finals.end(),
                              [&](const auto& each) { return reached.contains(each); }))
          << machine.entity << " is stuck in " << state;
      const bool leaves = std::any_of(machine.steps.begin(), machine.steps.end(),
                                      [&](const auto& step) { return step.from == state; });
      const bool final = std::count(machine.finals.begin(), machine.finals.end(), state) > 0;
      EXPECT_TRUE(leaves || final) << machine.entity << " ends in " << state << " and does not say so";
    }
  }
}

TEST(Machines, AStateAndAnEventHaveOneOutcomeAndGuardsAreReasons) {
  const States actors{"applicant", "operator", "reviewer", "chair", "panel", "rule"};
  for (const auto& machine : machines()) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& step : machine.steps) {
      EXPECT_TRUE(seen.insert({step.from, step.event}).second)
          << machine.entity << ": " << step.from << " " << step.event << " twice";
      EXPECT_TRUE(actors.contains(step.by)) << machine.entity << ": " << step.by;
      EXPECT_TRUE(step.guard.empty() || step.guard.starts_with("state.")) << step.guard;
    }
  }
}

// Walks of a machine by next() with any events: it never leaves the table, and refuses what is not in it.
template <class State, class Event>
void walk(const StateTable<State, Event>& table) {
  const auto& events = model::EnumNames<Event>::kAll;
  std::mt19937 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  for (int history = 0; history < histories(200); ++history) {
    State state = table.initial;
    for (int i = 0; i < 30; ++i) {
      const Event event = events[random() % events.size()].first;
      const auto after = next(table, state, event);
      const auto wanted =
          std::find_if(table.transitions.begin(), table.transitions.end(),
                       [&](const auto& each) { return each.from == state && each.event == event; });
      ASSERT_EQ(after.ok(), wanted != table.transitions.end());
      if (!after.ok()) {
        EXPECT_EQ(after.failure().reason.code, "state.not_from_this_state");
        EXPECT_EQ(after.failure().kind, base::ErrorKind::kConflict);
        continue;
      }
      ASSERT_EQ(*after, wanted->to);
      state = *after;
    }
  }
}

TEST(Machines, RandomWalksStayInTheTable) {
  walk(policy_version_states());
  walk(call_states());
  walk(review_states());
  walk(award_states());
  walk(waitlist_states());
  walk(allocation_states());
  walk(utilisation_review_states());
  walk(idle_warning_states());
  walk(sanction_states());
  walk(obligation_states());
  walk(data_share_states());
  walk(deletion_states());
}

// Whether some walk from the start reaches `to` without any of the events.
bool reached_without(const Machine& machine, const std::string& to, const States& events) {
  Machine less = machine;
  std::erase_if(less.steps, [&](const auto& step) { return events.contains(step.event); });
  return reached_from(less, less.initial).contains(to);
}

const Machine& machine(const std::string& entity) {
  for (const auto& each : machines())
    if (each.entity == entity) return each;
  ADD_FAILURE() << entity;
  return machines().front();
}

TEST(Machines, J1_NoSanctionWithoutANoticeUnlessUrgent) {
  const auto& sanction = machine("sanction");
  EXPECT_TRUE(reached_without(sanction, "imposed", {"suspend"}));
  EXPECT_TRUE(reached_without(sanction, "imposed", {"notify"})) << "the urgent branch";
  EXPECT_FALSE(reached_without(sanction, "imposed", {"notify", "suspend"})) << "invariant 10";
  for (const auto& step : sanction.steps)
    if (step.to == "imposed" && step.from == "interim_suspension") {
      EXPECT_EQ(step.guard, "state.urgent");
    }
}

TEST(Machines, J3_AnOrdinarySanctionIsDeliberatedAfterTheTimeForOpinions) {
  EXPECT_FALSE(reached_without(machine("sanction"), "deliberated", {"open_opinions"}));
  EXPECT_FALSE(reached_without(machine("sanction"), "imposed", {"deliberate", "suspend"}));
}

TEST(Machines, H4_ABurdeningMeasureComesAfterANotice) {
  for (const auto& step : machine("utilisation_review").steps)
    if (step.to == "decided" && step.from == "proposed") {
      EXPECT_EQ(step.guard, "state.burdens_nobody");
    }
  for (const auto& step : machine("allocation").steps)
    if (step.event == "reduce" || step.event == "reclaim") {
      EXPECT_EQ(step.guard, "state.needs_notice");
    }
}

TEST(Machines, E14_ALockedReviewIsReopenedByTheChairAlone) {
  for (const auto& step : machine("review").steps) {
    if (step.from != "locked") continue;
    EXPECT_EQ(step.event, "reopen");
    EXPECT_EQ(step.by, "chair");
    EXPECT_EQ(step.guard, "state.needs_ground");
  }
  EXPECT_EQ(next(ReviewState::kSubmitted, ReviewEvent::kSubmit).ok(), false);
}

TEST(Machines, L1_NothingIsCertifiedUnverifiedOrUntold) {
  EXPECT_FALSE(reached_without(machine("deletion_job"), "certified", {"verify"}));
  EXPECT_FALSE(reached_without(machine("deletion_job"), "running", {"notify"}));
  EXPECT_FALSE(next(DeletionJobState::kHeld, DeletionJobEvent::kRun).ok()) << "what is held is not deleted";
}

TEST(Machines, M3_M7_AnApprovedVersionIsNotEdited) {
  for (const auto& step : machine("policy_version").steps)
    EXPECT_FALSE(step.event == "edit" && step.from != "validated");
  EXPECT_FALSE(next(PolicyVersionState::kEnded, PolicyVersionEvent::kTakeEffect).ok());
}

TEST(Machines, B2_AnEarlyCloseNeedsItsNoticeAndF7_ALapsedOfferIsNotAccepted) {
  EXPECT_EQ(find_transition(call_states(), model::CallState::kOpen, CallEvent::kPlanEarlyClose)->guard,
            "state.needs_notice");
  EXPECT_FALSE(next(WaitlistEntryState::kExpired, WaitlistEntryEvent::kAccept).ok());
  EXPECT_FALSE(next(model::AwardState::kLapsed, AwardEvent::kAccept).ok());
}

TEST(Machines, K2_AnOverdueReportIsStillTaken) {
  EXPECT_EQ(*next(model::ObligationState::kOverdue, ObligationEvent::kSubmit),
            model::ObligationState::kSubmitted);
  EXPECT_EQ(*next(model::ObligationState::kEscalated, ObligationEvent::kSubmit),
            model::ObligationState::kSubmitted);
}

// What acts on obligations takes exactly what the table takes, and dates move them along its arrows.
TEST(Machines, K1_WhatActsOnObligationsFollowsTheTable) {
  const auto& outcomes = regional_centre().outcomes;
  model::ResultsReport report;
  report.kind = outcomes.kinds.front();
  report.title = report.content = "결과";
  for (const auto& [state, name] : model::EnumNames<model::ObligationState>::kAll) {
    model::Obligation obligation;
    obligation.state = state;
    obligation.due_on = {2026, 3, 31};
    auto taken = obligation, accepted = obligation, given_back = obligation;
    EXPECT_EQ(submit(taken, report, outcomes, {}).ok(), next(state, ObligationEvent::kSubmit).ok()) << name;
    EXPECT_EQ(accept(accepted).ok(), next(state, ObligationEvent::kAccept).ok()) << name;
    EXPECT_EQ(give_back(given_back).ok(), next(state, ObligationEvent::kGiveBack).ok()) << name;
    for (base::Date day{2026, 2, 20}; day < base::Date{2026, 4, 3}; day = base::add_days(day, 1)) {
      const auto after = state_on(obligation, {2026, 2, 28}, day);
      const auto reached = reached_from(machine("obligation"), std::string(name));
      EXPECT_TRUE(reached.contains(std::string(model::to_text(after))) ||
                  state == model::ObligationState::kDue)
          << name << " became " << model::to_text(after) << " on " << base::to_text(day);
    }
  }
}

TEST(Machines, MermaidDrawsEveryPairOnce) {
  const auto text = mermaid(machine("data_share"));
  EXPECT_NE(text.find("  [*] --> due\n"), std::string::npos);
  EXPECT_NE(text.find("  checked --> due : give back\n"), std::string::npos);
  EXPECT_NE(text.find("  registered --> [*]\n"), std::string::npos);
}

// docs/states.md is what the tables say. DURE_WRITE_DOCS=1 writes it anew.
TEST(Machines, TheDocumentIsTheTables) {
  constexpr const char* kPath = "docs/states.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << states_document();
  std::stringstream written;
  written << std::ifstream(kPath).rdbuf();
  EXPECT_EQ(written.str(), states_document()) << "run programme_test with DURE_WRITE_DOCS=1";
}

}  // namespace
}  // namespace dure::programme
