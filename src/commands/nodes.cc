#include "commands/nodes.h"

#include <algorithm>
#include <set>

#include "commands/erasure.h"
#include "commands/groups.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "commands/runs.h"
#include "commands/share_uses.h"
#include "commands/usage.h"
#include "fleet/node_state.h"
#include "fleet/replica_state.h"
#include "fleet/report.h"
#include "placement/pool_part.h"
#include "wire/ticket.h"

namespace dure::commands {
namespace {

// A report that brings nothing new is written down at most this often.
constexpr base::Span kQuietReport = base::Span::seconds(5);
constexpr base::Span kGatewayPass = base::Span::minutes(10);

bool may_enrol(const access::Subject& subject) {
  return std::any_of(subject.grants.begin(), subject.grants.end(), [](const access::Grant& grant) {
    return grant.role == model::Role::kNode && grant.scope == model::ScopeKind::kNode &&
           grant.scope_id == "enrol";
  });
}

base::Result<std::string> make_node_token(Work& work, const std::string& scope_id, const std::string& name) {
  std::string token = work.world.secrets.make_token("dure_n_");
  model::ApiToken row;
  work.stamp(row);
  row.role = model::Role::kNode;
  row.scope = model::ScopeKind::kNode;
  row.scope_id = scope_id;
  row.name = name;
  row.token_hash = work.world.secrets.hash_token(token);
  DURE_TRY(work.tx.api_tokens().insert(row));
  return token;
}

base::Status revoke_node_tokens(Work& work, const std::string& scope_id) {
  DURE_LET(tokens, load_all(work.tx.api_tokens(), ports::Query{}
                                                      .where("scope", model::ScopeKind::kNode)
                                                      .where("scope_id", scope_id)
                                                      .where_null("revoked_at")));
  for (auto& token : tokens) {
    token.revoked_at = work.now;
    DURE_TRY(work.save(work.tx.api_tokens(), token));
  }
  return {};
}

// The node whose own token the caller holds.
base::Result<model::Node> reporting_node(Work& work) {
  for (const auto& grant : work.caller.subject.grants) {
    if (grant.role != model::Role::kNode || grant.scope_id.empty()) continue;
    DURE_LET(node, work.tx.nodes().find(model::NodeId(grant.scope_id)));
    if (!node) continue;
    DURE_TRY(work.require(access::Permission::kNodeReport, resource_of(*node)));
    return *node;
  }
  return base::error(base::ErrorKind::kNotAllowed, base::Reason("node.not_enrolled"));
}

bool same_card(const model::Card& card, const model::CardReport& report) {
  return card.index == report.index && card.model == report.model && card.product == report.product &&
         card.memory == report.memory && card.simulated == report.simulated && card.health == report.health &&
         card.mig == report.mig;
}

void fill_card(model::Card& card, const model::CardReport& report) {
  card.index = report.index;
  card.model = report.model;
  card.product = report.product;
  card.memory = report.memory;
  card.simulated = report.simulated;
  card.health = report.health;
  card.mig = report.mig;
}

// True where a card row was written.
base::Result<bool> store_cards(Work& work, const model::Node& node,
                               const std::vector<model::CardReport>& reports, bool write) {
  bool changed = false;
  std::set<std::string> seen;
  for (const auto& report : reports) {
    seen.insert(report.id.text);
    DURE_LET(card, work.tx.cards().find(report.id));
    if (card && card->node_id == node.id && same_card(*card, report)) continue;
    changed = true;
    if (!write) continue;
    if (card) {
      card->node_id = node.id;
      fill_card(*card, report);
      DURE_TRY(work.save(work.tx.cards(), *card));
    } else {
      model::Card made;
      made.id = report.id;
      work.stamp_times(made);
      made.node_id = node.id;
      fill_card(made, report);
      DURE_TRY(work.tx.cards().insert(made));
    }
  }
  DURE_LET(known, load_all(work.tx.cards(), ports::Query{}.where("node_id", node.id)));
  for (auto& card : known) {
    if (seen.count(card.id.text) || card.health == model::CardHealth::kMissing) continue;
    changed = true;
    if (!write) continue;
    card.health = model::CardHealth::kMissing;
    DURE_TRY(work.save(work.tx.cards(), card));
    DURE_TRY(work.publish("card.missing", "cards/" + card.id.text, resource_of(card)));
  }
  return changed;
}

bool lists(const model::Image& image, const model::NodeId& node) {
  return std::find(image.node_ids.begin(), image.node_ids.end(), node.text) != image.node_ids.end();
}

base::Result<bool> store_images(Work& work, const model::Node& node,
                                const std::vector<model::ImageReport>& reports, bool write) {
  bool changed = false;
  for (const auto& report : reports) {
    DURE_LET(image, work.tx.images().first(ports::Query{}.where("reference", report.reference).at_most(1)));
    if (image && image->digest == report.digest && image->services == report.services &&
        lists(*image, node.id))
      continue;
    changed = true;
    if (!write) continue;
    model::Image row;
    if (image)
      row = *image;
    else
      work.stamp(row);
    row.reference = report.reference;
    row.digest = report.digest;
    row.size = report.size;
    row.software = report.software;
    row.services = report.services;
    if (!lists(row, node.id)) row.node_ids.push_back(node.id.text);
    DURE_TRY(image ? work.save(work.tx.images(), row) : work.tx.images().insert(row));
  }
  return changed;
}

// The observations that the store does not have yet, oldest first.
base::Result<std::vector<model::Observation>> new_observations(
    Work& work, const model::Node& node, const std::vector<model::Observation>& reported) {
  std::vector<model::Observation> fresh;
  for (const auto& each : reported) {
    if (each.boot_id == node.boot_id && each.sequence <= node.last_sequence) continue;
    DURE_LET(known, work.tx.observations().first(ports::Query{}
                                                     .where("node_id", node.id)
                                                     .where("boot_id", each.boot_id)
                                                     .where("sequence", each.sequence)
                                                     .at_most(1)));
    if (!known) fresh.push_back(each);
  }
  return fresh;
}

base::Result<ledger::LedgerState> ledger_state(Work& work, LedgerStates& states,
                                               const model::ReplicaId& replica) {
  if (const auto found = states.find(replica); found != states.end()) return found->second;
  DURE_LET(observations,
           load_all(work.tx.observations(), ports::Query{}.where("replica_id", replica).ordered("sequence")));
  DURE_LET(entries, load_all(work.tx.ledger_entries(), ports::Query{}.where("replica_id", replica)));
  return ledger::rebuild(observations, entries);
}

// Stores what was seen of one replica: the rows, its state, its run's step, its ledger entries.
base::Status store_observations(Work& work, const model::Node& node, LedgerStates& states,
                                const model::ReplicaId& id, const std::vector<model::Observation>& seen) {
  DURE_LET(replica, work.tx.replicas().find(id));
  if (!replica || replica->node_id != node.id)
    return {};  // of a store that was lost: there is nothing to book it on; it is acknowledged like the
                // others
  DURE_LET(state, ledger_state(work, states, id));
  StepContext context;
  model::Replica observed = *replica;
  for (auto observation : seen) {
    work.stamp(observation);
    observation.node_id = node.id;
    DURE_TRY(work.tx.observations().insert(observation));
    observed = fleet::observe(observed, observation);
    if (observation.failure) context.failures.emplace(id, *observation.failure);
  }
  DURE_TRY(book(work, *replica, seen, state));
  states[id] = state;
  DURE_TRY(work.save(work.tx.replicas(), observed));
  const auto stepped = step_run(work, replica->run_id, context);
  return stepped ? base::Status{} : base::Status{stepped.failure()};
}

// What keeps the replicas of each assigned run from running, as the node says: the first by number. Runs
// whose replicas are well are there with nothing.
base::Result<std::map<model::RunId, std::optional<base::Reason>>> troubles_by_run(
    Work& work, const model::Node& node, const model::NodeReport& report) {
  std::map<model::ReplicaId, base::Reason> by_replica;
  for (const auto& each : report.troubles) by_replica[each.replica_id] = each.reason;
  std::map<model::RunId, std::optional<base::Reason>> by_run;
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}
                                                      .where("node_id", node.id)
                                                      .where("state", model::ReplicaState::kAssigned)
                                                      .ordered("number")));
  for (const auto& replica : replicas) {
    auto& reason = by_run[replica.run_id];
    const auto found = by_replica.find(replica.id);
    if (!reason && found != by_replica.end()) reason = found->second;
  }
  return by_run;
}

