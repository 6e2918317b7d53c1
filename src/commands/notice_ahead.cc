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
#include "programme/award.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kAheadPage = 200;  // rows of one transaction

// One page of one programme's look at the days before it.
struct Outlook {
  Work& work;
  const model::Programme& programme;
  PackPtr pack;
  base::Date today;
  std::string cursor;             // of the page; then of the page after, "" where there is none
  std::vector<Happening> coming;  // what is due

  calendar::Zone zone() const { return policy::zone_of(*pack); }
  // Whether any rule tells of it ahead: what no rule tells is not even looked up.
  bool told(const std::string& type) const { return notices::longest_lead(type, pack->notify) > 0; }
  // The last day that any rule reaches today. REQUIRES: told(type).
  base::Date horizon(const std::string& type) const {
    return calendar::period_end(today, {notices::longest_lead(type, pack->notify), calendar::Unit::kDays},
                                calendar::kAfterEvent);
  }
  // Rows whose `day` is near enough for the event.
  ports::Query near(const std::string& type, const std::string& day) const {
    return ports::Query{}
        .where("programme_id", programme.id)
        .where(day, today, ports::Compare::kAtLeast)
        .where(day, horizon(type), ports::Compare::kAtMost);
  }
  ports::Query all() const { return ports::Query{}.where("programme_id", programme.id); }
};

template <class Noun, class Each>
base::Status each_of_page(Outlook& outlook, ports::Repository<Noun>& rows, ports::Query query, Each each) {
  query.limit = kAheadPage;
  query.cursor = outlook.cursor;
  outlook.cursor.clear();
  DURE_LET(page, rows.list(query));
  for (const auto& row : page.rows) each(row);
  outlook.cursor = page.next;
  return {};
}

// Keeps what a rule tells of today.
void note(Outlook& outlook, const std::string& type, const std::string& resource,
          const access::Resource& where, base::Date on) {
  if (notices::messages_ahead(type, outlook.pack->notify, on, outlook.today).empty()) return;
  Happening happening;
  happening.type = type;
  happening.resource = resource;
  happening.programme_id = outlook.programme.id.text;
  happening.project_id = where.project_id;
  happening.application_id = where.application_id;
  happening.account_id = where.account_id;
  happening.on = on;
  outlook.coming.push_back(std::move(happening));
}

base::Status allocations_end(Outlook& outlook) {
  const std::string type = "allocation.ending";
  if (!outlook.told(type)) return {};
  return each_of_page(outlook, outlook.work.tx.allocations(), outlook.near(type, "ends_on"),
                      [&](const model::Allocation& row) {
                        if (!programme::over(row.state))
                          note(outlook, type, "allocations/" + row.id.text, resource_of(row), row.ends_on);
                      });
}

base::Status data_is_deleted(Outlook& outlook) {
  const std::string type = "deletion.scheduled";
  if (!outlook.told(type)) return {};
  std::vector<model::DeletionJob> near;
  DURE_TRY(each_of_page(outlook, outlook.work.tx.deletion_jobs(), outlook.near(type, "purge_on"),
                        [&](const model::DeletionJob& row) {
                          using State = model::DeletionJobState;
                          if (row.state == State::kScheduled || row.state == State::kNoticed)
                            near.push_back(row);
                        }));
  for (const auto& row : near) {
    DURE_LET(scene, scene_of(outlook.work, row));
    DURE_LET(until, goes_on_until(outlook.work, row, scene));
    if (!until) note(outlook, type, "deletion-jobs/" + row.id.text, resource_of(row), row.purge_on);
  }
  return {};
}

base::Status idle_use_is_taken_back(Outlook& outlook) {
  const std::string type = "allocation.idle";
  if (!outlook.told(type)) return {};
  return each_of_page(outlook, outlook.work.tx.idle_warnings(), outlook.near(type, "last_day"),
                      [&](const model::IdleWarning& row) {
                        if (!row.closed_at)
                          note(outlook, type, "idle-warnings/" + row.id.text, resource_of(row), row.last_day);
                      });
}

base::Status reports_fall_due(Outlook& outlook) {
  const std::string type = "obligation.due";
  if (!outlook.told(type)) return {};
  return each_of_page(outlook, outlook.work.tx.obligations(), outlook.near(type, "due_on"),
                      [&](const model::Obligation& row) {
                        using State = model::ObligationState;
                        if (row.state != State::kSubmitted && row.state != State::kAccepted)
                          note(outlook, type, "obligations/" + row.id.text, resource_of(row), row.due_on);
                      });
}

base::Status passwords_grow_old(Outlook& outlook) {
  const std::string type = "password.expiring";
  if (!outlook.told(type)) return {};
  return each_of_page(
      outlook, outlook.work.tx.accounts(), outlook.all().where("state", model::AccountState::kActive),
      [&](const model::Account& row) {
        const auto changed = calendar::local_date(row.password_changed_at, outlook.zone());
        const auto term = access::password_term(changed, outlook.pack->account.password, outlook.today);
        if (term.last_day) note(outlook, type, "accounts/" + row.id.text, resource_of(row), *term.last_day);
      });
}

