// The sharing of data, with the obligation that it meets (K5, K6, D7).
#include <algorithm>

#include "commands/command_texts.h"
#include "commands/evidence.h"
#include "commands/outcomes.h"
#include "commands/row_work.h"
#include "programme/data_share.h"
#include "programme/obligation_states.h"
#include "programme/outcome.h"

namespace dure::commands {
namespace {

using programme::ObligationEvent;

struct Loaded {
  model::DataShare share;
  PackPtr pack;
};

base::Result<Loaded> load(Work& work, const model::DataShareId& id, access::Permission permission) {
  DURE_LET(share, load_for(work, work.tx.data_shares(), id, permission));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, share.programme_id));
  return Loaded{share, pack};
}

// What the obligation becomes by it.
base::Status move_obligation(Work& work, const model::DataShare& share, ObligationEvent event) {
  if (!share.obligation_id) return {};
  DURE_LET(obligation, work.tx.obligations().get(*share.obligation_id));
  DURE_LET(state, programme::next(obligation.state, event));
  obligation.state = state;
  obligation.ground = share.ground;
  if (event == ObligationEvent::kSubmit) obligation.submitted_at = work.now;
  return work.save(work.tx.obligations(), obligation);
}

base::Status keep_share(Work& work, model::DataShare& share, const std::string& event,
                        const std::string& action, const std::string& ground = "") {
  DURE_TRY(work.save(work.tx.data_shares(), share));
  return tell(work, share, "data-shares", event, action, state_detail(share.state), ground);
}

// The data definition, of the application or put to the project since (D7).
base::Status check_defined(Work& work, const model::DataShare& share, const policy::Outcomes& rules) {
  if (rules.data_definition.empty()) return {};
  DURE_LET(project, work.tx.projects().get(share.project_id));
  DURE_LET(filed, work.tx.documents().count(ports::Query{}
                                                .where("application_id", project.application_id)
                                                .where("kind", rules.data_definition)
                                                .where_null("erased_at")));
  DURE_LET(put, work.tx.evidence_documents().count(ports::Query{}
                                                       .where("project_id", share.project_id)
                                                       .where("kind", rules.data_definition)
                                                       .where_null("erased_at")));
  if (filed + put > 0) return {};
  return conflict(base::Reason("data_share.definition_missing").with("kind", rules.data_definition));
}

}  // namespace

base::Status make_share(Work& work, const model::Obligation& obligation) {
  if (obligation.kind != programme::kDataShareKind) return {};
  DURE_LET(pack, work.world.policies.of_programme(work.tx, obligation.programme_id));
  if (pack->outcomes.data_share_types.empty()) return {};
  DURE_LET(known, work.tx.data_shares().first(
                      ports::Query{}.where("allocation_id", obligation.allocation_id).at_most(1)));
  if (known) return {};
  model::DataShare share;
  work.stamp(share);
  share.programme_id = obligation.programme_id;
  share.project_id = obligation.project_id;
  share.allocation_id = obligation.allocation_id;
  share.obligation_id = obligation.id;
  share.due_on = obligation.due_on;
  DURE_TRY(work.tx.data_shares().insert(share));
  return work.publish("data_share.due", "data-shares/" + share.id.text, resource_of(share),
                      "{\"due_on\":\"" + base::to_text(share.due_on) + "\"}");
}

base::Result<std::optional<model::DataShare>> share_of(Work& work, const model::ObligationId& id) {
  return work.tx.data_shares().first(ports::Query{}.where("obligation_id", id).at_most(1));
}

base::Result<model::DataShare> propose_share(Work& work, const model::DataShareId& id,
                                             const model::ProposeShare& command) {
  DURE_LET(loaded, load(work, id, access::Permission::kObligationSubmit));
  auto& share = loaded.share;
  DURE_TRY(check_command(command));
  DURE_TRY(programme::propose(share, command, loaded.pack->outcomes, work.now));
  for (std::size_t i = 0; i < command.claims.size(); ++i)
    DURE_TRY(check_evidence_ids(work, share.project_id, command.claims[i].evidence,
                                "/claims/" + std::to_string(i) + "/evidence"));
  DURE_TRY(check_defined(work, share, loaded.pack->outcomes));
  DURE_TRY(move_obligation(work, share, ObligationEvent::kSubmit));
  DURE_TRY(keep_share(work, share, "data_share.proposed", "propose"));
  return share;
}

base::Result<model::DataShare> check_share(Work& work, const model::DataShareId& id,
                                           const model::CheckShare& command) {
  DURE_LET(loaded, load(work, id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::check(loaded.share, command, work.caller.subject.actor));
  DURE_TRY(keep_share(work, loaded.share, "data_share.checked", "check"));
  return loaded.share;
}

base::Result<model::DataShare> give_back_share(Work& work, const model::DataShareId& id,
                                               const model::GiveGround& command) {
  DURE_LET(loaded, load(work, id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::give_back(loaded.share, command.ground));
  DURE_TRY(move_obligation(work, loaded.share, ObligationEvent::kGiveBack));
  DURE_TRY(keep_share(work, loaded.share, "data_share.given_back", "give_back", command.ground));
  return loaded.share;
}

base::Result<model::DataShare> register_share(Work& work, const model::DataShareId& id,
                                              const model::RegisterShare& command) {
  DURE_LET(found, work.tx.data_shares().find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(access::Permission::kObligationRead, resource_of(*found)));
  DURE_TRY(work.expect(*found));
  DURE_LET(rules, work.world.policies.of_programme(work.tx, found->programme_id));
  const bool by_owner = rules->outcomes.data_registered_by_owner;
  const auto needed =
      by_owner ? access::Permission::kObligationSubmit : access::Permission::kObligationDecide;
  if (!access::allowed(work.caller.subject, needed, resource_of(*found), work.now))
    return base::error(base::ErrorKind::kNotAllowed,
                       base::Reason(by_owner ? "data_share.by_owner" : "data_share.by_centre"));
  DURE_LET(loaded, load(work, id, needed));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::register_share(loaded.share, command.registration, work.now));
  DURE_TRY(move_obligation(work, loaded.share, ObligationEvent::kAccept));
  DURE_TRY(keep_share(work, loaded.share, "data_share.registered", "register"));
  return loaded.share;
}

base::Result<model::DataShare> exempt_share(Work& work, const model::DataShareId& id,
                                            const model::GiveGround& command) {
  DURE_LET(loaded, load(work, id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::exempt(loaded.share, command.ground));
  DURE_TRY(move_obligation(work, loaded.share, ObligationEvent::kAccept));
  DURE_TRY(keep_share(work, loaded.share, "data_share.exempted", "exempt", command.ground));
  return loaded.share;
}

}  // namespace dure::commands