// Of a gang over several nodes one speaks at a time: that of the first replica that does not run yet.
base::Result<bool> speaks_for(Work& work, const model::Node& node, const model::RunId& run) {
  DURE_LET(first, work.tx.replicas().first(ports::Query{}
                                               .where("run_id", run)
                                               .where("state", model::ReplicaState::kAssigned)
                                               .ordered("number")
                                               .at_most(1)));
  return first && first->node_id == node.id;
}

// Shows on the run why it does not run yet. True where a row was written.
base::Result<bool> store_troubles(Work& work, const model::Node& node, const model::NodeReport& report,
                                  bool write) {
  bool changed = false;
  DURE_LET(by_run, troubles_by_run(work, node, report));
  for (const auto& [id, reason] : by_run) {
    DURE_LET(run, work.tx.runs().get(id));
    if (run.state != model::RunState::kAssigned || run.waiting == reason) continue;
    DURE_LET(speaks, speaks_for(work, node, id));
    if (!speaks) continue;
    changed = true;
    if (!write) continue;
    const bool tell = reason && (!run.waiting || run.waiting->code != reason->code);
    run.waiting = reason;
    DURE_TRY(work.save(work.tx.runs(), run));
    if (tell)
      DURE_TRY(work.publish("run.waiting", "runs/" + id.text, resource_of(run),
                            "{\"code\":\"" + reason->code + "\"}"));
  }
  return changed;
}

