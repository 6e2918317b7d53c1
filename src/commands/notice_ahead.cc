#include "commands/notice_ahead.h"

#include <string>
#include <vector>

#include "access/password_age.h"
#include "calendar/deadline.h"
#include "calendar/zone.h"
#include "commands/deletion_scene.h"
#include "commands/notice_making.h"
#include "commands/rows.h"
#include "commands/scope.h"
#include "notices/notices.h"

namespace dure::commands {
namespace {

// One programme's look at the days before it.
struct Outlook {
  Work& work;
  const model::Programme& programme;
  PackPtr pack;
  AheadDays days;
  std::int64_t made = 0;

  calendar::Zone zone() const { return policy::zone_of(*pack); }
  // Whether any rule tells of it ahead: what no rule tells is not even looked up.
  bool told(const std::string& type) const { return notices::longest_lead(type, pack->notify) > 0; }
  // The last day that any rule reaches today. REQUIRES: told(type).
  base::Date horizon(const std::string& type) const {
    return calendar::period_end(days.today,
                                {notices::longest_lead(type, pack->notify), calendar::Unit::kDays},
                                calendar::kAfterEvent);
  }
};

base::Status tell_of(Outlook& outlook, const std::string& type, const std::string& resource,
                     const access::Resource& where, base::Date on) {
  Happening happening;
  happening.source =
      type + "/" + resource + "/" + base::to_text(on) + "/" + base::to_text(outlook.days.today);
  happening.type = type;
  happening.resource = resource;
  happening.programme_id = outlook.programme.id.text;
  happening.project_id = where.project_id;
  happening.application_id = where.application_id;
  happening.account_id = where.account_id;
  happening.on = on;
  DURE_LET(count, tell(outlook.work, happening, outlook.days));
  outlook.made += count;
  return {};
}

base::Status allocations_end(Outlook& outlook) {
  const std::string type = "allocation.ending";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.allocations(),
                          ports::Query{}
                              .where("programme_id", outlook.programme.id)
                              .where("ends_on", outlook.days.today, ports::Compare::kAtLeast)
                              .where("ends_on", outlook.horizon(type), ports::Compare::kAtMost)));
  for (const auto& row : rows) {
    using State = model::AllocationState;
    if (row.state == State::kEnded || row.state == State::kReclaimed || row.state == State::kPurgeDue ||
        row.state == State::kPurged)
      continue;
    DURE_TRY(tell_of(outlook, type, "allocations/" + row.id.text, resource_of(row), row.ends_on));
  }
  return {};
}

base::Status data_is_deleted(Outlook& outlook) {
  const std::string type = "deletion.scheduled";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.deletion_jobs(),
                          ports::Query{}
                              .where("programme_id", outlook.programme.id)
                              .where("purge_on", outlook.days.today, ports::Compare::kAtLeast)
                              .where("purge_on", outlook.horizon(type), ports::Compare::kAtMost)));
  for (const auto& row : rows) {
    if (row.state != model::DeletionJobState::kScheduled && row.state != model::DeletionJobState::kNoticed)
      continue;
    DURE_LET(scene, scene_of(outlook.work, row));
    DURE_LET(until, goes_on_until(outlook.work, row, scene));
    if (!until)
      DURE_TRY(tell_of(outlook, type, "deletion-jobs/" + row.id.text, resource_of(row), row.purge_on));
  }
  return {};
}

base::Status reports_fall_due(Outlook& outlook) {
  const std::string type = "obligation.due";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.obligations(),
                          ports::Query{}
                              .where("programme_id", outlook.programme.id)
                              .where("due_on", outlook.days.today, ports::Compare::kAtLeast)
                              .where("due_on", outlook.horizon(type), ports::Compare::kAtMost)));
  for (const auto& row : rows) {
    if (row.state == model::ObligationState::kSubmitted || row.state == model::ObligationState::kAccepted)
      continue;
    DURE_TRY(tell_of(outlook, type, "obligations/" + row.id.text, resource_of(row), row.due_on));
  }
  return {};
}

base::Status passwords_grow_old(Outlook& outlook) {
  const std::string type = "password.expiring";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.accounts(), ports::Query{}
                                                          .where("programme_id", outlook.programme.id)
                                                          .where("state", model::AccountState::kActive)));
  for (const auto& row : rows) {
    const auto changed = calendar::local_date(row.password_changed_at, outlook.zone());
    const auto term = access::password_term(changed, outlook.pack->account.password, outlook.days.today);
    if (term.last_day)
      DURE_TRY(tell_of(outlook, type, "accounts/" + row.id.text, resource_of(row), *term.last_day));
  }
  return {};
}

