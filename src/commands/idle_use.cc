#include "commands/idle_use.h"

#include <algorithm>

#include "commands/account_standing.h"
#include "commands/allocation_measures.h"
#include "commands/command_texts.h"
#include "commands/deletion_scene.h"
#include "commands/idle_signs.h"
#include "commands/row_work.h"
#include "commands/use_measure.h"
#include "programme/award.h"
#include "programme/idle_warning_states.h"
#include "queue/rules.h"

namespace dure::commands {
namespace {

using model::IdleWarning;
using model::IdleWarningState;
using programme::IdleWarningEvent;

constexpr const char* kIdleMark = "idle/";  // and the programme's id: of notice_marks

base::Result<std::optional<IdleWarning>> open_warning(Work& work, const model::AllocationId& id) {
  return work.tx.idle_warnings().first(
      ports::Query{}.where("allocation_id", id).where_null("closed_at").at_most(1));
}

std::string source_of_rule(const policy::Pack& pack) {
  const auto* found = pack.provenance("utilisation.idle_days");
  return found == nullptr ? std::string("-") : found->source;
}

std::vector<base::Reason> idle_reasons_of(const programme::IdleCount& count, const policy::Pack& pack) {
  std::vector<base::Reason> reasons;
  const auto add = [&](const char* code) {
    reasons.push_back(base::Reason(code)
                          .with("days", *pack.utilisation.idle_days)
                          .with("since", base::to_text(count.since))
                          .with("source", source_of_rule(pack)));
  };
  if (count.no_login) add("utilisation.idle_no_login");
  if (count.no_use) add("utilisation.idle_no_use");
  return reasons;
}

// {"on", "since", "until", "measure"}: what the texts of packs call them; `on` is the day that is told ahead.
std::string warning_detail(const IdleWarning& warning) {
  return "{\"state\":\"" + std::string(model::to_text(warning.state)) + "\",\"on\":\"" +
         base::to_text(warning.last_day) + "\",\"since\":\"" + base::to_text(warning.idle_since) +
         "\",\"until\":\"" + base::to_text(warning.last_day) + "\",\"measure\":\"" +
         std::string(model::to_text(warning.measure)) + "\"}";
}

// Of what nobody was told by its last day: the time for an answer begins anew.
base::Status warn_again(Work& work, IdleWarning& warning, const policy::Pack& pack) {
  warning.warned_on = today_of(work, pack);
  warning.last_day = programme::last_day_after_warning(warning.warned_on, pack);
  DURE_TRY(work.save(work.tx.idle_warnings(), warning));
  return tell(work, warning, "idle-warnings", "allocation.idle", "warn_again", warning_detail(warning));
}

base::Status keep_warning_row(Work& work, IdleWarning& warning, IdleWarningEvent event,
                              const std::string& name, const std::string& ground) {
  DURE_LET(state, programme::next(warning.state, event));
  warning.state = state;
  warning.ground = ground;
  if (state != IdleWarningState::kDue) {
    warning.closed_at = work.now;
    warning.closed_by = work.caller.subject.actor;
  }
  DURE_TRY(work.save(work.tx.idle_warnings(), warning));
  const std::string resource = "idle-warnings/" + warning.id.text;
  const auto where = resource_of(warning);
  DURE_TRY(work.publish("idle_warning." + name, resource, where, warning_detail(warning)));
  return work.audit(
      "idle-warnings." + name, resource, where,
      ground.empty() ? warning_detail(warning) : "{\"ground\":" + wire::json_text(ground) + "}");
}

// What is to be done about an allocation that nobody was warned of.
base::Result<std::optional<IdleWarning>> warning_due(Work& work, const model::Allocation& allocation) {
  const std::optional<IdleWarning> none;
  if (!queue::may_run(allocation.state)) return none;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  const auto measure = programme::idle_measure_of(pack->utilisation);
  const auto today = today_of(work, *pack);
  if (!measure || today < allocation.starts_on || allocation.ends_on < today) return none;
  DURE_LET(known, open_warning(work, allocation.id));
  if (known) return none;
  DURE_LET(found, signs_of(work, allocation, *pack));
  const auto count =
      programme::count_idle_days(found.signs, pack->utilisation, policy::zone_of(*pack), work.now);
  if (!count || !count->idle) return none;
  IdleWarning warning;
  warning.programme_id = allocation.programme_id;
  warning.project_id = allocation.project_id;
  warning.allocation_id = allocation.id;
  warning.no_login = count->no_login;
  warning.no_use = count->no_use;
  warning.idle_since = count->since;
  warning.last_login_at = found.last_login_at;
  warning.last_used_at = found.last_used_at;
  warning.warned_on = today;
  warning.last_day = programme::last_day_after_warning(today, *pack);
  warning.measure = *measure;
  warning.reasons = idle_reasons_of(*count, *pack);
  warning.policy_hash = pack->hash();
  return std::optional(std::move(warning));
}

base::Result<bool> warn_of_idle_use(Work& work, const model::AllocationId& id) {
  DURE_LET(allocation, work.tx.allocations().get(id));
  DURE_LET(due, warning_due(work, allocation));
  if (!due) return false;
  work.stamp(*due);
  DURE_TRY(work.tx.idle_warnings().insert(*due));
  DURE_TRY(tell(work, *due, "idle-warnings", "allocation.idle", "warn", warning_detail(*due)));
  return true;
}

bool no_such_channel(const model::Notification& message) {
  return message.failure && message.failure->code == "notice.channel_off";
}

// When somebody was told of it, by a channel that finds people who do not log in. The console counts where
// the centre has no other: a message that waits, came back or was silenced told nobody.
base::Result<std::optional<base::Instant>> told_at(Work& work, const IdleWarning& warning) {
  DURE_LET(messages,
           load_all(work.tx.notifications(), ports::Query{}
                                                 .where("resource", "idle-warnings/" + warning.id.text)
                                                 .where("event", "allocation.idle")));
  std::optional<base::Instant> sent;
  std::optional<base::Instant> shown;
  bool has_channel = false;
  const auto earlier = [](std::optional<base::Instant>& first, const std::optional<base::Instant>& at) {
    if (at && (!first || *at < *first)) first = at;
  };
  for (const auto& each : messages) {
    const bool console = each.channel == model::NoticeChannel::kConsole;
    if (!console && !no_such_channel(each)) has_channel = true;
    if (each.state != model::NotificationState::kSent) continue;
    earlier(console ? shown : sent, each.sent_at);
  }
  return sent || has_channel ? sent : shown;
}

// The last day of its time for an answer, as it stands now: counted from when somebody was told, and with
// what was lost meanwhile.
base::Date last_day_now(const IdleWarning& warning, base::Instant told, const AllocationSigns& found,
                        const policy::Pack& pack, base::Instant now) {
  const auto zone = policy::zone_of(pack);
  const auto day =
      std::max(warning.last_day, programme::last_day_after_warning(calendar::local_date(told, zone), pack));
  return programme::with_lost_time(day, warning.warned_on, found.signs.exempt, zone, now);
}

// The next step of an open warning, where there is one today.
base::Result<std::optional<IdleWarningEvent>> idle_step_due(Work& work, const IdleWarning& warning) {
  const std::optional<IdleWarningEvent> none;
  DURE_LET(allocation, work.tx.allocations().get(warning.allocation_id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, warning.programme_id));
  if (programme::over(allocation.state) || programme::idle_measure_of(pack->utilisation) != warning.measure)
    return std::optional(IdleWarningEvent::kLapse);
  DURE_LET(found, signs_of(work, allocation, *pack));
  const auto after = [&](const std::optional<base::Instant>& at) { return at && *at > warning.created_at; };
  if (after(found.last_login_at) || after(found.last_used_at))
    return std::optional(IdleWarningEvent::kSignOfLife);
  // While the centre itself holds it still, nothing is taken.
  const bool waits = warning.state == IdleWarningState::kDue || !queue::may_run(allocation.state) ||
                     today_of(work, *pack) <= warning.last_day;
  if (waits) return none;
  DURE_LET(told, told_at(work, warning));
  if (!told) return std::optional(IdleWarningEvent::kWarnAgain);
  if (today_of(work, *pack) <= last_day_now(warning, *told, found, *pack, work.now)) return none;
  return std::optional(warning.measure == model::IdleMeasure::kReview ? IdleWarningEvent::kFallDue
                                                                      : IdleWarningEvent::kCarryOut);
}

// Whether the account is wanted for anything else: more of the same project, another, an application.
base::Result<bool> works_elsewhere(Work& work, const model::Account& account, const IdleWarning& warning) {
  DURE_LET(allocations,
           load_all(work.tx.allocations(), ports::Query{}.where("project_id", warning.project_id)));
  if (std::any_of(allocations.begin(), allocations.end(),
                  [](const auto& each) { return !programme::over(each.state); }))
    return true;
  model::DeletionJob job;
  job.programme_id = warning.programme_id;
  job.project_id = warning.project_id;
  return account_goes_on(work, account, job);
}

base::Status take_idle_use_back(Work& work, const IdleWarning& warning, const std::string& why) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, warning.programme_id));
  const auto changed = change_use(work, warning.allocation_id, model::UseMeasure::kReclaim, 0, *pack, why);
  if (!changed) return changed.failure();
  if (warning.measure != model::IdleMeasure::kDeleteAccount) return {};
  DURE_LET(accounts, accounts_of_project(work, warning.project_id));
  for (const auto& account : accounts) {
    DURE_LET(elsewhere, works_elsewhere(work, account, warning));
    if (!elsewhere) DURE_TRY(shut_account(work, account.id));
  }
  return {};
}

