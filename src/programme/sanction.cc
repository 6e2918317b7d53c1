#include "programme/sanction.h"

#include <algorithm>

#include "calendar/period.h"
#include "programme/refusals.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::Sanction;
using model::SanctionMeasure;

constexpr std::int64_t kCentiPoints = 100;  // of a point

base::Error conflict(Reason reason) {
  return base::error(base::ErrorKind::kConflict, std::move(reason));
}
base::Status need_text(const std::string& text, const std::string& pointer) {
  if (!text.empty()) return {};
  return refused(pointer, Reason("sanction.text_missing").with("field", pointer.substr(1)));
}

std::string state_text(const Sanction& sanction) {
  return std::string(model::to_text(sanction.state));
}

std::string measure_names(const std::vector<SanctionMeasure>& measures) {
  std::string names;
  for (const auto each : measures) names += (names.empty() ? "" : ", ") + std::string(model::to_text(each));
  return names;
}

bool measure_among(const std::vector<SanctionMeasure>& all, SanctionMeasure one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

base::Status check_among(const std::vector<SanctionMeasure>& wanted,
                         const std::vector<SanctionMeasure>& all) {
  for (const auto each : wanted)
    if (!measure_among(all, each))
      return refused("/measures", Reason("sanction.measure_not_of_ground")
                                      .with("measure", std::string(model::to_text(each)))
                                      .with("measures", measure_names(all)));
  return {};
}

// Who must be named for the measure to be carried out.
base::Status check_subject(const Sanction& sanction, SanctionMeasure measure) {
  const auto needs = [&](const char* code) {
    return conflict(Reason(code).with("measure", std::string(model::to_text(measure))));
  };
  const bool use = measure == SanctionMeasure::kStop || measure == SanctionMeasure::kReclaim;
  if (use && !sanction.allocation_id) return needs("sanction.needs_allocation");
  const bool account =
      measure == SanctionMeasure::kSuspendAccount || measure == SanctionMeasure::kDeleteAccount;
  if (account && !sanction.account_id) return needs("sanction.needs_account");
  if (measure == SanctionMeasure::kVoidApplication && !sanction.application_id)
    return needs("sanction.needs_application");
  if (measure == SanctionMeasure::kRestrict && !sanction.organisation_id && !sanction.person_id)
    return conflict(Reason("sanction.nobody_to_restrict"));
  return {};
}

// From now on the accused see it.
void tell(Sanction& sanction) {
  sanction.told_project_id = sanction.project_id;
  sanction.told_application_id = sanction.application_id;
  sanction.told_account_id = sanction.account_id;
}

void say_ground(Sanction& sanction, const policy::SanctionGround& ground) {
  sanction.notice.push_back(Reason("sanction.notice_ground")
                                .with("title_ko", ground.title.ko)
                                .with("title_en", ground.title.en.empty() ? ground.title.ko : ground.title.en)
                                .with("source", ground.source));
  if (!sanction.facts.empty())
    sanction.notice.push_back(Reason("sanction.notice_facts").with("facts", sanction.facts));
  sanction.notice.push_back(
      Reason("sanction.notice_measures").with("measures", measure_names(sanction.measures)));
  if (ground.user_liable) sanction.notice.push_back(Reason("sanction.user_liable"));
}

base::Status check_deliberation(const model::Deliberation& held, base::Date since, const CaseStep& step) {
  if (held.members.empty() || held.minutes.empty())
    return refused("/deliberation", Reason("sanction.deliberation_missing"));
  if (step.today < held.on)
    return refused("/deliberation/on", Reason("sanction.in_the_future")
                                           .with("field", "deliberation.on")
                                           .with("today", base::to_text(step.today)));
  if (held.on < since)
    return refused("/deliberation/on", Reason("sanction.before_the_facts")
                                           .with("field", "deliberation.on")
                                           .with("since", base::to_text(since)));
  return {};
}

// The measures that are imposed now.
base::Result<std::vector<SanctionMeasure>> chosen(const Sanction& sanction,
                                                  const model::ImposeSanction& command) {
  auto measures = command.measures.empty() ? sanction.measures : command.measures;
  DURE_TRY(check_among(measures, sanction.measures));
  if (!sanction.deliberation)
    measures.erase(std::remove(measures.begin(), measures.end(), SanctionMeasure::kLegalAction),
                   measures.end());
  for (const auto each : measures) DURE_TRY(check_subject(sanction, each));
  return measures;
}

// R18: a period that restricts counts its first day and does not move on.
base::Result<std::optional<base::Date>> restriction_end(const policy::SanctionGround& ground,
                                                        const model::ImposeSanction& command,
                                                        base::Date today) {
  if (ground.restriction) {
    const auto until = calendar::period_end(today, *ground.restriction, calendar::kUse);
    if (command.restricted_until && *command.restricted_until != until)
      return refused("/restricted_until",
                     Reason("sanction.restriction_fixed").with("until", base::to_text(until)));
    return std::optional(until);
  }
  if (command.restricted_until && *command.restricted_until <= today)
    return refused("/restricted_until", Reason("sanction.restriction_end")
                                            .with("until", base::to_text(*command.restricted_until))
                                            .with("today", base::to_text(today)));
  return command.restricted_until;
}

}  // namespace

