// The clock's part of deletion: jobs that are made, and each step that is due.
#include <algorithm>
#include <cstdio>

#include "calendar/zone.h"
#include "commands/deletion.h"
#include "commands/erasure.h"
#include "commands/row_work.h"
#include "programme/allocation_states.h"
#include "programme/award.h"
#include "programme/deletion.h"
#include "programme/deletion_states.h"

namespace dure::commands {
namespace {

using model::DeletedKind;
using model::DeletionItemState;
using model::DeletionJob;
using model::DeletionJobState;
using programme::AllocationEvent;
using programme::DeletionJobEvent;
using programme::DeletionStep;
using row_work::state_detail;
using row_work::tell;

constexpr const char* kCollection = "deletion-jobs";
constexpr int kSteps = 8;  // more than a job has from its making to its certificate

struct Scene {
  PackPtr pack;
  base::Date today;
  std::vector<model::RetentionHold> holds;
  std::optional<model::Allocation> allocation;
};

base::Result<Scene> scene_of(Work& work, const DeletionJob& job) {
  Scene scene;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, job.programme_id));
  scene.pack = pack;
  scene.today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_LET(holds, load_all(work.tx.retention_holds(), ports::Query{}.where("deletion_job_id", job.id)));
  scene.holds = holds;
  if (job.allocation_id) {
    DURE_LET(allocation, work.tx.allocations().get(*job.allocation_id));
    scene.allocation = allocation;
  }
  return scene;
}

// The last day of another allocation of the project that is not over, if there is one.
base::Result<std::optional<base::Date>> goes_on_until(Work& work, const DeletionJob& job, base::Date today) {
  std::optional<base::Date> until;
  if (!job.project_id) return until;
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("project_id", *job.project_id)));
  for (const auto& each : all)
    if (job.allocation_id != each.id && !programme::over(programme::state_on(each, today)))
      until = until ? std::max(*until, each.ends_on) : each.ends_on;
  return until;
}

// Reports of the job's projects that are neither accepted nor with whoever decides what follows.
base::Result<std::int64_t> reports_owed(Work& work, const DeletionJob& job) {
  std::vector<ports::Scalar> projects;
  if (job.project_id) {
    projects.push_back(ports::scalar(*job.project_id));
  } else {
    DURE_LET(
        grants,
        load_all(
            work.tx.role_grants(),
            ports::Query{}.where("account_id", *job.account_id).where("scope", model::ScopeKind::kProject)));
    for (const auto& each : grants) projects.push_back(ports::scalar(each.scope_id));
  }
  return work.tx.obligations().count(
      ports::Query{}
          .where("state", model::ObligationState::kAccepted, ports::Compare::kNotEqual)
          .where("state", model::ObligationState::kEscalated, ports::Compare::kNotEqual)
          .where_in("project_id", projects));
}

std::string source_of(const policy::Pack& pack, const char* key) {
  const auto* found = pack.provenance(key);
  return found == nullptr ? std::string() : found->source;
}

// The law under which the thing stays; "" = it goes. Records of access stay by their own rule (R2).
std::string law_of(const model::DeletionItem& item, const Scene& scene) {
  if (item.kind == DeletedKind::kAccessRecord) {
    const auto source = source_of(*scene.pack, "retention.access_log_days");
    return source.empty() ? "retention.access_log_days" : source;
  }
  return programme::law_over(item.kind, scene.pack->retention, source_of(*scene.pack, "retention.holds"),
                             scene.holds, scene.today);
}

// Adds what is left and not in the job yet; what a law holds is marked so. True where something is new.
base::Result<bool> take_stock(Work& work, DeletionJob& job, const Scene& scene) {
  DURE_LET(left, list_left(work, job));
  bool added = false;
  for (auto& item : left) {
    const bool known = std::any_of(job.items.begin(), job.items.end(), [&](const auto& each) {
      return each.kind == item.kind && each.id == item.id && each.place == item.place;
    });
    if (known) continue;
    item.law = law_of(item, scene);
    if (!item.law.empty()) item.state = DeletionItemState::kHeld;
    job.items.push_back(item);
    added = true;
  }
  return added;
}

// Persons, accounts and what they filed are needed for as long as a report is owed.
bool needed_to_report(DeletedKind kind) {
  return kind != DeletedKind::kVolume && kind != DeletedKind::kWorkload;
}

