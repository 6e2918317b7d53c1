// The clock's part of deletion: jobs that are made, and each step that is due.
#include <algorithm>
#include <cstdio>
#include <set>
#include <tuple>

#include "calendar/zone.h"
#include "commands/deletion.h"
#include "commands/deletion_scene.h"
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

constexpr int kMostSteps = 8;  // more than a job has from its making to its certificate

std::tuple<DeletedKind, std::string, std::string> key_of(const model::DeletionItem& item) {
  return {item.kind, item.id, item.place};
}

// Adds what is left and not in the job yet; what a law holds is marked so. True where something is new.
base::Result<bool> take_stock(Work& work, DeletionJob& job, const DeletionScene& scene) {
  DURE_LET(left, list_left(work, job));
  std::set<std::tuple<DeletedKind, std::string, std::string>> known;
  for (const auto& each : job.items) known.insert(key_of(each));
  bool added = false;
  for (auto& item : left) {
    if (!known.insert(key_of(item)).second) continue;
    item.law = law_of(item, scene);
    if (!item.law.empty()) item.state = DeletionItemState::kHeld;
    job.items.push_back(item);
    added = true;
  }
  return added;
}

// Persons, accounts and what they filed are needed for as long as a report, a decision or money is owed.
bool needed_to_report(DeletedKind kind) {
  return kind != DeletedKind::kVolume && kind != DeletedKind::kWorkload;
}

base::Status save_job(Work& work, DeletionJob& job, const std::string& event, const std::string& action) {
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  return tell(work, job, kDeletionJobs, event, action, state_detail(job.state));
}

base::Status move_to(DeletionJob& job, DeletionJobEvent event) {
  DURE_LET(state, programme::next(job.state, event));
  job.state = state;
  return {};
}