SanctionMeasure to_model(policy::SanctionMeasure measure) {
  switch (measure) {
    case policy::SanctionMeasure::kWarn:
      return SanctionMeasure::kWarn;
    case policy::SanctionMeasure::kStop:
      return SanctionMeasure::kStop;
    case policy::SanctionMeasure::kReclaim:
      return SanctionMeasure::kReclaim;
    case policy::SanctionMeasure::kRestrict:
      return SanctionMeasure::kRestrict;
    case policy::SanctionMeasure::kSuspendAccount:
      return SanctionMeasure::kSuspendAccount;
    case policy::SanctionMeasure::kDeleteAccount:
      return SanctionMeasure::kDeleteAccount;
    case policy::SanctionMeasure::kVoidApplication:
      return SanctionMeasure::kVoidApplication;
    case policy::SanctionMeasure::kLegalAction:
      return SanctionMeasure::kLegalAction;
  }
  return SanctionMeasure::kWarn;
}

std::vector<SanctionMeasure> measures_of(const policy::SanctionGround& ground) {
  std::vector<SanctionMeasure> measures;
  measures.reserve(ground.measures.size());
  for (const auto each : ground.measures) measures.push_back(to_model(each));
  return measures;
}

base::Result<policy::SanctionGround> ground_of(const policy::Pack& pack, const std::string& ground) {
  std::string names;
  for (const auto& each : pack.sanctions.grounds) {
    if (each.id == ground) return each;
    names += (names.empty() ? "" : ", ") + each.id;
  }
  return refused("/ground", Reason("sanction.ground_unknown").with("ground", ground).with("grounds", names));
}

std::vector<policy::SanctionGround> grounds_for_missing(const policy::Pack& pack, const std::string& kind) {
  std::vector<policy::SanctionGround> grounds;
  for (const auto& each : pack.sanctions.grounds)
    if (std::find(each.for_missing.begin(), each.for_missing.end(), kind) != each.for_missing.end())
      grounds.push_back(each);
  return grounds;
}

base::Status investigate(Sanction& sanction) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kInvestigate));
  sanction.state = state;
  return {};
}

base::Status suspend(Sanction& sanction, const std::string& reason, const CaseStep& step) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kSuspend));
  DURE_LET(ground, ground_of(step.pack, sanction.ground));
  if (!ground.at_once) return conflict(Reason("sanction.not_urgent").with("ground", ground.id));
  DURE_TRY(need_text(reason, "/reason"));
  DURE_TRY(check_subject(sanction, SanctionMeasure::kStop));
  sanction.state = state;
  sanction.urgent_reason = reason;
  sanction.suspended_at = step.now;
  tell(sanction);
  return {};
}

base::Status notify(Sanction& sanction, const model::NotifySanction& command, const CaseStep& step) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kNotify));
  DURE_LET(ground, ground_of(step.pack, sanction.ground));
  const auto intended = command.measures.empty() ? measures_of(ground) : command.measures;
  DURE_TRY(check_among(intended, measures_of(ground)));
  const auto facts = command.facts.empty() ? sanction.facts : command.facts;
  if (sanction.notice.empty()) DURE_TRY(need_text(facts, "/facts"));
  sanction.state = state;
  sanction.facts = facts;
  sanction.measures = intended;
  sanction.noticed_at = step.now;
  say_ground(sanction, ground);
  const auto until =
      calendar::period_end(step.today, {step.pack.sanctions.opinion_days, calendar::Unit::kDays},
                           policy::deadline_rule(step.pack), policy::business_days_of(step.pack));
  sanction.opinion_until = until;
  sanction.notice.push_back(Reason("sanction.notice_opinion").with("until", base::to_text(until)));
  tell(sanction);
  return {};
}