base::Status invoices_fall_due(Outlook& outlook) {
  const std::string type = "invoice.due";
  if (!outlook.told(type)) return {};
  return each_of_page(outlook, outlook.work.tx.invoices(), outlook.near(type, "due_on"),
                      [&](const model::Invoice& row) {
                        using State = model::InvoiceState;
                        if (row.state == State::kIssued || row.state == State::kPartlyPaid)
                          note(outlook, type, "invoices/" + row.id.text, resource_of(row), *row.due_on);
                      });
}

// B2: the last day of rolling intake, whose end is news, and of any intake that was cut short; that of a
// fixed one was announced with the call.
base::Status calls_close_early(Outlook& outlook) {
  const std::string type = "call.closing_early";
  if (!outlook.told(type)) return {};
  using State = model::CallState;
  auto taking =
      outlook.all().where_in("state", {ports::scalar(State::kOpen), ports::scalar(State::kClosingEarly)});
  return each_of_page(outlook, outlook.work.tx.calls(), std::move(taking), [&](const model::Call& row) {
    const bool news = row.kind == model::CallKind::kRolling || row.state == State::kClosingEarly;
    if (!news || !row.closes_at) return;
    const base::Instant last{row.closes_at->us - 1};  // intake ends with the last instant of a day
    note(outlook, type, "calls/" + row.id.text, resource_of(row), calendar::local_date(last, outlook.zone()));
  });
}

base::Status programme_ends(Outlook& outlook) {
  const std::string type = "programme.ending";
  if (outlook.programme.ends_on && outlook.told(type))
    note(outlook, type, "programmes/" + outlook.programme.id.text, resource_of(outlook.programme),
         *outlook.programme.ends_on);
  return {};
}

using OutlookStep = base::Status (*)(Outlook&);
constexpr OutlookStep kOutlookSteps[] = {allocations_end,   data_is_deleted,    idle_use_is_taken_back,
                                         reports_fall_due,  passwords_grow_old, invoices_fall_due,
                                         calls_close_early, programme_ends};

base::Result<std::optional<model::NoticeMark>> mark_of(Work& work, const model::ProgrammeId& programme) {
  return work.tx.notice_marks().first(
      ports::Query{}.where("name", "programmes/" + programme.text).at_most(1));
}

// A day of a programme that has not been done.
struct Day {
  model::Programme programme;
  base::Date date;
};

base::Result<std::vector<Day>> days_to_do(Work& work) {
  std::vector<Day> found;
  DURE_LET(all, load_all(work.tx.programmes(), {}));
  for (const auto& each : all) {
    const auto pack = work.world.policies.of_programme(work.tx, each.id);
    if (!pack) continue;
    DURE_LET(mark, mark_of(work, each.id));
    const auto today = calendar::local_date(work.now, policy::zone_of(**pack));
    // A clock that was set back tells nothing again.
    if (!mark || !mark->day || *mark->day < today) found.push_back({each, today});
  }
  return found;
}

struct Paged {
  std::int64_t made = 0;
  std::string next;
};

base::Result<Paged> do_page(Work& work, const Day& day, OutlookStep step, const std::string& cursor) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, day.programme.id));
  Outlook outlook{work, day.programme, pack, day.date, cursor, {}};
  DURE_TRY(step(outlook));
  DURE_LET(made, tell_ahead(work, outlook.coming));
  return Paged{made, outlook.cursor};
}

base::Result<bool> mark_done(Work& work, const Day& day) {
  DURE_LET(found, mark_of(work, day.programme.id));
  model::NoticeMark mark = found.value_or(model::NoticeMark{});
  mark.day = day.date;
  if (found) {
    DURE_TRY(work.save(work.tx.notice_marks(), mark));
    return true;
  }
  mark.name = "programmes/" + day.programme.id.text;
  work.stamp(mark);
  DURE_TRY(work.tx.notice_marks().insert(mark));
  return true;
}

base::Result<std::int64_t> do_day(World& world, const HeldLease& lease, const Day& day) {
  const auto caller = system_caller(lease.role);
  std::int64_t made = 0;
  for (const OutlookStep step : kOutlookSteps) {
    std::string cursor;
    do {
      DURE_LET(page, run<Paged>(world, caller, [&](Work& work) -> base::Result<Paged> {
                 DURE_TRY(check_lease(work, lease));
                 return do_page(work, day, step, cursor);
               }));
      made += page.made;
      cursor = page.next;
    } while (!cursor.empty());
  }
  DURE_LET(done, run<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
             DURE_TRY(check_lease(work, lease));
             return mark_done(work, day);
           }));
  static_cast<void>(done);
  return made;
}

}  // namespace

base::Result<std::int64_t> make_notices_ahead(World& world, const HeldLease& lease) {
  DURE_LET(days, look<std::vector<Day>>(world, system_caller(lease.role), days_to_do));
  std::int64_t made = 0;
  for (const auto& day : days) {
    DURE_LET(count, do_day(world, lease, day));
    made += count;
  }
  return made;
}

}  // namespace dure::commands