void fill_node(model::Node& node, const model::NodeReport& report) {
  node.engine = report.engine;
  node.fabric_leaf = report.fabric_leaf;
  node.nvlink_island = report.nvlink_island;
  node.cpu_milli = report.cpu_milli;
  node.memory = report.memory;
  node.simulated =
      std::any_of(report.cards.begin(), report.cards.end(), [](const auto& card) { return card.simulated; });
}

bool same_node(const model::Node& node, const model::NodeReport& report) {
  model::Node filled = node;
  fill_node(filled, report);
  return node.boot_id == report.boot_id && node.state != model::NodeState::kLost &&
         filled.engine == node.engine && filled.cpu_milli == node.cpu_milli && filled.memory == node.memory &&
         filled.simulated == node.simulated && filled.fabric_leaf == node.fabric_leaf &&
         filled.nvlink_island == node.nvlink_island;
}

// The highest sequence of the report's boot that was taken, with this report. Reports carry the oldest first,
// so all below were taken as well; also those about replicas that are not known here, which leave no row.
std::int64_t taken_sequence(const model::Node& node, const model::NodeReport& report) {
  std::int64_t highest = node.boot_id == report.boot_id ? node.last_sequence : 0;
  for (const auto& each : report.observations)
    if (each.boot_id == report.boot_id) highest = std::max(highest, each.sequence);
  return highest;
}

base::Result<model::ReplicaOrder> order_of(Work& work, const model::Replica& replica) {
  DURE_LET(run, work.tx.runs().get(replica.run_id));
  DURE_LET(workload, work.tx.workloads().get(replica.workload_id));
  DURE_LET(revision, work.tx.revisions().get(run.revision_id));
  DURE_LET(account, work.tx.accounts().get(replica.account_id));
  DURE_LET(project, work.tx.projects().get(replica.project_id));
  model::ReplicaOrder order;
  order.replica_id = replica.id;
  order.workload_id = replica.workload_id;
  order.kind = workload.kind;
  order.desired = replica.desired;
  order.spec = revision.spec;
  order.hostname = "w-" + replica.workload_id.text.substr(24);
  order.uid = account.uid;
  order.gid = project.gid;
  DURE_LET(shares, load_all(work.tx.shares(), ports::Query{}.where("replica_id", replica.id)));
  if (!shares.empty()) {
    DURE_LET(terms, share_terms(work, run));
    for (const auto& share : shares)
      order.shares.push_back({share.card_id, share.milli_gpu, share.memory, share.mig_profile,
                              share.mig_start, share.mig_milli_gpu, terms.policy, terms.weight,
                              terms.priority});
  }
  DURE_LET(
      volumes,
      load_all(
          work.tx.volumes(),
          ports::Query{}.where("account_id", replica.account_id).where("project_id", replica.project_id)));
  for (const auto& volume : volumes)
    order.volumes.push_back({volume.id, "/home/user", account.uid, project.gid, volume.quota});
  return order;
}