base::Status invoices_fall_due(Outlook& outlook) {
  const std::string type = "invoice.due";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.invoices(),
                          ports::Query{}
                              .where("programme_id", outlook.programme.id)
                              .where("due_on", outlook.days.today, ports::Compare::kAtLeast)
                              .where("due_on", outlook.horizon(type), ports::Compare::kAtMost)));
  for (const auto& row : rows)
    if (row.state == model::InvoiceState::kIssued || row.state == model::InvoiceState::kPartlyPaid)
      DURE_TRY(tell_of(outlook, type, "invoices/" + row.id.text, resource_of(row), *row.due_on));
  return {};
}

// Of rolling intake, whose end is news (B2); a fixed one was announced with the call.
base::Status calls_close_early(Outlook& outlook) {
  const std::string type = "call.closing_early";
  if (!outlook.told(type)) return {};
  DURE_LET(rows, load_all(outlook.work.tx.calls(), ports::Query{}
                                                       .where("programme_id", outlook.programme.id)
                                                       .where("state", model::CallState::kOpen)));
  for (const auto& row : rows)
    if (row.kind == model::CallKind::kRolling && row.closes_at)
      DURE_TRY(tell_of(outlook, type, "calls/" + row.id.text, resource_of(row),
                       calendar::local_date(*row.closes_at, outlook.zone())));
  return {};
}

base::Status programme_ends(Outlook& outlook) {
  const std::string type = "programme.ending";
  if (!outlook.programme.ends_on || !outlook.told(type)) return {};
  return tell_of(outlook, type, "programmes/" + outlook.programme.id.text, resource_of(outlook.programme),
                 *outlook.programme.ends_on);
}

base::Result<std::int64_t> look_ahead(Work& work, const model::Programme& programme, const PackPtr& pack,
                                      AheadDays days) {
  Outlook outlook{work, programme, pack, days};
  for (auto* step : {allocations_end, data_is_deleted, reports_fall_due, passwords_grow_old,
                     invoices_fall_due, calls_close_early, programme_ends})
    DURE_TRY(step(outlook));
  return outlook.made;
}

base::Result<std::optional<model::NoticeMark>> mark_of(Work& work, const model::ProgrammeId& programme) {
  return work.tx.notice_marks().first(
      ports::Query{}.where("name", "programmes/" + programme.text).at_most(1));
}

// Whether the programme's day has not been done.
base::Result<bool> is_due(Work& work, const model::Programme& programme) {
  const auto pack = work.world.policies.of_programme(work.tx, programme.id);
  if (!pack) return false;
  DURE_LET(mark, mark_of(work, programme.id));
  return !mark || mark->day != calendar::local_date(work.now, policy::zone_of(**pack));
}

base::Result<std::int64_t> do_day(Work& work, const model::Programme& programme) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme.id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_LET(found, mark_of(work, programme.id));
  model::NoticeMark mark = found.value_or(model::NoticeMark{});
  // The first time only of what is due today; a clock that was set back tells nothing twice.
  const auto last_run = mark.day.value_or(calendar::day_before(today));
  if (found && today <= last_run) return std::int64_t{0};
  mark.name = "programmes/" + programme.id.text;
  mark.day = today;
  DURE_LET(made, look_ahead(work, programme, pack, {last_run, today}));
  if (found) {
    DURE_TRY(work.save(work.tx.notice_marks(), mark));
  } else {
    work.stamp(mark);
    DURE_TRY(work.tx.notice_marks().insert(mark));
  }
  return made;
}

}  // namespace

base::Result<std::int64_t> make_notices_ahead(World& world, const HeldLease& lease) {
  using Programmes = std::vector<model::Programme>;
  const auto caller = system_caller(lease.role);
  DURE_LET(due, look<Programmes>(world, caller, [](Work& work) -> base::Result<Programmes> {
             Programmes found;
             DURE_LET(all, load_all(work.tx.programmes(), {}));
             for (const auto& each : all) {
               DURE_LET(today, is_due(work, each));
               if (today) found.push_back(each);
             }
             return found;
           }));
  std::int64_t made = 0;
  for (const auto& programme : due) {
    DURE_LET(count, run<std::int64_t>(world, caller, [&](Work& work) -> base::Result<std::int64_t> {
               DURE_TRY(check_lease(work, lease));
               return do_day(work, programme);
             }));
    made += count;
  }
  return made;
}

}  // namespace dure::commands
