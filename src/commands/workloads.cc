#include "commands/workloads.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/cluster.h"
#include "commands/group_bindings.h"
#include "commands/quotas.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/runs.h"
#include "commands/share_uses.h"
#include "commands/training.h"
#include "commands/volumes.h"
#include "programme/award.h"
#include "programme/from_policy.h"
#include "programme/group.h"
#include "queue/admit.h"
#include "queue/defaults.h"
#include "wire/ticket.h"

namespace dure::commands {
namespace {

constexpr std::size_t kLongestName = 100;

base::Status check_kind(model::WorkloadKind kind, const policy::WorkloadRules& rules) {
  const std::string name(model::to_text(kind));
  if (rules.kinds.empty() || std::find(rules.kinds.begin(), rules.kinds.end(), name) != rules.kinds.end())
    return {};
  return base::error(base::ErrorKind::kNotAllowed,
                     base::Reason("workload.kind_not_offered").with("kind", name));
}

base::Status check_image(Work& work, const model::WorkloadSpec& spec) {
  DURE_LET(image, work.tx.images().first(ports::Query{}.where("reference", spec.image).at_most(1)));
  if (!image)
    return base::error(base::ErrorKind::kNotEver,
                       base::Reason("workload.image_unknown").with("image", spec.image),
                       {{"/spec/image", base::Reason("workload.image_unknown").with("image", spec.image)}});
  for (const auto& service : spec.services)
    if (std::find(image->services.begin(), image->services.end(), service) == image->services.end())
      return base::error(base::ErrorKind::kNotEver,
                         base::Reason("workload.no_such_service").with("service", service));
  return {};
}

base::Status check_shape(const model::CreateWorkload& command) {
  std::vector<base::Detail> details;
  if (command.name.empty() || command.name.size() > kLongestName)
    details.push_back(
        {"/name", base::Reason("workload.name").with("longest", static_cast<std::int64_t>(kLongestName))});
  if (command.kind == model::WorkloadKind::kJob && command.spec.command.empty())
    details.push_back({"/spec/command", base::Reason("workload.command_missing")});
  if (command.kind == model::WorkloadKind::kService || command.kind == model::WorkloadKind::kApplication)
    details.push_back(
        {"/kind",
         base::Reason("workload.kind_not_offered").with("kind", std::string(model::to_text(command.kind)))});
  if (details.empty()) return {};
  return base::invalid(base::Reason("workload.invalid"), std::move(details));
}

base::Status check_retries(const model::CreateWorkload& command, const policy::WorkloadRules& rules) {
  const auto asked = command.spec.max_retries;
  if (command.kind != model::WorkloadKind::kJob || asked <= rules.job_max_retries) return {};
  const base::Reason reason =
      base::Reason("workload.too_many_retries").with("asked", asked).with("most", rules.job_max_retries);
  return base::error(base::ErrorKind::kNotAllowed, reason, {{"/spec/max_retries", reason}});
}

// queue.max_pending_per_account: what waits now, before this one.
base::Status check_pending(Work& work, const model::AccountId& account, const policy::Queue& rules) {
  if (rules.max_pending_per_account == 0) return {};
  const auto pending = ports::Query{}.where("account_id", account).where("state", model::RunState::kQueued);
  DURE_LET(waiting, work.tx.runs().count(pending));
  if (waiting < rules.max_pending_per_account) return {};
  return base::error(base::ErrorKind::kTooMany, base::Reason("queue.too_many_pending")
                                                    .with("waiting", waiting)
                                                    .with("most", rules.max_pending_per_account));
}

queue::Portion portion_of(const policy::Pool& pool) {
  const bool server = pool.unit == policy::OfferUnit::kServer && pool.gpus_per_unit > 0;
  const auto unit = pool.unit == policy::OfferUnit::kBlock
                        ? base::MilliGpu::blocks(1)
                        : base::MilliGpu::cards(server ? pool.gpus_per_unit : 1);
  return {unit, pool.cpu_cores_per_unit * 1000, pool.memory_per_unit};
}

// What the pool, the award, the account's ceiling and the machines say that goes with a card.
std::vector<queue::Portion> portions_for(const queue::Admission& admission, const policy::Pool& pool,
                                         const placement::Cluster& cluster, const std::string& model) {
  auto portions = queue::portions_of(cluster, admission.pool, model);
  portions.push_back(portion_of(pool));
  portions.push_back(queue::portion_of(queue::ceiling_of(admission.limit)));
  portions.push_back(queue::portion_of(admission.account));
  return portions;
}

// The queue speaks of the spec alone.
base::Error below_spec(base::Error failure) {
  for (auto& detail : failure.details)
    if (!detail.pointer.empty()) detail.pointer = "/spec" + detail.pointer;
  return failure;
}

// What an operator has set for the account, the project and the organisation; else the pack.
base::Status apply_quotas(Work& work, const model::Allocation& allocation, const model::AccountId& account,
                          const policy::Pack& pack, queue::Admission& admission) {
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  DURE_LET(quotas, quotas_of(work, account, project.id, project.organisation_id));
  const auto said = [](const auto& quota) { return quota ? ceiling_of(*quota) : queue::Ceiling{}; };
  admission.account_quota = said(quotas.account);
  admission.project = queue::first_said(said(quotas.project), ceiling_of(pack.offer.project_ceiling));
  admission.organisation =
      queue::first_said(said(quotas.organisation), ceiling_of(pack.offer.organisation_ceiling));
  return {};
}

// The spec as it will run, with what it left out; or why it may not.
base::Result<model::WorkloadSpec> admitted_spec(Work& work, const model::Allocation& allocation,
                                                const model::AccountId& account,
                                                const model::CreateWorkload& command) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  DURE_TRY(check_kind(command.kind, pack->workload));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_TRY(programme::may_use(allocation, today));
  DURE_TRY(check_trained(work, allocation.programme_id, account, *pack));
  DURE_TRY(check_image(work, command.spec));
  DURE_LET(groups, load_groups(work));
  if (const auto may = programme::check_group_image(command.spec.image, groups.of(account), groups.groups());
      !may)
    return may.failure();
  DURE_LET(cluster, load_cluster(work, groups));
  queue::Admission admission;
  admission.state = allocation.state;
  admission.pool = groups.pool_for(account, allocation.pool);
  admission.limit = allocation.limit;
  admission.borrow_percent = pack->queue.borrow_percent;
  admission.account = account_ceiling(*pack);
  DURE_TRY(apply_quotas(work, allocation, account, *pack, admission));
  const auto pool = programme::decision_limits(*pack, allocation.pool).pool;
  admission.menu = pool.unit_menu;
  auto spec = queue::with_defaults(command.spec, portions_for(admission, pool, cluster, command.spec.model));
  if (const auto may = queue::admit(spec, admission, cluster); !may) return below_spec(may.failure());
  DURE_TRY(check_pending(work, account, pack->queue));
  return spec;
}

// The revision that runs: the workload's own, or one that has what the rules have added since it was made.
base::Result<model::Revision> revision_with(Work& work, const model::Revision& current,
                                            const model::WorkloadSpec& spec) {
  if (current.spec == spec) return current;
  model::Revision next;
  work.stamp(next);
  next.workload_id = current.workload_id;
  next.number = current.number + 1;
  next.spec = spec;
  DURE_TRY(work.tx.revisions().insert(next));
  return next;
}

base::Result<model::WorkloadView> view_of(Work& work, const model::Workload& workload) {
  model::WorkloadView view;
  view.workload = workload;
  DURE_LET(revision, work.tx.revisions().get(workload.revision_id));
  view.revision = revision;
  if (!workload.run_id) return view;
  DURE_LET(run, work.tx.runs().get(*workload.run_id));
  view.run = run;
  DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", run.id)));
  view.replicas = replicas;
  DURE_LET(shares, load_all(work.tx.shares(), ports::Query{}.where("run_id", run.id)));
  view.shares = shares;
  DURE_TRY(show_uses(work, view));
  return view;
}

std::string workload_name(const model::WorkloadId& id) {
  return "workloads/" + id.text;
}

base::Status check_service(Work& work, const model::Workload& workload, const std::string& service) {
  DURE_LET(revision, work.tx.revisions().get(workload.revision_id));
  DURE_LET(image, work.tx.images().first(ports::Query{}.where("reference", revision.spec.image).at_most(1)));
  if (image && std::find(image->services.begin(), image->services.end(), service) != image->services.end())
    return {};
  return base::error(base::ErrorKind::kNotEver,
                     base::Reason("workload.no_such_service").with("service", service));
}

// The replica that a person enters. Logs may be read after its end as well.
base::Result<model::Replica> replica_to_enter(Work& work, const model::Workload& workload, bool must_run) {
  const base::Error not_running = base::error(
      base::ErrorKind::kConflict, base::Reason("workload.not_running").with("workload", workload.name));
  if (!workload.run_id) return not_running;
  DURE_LET(replica, work.tx.replicas().first(
                        ports::Query{}.where("run_id", *workload.run_id).ordered("number").at_most(1)));
  if (!replica || (must_run && replica->state != model::ReplicaState::kRunning)) return not_running;
  return *replica;
}

}  // namespace