base::Status save(Work& work, DeletionJob& job, const std::string& event, const std::string& action) {
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  return tell(work, job, kCollection, event, action, state_detail(job.state));
}

base::Status move_to(DeletionJob& job, DeletionJobEvent event) {
  DURE_LET(state, programme::next(job.state, event));
  job.state = state;
  return {};
}

base::Status notify(Work& work, DeletionJob& job, const Scene& scene) {
  DURE_TRY(move_to(job, DeletionJobEvent::kNotify));
  programme::mark_noticed(job, scene.today, work.now, scene.pack->retention);
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  return tell(work, job, kCollection, "deletion.noticed", "notify",
              "{\"purge_on\":\"" + base::to_text(job.purge_on) + "\"}");
}

// Of the allocation of the job, by its table of states.
base::Status move_allocation(Work& work, model::Allocation& allocation, AllocationEvent event) {
  DURE_LET(state, programme::next(allocation.state, event));
  allocation.state = state;
  DURE_TRY(work.save(work.tx.allocations(), allocation));
  return work.publish("allocation.state", "allocations/" + allocation.id.text, resource_of(allocation),
                      state_detail(state));
}

base::Status begin(Work& work, DeletionJob& job, Scene& scene) {
  DURE_TRY(move_to(job, DeletionJobEvent::kRun));
  job.started_at = work.now;
  DURE_LET(stock, take_stock(work, job, scene));
  static_cast<void>(stock);
  if (scene.allocation) {
    auto& allocation = *scene.allocation;
    if (allocation.state == model::AllocationState::kReclaimed)
      DURE_TRY(move_allocation(work, allocation, AllocationEvent::kEnd));
    if (allocation.state == model::AllocationState::kEnded)
      DURE_TRY(move_allocation(work, allocation, AllocationEvent::kSchedulePurge));
  }
  return save(work, job, "deletion.begun", "begin");
}

// Destroys what can be destroyed now. True where anything was.
base::Result<bool> destroy_some(Work& work, DeletionJob& job, const Scene& scene) {
  const auto before = job;
  DURE_LET(stock, take_stock(work, job, scene));
  DURE_LET(owed, reports_owed(work, job));
  bool changed = stock;
  for (auto& item : job.items) {
    if (item.state != DeletionItemState::kPending || (owed > 0 && needed_to_report(item.kind))) continue;
    const bool asked_before = item.kind == DeletedKind::kVolume && !item.place.empty();
    if (asked_before) {
      DURE_LET(volume, work.tx.volumes().get(model::VolumeId(item.id)));
      if (volume.erase_at && !volume.erased_at) continue;  // the node says when it is done
    }
    DURE_LET(done, destroy(work, item));
    if (!done) continue;
    item.state = DeletionItemState::kDestroyed;
    item.done_at = work.now;
    changed = true;
  }
  job.trouble = programme::what_waits(job.items);
  if (job.trouble && owed > 0) job.trouble = base::Reason("deletion.report_owed").with("count", owed);
  if (!changed && job.trouble == before.trouble) return false;
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  if (changed)
    DURE_TRY(
        work.audit("deletion-jobs.destroy", std::string(kCollection) + "/" + job.id.text, resource_of(job)));
  return true;
}

base::Status fail(Work& work, DeletionJob& job, const Scene& scene) {
  const auto known = static_cast<std::ptrdiff_t>(job.items.size());
  DURE_LET(stock, take_stock(work, job, scene));
  static_cast<void>(stock);
  const auto left = std::count_if(job.items.begin() + known, job.items.end(),
                                  [](const auto& each) { return each.state == DeletionItemState::kPending; });
  DURE_TRY(move_to(job, DeletionJobEvent::kFail));
  ++job.attempts;
  const auto first = std::find_if(job.items.begin(), job.items.end(),
                                  [](const auto& each) { return each.state == DeletionItemState::kPending; });
  job.trouble =
      base::Reason("deletion.left")
          .with("kind", first == job.items.end() ? std::string() : std::string(model::to_text(first->kind)))
          .with("count", static_cast<std::int64_t>(left));
  return save(work, job, "deletion.failed", "fail");
}

