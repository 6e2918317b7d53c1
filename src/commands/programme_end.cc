#include "commands/programme_end.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "programme/award.h"
#include "programme/guideline.h"

namespace dure::commands {
namespace {

std::string date_detail(const char* name, base::Date date) {
  return std::string("{\"") + name + "\":\"" + base::to_text(date) + "\"}";
}

// No use is planned beyond the last day of support; what would have begun later ends there unused.
base::Status cut_allocations(Work& work, const model::Programme& programme, base::Date today) {
  DURE_LET(all, load_all(work.tx.allocations(), ports::Query{}.where("programme_id", programme.id)));
  for (auto& each : all) {
    if (programme::over(programme::state_on(each, today)) || each.ends_on <= *programme.ends_on) continue;
    const bool unbegun = *programme.ends_on < each.starts_on;
    each.ends_on = *programme.ends_on;
    each.agreed_ends_on = std::min(each.agreed_ends_on, *programme.ends_on);
    if (unbegun) each.starts_on = each.ends_on;
    if (unbegun) each.state = model::AllocationState::kEnded;
    DURE_TRY(work.save(work.tx.allocations(), each));
    DURE_TRY(
        tell(work, each, "allocations", "allocation.ending", "cut", date_detail("ends_on", each.ends_on)));
  }
  return {};
}

bool takes_or_will_take(model::CallState state) {
  return state == model::CallState::kOpen || state == model::CallState::kAnnounced ||
         state == model::CallState::kClosingEarly;
}

base::Status close_calls(Work& work, const model::ProgrammeId& id) {
  DURE_LET(calls, load_all(work.tx.calls(), ports::Query{}.where("programme_id", id)));
  for (auto& call : calls) {
    if (!takes_or_will_take(call.state)) continue;
    call.state = model::CallState::kClosed;
    if (!call.closes_at || work.now < *call.closes_at) call.closes_at = work.now;
    DURE_TRY(work.save(work.tx.calls(), call));
    DURE_TRY(tell(work, call, "calls", "call.closed", "close"));
  }
  return {};
}

base::Status end_version(Work& work, model::PolicyVersion version, base::Date last, const std::string& event,
                         const std::string& ground) {
  version.ends_on = last;
  version.end_event = event;
  version.end_ground = ground;
  DURE_TRY(work.save(work.tx.policy_versions(), version));
  return tell(work, version, "policy-versions", "policy_version.ends", "end", date_detail("ends_on", last),
              ground);
}

// The version that is in force ends with the programme where its pack says so (M7).
base::Status end_rules(Work& work, const model::Programme& programme, const policy::Pack& pack) {
  DURE_LET(version, work.tx.policy_versions().get(*programme.policy_version_id));
  const auto last = programme::last_day_of(version, programme, pack.meta.ends_with);
  if (!last || version.ends_on == last) return {};
  return end_version(work, version, *last, pack.meta.ends_with, "");
}

base::Status end_support(Work& work, model::Programme& programme, const policy::Pack& pack) {
  DURE_TRY(close_calls(work, programme.id));
  DURE_TRY(end_rules(work, programme, pack));
  programme.ended_at = work.now;
  DURE_TRY(work.save(work.tx.programmes(), programme));
  return tell(work, programme, "programmes", "programme.ended", "end_support",
              date_detail("ends_on", *programme.ends_on));
}

base::Result<bool> put_in_force(Work& work, model::Programme& programme, base::Date today) {
  if (!programme.next_policy_version_id) return false;
  DURE_LET(version, work.tx.policy_versions().get(*programme.next_policy_version_id));
  if (version.effective_from && today < *version.effective_from) return false;
  programme.policy_version_id = version.id;
  programme.next_policy_version_id.reset();
  DURE_LET(pack, work.world.policies.of_version(work.tx, version.id));
  programme.name = pack->meta.title.ko;
  programme.name_en = pack->meta.title.en;
  programme.zone = pack->meta.time_zone;
  DURE_TRY(work.save(work.tx.programmes(), programme));
  DURE_TRY(tell(work, programme, "programmes", "programme.policy_in_force", "put_in_force",
                "{\"hash\":\"" + version.hash + "\"}"));
  return true;
}

}  // namespace

base::Result<model::Programme> announce_end(Work& work, const model::ProgrammeId& id,
                                            const model::AnnounceEnd& command) {
  DURE_LET(programme, load_for(work, work.tx.programmes(), id, access::Permission::kProgrammeManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_TRY(calendar::check_plannable(command.ends_on));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  if (programme.ended_at)
    return conflict(base::Reason("programme.ended")
                        .with("programme", programme.code)
                        .with("ends_on", base::to_text(*programme.ends_on)));
  if (programme.ends_on == command.ends_on) return programme;
  if (command.ends_on < today)
    return refused("/ends_on", base::Reason("programme.end_past").with("today", base::to_text(today)));
  programme.ends_on = command.ends_on;
  DURE_TRY(work.save(work.tx.programmes(), programme));
  DURE_TRY(cut_allocations(work, programme, today));
  DURE_TRY(tell(work, programme, "programmes", "programme.ending", "announce_end",
                date_detail("ends_on", command.ends_on), command.ground));
  return programme;
}

base::Result<model::PolicyVersion> end_policy_version(Work& work, const model::PolicyVersionId& id,
                                                      const model::EndPolicyVersion& command) {
  DURE_LET(version, load_for(work, work.tx.policy_versions(), id, access::Permission::kProgrammeManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_TRY(calendar::check_plannable(command.ends_on));
  if (version.ends_on == command.ends_on && version.end_event == command.event) return version;
  if (version.ends_on)
    return conflict(base::Reason("policy.ended_otherwise").with("ends_on", base::to_text(*version.ends_on)));
  if (version.effective_from && command.ends_on < *version.effective_from)
    return refused(
        "/ends_on",
        base::Reason("policy.ends_too_early").with("effective_from", base::to_text(*version.effective_from)));
  DURE_TRY(end_version(work, version, command.ends_on, command.event, command.ground));
  return work.tx.policy_versions().get(id);
}

bool waits_for_its_day(const model::Programme& programme, const policy::Pack& pack, base::Instant now) {
  return programme.policy_version_id && pack.meta.effective_from &&
         calendar::local_date(now, policy::zone_of(pack)) < *pack.meta.effective_from;
}

base::Result<std::int64_t> keep_programmes(Work& work) {
  DURE_LET(programmes, load_all(work.tx.programmes(), ports::Query{}.where_null("ended_at")));
  std::int64_t changed = 0;
  for (auto& programme : programmes) {
    if (!programme.policy_version_id) continue;
    DURE_LET(pack, work.world.policies.of_programme(work.tx, programme.id));
    const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
    DURE_LET(renewed, put_in_force(work, programme, today));
    changed += renewed ? 1 : 0;
    if (!programme.ends_on || today <= *programme.ends_on) continue;
    DURE_LET(in_force, work.world.policies.of_programme(work.tx, programme.id));
    DURE_TRY(end_support(work, programme, *in_force));
    ++changed;
  }
  return changed;
}

}  // namespace dure::commands