base::Result<model::WorkloadView> create_workload(Work& work, const model::CreateWorkload& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kWorkload;
  where.account_id = work.caller.subject.account_id.text;
  DURE_TRY(work.require(access::Permission::kWorkloadCreate, where));
  DURE_TRY(check_shape(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation->programme_id));
  DURE_TRY(check_retries(command, pack->workload));
  DURE_LET(spec, admitted_spec(work, *allocation, work.caller.subject.account_id, command));
  model::Workload workload;
  work.stamp(workload);
  workload.programme_id = allocation->programme_id;
  workload.project_id = allocation->project_id;
  workload.allocation_id = allocation->id;
  workload.account_id = work.caller.subject.account_id;
  workload.kind = command.kind;
  workload.name = command.name;
  model::Revision revision;
  work.stamp(revision);
  revision.workload_id = workload.id;
  revision.spec = spec;
  workload.revision_id = revision.id;
  DURE_TRY(ensure_home(work, *allocation, workload.account_id));
  DURE_TRY(work.tx.workloads().insert(workload));
  DURE_TRY(work.tx.revisions().insert(revision));
  DURE_LET(run, queue_run(work, workload));
  DURE_TRY(work.save(work.tx.workloads(), workload));
  DURE_TRY(work.audit("workloads.create", workload_name(workload.id), where));
  return model::WorkloadView{workload, revision, run, {}, {}, {}, {}, {}};
}