std::string why_by_rule(const IdleWarning& warning, const policy::Pack& pack) {
  return "utilisation.idle_days: " + base::to_text(warning.idle_since) + " (" + source_of_rule(pack) + ")";
}

base::Result<bool> keep_idle_warning(Work& work, const model::IdleWarningId& id) {
  DURE_LET(warning, work.tx.idle_warnings().get(id));
  if (warning.closed_at) return false;
  DURE_LET(event, idle_step_due(work, warning));
  if (!event) return false;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, warning.programme_id));
  switch (*event) {
    case IdleWarningEvent::kLapse:
      DURE_TRY(keep_warning_row(work, warning, *event, "lapsed", ""));
      break;
    case IdleWarningEvent::kFallDue:
      DURE_TRY(keep_warning_row(work, warning, *event, "due", ""));
      break;
    case IdleWarningEvent::kCarryOut:
      DURE_TRY(take_idle_use_back(work, warning, why_by_rule(warning, *pack)));
      DURE_TRY(keep_warning_row(work, warning, *event, "carried_out", ""));
      break;
    case IdleWarningEvent::kWarnAgain:
      DURE_TRY(warn_again(work, warning, *pack));
      break;
    case IdleWarningEvent::kSignOfLife:
    case IdleWarningEvent::kDismiss:
      DURE_TRY(keep_warning_row(work, warning, *event, "ended", ""));
      break;
  }
  return true;
}

