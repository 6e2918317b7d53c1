#include "commands/payer_facts.h"

#include <string>
#include <utility>

#include "commands/command_texts.h"
#include "commands/reads.h"
#include "model/charge.h"
#include "programme/statement.h"
#include "wire/json_impl.h"

namespace dure::commands {
namespace {

constexpr const char* kKind = "payer";
constexpr wire::Out kKeptFacts{.secrets = false, .personal = true};

// What is wrong in them is what would be wrong in a statement of uses, but for where they stand.
base::Status check_facts(const model::ConfirmPayer& command) {
  model::UsageStatement statement;
  auto& payer = statement.payer;
  payer.certificates = command.certificates;
  payer.open_source_from = command.open_source_from;
  payer.open_source_until = command.open_source_until;
  payer.born_on = command.born_on;
  payer.appointed_on = command.appointed_on;
  const auto status = programme::check_statement(statement);
  if (status.ok()) return {};
  auto error = status.failure();
  const std::string part = "/payer";
  for (auto& each : error.details)
    if (each.pointer.starts_with(part)) each.pointer.erase(0, part.size());
  return error;
}

base::Result<std::optional<model::Decision>> newest_on(Work& work, const model::ApplicationId& application) {
  return work.tx.decisions().first(ports::Query{}
                                       .where("application_id", application)
                                       .where("kind", std::string(kKind))
                                       .ordered("id", true)
                                       .at_most(1));
}

}  // namespace

base::Result<model::Decision> confirm_payer(Work& work, const model::ApplicationId& id,
                                            const model::ConfirmPayer& command) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationDecide));
  DURE_TRY(check_command(command));
  if (command.ground.empty()) {
    const base::Reason missing("invoice.ground_missing");
    return base::invalid(missing, {{"/ground", missing}});
  }
  DURE_TRY(check_facts(command));
  const auto inputs = wire::json_text(command, kKeptFacts);
  DURE_LET(before, newest_on(work, id));
  if (before && before->inputs == inputs) return *before;
  DURE_LET(pack, work.world.policies.to_decide(work.tx, application.programme_id, work.now));
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = application.programme_id;
  decision.application_id = id;
  decision.kind = kKind;
  decision.subject = "applications/" + id.text;
  decision.outcome = "confirmed";
  decision.decided_by = work.caller.subject.actor;
  decision.policy_hash = pack->hash();
  decision.rules = kPayerRules;
  decision.inputs = inputs;
  decision.note = command.ground;
  DURE_TRY(work.tx.decisions().insert(decision));
  const auto where = resource_of(application);
  DURE_TRY(work.publish("application.payer_confirmed", decision.subject, where));
  DURE_TRY(work.audit("applications.confirm_payer", decision.subject, where,
                      "{\"decision\":\"" + decision.id.text + "\"}", decision.subject));
  return decision;
}

base::Result<std::optional<model::ConfirmPayer>> confirmed_payer(Work& work,
                                                                 const model::Allocation& allocation) {
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  DURE_LET(award, work.tx.awards().get(allocation.award_id));
  DURE_LET(newest, newest_on(work, project.application_id));
  if (award.application_id != project.application_id) {
    DURE_LET(later, newest_on(work, award.application_id));
    if (later && (!newest || newest->created_at < later->created_at)) newest = later;
  }
  if (!newest) return std::optional<model::ConfirmPayer>{};
  auto facts = wire::read_json<model::ConfirmPayer>(newest->inputs);
  if (facts.ok()) return std::optional(std::move(*facts));
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("decision.inputs_unreadable").with("decision", newest->id.text));
}

}  // namespace dure::commands