base::Status notify(Work& work, DeletionJob& job, const DeletionScene& scene) {
  if (job.state == DeletionJobState::kScheduled) DURE_TRY(move_to(job, DeletionJobEvent::kNotify));
  programme::mark_noticed(job, scene.today, work.now, scene.pack->retention);
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  return tell(work, job, kDeletionJobs, "deletion.noticed", "notify",
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

// Once its use is over by the day, whoever brings allocations up to the day has been here or not.
base::Status fall_due(Work& work, model::Allocation& allocation, base::Date today) {
  const bool ends_today = programme::state_on(allocation, today) == model::AllocationState::kEnded;
  if (ends_today && allocation.state != model::AllocationState::kEnded) {
    allocation.state = model::AllocationState::kEnded;
    DURE_TRY(work.save(work.tx.allocations(), allocation));
    DURE_TRY(work.publish("allocation.state", "allocations/" + allocation.id.text, resource_of(allocation),
                          state_detail(allocation.state)));
  }
  if (allocation.state == model::AllocationState::kReclaimed)
    DURE_TRY(move_allocation(work, allocation, AllocationEvent::kEnd));
  if (allocation.state == model::AllocationState::kEnded)
    DURE_TRY(move_allocation(work, allocation, AllocationEvent::kSchedulePurge));
  return {};
}

base::Status begin_deletion(Work& work, DeletionJob& job, DeletionScene& scene) {
  DURE_TRY(move_to(job, DeletionJobEvent::kRun));
  job.started_at = work.now;
  DURE_LET(stock, take_stock(work, job, scene));
  static_cast<void>(stock);
  if (scene.allocation) DURE_TRY(fall_due(work, *scene.allocation, scene.today));
  return save_job(work, job, "deletion.begun", "begin");
}

// Destroys what can be destroyed now. True where anything was; `changed`: the job was already, and is kept.
base::Result<bool> destroy_some(Work& work, DeletionJob& job, const DeletionScene& scene, bool changed) {
  const auto before = job;
  DURE_LET(stock, take_stock(work, job, scene));
  DURE_LET(owed, what_is_owed(work, job));
  changed = changed || stock;
  for (auto& item : job.items) {
    if (item.state != DeletionItemState::kPending || (owed && needed_to_report(item.kind))) continue;
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
  if (job.trouble && owed) job.trouble = owed;
  if (!changed && job.trouble == before.trouble) return false;
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  if (changed)
    DURE_TRY(work.audit("deletion-jobs.destroy", std::string(kDeletionJobs) + "/" + job.id.text,
                        resource_of(job)));
  return true;
}

base::Status fail(Work& work, DeletionJob& job, const DeletionScene& scene) {
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
  return save_job(work, job, "deletion.failed", "fail");
}

base::Result<std::string> certificate_number(Work& work, const DeletionScene& scene) {
  const auto year = scene.today.year;
  const auto& meta = scene.pack->meta;
  DURE_LET(number, work.tx.next_number("certificate/" + meta.programme + "/" + std::to_string(year), 1));
  char text[32];
  std::snprintf(text, sizeof text, "-D-%d-%06lld", year, static_cast<long long>(number));
  return meta.receipt_prefix + text;
}

// All allocations of the project are purged with it, also those whose own job it stood in for.
base::Status purge_allocations(Work& work, const DeletionJob& job, base::Date today) {
  if (!job.project_id) return {};
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("project_id", *job.project_id)));
  for (auto& each : all) {
    DURE_TRY(fall_due(work, each, today));
    if (each.state == model::AllocationState::kPurgeDue)
      DURE_TRY(move_allocation(work, each, AllocationEvent::kPurge));
  }
  return {};
}

base::Status certify(Work& work, DeletionJob& job, const DeletionScene& scene) {
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
  DURE_TRY(purge_allocations(work, job, scene.today));
  DURE_TRY(tell(work, certificate, "deletion-certificates", "deletion.certified", "issue",
                "{\"number\":\"" + number + "\"}"));
  return save_job(work, job, "deletion.over", "certify");
}

// What was asked of the nodes and is not done is asked no more.
base::Status spare_volumes(Work& work, const DeletionJob& job) {
  for (const auto& item : job.items) {
    if (item.kind != DeletedKind::kVolume || item.state == DeletionItemState::kDestroyed) continue;
    DURE_LET(volume, work.tx.volumes().get(model::VolumeId(item.id)));
    if (!volume.erase_at || volume.erased_at) continue;
    volume.erase_at.reset();
    DURE_TRY(work.save(work.tx.volumes(), volume));
  }
  return {};
}

base::Status cancel(Work& work, DeletionJob& job, const DeletionScene& scene) {
  DURE_LET(until, goes_on_until(work, job, scene));
  if (job.state == DeletionJobState::kRunning) {
    DURE_TRY(move_to(job, DeletionJobEvent::kFail));
    DURE_TRY(spare_volumes(work, job));
  }
  DURE_TRY(move_to(job, DeletionJobEvent::kCancel));
  job.trouble =
      base::Reason("deletion.project_goes_on").with("ends_on", base::to_text(until.value_or(scene.today)));
  return save_job(work, job, "deletion.cancelled", "cancel");
}

// `changed`: the job was changed and is not kept yet.
base::Result<bool> take_step(Work& work, DeletionJob& job, DeletionScene& scene, DeletionStep step,
                             bool changed) {
  switch (step) {
    case DeletionStep::kNone:
      return false;
    case DeletionStep::kNotify:
      DURE_TRY(notify(work, job, scene));
      return true;
    case DeletionStep::kCancel:
      DURE_TRY(cancel(work, job, scene));
      return true;
    case DeletionStep::kRelease:
      DURE_TRY(move_to(job, DeletionJobEvent::kRelease));
      DURE_TRY(save_job(work, job, "deletion.released", "release"));
      return true;
    case DeletionStep::kRun:
      DURE_TRY(begin_deletion(work, job, scene));
      return true;
    case DeletionStep::kDestroy:
      return destroy_some(work, job, scene, changed);
    case DeletionStep::kVerify:
      DURE_TRY(move_to(job, DeletionJobEvent::kVerify));
      job.verified_at = work.now;
      job.trouble.reset();
      DURE_TRY(save_job(work, job, "deletion.verified", "verify"));
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
base::Result<bool> nothing_readable(Work& work, const DeletionJob& job) {
  std::set<std::tuple<DeletedKind, std::string, std::string>> held;
  for (const auto& each : job.items)
    if (each.state == DeletionItemState::kHeld) held.insert(key_of(each));
  DURE_LET(left, list_left(work, job));
  return std::all_of(left.begin(), left.end(), [&](const auto& each) { return held.contains(key_of(each)); });
}

// While it has not begun its dates follow those of the allocation.
base::Status follow_dates(Work& work, DeletionJob& job, const DeletionScene& scene) {
  const bool open = job.state == DeletionJobState::kScheduled || job.state == DeletionJobState::kNoticed;
  if (!open || !scene.allocation) return {};
  const auto before = job;
  programme::plan_dates(job, programme::plan_closure(*scene.allocation, scene.pack->retention));
  if (before.last_day == job.last_day && before.notice_on == job.notice_on &&
      before.purge_on == job.purge_on && before.noticed_at == job.noticed_at)
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
  DURE_LET(until, goes_on_until(work, job, scene));
  facts.goes_on = until.has_value();
  facts.held = programme::holds_all(scene.holds, scene.today);
  const bool running = job.state == DeletionJobState::kRunning;
  const bool settled =
      running && programme::settle_laws(job.items, [&](const auto& item) { return law_of(item, scene); });
  facts.all_done = !programme::any_pending(job.items);
  if (running && facts.all_done) {
    DURE_LET(clean, nothing_readable(work, job));
    facts.nothing_readable = clean;
  }
  return take_step(work, job, scene, programme::step_due(job, facts), settled);
}

ports::Query not_cancelled(ports::Query query) {
  return std::move(query).where("state", DeletionJobState::kCancelled, ports::Compare::kNotEqual);
}
ports::Query still_open(ports::Query query) {
  return not_cancelled(std::move(query))
      .where("state", DeletionJobState::kCertified, ports::Compare::kNotEqual);
}

base::Status insert_job(Work& work, const DeletionJob& job) {
  DURE_TRY(work.tx.deletion_jobs().insert(job));
  return tell(work, job, kDeletionJobs, "deletion.scheduled", "schedule",
              "{\"purge_on\":\"" + base::to_text(job.purge_on) + "\"}");
}

// The job of an allocation whose notice is due or whose use is over: of the one that ends last it stands for
// its project, and there is none beside one that runs. One that was cancelled is made again, with its notice,
// where the use is over all the same.
base::Result<bool> make_job(Work& work, const model::AllocationId& id) {
  DURE_LET(known, work.tx.deletion_jobs().count(not_cancelled(ports::Query{}.where("allocation_id", id))));
  if (known > 0) return false;
  DURE_LET(allocation, work.tx.allocations().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  const auto plan = programme::plan_closure(allocation, pack->retention);
  if (today < plan.notice_on && !programme::over(programme::state_on(allocation, today))) return false;
  DURE_LET(stands, stands_for_project(work, allocation));
  if (!stands) return false;
  DeletionJob job;
  work.stamp(job);
  job.programme_id = allocation.programme_id;
  job.project_id = allocation.project_id;
  job.allocation_id = allocation.id;
  programme::plan_dates(job, plan);
  DURE_LET(scene, scene_of(work, job));
  DURE_LET(until, goes_on_until(work, job, scene));
  if (until) return false;
  DURE_TRY(insert_job(work, job));
  return true;
}

// What was held back when its job was certified, and is held by no law any more, gets a job of its own, with
// notice and certificate.
base::Result<bool> follow_up(Work& work, const model::DeletionJobId& id) {
  DURE_LET(before, work.tx.deletion_jobs().get(id));
  auto same = before.project_id ? ports::Query{}.where("project_id", *before.project_id)
                                : ports::Query{}.where("account_id", *before.account_id);
  DURE_LET(open, work.tx.deletion_jobs().count(still_open(std::move(same))));
  if (open > 0) return false;
  DURE_LET(scene, scene_of(work, before));
  DURE_LET(left, list_left(work, before));
  if (std::none_of(left.begin(), left.end(), [&](const auto& each) { return law_of(each, scene).empty(); }))
    return false;
  DeletionJob job;
  work.stamp(job);
  job.programme_id = before.programme_id;
  job.project_id = before.project_id;
  job.allocation_id = before.allocation_id;
  job.account_id = before.account_id;
  job.last_day = before.last_day;
  job.notice_on = job.purge_on = scene.today;
  DURE_TRY(insert_job(work, job));
  return true;
}

// The last certified job over the project or the account.
base::Result<std::optional<DeletionJob>> last_certified(Work& work, const char* field,
                                                        const std::string& about) {
  return work.tx.deletion_jobs().first(ports::Query{}
                                           .where(field, about)
                                           .where("state", DeletionJobState::kCertified)
                                           .ordered("id", true)
                                           .at_most(1));
}

bool kept_somebody(const DeletionJob& job) {
  return std::any_of(job.items.begin(), job.items.end(), [](const auto& each) {
    return each.state == DeletionItemState::kHeld &&
           (each.kind == DeletedKind::kAccount || each.kind == DeletedKind::kPerson);
  });
}

// The last certified jobs of other projects of the accounts that left an account or a person held.
base::Status add_kept_elsewhere(Work& work, const DeletionJob& held, std::vector<model::DeletionJobId>& ids) {
  std::set<std::string> projects;
  DURE_LET(accounts, accounts_of(work, held));
  for (const auto& account : accounts) {
    DURE_LET(theirs, projects_of_account(work, account, true));
    projects.insert(theirs.begin(), theirs.end());
  }
  for (const auto& project : projects) {
    DURE_LET(last, last_certified(work, "project_id", project));
    if (last && kept_somebody(*last)) ids.push_back(last->id);
  }
  return {};
}

// Certified jobs over things of which a hold has ended.
base::Result<std::vector<model::DeletionJobId>> once_held(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::DeletionJobId>;
  return look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
    Ids ids;
    std::set<std::string> seen;
    DURE_LET(holds, load_all(work.tx.retention_holds(), {}));
    for (const auto& hold : holds) {
      DURE_LET(held, work.tx.deletion_jobs().get(hold.deletion_job_id));
      DURE_LET(scene, scene_of(work, held));
      if (programme::in_force(hold, scene.today)) continue;
      const auto& about = held.project_id ? held.project_id->text : held.account_id->text;
      if (!seen.insert(about).second) continue;
      DURE_LET(last, last_certified(work, held.project_id ? "project_id" : "account_id", about));
      if (last) ids.push_back(last->id);
      DURE_TRY(add_kept_elsewhere(work, held, ids));
    }
    return ids;
  });
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
      DURE_LET(known,
               work.tx.deletion_jobs().count(not_cancelled(ports::Query{}.where("allocation_id", each.id))));
      if (known == 0) ids.push_back(each.id);
    }
    return ids;
  });
}

base::Result<std::vector<model::DeletionJobId>> open_jobs(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::DeletionJobId>;
  return look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
    Ids ids;
    DURE_LET(all, load_all(work.tx.deletion_jobs(), still_open({})));
    for (const auto& each : all) ids.push_back(each.id);
    return ids;
  });
}

}  // namespace

base::Result<KeptDates> keep_deletions(World& world, const HeldLease& lease) {
  DURE_LET(allocations, ending(world, lease));
  DURE_LET(kept, keep_each<model::Allocation>(world, lease, allocations, make_job));
  DURE_LET(certified, once_held(world, lease));
  DURE_LET(followed, keep_each<DeletionJob>(world, lease, certified, follow_up));
  kept.changed += followed.changed;
  kept.failed.insert(kept.failed.end(), followed.failed.begin(), followed.failed.end());
  for (int step = 0; step < kMostSteps; ++step) {
    DURE_LET(jobs, open_jobs(world, lease));
    DURE_LET(moved, keep_each<DeletionJob>(world, lease, jobs, keep_job));
    kept.changed += moved.changed;
    kept.failed.insert(kept.failed.end(), moved.failed.begin(), moved.failed.end());
    if (moved.changed == 0) break;
  }
  return kept;
}

}  // namespace dure::commands