bool open_opinions(Sanction& sanction, const CaseStep& step) {
  if (sanction.state != SanctionState::kNoticed || !sanction.noticed_at) return false;
  const auto told_on = calendar::local_date(*sanction.noticed_at, policy::zone_of(step.pack));
  if (step.today <= told_on) return false;
  sanction.state = SanctionState::kOpinionPeriod;
  return true;
}

base::Status hear(Sanction& sanction, const std::string& opinion, const CaseStep& step) {
  if (sanction.state != SanctionState::kNoticed && sanction.state != SanctionState::kOpinionPeriod)
    return conflict(Reason("sanction.not_noticed").with("state", state_text(sanction)));
  if (*sanction.opinion_until < step.today)
    return conflict(Reason("sanction.heard_too_late").with("until", base::to_text(*sanction.opinion_until)));
  DURE_TRY(need_text(opinion, "/opinion"));
  sanction.opinion = opinion;
  sanction.heard_at = step.now;
  return {};
}

base::Status deliberate(Sanction& sanction, const model::Deliberation& held, const CaseStep& step) {
  open_opinions(sanction, step);
  DURE_LET(state, next(sanction.state, SanctionEvent::kDeliberate));
  if (step.today <= *sanction.opinion_until)
    return conflict(Reason("sanction.opinion_time").with("until", base::to_text(*sanction.opinion_until)));
  DURE_TRY(check_deliberation(held, calendar::day_after(*sanction.opinion_until), step));
  sanction.state = state;
  sanction.deliberation = held;
  return {};
}

base::Status impose(Sanction& sanction, const model::ImposeSanction& command, const CaseStep& step) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kImpose));
  DURE_LET(ground, ground_of(step.pack, sanction.ground));
  DURE_TRY(need_text(command.ground, "/ground"));
  const bool urgent = sanction.state == SanctionState::kInterimSuspension;
  DURE_LET(measures, chosen(sanction, command));
  std::optional<base::Date> until;
  if (measure_among(measures, SanctionMeasure::kRestrict)) {
    DURE_LET(end, restriction_end(ground, command, step.today));
    until = end;
  }
  sanction.state = state;
  sanction.measures = measures;
  sanction.decision = command.ground;
  sanction.decided_by = step.by;
  sanction.imposed_at = step.now;
  sanction.restricted_until = until;
  if (urgent) {
    sanction.urgent = true;
    sanction.noticed_at = step.now;
    say_ground(sanction, ground);
    sanction.notice.push_back(Reason("sanction.notice_urgent").with("reason", sanction.urgent_reason));
  }
  if (step.pack.sanctions.appeal_within) {
    sanction.appeal_until =
        calendar::period_end(step.today, *step.pack.sanctions.appeal_within, policy::deadline_rule(step.pack),
                             policy::business_days_of(step.pack));
    sanction.notice.push_back(
        Reason("sanction.notice_appeal").with("until", base::to_text(*sanction.appeal_until)));
  }
  tell(sanction);
  return {};
}

base::Status dismiss(Sanction& sanction, const std::string& ground, const CaseStep& step) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kDismiss));
  DURE_TRY(need_text(ground, "/ground"));
  sanction.state = state;
  sanction.decision = ground;
  sanction.decided_by = step.by;
  sanction.closed_at = step.now;
  if (sanction.suspended_at && !sanction.resumed_at) sanction.resumed_at = step.now;
  return {};
}

base::Status appeal(Sanction& sanction, const std::string& text, const CaseStep& step) {
  DURE_LET(state, next(sanction.state, SanctionEvent::kAppeal));
  if (sanction.appeal_until && *sanction.appeal_until < step.today)
    return conflict(Reason("sanction.appeal_over").with("until", base::to_text(*sanction.appeal_until)));
  DURE_TRY(need_text(text, "/appeal"));
  sanction.state = state;
  sanction.appeal = text;
  sanction.appealed_at = step.now;
  return {};
}