base::Result<std::string> certificate_number(Work& work, const Scene& scene) {
  const auto year = scene.today.year;
  const auto& meta = scene.pack->meta;
  DURE_LET(number, work.tx.next_number("certificate/" + meta.programme + "/" + std::to_string(year), 1));
  char text[32];
  std::snprintf(text, sizeof text, "-D-%d-%06lld", year, static_cast<long long>(number));
  return meta.receipt_prefix + text;
}

// All allocations of the project are purged with it, also those whose own job it stood in for.
base::Status purge_allocations(Work& work, const DeletionJob& job) {
  if (!job.project_id) return {};
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("project_id", *job.project_id)));
  for (auto& each : all) {
    if (each.state == model::AllocationState::kReclaimed)
      DURE_TRY(move_allocation(work, each, AllocationEvent::kEnd));
    if (each.state == model::AllocationState::kEnded)
      DURE_TRY(move_allocation(work, each, AllocationEvent::kSchedulePurge));
    if (each.state == model::AllocationState::kPurgeDue)
      DURE_TRY(move_allocation(work, each, AllocationEvent::kPurge));
  }
  return {};
}

base::Status certify(Work& work, DeletionJob& job, const Scene& scene) {
  DURE_TRY(move_to(job, DeletionJobEvent::kCertify));
  model::DeletionCertificate certificate;
  work.stamp(certificate);
  certificate.programme_id = job.programme_id;
  certificate.project_id = job.project_id;
  certificate.deletion_job_id = job.id;
  DURE_LET(number, certificate_number(work, scene));
  certificate.number = number;
  certificate.issued_on = scene.today;
  certificate.lines = programme::certificate_lines(job.items);
  certificate.statement_ko = scene.pack->retention.no_liability.ko;
  certificate.statement_en = scene.pack->retention.no_liability.en;
  certificate.policy_hash = scene.pack->hash();
  DURE_TRY(work.tx.deletion_certificates().insert(certificate));
  DURE_TRY(purge_allocations(work, job));
  DURE_TRY(tell(work, certificate, "deletion-certificates", "deletion.certified", "issue",
                "{\"number\":\"" + number + "\"}"));
  return save(work, job, "deletion.over", "certify");
}

base::Result<bool> take_step(Work& work, DeletionJob& job, Scene& scene, DeletionStep step) {
  switch (step) {
    case DeletionStep::kNone:
      return false;
    case DeletionStep::kNotify:
      DURE_TRY(notify(work, job, scene));
      return true;
    case DeletionStep::kCancel: {
      DURE_LET(until, goes_on_until(work, job, scene.today));
      DURE_TRY(move_to(job, DeletionJobEvent::kCancel));
      job.trouble = base::Reason("deletion.project_goes_on")
                        .with("ends_on", base::to_text(until.value_or(scene.today)));
      DURE_TRY(save(work, job, "deletion.cancelled", "cancel"));
      return true;
    }
    case DeletionStep::kRelease:
      DURE_TRY(move_to(job, DeletionJobEvent::kRelease));
      DURE_TRY(save(work, job, "deletion.released", "release"));
      return true;
    case DeletionStep::kRun:
      DURE_TRY(begin(work, job, scene));
      return true;
    case DeletionStep::kDestroy:
      return destroy_some(work, job, scene);
    case DeletionStep::kVerify:
      DURE_TRY(move_to(job, DeletionJobEvent::kVerify));
      job.verified_at = work.now;
      job.trouble.reset();
      DURE_TRY(save(work, job, "deletion.verified", "verify"));
      return true;
    case DeletionStep::kFail:
      DURE_TRY(fail(work, job, scene));
      return true;
    case DeletionStep::kCertify:
      DURE_TRY(certify(work, job, scene));
      return true;
  }
  return false;
}

// Verified anew from the rows: whatever can still be read is held by a law that the job names.
base::Result<bool> nothing_readable(Work& work, const DeletionJob& job, const Scene& scene) {
  auto seen = job;
  DURE_LET(added, take_stock(work, seen, scene));
  if (added && programme::any_pending(seen.items)) return false;
  DURE_LET(left, list_left(work, job));
  return std::all_of(left.begin(), left.end(), [&](const auto& item) {
    return std::any_of(job.items.begin(), job.items.end(), [&](const auto& each) {
      return each.kind == item.kind && each.id == item.id && each.state == DeletionItemState::kHeld;
    });
  });
}