std::string gateway_pass(Work& work, const model::NodeId& node) {
  model::AccessTicket pass;
  pass.purpose = "node";
  pass.node_id = node;
  pass.expires_at = work.now + kGatewayPass;
  return wire::encode_ticket(pass, [&](std::string_view text) { return work.world.tickets.sign(text); });
}

// REQUIRES: the node's row is that of its present boot.
base::Result<model::NodeOrders> orders_for(Work& work, const model::Node& node) {
  model::NodeOrders orders;
  orders.node_id = node.id;
  orders.acknowledged = node.last_sequence;
  DURE_LET(replicas, load_all(work.tx.replicas(),
                              ports::Query{}
                                  .where("node_id", node.id)
                                  .where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual)));
  for (const auto& replica : replicas) {
    DURE_LET(order, order_of(work, replica));
    orders.replicas.push_back(std::move(order));
  }
  orders.gateway_pass = gateway_pass(work, node.id);
  DURE_LET(erase, volumes_to_erase(work, node.id));
  orders.erase_volumes = std::move(erase);
  return orders;
}

// Also where the clock was set back behind the last report: it has to be heard by the clock that is.
bool written_lately(const Work& work, const model::Node& node) {
  const base::Span since = work.now - node.last_report_at;
  return since.us >= 0 && since < kQuietReport;
}

// Whether the report brings anything that has to be written.
base::Result<bool> brings_news(Work& work, const model::Node& node, const model::NodeReport& report) {
  if (!same_node(node, report) || !written_lately(work, node)) return true;
  DURE_LET(erased, erased_any(work, node.id, report.erased_volumes));
  if (erased) return true;
  DURE_LET(fresh, new_observations(work, node, report.observations));
  if (!fresh.empty()) return true;
  DURE_LET(cards, store_cards(work, node, report.cards, false));
  if (cards) return true;
  DURE_LET(troubles, store_troubles(work, node, report, false));
  if (troubles) return true;
  DURE_LET(findings, store_findings(work, node, report, false));
  if (findings) return true;
  return store_images(work, node, report.images, false);
}

base::Result<model::Node> write_report(Work& work, model::Node node, LedgerStates& states,
                                       const model::NodeReport& report) {
  if (const auto stored = store_cards(work, node, report.cards, true); !stored) return stored.failure();
  if (const auto stored = store_images(work, node, report.images, true); !stored) return stored.failure();
  DURE_TRY(store_readings(work, node, report));  // before an end releases the share: the last one counts too
  DURE_LET(fresh, new_observations(work, node, report.observations));
  std::map<model::ReplicaId, std::vector<model::Observation>> by_replica;
  for (const auto& each : fresh) by_replica[each.replica_id].push_back(each);
  for (const auto& [replica, seen] : by_replica)
    DURE_TRY(store_observations(work, node, states, replica, seen));
  if (const auto stored = store_troubles(work, node, report, true); !stored) return stored.failure();
  if (const auto stored = store_findings(work, node, report, true); !stored) return stored.failure();
  DURE_TRY(note_erased(work, node.id, report.erased_volumes));
  const bool returned = node.state == model::NodeState::kLost;
  fill_node(node, report);
  if (returned) node.state = fleet::serving_state(node);
  node.last_sequence = taken_sequence(node, report);
  node.boot_id = report.boot_id;
  node.boottime_us = report.boottime_us;
  node.last_report_at = work.now;
  DURE_TRY(work.save(work.tx.nodes(), node));
  if (returned) DURE_TRY(work.publish("node.returned", "nodes/" + node.id.text, resource_of(node)));
  return node;
}

// Ends what ran on a node that is given up; its usage up to the last sight is booked.
base::Status give_up_replicas(Work& work, const model::Node& node) {
  StepContext context;
  context.lost_nodes.emplace(node.id, fleet::LostNode{node.last_report_at});
  DURE_LET(replicas, load_all(work.tx.replicas(),
                              ports::Query{}
                                  .where("node_id", node.id)
                                  .where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual)));
  LedgerStates none;
  for (const auto& replica : replicas) {
    DURE_LET(state, ledger_state(work, none, replica.id));
    DURE_TRY(close_book(work, replica, state));
    if (const auto stepped = step_run(work, replica.run_id, context); !stepped) return stepped.failure();
  }
  return {};
}

}  // namespace

LedgerStates LedgerCache::find(const model::NodeId& node, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(node);
  if (found == kept_.end() || found->second.version != version) return {};
  return found->second.states;
}

