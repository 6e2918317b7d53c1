#include "commands/deletion.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/accounts.h"
#include "commands/command_texts.h"
#include "commands/deletion_scene.h"
#include "commands/row_work.h"
#include "programme/award.h"
#include "programme/deletion.h"
#include "programme/deletion_states.h"

namespace dure::commands {
namespace {

using model::DeletionJobState;
using programme::DeletionJobEvent;

bool begun(const model::DeletionJob& job) {
  return job.state != DeletionJobState::kScheduled && job.state != DeletionJobState::kNoticed &&
         job.state != DeletionJobState::kHeld;
}

base::Result<model::DeletionJob> not_begun(Work& work, const model::DeletionJobId& id) {
  DURE_LET(job, load_for(work, work.tx.deletion_jobs(), id, access::Permission::kDeletionManage));
  if (begun(job))
    return conflict(base::Reason("deletion.begun").with("state", std::string(model::to_text(job.state))));
  return std::move(job);
}

base::Result<model::DeletionJob> job_of_account(Work& work, const model::Account& account, base::Date today,
                                                const policy::Retention& rules, const std::string& ground) {
  model::DeletionJob job;
  work.stamp(job);
  job.programme_id = *account.programme_id;
  job.account_id = account.id;
  job.last_day = job.notice_on = today;
  model::Allocation ended;
  ended.ends_on = today;
  job.purge_on = programme::plan_closure(ended, rules).purge_on;
  job.ground = ground;
  DURE_TRY(work.tx.deletion_jobs().insert(job));
  return job;
}

}  // namespace

base::Result<model::DeletionJob> offboard_account(Work& work, const model::AccountId& id,
                                                  const model::GiveGround& command) {
  DURE_LET(account, work.tx.accounts().find(id));
  if (!account) return access::not_found();
  access::Resource where = resource_of(*account);
  where.kind = access::ResourceKind::kDeletion;
  DURE_TRY(work.require(access::Permission::kDeletionManage, where));
  DURE_TRY(work.expect(*account));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  if (is_staff(*account)) return conflict(base::Reason("deletion.staff_account"));
  DURE_LET(known, work.tx.deletion_jobs().first(
                      ports::Query{}
                          .where("account_id", id)
                          .where("state", DeletionJobState::kCancelled, ports::Compare::kNotEqual)
                          .at_most(1)));
  if (known) return std::move(*known);
  DURE_LET(pack, work.world.policies.of_programme(work.tx, *account->programme_id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_LET(used, allocation_in_use(work, id, today));
  if (used) return conflict(base::Reason("deletion.account_in_use").with("allocation", used->id.text));
  DURE_LET(job, job_of_account(work, *account, today, pack->retention, command.ground));
  DURE_TRY(tell(work, job, kDeletionJobs, "deletion.scheduled", "offboard",
                "{\"purge_on\":\"" + base::to_text(job.purge_on) + "\"}", command.ground));
  return job;
}

base::Result<model::RetentionHold> place_hold(Work& work, const model::DeletionJobId& id,
                                              const model::PlaceHold& command) {
  DURE_LET(job, not_begun(work, id));
  DURE_TRY(check_command(command));
  DURE_TRY(programme::check_hold(command.kinds, command.law, command.ground));
  if (command.until) DURE_TRY(calendar::check_plannable(*command.until));
  model::RetentionHold hold;
  work.stamp(hold);
  hold.programme_id = job.programme_id;
  hold.deletion_job_id = job.id;
  hold.kinds = command.kinds;
  hold.law = command.law;
  hold.ground = command.ground;
  hold.until = command.until;
  hold.placed_by = work.caller.subject.actor;
  DURE_TRY(work.tx.retention_holds().insert(hold));
  if (command.kinds.empty() && job.state != DeletionJobState::kHeld) {
    DURE_LET(state, programme::next(job.state, DeletionJobEvent::kHold));
    job.state = state;
  }
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  DURE_TRY(
      tell(work, hold, "retention-holds", "deletion.held", "place", state_detail(job.state), command.ground));
  return hold;
}

base::Result<model::RetentionHold> release_hold(Work& work, const model::RetentionHoldId& id,
                                                const model::GiveGround& command) {
  DURE_LET(hold, load_for(work, work.tx.retention_holds(), id, access::Permission::kDeletionManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  if (hold.released_at) return conflict(base::Reason("deletion.hold_released"));
  hold.released_at = work.now;
  hold.release_ground = command.ground;
  DURE_TRY(work.save(work.tx.retention_holds(), hold));
  DURE_TRY(tell(work, hold, "retention-holds", "deletion.released", "release", "{}", command.ground));
  return hold;
}

base::Result<model::DeletionJob> cancel_deletion(Work& work, const model::DeletionJobId& id,
                                                 const model::GiveGround& command) {
  DURE_LET(job, load_for(work, work.tx.deletion_jobs(), id, access::Permission::kDeletionManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_LET(state, programme::next(job.state, DeletionJobEvent::kCancel));
  job.state = state;
  job.ground = command.ground;
  DURE_TRY(work.save(work.tx.deletion_jobs(), job));
  DURE_TRY(tell(work, job, kDeletionJobs, "deletion.cancelled", "cancel", "{}", command.ground));
  return job;
}

}  // namespace dure::commands