base::Status decide_appeal(Sanction& sanction, const model::DecideSanctionAppeal& command,
                           const CaseStep& step) {
  DURE_LET(state, next(sanction.state, command.upheld ? SanctionEvent::kUphold : SanctionEvent::kReverse));
  DURE_TRY(need_text(command.ground, "/ground"));
  const auto since = calendar::local_date(*sanction.appealed_at, policy::zone_of(step.pack));
  DURE_TRY(check_deliberation(command.deliberation, since, step));
  sanction.state = state;
  sanction.appeal_deliberation = command.deliberation;
  sanction.decision = command.ground;
  sanction.decided_by = step.by;
  if (command.upheld) return {};
  sanction.closed_at = step.now;
  if (sanction.suspended_at && !sanction.resumed_at) sanction.resumed_at = step.now;
  return {};
}

base::Status refer(Sanction& sanction, const model::ReferSanction& command, const CaseStep& step) {
  if (!in_force(sanction))
    return conflict(Reason("sanction.not_in_force").with("state", state_text(sanction)));
  DURE_LET(ground, ground_of(step.pack, sanction.ground));
  if (!measure_among(measures_of(ground), SanctionMeasure::kLegalAction))
    return conflict(Reason("sanction.no_legal_action").with("ground", ground.id));
  if (sanction.referral)
    return conflict(Reason("sanction.referred_already").with("to", sanction.referral->to));
  DURE_TRY(need_text(command.to, "/to"));
  const auto held = command.deliberation ? command.deliberation : sanction.deliberation;
  if (!held) return conflict(Reason("sanction.deliberate_before_referral"));
  const auto reported_on = calendar::local_date(sanction.created_at, policy::zone_of(step.pack));
  DURE_TRY(check_deliberation(*held, reported_on, step));
  const auto on = command.on.value_or(step.today);
  if (step.today < on)
    return refused(
        "/on", Reason("sanction.in_the_future").with("field", "on").with("today", base::to_text(step.today)));
  if (on < held->on)
    return refused(
        "/on",
        Reason("sanction.before_the_facts").with("field", "on").with("since", base::to_text(held->on)));
  sanction.referral = model::LegalReferral{command.to, on, *held};
  if (!has(sanction, SanctionMeasure::kLegalAction))
    sanction.measures.push_back(SanctionMeasure::kLegalAction);
  return {};
}

bool expire(Sanction& sanction, base::Date today, base::Instant now) {
  if (sanction.state != SanctionState::kImposed && sanction.state != SanctionState::kUpheld) return false;
  if (has(sanction, SanctionMeasure::kRestrict) && !sanction.restricted_until) return false;
  if (!sanction.restricted_until && !sanction.appeal_until) return false;
  if (sanction.restricted_until && today <= *sanction.restricted_until) return false;
  if (sanction.state == SanctionState::kImposed && sanction.appeal_until && today <= *sanction.appeal_until)
    return false;
  sanction.state = SanctionState::kExpired;
  sanction.closed_at = now;
  return true;
}

bool end_by_duty(Sanction& sanction, base::Instant now) {
  if (sanction.state != SanctionState::kImposed && sanction.state != SanctionState::kUpheld) return false;
  if (has(sanction, SanctionMeasure::kRestrict)) return false;
  sanction.state = SanctionState::kExpired;
  sanction.closed_at = now;
  return true;
}

bool in_force(const Sanction& sanction) {
  return sanction.state == SanctionState::kImposed || sanction.state == SanctionState::kAppealed ||
         sanction.state == SanctionState::kUpheld;
}

bool has(const Sanction& sanction, SanctionMeasure measure) {
  return measure_among(sanction.measures, measure);
}

std::vector<model::Restriction> restrictions_of(const Sanction& sanction, bool all_programmes,
                                                const CaseStep& step) {
  std::vector<model::Restriction> made;
  if (!has(sanction, SanctionMeasure::kRestrict)) return made;
  const auto ground = ground_of(step.pack, sanction.ground);
  model::Restriction row;
  row.programme_id = sanction.programme_id;
  row.all_programmes = all_programmes;
  row.sanction_id = sanction.id;
  row.ground = sanction.decision;
  row.decided_by = step.by;
  row.starts_on = step.today;
  row.ends_on = sanction.restricted_until;
  if (ground.ok() && ground->later == policy::LaterEffect::kPoints) {
    row.effect = model::RestrictionEffect::kPoints;
    row.centi_points = ground->later_points * kCentiPoints;
  }
  if (sanction.organisation_id) {
    made.push_back(row);
    made.back().organisation_id = sanction.organisation_id;
  }
  if (sanction.person_id) {
    made.push_back(row);
    made.back().person_id = sanction.person_id;
  }
  return made;
}

}  // namespace dure::programme