// What is looked at first, so that a quiet centre writes nothing.
base::Result<std::vector<model::IdleWarningId>> warnings_with_a_step(Work& work) {
  std::vector<model::IdleWarningId> ids;
  DURE_LET(open, load_all(work.tx.idle_warnings(), ports::Query{}.where_null("closed_at")));
  for (const auto& warning : open) {
    DURE_LET(event, idle_step_due(work, warning));
    if (event) ids.push_back(warning.id);
  }
  return ids;
}

// A day of a programme on which nobody looked for idle use yet.
struct IdleDay {
  model::ProgrammeId programme_id;
  base::Date date;
};

base::Result<std::optional<model::NoticeMark>> idle_mark_of(Work& work, const model::ProgrammeId& programme) {
  return work.tx.notice_marks().first(ports::Query{}.where("name", kIdleMark + programme.text).at_most(1));
}

base::Result<std::vector<IdleDay>> idle_days_to_look_at(Work& work) {
  std::vector<IdleDay> found;
  DURE_LET(programmes, load_all(work.tx.programmes(), {}));
  for (const auto& each : programmes) {
    const auto pack = work.world.policies.of_programme(work.tx, each.id);
    if (!pack || !programme::idle_measure_of((*pack)->utilisation)) continue;
    DURE_LET(mark, idle_mark_of(work, each.id));
    const auto today = today_of(work, **pack);
    if (!mark || !mark->day || *mark->day < today) found.push_back({each.id, today});
  }
  return found;
}

base::Result<std::vector<model::AllocationId>> idle_allocations(Work& work, const IdleDay& day) {
  std::vector<model::AllocationId> ids;
  DURE_LET(allocations, load_all(work.tx.allocations(), in_use().where("programme_id", day.programme_id)));
  for (const auto& allocation : allocations) {
    DURE_LET(due, warning_due(work, allocation));
    if (due) ids.push_back(allocation.id);
  }
  return ids;
}

base::Result<bool> mark_idle_day(Work& work, const IdleDay& day) {
  DURE_LET(found, idle_mark_of(work, day.programme_id));
  auto mark = found.value_or(model::NoticeMark{});
  mark.day = day.date;
  if (found) {
    DURE_TRY(work.save(work.tx.notice_marks(), mark));
    return true;
  }
  mark.name = kIdleMark + day.programme_id.text;
  work.stamp(mark);
  DURE_TRY(work.tx.notice_marks().insert(mark));
  return true;
}