namespace {

base::Status ask_to_stop(Work& work, model::Workload& workload) {
  if (workload.desired == model::Desired::kStopped) return {};
  workload.desired = model::Desired::kStopped;
  DURE_TRY(work.save(work.tx.workloads(), workload));
  DURE_TRY(work.audit("workloads.stop", workload_name(workload.id), resource_of(workload)));
  if (!workload.run_id) return {};
  const auto stepped = step_run(work, *workload.run_id);
  return stepped.ok() ? base::Status() : base::Status(stepped.failure());
}

}  // namespace

base::Status stop_workloads_of(Work& work, const model::AccountId& account) {
  DURE_LET(running,
           load_all(work.tx.workloads(),
                    ports::Query{}.where("account_id", account).where("desired", model::Desired::kRunning)));
  for (auto& workload : running) DURE_TRY(ask_to_stop(work, workload));
  return {};
}

base::Result<model::WorkloadView> stop_workload(Work& work, const model::WorkloadId& id) {
  DURE_LET(workload, load_for(work, work.tx.workloads(), id, access::Permission::kWorkloadControl));
  DURE_TRY(ask_to_stop(work, workload));
  DURE_LET(stopped, work.tx.workloads().get(id));
  return view_of(work, stopped);
}

base::Result<model::WorkloadView> start_workload(Work& work, const model::WorkloadId& id) {
  DURE_LET(workload, load_for(work, work.tx.workloads(), id, access::Permission::kWorkloadControl));
  if (workload.deleted_at)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("workload.deleted").with("workload", workload.name));
  if (workload.run_id) {
    DURE_LET(run, work.tx.runs().get(*workload.run_id));
    if (run.state != model::RunState::kEnded && workload.desired == model::Desired::kRunning)
      return view_of(work, workload);
    if (run.state != model::RunState::kEnded)
      return base::error(base::ErrorKind::kConflict,
                         base::Reason("workload.still_running").with("workload", workload.name));
  }
  DURE_LET(allocation, work.tx.allocations().get(workload.allocation_id));
  DURE_LET(former, work.tx.revisions().get(workload.revision_id));
  DURE_LET(spec, admitted_spec(work, allocation, workload.account_id,
                               {allocation.id, workload.kind, workload.name, former.spec}));
  DURE_LET(revision, revision_with(work, former, spec));
  workload.revision_id = revision.id;
  DURE_TRY(ensure_home(work, allocation, workload.account_id));
  workload.desired = model::Desired::kRunning;
  DURE_LET(run, queue_run(work, workload));
  DURE_TRY(work.save(work.tx.workloads(), workload));
  DURE_TRY(work.audit("workloads.start", workload_name(id), resource_of(workload)));
  return model::WorkloadView{workload, revision, run, {}, {}, {}, {}, {}};
}

