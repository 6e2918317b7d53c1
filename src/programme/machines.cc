#include "programme/machines.h"

#include <algorithm>
#include <utility>

#include "programme/allocation_action_states.h"
#include "programme/allocation_states.h"
#include "programme/award_states.h"
#include "programme/call_states.h"
#include "programme/data_share_states.h"
#include "programme/decision.h"
#include "programme/deletion_states.h"
#include "programme/idle_warning_states.h"
#include "programme/incident_states.h"
#include "programme/obligation_states.h"
#include "programme/policy_version_states.h"
#include "programme/review_states.h"
#include "programme/sanction_states.h"
#include "programme/utilisation_review_states.h"
#include "programme/waitlist_states.h"

namespace dure::programme {
namespace {

// The application's table is older than StateTable and lies in decision.h.
Machine application_machine() {
  Machine machine{
      "application", "draft", {}, {"selected", "not_selected", "ineligible", "withdrawn", "void"}, {}};
  for (const auto& each : model::EnumNames<model::ApplicationState>::kAll)
    machine.states.emplace_back(each.second);
  for (const auto& each : application_transitions())
    machine.steps.push_back({std::string(model::to_text(each.from)), std::string(to_text(each.event)),
                             std::string(model::to_text(each.to)), std::string(each.by), ""});
  return machine;
}

bool is_final(const Machine& machine, const std::string& state) {
  return std::find(machine.finals.begin(), machine.finals.end(), state) != machine.finals.end();
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string table_of(const Machine& machine) {
  std::string text = "| from | event | to | by | what must hold |\n|---|---|---|---|---|\n";
  for (const auto& step : machine.steps)
    text += "| " + step.from + " | " + step.event + " | " + step.to + " | " + step.by + " | " +
            (step.guard.empty() ? "" : "`" + step.guard + "`") + " |\n";
  return text;
}

}  // namespace

const std::vector<Machine>& machines() {
  static const std::vector<Machine> all{machine_of(policy_version_states()),
                                        machine_of(call_states()),
                                        application_machine(),
                                        machine_of(review_states()),
                                        machine_of(award_states()),
                                        machine_of(waitlist_states()),
                                        machine_of(allocation_states()),
                                        machine_of(allocation_action_states()),
                                        machine_of(utilisation_review_states()),
                                        machine_of(idle_warning_states()),
                                        machine_of(incident_states()),
                                        machine_of(sanction_states()),
                                        machine_of(obligation_states()),
                                        machine_of(data_share_states()),
                                        machine_of(deletion_states())};
  return all;
}

std::string mermaid(const Machine& machine) {
  std::string text = "stateDiagram-v2\n  [*] --> " + machine.initial + "\n";
  std::vector<std::pair<std::string, std::string>> drawn;
  for (const auto& step : machine.steps) {
    const std::pair arrow{step.from, step.to};
    if (std::find(drawn.begin(), drawn.end(), arrow) != drawn.end()) continue;
    drawn.push_back(arrow);
    std::string events;
    for (const auto& each : machine.steps)
      if (each.from == step.from && each.to == step.to)
        events += (events.empty() ? "" : ", ") + spaced(each.event);
    text += "  " + step.from + " --> " + step.to + " : " + events + "\n";
  }
  for (const auto& state : machine.states)
    if (is_final(machine, state)) text += "  " + state + " --> [*]\n";
  return text;
}

std::string states_document() {
  std::string text =
      "# States\n\nEvery state machine of the centre, printed by a test from the tables in "
      "`src/programme/*_states.cc`. A transition that is not\nhere does not exist. `rule` is what follows "
      "from dates "
      "and facts alone; a code in the last column is the reason that is\ntold where the state would permit "
      "the event "
      "and something else does not.\n";
  for (const auto& machine : machines())
    text += "\n## " + spaced(machine.entity) + "\n\n```mermaid\n" + mermaid(machine) + "```\n\n" +
            table_of(machine);
  return text;
}

}  // namespace dure::programme
