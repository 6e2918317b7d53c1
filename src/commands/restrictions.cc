#include "commands/restrictions.h"

#include "calendar/period.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"

namespace dure::commands {
namespace {

using model::Restriction;

base::Status need_restriction_text(const std::string& text, const std::string& pointer) {
  if (!text.empty()) return {};
  return refused(pointer, base::Reason("restriction.text_missing").with("field", pointer.substr(1)));
}

base::Error no_such_row(const std::string& member, const std::string& id) {
  return refused("/" + member, base::Reason("sanction.no_such_row").with("what", member).with("id", id));
}

base::Status check_restriction(const model::RecordRestriction& command) {
  DURE_TRY(check_command(command));
  DURE_TRY(need_restriction_text(command.ground, "/ground"));
  DURE_TRY(need_restriction_text(command.decided_by, "/decided_by"));
  DURE_TRY(calendar::check_plannable(command.starts_on));
  if (command.ends_on) DURE_TRY(calendar::check_plannable(*command.ends_on));
  if (command.ends_on && *command.ends_on < command.starts_on)
    return refused("/ends_on", base::Reason("restriction.dates_reversed"));
  if (!command.organisation_id && !command.account_id)
    return refused("/organisation_id", base::Reason("restriction.nobody"));
  if (command.effect == model::RestrictionEffect::kPoints && command.centi_points == 0)
    return refused("/centi_points", base::Reason("restriction.points_missing"));
  return {};
}

// Whether it names the applicant.
bool is_against(const StandingRestrictions& standing, const Restriction& row,
                const model::Applicant& applicant) {
  if (row.person_id) {
    const auto found = standing.people.find(*row.person_id);
    return found != standing.people.end() && programme::is_person(applicant, found->second);
  }
  if (!row.organisation_id) return false;
  const auto found = standing.organisations.find(*row.organisation_id);
  return found != standing.organisations.end() && programme::is_of(applicant, found->second);
}

base::Status add_standing(Work& work, ports::Query query, StandingRestrictions& standing) {
  DURE_LET(rows, load_all(work.tx.restrictions(), std::move(query)));
  for (auto& row : rows) {
    if (row.person_id && !standing.people.contains(*row.person_id)) {
      DURE_LET(found, work.tx.people().find(*row.person_id));
      if (found) standing.people.emplace(*row.person_id, std::move(*found));
    }
    if (row.organisation_id && !standing.organisations.contains(*row.organisation_id)) {
      DURE_LET(found, work.tx.organisations().find(*row.organisation_id));
      if (found) standing.organisations.emplace(*row.organisation_id, std::move(*found));
    }
    standing.rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace

base::Result<Restriction> record_restriction(Work& work, const model::RecordRestriction& command) {
  DURE_LET(programme, work.tx.programmes().find(command.programme_id));
  DURE_TRY(work.require(access::Permission::kRestrictionManage, {.kind = access::ResourceKind::kRestriction,
                                                                 .programme_id = command.programme_id.text}));
  if (!programme) return access::not_found();
  DURE_TRY(check_restriction(command));
  Restriction row;
  work.stamp(row);
  row.programme_id = command.programme_id;
  row.all_programmes = command.all_programmes;
  row.ground = command.ground;
  row.decided_by = command.decided_by;
  row.starts_on = command.starts_on;
  row.ends_on = command.ends_on;
  row.effect = command.effect;
  if (command.effect == model::RestrictionEffect::kPoints) row.centi_points = command.centi_points;
  if (command.organisation_id) {
    DURE_LET(found, work.tx.organisations().find(*command.organisation_id));
    if (!found) return no_such_row("organisation_id", command.organisation_id->text);
    row.organisation_id = found->id;
  } else {
    DURE_LET(account, work.tx.accounts().find(*command.account_id));
    if (!account || !account->person_id) return no_such_row("account_id", command.account_id->text);
    row.person_id = account->person_id;
  }
  DURE_TRY(work.tx.restrictions().insert(row));
  DURE_TRY(tell(work, row, "restrictions", "restriction.begun", "record"));
  return row;
}

base::Result<Restriction> lift_restriction(Work& work, const model::RestrictionId& id,
                                           const model::GiveGround& command) {
  DURE_LET(row, load_for(work, work.tx.restrictions(), id, access::Permission::kRestrictionManage));
  DURE_TRY(check_command(command));
  DURE_TRY(need_restriction_text(command.ground, "/ground"));
  if (row.lifted_on)
    return conflict(base::Reason("restriction.lifted_already").with("on", base::to_text(*row.lifted_on)));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
  row.lifted_on = today_of(work, *pack);
  row.lifted_ground = command.ground;
  DURE_TRY(work.save(work.tx.restrictions(), row));
  DURE_TRY(tell(work, row, "restrictions", "restriction.lifted", "lift"));
  return row;
}

base::Result<StandingRestrictions> standing_restrictions(Work& work, const model::ProgrammeId& programme) {
  StandingRestrictions standing;
  DURE_TRY(add_standing(work, ports::Query{}.where("programme_id", programme), standing));
  DURE_TRY(add_standing(work,
                        ports::Query{}
                            .where("programme_id", programme, ports::Compare::kNotEqual)
                            .where("all_programmes", true),
                        standing));
  return standing;
}

std::vector<programme::AgainstApplicant> restrictions_against(const StandingRestrictions& standing,
                                                              const model::Applicant& applicant) {
  std::vector<programme::AgainstApplicant> against;
  for (const auto& row : standing.rows)
    if (is_against(standing, row, applicant)) against.push_back({row, row.person_id.has_value()});
  return against;
}

base::Status check_not_restricted(Work& work, const model::Application& application, base::Date received_on) {
  DURE_LET(standing, standing_restrictions(work, application.programme_id));
  return programme::may_submit(restrictions_against(standing, application.form.applicant), received_on);
}

}  // namespace dure::commands