base::Result<model::Workload> delete_workload(Work& work, const model::WorkloadId& id) {
  DURE_LET(workload, load_for(work, work.tx.workloads(), id, access::Permission::kWorkloadControl));
  if (workload.deleted_at) return workload;
  if (workload.run_id) {
    DURE_LET(run, work.tx.runs().get(*workload.run_id));
    if (run.state != model::RunState::kEnded)
      return base::error(base::ErrorKind::kConflict,
                         base::Reason("workload.still_running").with("workload", workload.name));
  }
  workload.deleted_at = work.now;
  workload.desired = model::Desired::kStopped;
  DURE_TRY(work.save(work.tx.workloads(), workload));
  DURE_TRY(work.publish("workload.deleted", workload_name(id), resource_of(workload)));
  DURE_TRY(work.audit("workloads.delete", workload_name(id), resource_of(workload)));
  return workload;
}

base::Result<model::WorkloadView> view_workload(Work& work, const model::WorkloadId& id) {
  DURE_LET(workload, read_row(work, work.tx.workloads(), id));
  return view_of(work, workload);
}

base::Result<model::GrantedAccess> grant_access(Work& work, const model::WorkloadId& id,
                                                const model::RequestAccess& command) {
  static const std::vector<std::string> kPurposes = {"terminal", "exec", "logs", "service"};
  if (std::find(kPurposes.begin(), kPurposes.end(), command.purpose) == kPurposes.end())
    return base::invalid(base::Reason("workload.purpose").with("purpose", command.purpose),
                         {{"/purpose", base::Reason("workload.purpose").with("purpose", command.purpose)}});
  DURE_LET(workload, load_for(work, work.tx.workloads(), id, access::Permission::kWorkloadEnter));
  if (command.purpose == "service") DURE_TRY(check_service(work, workload, command.service));
  // Who goes into a workload uses it as well, whoever has started it (F4).
  if (command.purpose != "logs") {
    DURE_LET(pack, work.world.policies.of_programme(work.tx, workload.programme_id));
    DURE_TRY(check_trained(work, workload.programme_id, work.caller.subject.account_id, *pack));
  }
  DURE_LET(replica, replica_to_enter(work, workload, command.purpose != "logs"));
  model::AccessTicket ticket;
  ticket.purpose = command.purpose;
  ticket.workload_id = id;
  ticket.replica_id = replica.id;
  ticket.node_id = replica.node_id;
  ticket.service = command.service;
  ticket.account_id = work.caller.subject.account_id;
  ticket.expires_at = work.now + work.world.settings.ticket_length;
  model::GrantedAccess granted;
  granted.ticket =
      wire::encode_ticket(ticket, [&](std::string_view text) { return work.world.tickets.sign(text); });
  granted.url = work.world.settings.gateway_url + "/w/" + id.text + "/" +
                (command.purpose == "service" ? command.service + "/" : command.purpose);
  granted.expires_at = ticket.expires_at;
  DURE_TRY(work.audit("workloads.enter", workload_name(id), resource_of(workload),
                      "{\"purpose\":\"" + command.purpose + "\"}"));
  return granted;
}

}  // namespace dure::commands