void LedgerCache::keep(const model::NodeId& node, std::int64_t version, LedgerStates states) {
  const std::lock_guard lock(mutex_);
  std::erase_if(states, [](const auto& each) {
    return !each.second.facts.ends.empty() && !each.second.booked.end_estimated;
  });
  kept_[node] = {version, std::move(states)};
}

base::Result<std::string> make_enrol_token(World& world) {
  return run<std::string>(world, system_caller("bootstrap"), [](Work& work) -> base::Result<std::string> {
    DURE_TRY(revoke_node_tokens(work, "enrol"));
    return make_node_token(work, "enrol", "enrolment of nodes");
  });
}

base::Result<model::EnrolledNode> enrol_node(Work& work, const model::EnrolNode& command) {
  if (!may_enrol(work.caller.subject))
    return base::error(base::ErrorKind::kNotAllowed, base::Reason("node.enrol_token"));
  if (command.name.empty()) return base::invalid(base::Reason("node.name_missing"));
  if (command.pool.find(placement::kPartMark) != std::string::npos)
    return refused("/pool", base::Reason("node.pool_malformed").with("pool", command.pool));
  DURE_LET(found, work.tx.nodes().first(ports::Query{}.where("name", command.name).at_most(1)));
  model::Node node;
  if (found) {
    node = *found;
    DURE_TRY(revoke_node_tokens(work, node.id.text));
  } else {
    work.stamp(node);
    node.name = command.name;
    node.pool = command.pool;
    node.last_report_at = work.now;
    DURE_TRY(work.tx.nodes().insert(node));
  }
  DURE_LET(token, make_node_token(work, node.id.text, "node " + node.name));
  DURE_TRY(work.publish("node.enrolled", "nodes/" + node.id.text, resource_of(node)));
  DURE_TRY(work.audit("nodes.enrol", "nodes/" + node.id.text, resource_of(node)));
  return model::EnrolledNode{node.id, token};
}

base::Result<model::NodeOrders> report_node(World& world, const Caller& caller, LedgerCache& ledgers,
                                            const model::NodeReport& report) {
  DURE_TRY(fleet::check_report(report));
  std::optional<model::NodeOrders> quiet;
  const auto looked = look<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(node, reporting_node(work));
    DURE_LET(news, brings_news(work, node, report));
    if (news) return true;
    DURE_LET(orders, orders_for(work, node));
    quiet = std::move(orders);
    return false;
  });
  if (!looked) return looked.failure();
  if (quiet) return std::move(*quiet);
  LedgerStates states;
  model::Node left;
  auto orders = run<model::NodeOrders>(world, caller, [&](Work& work) -> base::Result<model::NodeOrders> {
    DURE_LET(node, reporting_node(work));
    states = ledgers.find(node.id, node.version);
    DURE_LET(written, write_report(work, node, states, report));
    left = written;
    return orders_for(work, written);
  });
  if (orders) ledgers.keep(left.id, left.version, std::move(states));
  return orders;
}

base::Result<std::vector<fleet::NodeSight>> sight_nodes(Work& work) {
  DURE_LET(nodes, load_all(work.tx.nodes(), ports::Query{}.where("state", model::NodeState::kLost,
                                                                 ports::Compare::kNotEqual)));
  std::vector<fleet::NodeSight> sights;
  sights.reserve(nodes.size());
  for (const auto& node : nodes) sights.push_back({node.id, node.last_report_at});
  return sights;
}

base::Result<std::int64_t> mark_lost_nodes(Work& work, const std::vector<fleet::NodeSight>& silent) {
  std::int64_t lost = 0;
  for (const auto& sight : silent) {
    DURE_LET(node, work.tx.nodes().get(sight.id));
    const bool heard = node.last_report_at != sight.last_report_at;
    if (heard || node.state == model::NodeState::kLost) continue;
    ++lost;
    node.state = model::NodeState::kLost;
    DURE_TRY(work.save(work.tx.nodes(), node));
    DURE_TRY(work.publish("node.lost", "nodes/" + node.id.text, resource_of(node)));
    DURE_TRY(work.audit("nodes.lost", "nodes/" + node.id.text, resource_of(node)));
    DURE_TRY(give_up_replicas(work, node));
  }
  return lost;
}

}  // namespace dure::commands
