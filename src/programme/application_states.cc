// The state machine of decision.h (governance 5.3).
#include <string>

#include "programme/decision.h"

namespace dure::programme {
namespace {

std::string possible_application_events(model::ApplicationState from) {
  std::string events;
  for (const auto& each : application_transitions())
    if (each.from == from) events += (events.empty() ? "" : ", ") + std::string(to_text(each.event));
  return events;
}

}  // namespace

const std::vector<ApplicationTransition>& application_transitions() {
  using E = ApplicationEvent;
  using S = model::ApplicationState;
  constexpr const char* kApplicant = "applicant";
  constexpr const char* kRule = "rule";
  constexpr const char* kOperator = "operator";
  constexpr const char* kPanel = "panel";
  static const std::vector<ApplicationTransition> all{
      {S::kDraft, E::kSubmit, S::kSubmitted, kApplicant},
      {S::kDraft, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kSubmitted, E::kScreenEligible, S::kEligible, kRule},
      {S::kSubmitted, E::kScreenIneligible, S::kIneligible, kRule},
      {S::kSubmitted, E::kReturn, S::kReturned, kRule},
      {S::kSubmitted, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kReturned, E::kSubmit, S::kSubmitted, kApplicant},
      {S::kReturned, E::kReject, S::kNotSelected, kOperator},
      {S::kReturned, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kEligible, E::kReview, S::kUnderReview, kOperator},
      {S::kEligible, E::kWait, S::kWaitlisted, kRule},
      {S::kEligible, E::kRefute, S::kIneligible, kOperator},
      {S::kEligible, E::kApprove, S::kSelected, kOperator},
      {S::kEligible, E::kReturn, S::kReturned, kOperator},
      {S::kEligible, E::kReject, S::kNotSelected, kOperator},
      {S::kEligible, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kUnderReview, E::kScore, S::kScored, kRule},
      {S::kUnderReview, E::kReject, S::kNotSelected, kPanel},
      {S::kUnderReview, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kScored, E::kApprove, S::kSelected, kPanel},
      {S::kScored, E::kWait, S::kWaitlisted, kPanel},
      {S::kScored, E::kReject, S::kNotSelected, kPanel},
      {S::kScored, E::kWithdraw, S::kWithdrawn, kApplicant},
      {S::kWaitlisted, E::kApprove, S::kSelected, kOperator},
      {S::kWaitlisted, E::kReject, S::kNotSelected, kOperator},
      {S::kWaitlisted, E::kRefute, S::kIneligible, kOperator},
      {S::kWaitlisted, E::kWithdraw, S::kWithdrawn, kApplicant},
      // An objection that was upheld: considered anew.
      {S::kNotSelected, E::kReconsider, S::kEligible, kOperator},
      {S::kIneligible, E::kReconsider, S::kEligible, kOperator},
      {S::kIneligible, E::kReview, S::kUnderReview, kOperator},  // by a recorded waiver
      {S::kIneligible, E::kReturn, S::kReturned, kOperator},
      {S::kIneligible, E::kWithdraw, S::kWithdrawn, kApplicant},
      // J6: a false statement, whenever it is found.
      {S::kSubmitted, E::kVoid, S::kVoid, kOperator},
      {S::kReturned, E::kVoid, S::kVoid, kOperator},
      {S::kEligible, E::kVoid, S::kVoid, kOperator},
      {S::kIneligible, E::kVoid, S::kVoid, kOperator},
      {S::kUnderReview, E::kVoid, S::kVoid, kOperator},
      {S::kScored, E::kVoid, S::kVoid, kOperator},
      {S::kWaitlisted, E::kVoid, S::kVoid, kOperator},
      {S::kSelected, E::kVoid, S::kVoid, kOperator},
      {S::kNotSelected, E::kVoid, S::kVoid, kOperator},
  };
  return all;
}

std::string_view to_text(ApplicationEvent event) {
  switch (event) {
    case ApplicationEvent::kSubmit:
      return "submit";
    case ApplicationEvent::kScreenEligible:
      return "screen_eligible";
    case ApplicationEvent::kScreenIneligible:
      return "screen_ineligible";
    case ApplicationEvent::kReturn:
      return "return";
    case ApplicationEvent::kApprove:
      return "approve";
    case ApplicationEvent::kReject:
      return "reject";
    case ApplicationEvent::kWithdraw:
      return "withdraw";
    case ApplicationEvent::kVoid:
      return "void";
    case ApplicationEvent::kReview:
      return "review";
    case ApplicationEvent::kScore:
      return "score";
    case ApplicationEvent::kWait:
      return "wait";
    case ApplicationEvent::kRefute:
      return "refute";
    case ApplicationEvent::kReconsider:
      return "reconsider";
  }
  return "";
}

base::Result<model::ApplicationState> next(model::ApplicationState from, ApplicationEvent event) {
  for (const auto& each : application_transitions())
    if (each.from == from && each.event == event) return each.to;
  return base::error(base::ErrorKind::kConflict, base::Reason("decision.not_from_this_state")
                                                     .with("state", std::string(model::to_text(from)))
                                                     .with("event", std::string(to_text(event)))
                                                     .with("possible", possible_application_events(from)));
}

std::string application_transition_table() {
  std::string text =
      "# States of an application\n\n"
      "All transitions that exist; there are no others. Written by a test from "
      "`src/programme/application_states.cc`.\n\n"
      "| from | event | to | by |\n|---|---|---|---|\n";
  for (const auto& each : application_transitions())
    text += "| " + std::string(model::to_text(each.from)) + " | " + std::string(to_text(each.event)) + " | " +
            std::string(model::to_text(each.to)) + " | " + std::string(each.by) + " |\n";
  return text;
}

}  // namespace dure::programme