void add_kept(KeptDates& all, KeptDates&& kept) {
  all.changed += kept.changed;
  for (auto& each : kept.failed) all.failed.push_back(std::move(each));
}

base::Status look_for_idle_use(World& world, const HeldLease& lease, const IdleDay& day, KeptDates& all) {
  using Ids = std::vector<model::AllocationId>;
  const auto caller = system_caller(lease.role);
  DURE_LET(ids, look<Ids>(world, caller, [&](Work& work) { return idle_allocations(work, day); }));
  DURE_LET(kept, keep_each<model::Allocation>(world, lease, ids, warn_of_idle_use));
  add_kept(all, std::move(kept));
  const auto marked = run<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_TRY(check_lease(work, lease));
    return mark_idle_day(work, day);
  });
  return marked ? base::Status{} : base::Status{marked.failure()};
}

base::Status need_ground(const std::string& ground) {
  if (ground.find_first_not_of(" \t\r\n") != std::string::npos) return {};
  return refused("/ground", base::Reason("utilisation.text_missing").with("field", "ground"));
}

}  // namespace

base::Result<model::Idleness> idleness_of(Work& work, const model::AllocationId& id) {
  DURE_LET(allocation, work.tx.allocations().find(id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kUtilisation;
  DURE_TRY(work.require(access::Permission::kUtilisationRead, where));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation->programme_id));
  DURE_LET(found, signs_of(work, *allocation, *pack));
  model::Idleness standing;
  standing.allocation_id = id;
  standing.idle_days = pack->utilisation.idle_days;
  standing.measure = programme::idle_measure_of(pack->utilisation);
  standing.last_login_at = found.last_login_at;
  standing.last_used_at = found.last_used_at;
  DURE_LET(warning, open_warning(work, id));
  standing.warning = std::move(warning);
  const auto count =
      programme::count_idle_days(found.signs, pack->utilisation, policy::zone_of(*pack), work.now);
  if (!count || programme::over(allocation->state)) return standing;
  standing.idle_since = count->since;
  standing.idle_on = count->full_on;
  standing.idle = count->idle;
  return standing;
}

base::Result<IdleWarning> dismiss_idle_warning(Work& work, const model::IdleWarningId& id,
                                               const model::GiveGround& command) {
  DURE_LET(warning, load_for(work, work.tx.idle_warnings(), id, access::Permission::kUtilisationManage));
  DURE_TRY(check_command(command));
  DURE_TRY(need_ground(command.ground));
  DURE_TRY(keep_warning_row(work, warning, IdleWarningEvent::kDismiss, "ended", command.ground));
  return warning;
}

base::Result<IdleWarning> carry_out_idle_warning(Work& work, const model::IdleWarningId& id,
                                                 const model::GiveGround& command) {
  DURE_LET(warning, load_for(work, work.tx.idle_warnings(), id, access::Permission::kUtilisationManage));
  DURE_TRY(check_command(command));
  DURE_TRY(need_ground(command.ground));
  // Of what is only warned of the rule carries out what it may; a person only what is due.
  if (warning.state == IdleWarningState::kWarned)
    return conflict(base::Reason("utilisation.idle_not_due").with("until", base::to_text(warning.last_day)));
  DURE_TRY(programme::next(warning.state, IdleWarningEvent::kCarryOut));
  DURE_LET(event, idle_step_due(work, warning));
  if (event) return conflict(base::Reason("utilisation.idle_no_more"));
  DURE_TRY(take_idle_use_back(work, warning, command.ground));
  DURE_TRY(keep_warning_row(work, warning, IdleWarningEvent::kCarryOut, "carried_out", command.ground));
  return warning;
}

base::Status keep_idle_use(World& world, const HeldLease& lease, KeptDates& all) {
  const auto caller = system_caller(lease.role);
  using Ids = std::vector<model::IdleWarningId>;
  DURE_LET(open, look<Ids>(world, caller, warnings_with_a_step));
  DURE_LET(kept, keep_each<IdleWarning>(world, lease, open, keep_idle_warning));
  add_kept(all, std::move(kept));
  DURE_LET(days, look<std::vector<IdleDay>>(world, caller, idle_days_to_look_at));
  for (const auto& day : days) DURE_TRY(look_for_idle_use(world, lease, day, all));
  return {};
}

}  // namespace dure::commands
