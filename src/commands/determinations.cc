#include "commands/determinations.h"

#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"

namespace dure::commands {
namespace {

base::Status check_meeting(const model::RecordDetermination& command, const policy::Pack& pack,
                           base::Date today) {
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/question", command.question},
                        {"/chair", command.chair},
                        {"/minutes", command.minutes},
                        {"/decision", command.decision}}));
  const auto& office = pack.determination.decided_by;
  if (command.chair_office != office.ko && (office.en.empty() || command.chair_office != office.en))
    return refused(
        "/chair_office",
        base::Reason("determination.chair").with("office", office.ko).with("given", command.chair_office));
  if (command.members.empty()) return refused("/members", base::Reason("determination.members_missing"));
  DURE_TRY(calendar::check_plannable(command.met_on));
  if (today < command.met_on)
    return refused("/met_on", base::Reason("outcome.in_the_future").with("today", base::to_text(today)));
  return {};
}

}  // namespace

base::Result<model::Determination> record_determination(Work& work,
                                                        const model::RecordDetermination& command) {
  DURE_LET(rules, pack_for(work, command.programme_id, access::Permission::kDeterminationRecord));
  if (!rules->on(policy::Section::kDetermination))
    return conflict(base::Reason("determination.section_off").with("programme", rules->meta.programme));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, command.programme_id, work.now));
  DURE_TRY(check_meeting(command, *pack, calendar::local_date(work.now, policy::zone_of(*pack))));
  model::Determination made;
  work.stamp(made);
  made.programme_id = command.programme_id;
  made.question = command.question;
  made.met_on = command.met_on;
  made.chair = command.chair;
  made.chair_office = command.chair_office;
  made.members = command.members;
  made.minutes = command.minutes;
  made.decision = command.decision;
  made.policy_hash = pack->hash();
  made.recorded_by = work.caller.subject.actor;
  DURE_TRY(work.tx.determinations().insert(made));
  DURE_TRY(tell(work, made, "determinations", "determination.recorded", "record",
                "{\"met_on\":\"" + base::to_text(made.met_on) + "\"}"));
  return made;
}

base::Status check_determinations(Work& work, const model::ProgrammeId& programme,
                                  const std::vector<std::string>& ids, const std::string& pointer) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    DURE_LET(found, work.tx.determinations().find(model::DeterminationId(ids[i])));
    if (!found || found->programme_id != programme)
      return refused(pointer + "/" + std::to_string(i),
                     base::Reason("determination.no_such").with("id", ids[i]));
  }
  return {};
}

}  // namespace dure::commands
