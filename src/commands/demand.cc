#include "commands/demand.h"

#include <algorithm>

#include "calendar/period.h"
#include "calendar/zone.h"
#include "commands/capacity.h"
#include "commands/reads.h"
#include "commands/supply_work.h"
#include "supply/shares.h"

namespace dure::commands {
namespace {

using namespace supply_side;  // NOLINT: what these commands have in common

base::Status check_period(base::Date first, base::Date last, const std::string& pointer) {
  DURE_TRY(calendar::check_plannable(first));
  DURE_TRY(calendar::check_plannable(last));
  if (last < first) return refused(pointer, base::Reason("supply.dates_reversed"));
  return {};
}

bool same(const model::SupplyTarget& row, const model::DecideTarget& command) {
  return row.year == command.year && row.model == command.model && row.gpus == command.gpus &&
         row.budget == command.budget && row.decided_by == command.decided_by &&
         row.decided_on == command.decided_on;
}

base::Status check_survey_open(const model::DemandSurvey& survey, base::Instant now) {
  const bool open =
      survey.state == model::SurveyState::kOpen && (!survey.closes_at || now < *survey.closes_at);
  return open ? base::Status{} : conflict(base::Reason("supply.survey_closed"));
}

base::Status check_pool_known(const policy::Pack& pack, const std::string& pool) {
  for (const auto& each : pack.offer.pools)
    if (each.id == pool) return {};
  return refused("/pool", base::Reason("supply.no_such_pool").with("pool", pool));
}

// A9: of the classes that the pack names, where it names them.
base::Status check_beneficiary(const policy::Supply& rules, const std::string& beneficiary) {
  const auto& known = rules.beneficiaries;
  if (known.empty() || std::find(known.begin(), known.end(), beneficiary) != known.end()) return {};
  std::string all;
  for (const auto& each : known) all += (all.empty() ? "" : ", ") + each;
  return refused(
      "/beneficiary",
      base::Reason("supply.no_such_beneficiary").with("beneficiary", beneficiary).with("beneficiaries", all));
}

}  // namespace

base::Result<model::SupplyTarget> decide_target(Work& work, const model::DecideTarget& command) {
  DURE_LET(pack, supply_pack_for(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/decided_by", command.decided_by}}));
  const auto today = today_of(work, *pack);
  if (today < command.decided_on)
    return refused("/decided_on", base::Reason("supply.in_the_future").with("today", base::to_text(today)));
  DURE_LET(before,
           load_all(work.tx.supply_targets(),
                    ports::Query{}.where("programme_id", command.programme_id).where("year", command.year)));
  const auto found =
      std::find_if(before.begin(), before.end(), [&](const auto& each) { return same(each, command); });
  if (found != before.end()) return *found;
  model::SupplyTarget target;
  work.stamp(target);
  target.programme_id = command.programme_id;
  target.year = command.year;
  target.model = command.model;
  target.gpus = command.gpus;
  target.budget = command.budget;
  target.decided_by = command.decided_by;
  target.decided_on = command.decided_on;
  target.ground = command.ground;
  DURE_TRY(work.tx.supply_targets().insert(target));
  DURE_TRY(tell_supply(
      work, target, "supply-targets", "supply_target.decided", "decide",
      "{\"year\":" + std::to_string(target.year) + ",\"gpus\":" + std::to_string(target.gpus) + "}"));
  return target;
}

base::Result<model::DemandSurvey> open_survey(Work& work, const model::OpenSurvey& command) {
  DURE_TRY(require_supply(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/title", command.title}}));
  if (command.closes_at && *command.closes_at <= work.now)
    return refused("/closes_at", base::Reason("supply.dates_reversed"));
  model::DemandSurvey survey;
  work.stamp(survey);
  survey.programme_id = command.programme_id;
  survey.title = command.title;
  survey.opens_at = work.now;
  survey.closes_at = command.closes_at;
  DURE_TRY(work.tx.demand_surveys().insert(survey));
  DURE_TRY(tell_supply(work, survey, "demand-surveys", "demand_survey.opened", "open"));
  return survey;
}

base::Result<model::DemandSurvey> close_survey(Work& work, const model::DemandSurveyId& id) {
  DURE_LET(survey, load_supply_row(work, work.tx.demand_surveys(), id));
  if (survey.state == model::SurveyState::kClosed) return survey;
  survey.state = model::SurveyState::kClosed;
  survey.closes_at = survey.closes_at ? std::min(*survey.closes_at, work.now) : work.now;
  DURE_TRY(work.save(work.tx.demand_surveys(), survey));
  DURE_TRY(tell_supply(work, survey, "demand-surveys", "demand_survey.closed", "close"));
  return survey;
}

base::Result<model::DemandAnswer> answer_survey(Work& work, const model::DemandSurveyId& id,
                                                const model::AnswerSurvey& command) {
  DURE_LET(survey, load_supply_row(work, work.tx.demand_surveys(), id, access::Permission::kDemandAnswer));
  DURE_LET(pack, supply_pack_for(work, survey.programme_id, access::Permission::kDemandAnswer));
  DURE_TRY(check_survey_open(survey, work.now));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/organisation", command.organisation}, {"/purpose", command.purpose}}));
  DURE_TRY(supply::check_group(pack->supply, command.user_group));
  DURE_TRY(check_period(command.from_on, command.until_on, "/until_on"));
  model::DemandAnswer answer;
  work.stamp(answer);
  answer.programme_id = survey.programme_id;
  answer.demand_survey_id = survey.id;
  answer.organisation = command.organisation;
  answer.user_group = command.user_group;
  answer.purpose = command.purpose;
  answer.model = command.model;
  answer.gpus = command.gpus;
  answer.from_on = command.from_on;
  answer.until_on = command.until_on;
  answer.contact = command.contact;
  DURE_TRY(work.tx.demand_answers().insert(answer));
  DURE_TRY(tell_supply(work, answer, "demand-answers", "demand_answer.given", "give"));
  return answer;
}

base::Result<std::vector<model::GroupShare>> survey_shares(Work& work, const model::DemandSurveyId& id,
                                                           std::int64_t gpus) {
  DURE_LET(survey, work.tx.demand_surveys().find(id));
  if (!survey) return access::not_found();
  DURE_LET(pack, supply_pack_for(work, survey->programme_id, access::Permission::kSupplyRead));
  DURE_LET(answers, load_all(work.tx.demand_answers(), ports::Query{}.where("demand_survey_id", id)));
  return supply::share_among(pack->supply, answers, gpus);
}

base::Result<model::BeneficiaryReservation> reserve_for_beneficiary(
    Work& work, const model::ReserveForBeneficiary& command) {
  DURE_LET(pack, supply_pack_for(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/beneficiary", command.beneficiary},
                               {"/decided_by", command.decided_by},
                               {"/ground", command.ground}}));
  DURE_TRY(check_beneficiary(pack->supply, command.beneficiary));
  DURE_TRY(check_period(command.starts_on, command.ends_on, "/ends_on"));
  const auto today = today_of(work, *pack);
  if (command.starts_on < today)
    return refused("/starts_on", base::Reason("supply.past").with("today", base::to_text(today)));
  DURE_TRY(check_pool_known(*pack, command.pool));
  model::BeneficiaryReservation made;
  work.stamp(made);
  made.programme_id = command.programme_id;
  made.beneficiary = command.beneficiary;
  made.decided_by = command.decided_by;
  made.pool = command.pool;
  made.model = command.model;
  made.gpus = command.gpus;
  made.starts_on = command.starts_on;
  made.ends_on = command.ends_on;
  made.ground = command.ground;
  DURE_LET(pool, load_pool(work, made.programme_id, made.pool));
  DURE_TRY(supply::may_claim(pool.batches, pool.claims, *supply::claim_of(made), today));
  DURE_TRY(work.tx.beneficiary_reservations().insert(made));
  DURE_TRY(tell_supply(work, made, "beneficiary-reservations", "beneficiary_reservation.made", "make"));
  return made;
}

base::Result<model::BeneficiaryReservation> cancel_beneficiary(Work& work,
                                                               const model::BeneficiaryReservationId& id) {
  DURE_LET(reservation, load_supply_row(work, work.tx.beneficiary_reservations(), id));
  if (reservation.state == model::BeneficiaryState::kCancelled) return reservation;
  reservation.state = model::BeneficiaryState::kCancelled;
  DURE_TRY(work.save(work.tx.beneficiary_reservations(), reservation));
  DURE_TRY(tell_supply(work, reservation, "beneficiary-reservations", "beneficiary_reservation.cancelled",
                       "cancel"));
  return reservation;
}

}  // namespace dure::commands