// While it has not begun its dates follow those of the allocation.
base::Status follow_dates(Work& work, DeletionJob& job, const Scene& scene) {
  const bool open = job.state == DeletionJobState::kScheduled || job.state == DeletionJobState::kNoticed;
  if (!open || !scene.allocation) return {};
  const auto before = job;
  programme::plan_dates(job, programme::plan_closure(*scene.allocation, scene.pack->retention));
  if (before.last_day == job.last_day && before.notice_on == job.notice_on && before.purge_on == job.purge_on)
    return {};
  return work.save(work.tx.deletion_jobs(), job);
}

base::Result<bool> keep_job(Work& work, const model::DeletionJobId& id) {
  DURE_LET(job, work.tx.deletion_jobs().get(id));
  DURE_LET(scene, scene_of(work, job));
  DURE_TRY(follow_dates(work, job, scene));
  programme::DeletionFacts facts;
  facts.today = scene.today;
  facts.over = !scene.allocation || programme::over(programme::state_on(*scene.allocation, scene.today));
  DURE_LET(until, goes_on_until(work, job, scene.today));
  facts.goes_on = until.has_value();
  facts.held = programme::holds_all(scene.holds, scene.today);
  facts.all_done = !programme::any_pending(job.items);
  if (job.state == DeletionJobState::kRunning && facts.all_done) {
    DURE_LET(clean, nothing_readable(work, job, scene));
    facts.nothing_readable = clean;
  }
  return take_step(work, job, scene, programme::step_due(job, facts));
}

// The job of an allocation whose notice is due or whose use is over, once.
base::Result<bool> make_job(Work& work, const model::AllocationId& id) {
  DURE_LET(known, work.tx.deletion_jobs().count(ports::Query{}.where("allocation_id", id)));
  if (known > 0) return false;
  DURE_LET(allocation, work.tx.allocations().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  const auto plan = programme::plan_closure(allocation, pack->retention);
  if (today < plan.notice_on && !programme::over(programme::state_on(allocation, today))) return false;
  DeletionJob job;
  work.stamp(job);
  job.programme_id = allocation.programme_id;
  job.project_id = allocation.project_id;
  job.allocation_id = allocation.id;
  programme::plan_dates(job, plan);
  DURE_TRY(work.tx.deletion_jobs().insert(job));
  DURE_TRY(tell(work, job, kCollection, "deletion.scheduled", "schedule",
                "{\"purge_on\":\"" + base::to_text(job.purge_on) + "\"}"));
  return true;
}

// Allocations that are near their end or over, and not purged.
base::Result<std::vector<model::AllocationId>> ending(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::AllocationId>;
  return look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
    Ids ids;
    DURE_LET(all,
             load_all(work.tx.allocations(), ports::Query{}.where("state", model::AllocationState::kPurged,
                                                                  ports::Compare::kNotEqual)));
    for (const auto& each : all) {
      DURE_LET(known, work.tx.deletion_jobs().count(ports::Query{}.where("allocation_id", each.id)));
      if (known == 0) ids.push_back(each.id);
    }
    return ids;
  });
}

base::Result<std::vector<model::DeletionJobId>> open_jobs(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::DeletionJobId>;
  return look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
    Ids ids;
    DURE_LET(all, load_all(work.tx.deletion_jobs(),
                           ports::Query{}
                               .where("state", DeletionJobState::kCertified, ports::Compare::kNotEqual)
                               .where("state", DeletionJobState::kCancelled, ports::Compare::kNotEqual)));
    for (const auto& each : all) ids.push_back(each.id);
    return ids;
  });
}

}  // namespace

base::Result<KeptDates> keep_deletions(World& world, const HeldLease& lease) {
  DURE_LET(allocations, ending(world, lease));
  DURE_LET(kept, keep_each<model::Allocation>(world, lease, allocations, make_job));
  for (int step = 0; step < kSteps; ++step) {
    DURE_LET(jobs, open_jobs(world, lease));
    DURE_LET(moved, keep_each<DeletionJob>(world, lease, jobs, keep_job));
    kept.changed += moved.changed;
    kept.failed.insert(kept.failed.end(), moved.failed.begin(), moved.failed.end());
    if (moved.changed == 0) break;
  }
  return kept;
}

}  // namespace dure::commands
