#include "commands/use_reviews.h"

#include <algorithm>

#include "calendar/period.h"
#include "commands/allocation_measures.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "commands/use_measure.h"
#include "programme/award.h"
#include "programme/utilisation_review_states.h"

namespace dure::commands {
namespace {

using model::UseMeasure;
using model::UtilisationReview;
using model::UtilisationReviewState;
using programme::UtilisationReviewEvent;

base::Status need_review_text(const std::string& text, const std::string& pointer) {
  if (!text.empty()) return {};
  return refused(pointer, base::Reason("utilisation.text_missing").with("field", pointer.substr(1)));
}

access::Resource where_of(const model::ProgrammeId& programme) {
  return {.kind = access::ResourceKind::kUtilisation, .programme_id = programme.text};
}

base::Result<model::UseCycle> cycle_of(Work& work, const model::ProgrammeId& programme,
                                       const policy::Pack& pack) {
  const auto cycle = programme::cycle_of(pack.utilisation.review_cycle);
  if (cycle) return *cycle;
  DURE_LET(row, work.tx.programmes().get(programme));
  return conflict(base::Reason("utilisation.off").with("programme", row.code));
}

// The review with its pack, for a step that brings the event about.
struct ReviewStep {
  UtilisationReview review;
  PackPtr pack;
};
base::Result<ReviewStep> step_of(Work& work, const model::UtilisationReviewId& id,
                                 UtilisationReviewEvent event,
                                 access::Permission permission = access::Permission::kUtilisationManage) {
  DURE_LET(review, load_for(work, work.tx.utilisation_reviews(), id, permission));
  DURE_LET(state, programme::next(review.state, event));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, review.programme_id));
  review.state = state;
  return ReviewStep{std::move(review), pack};
}

base::Result<UtilisationReview> save_review(Work& work, UtilisationReview review, const std::string& event,
                                            const std::string& action) {
  DURE_TRY(work.save(work.tx.utilisation_reviews(), review));
  DURE_TRY(tell(work, review, "utilisation-reviews", "utilisation_review." + event, action,
                state_detail(review.state)));
  return review;
}

// The criteria that hold for a review on that day: the last that were published for it.
base::Result<std::optional<model::ReviewCriteria>> criteria_on(Work& work,
                                                               const model::ProgrammeId& programme,
                                                               base::Date review_on) {
  return work.tx.review_criteria().first(ports::Query{}
                                             .where("programme_id", programme)
                                             .where("first_review_on", review_on, ports::Compare::kAtMost)
                                             .ordered("id", true)
                                             .at_most(1));
}

base::Status check_reviewed(const model::Allocation& allocation, const policy::Pack& pack) {
  if (is_reviewed(pack, allocation)) return {};
  return conflict(base::Reason("utilisation.pool_not_reviewed").with("pool", allocation.pool));
}

base::Status check_touched(const model::Allocation& allocation, const programme::UsePeriod& period) {
  if (allocation.starts_on <= period.until && period.from <= allocation.ends_on) return {};
  return conflict(base::Reason("utilisation.not_in_use")
                      .with("from", base::to_text(period.from))
                      .with("until", base::to_text(period.until)));
}

base::Result<std::optional<UtilisationReview>> review_of(Work& work, const model::AllocationId& allocation,
                                                         model::UseCycle cycle,
                                                         const programme::UsePeriod& period) {
  return work.tx.utilisation_reviews().first(ports::Query{}
                                                 .where("allocation_id", allocation)
                                                 .where("cycle", cycle)
                                                 .where("period_from", period.from)
                                                 .at_most(1));
}

base::Result<UtilisationReview> make_review(Work& work, const model::Allocation& allocation,
                                            const programme::UsePeriod& period, model::UseCycle cycle,
                                            const policy::Pack& pack) {
  const auto review_on = calendar::day_after(period.until);
  DURE_LET(criteria, criteria_on(work, allocation.programme_id, review_on));
  if (!criteria && pack.utilisation.criteria_published_first)
    return conflict(base::Reason("utilisation.criteria_missing").with("review_on", base::to_text(review_on)));
  DURE_LET(known, review_of(work, allocation.id, cycle, period));
  if (known) return conflict(base::Reason("utilisation.review_known").with("id", known->id.text));
  UtilisationReview review;
  work.stamp(review);
  review.programme_id = allocation.programme_id;
  review.project_id = allocation.project_id;
  review.allocation_id = allocation.id;
  if (criteria) review.review_criteria_id = criteria->id;
  review.cycle = cycle;
  review.number = period.number;
  review.period_from = period.from;
  review.period_until = period.until;
  review.review_on = review_on;
  review.blocks = allocation.limit.blocks;
  review.policy_hash = pack.hash();
  DURE_TRY(work.tx.utilisation_reviews().insert(review));
  DURE_TRY(tell(work, review, "utilisation-reviews", "utilisation_review.scheduled", "open",
                state_detail(review.state)));
  return review;
}

base::Result<UtilisationReview> measure(Work& work, UtilisationReview review, const policy::Pack& pack) {
  const auto today = today_of(work, pack);
  if (today < review.review_on)
    return conflict(base::Reason("utilisation.period_not_over")
                        .with("until", base::to_text(review.period_until))
                        .with("review_on", base::to_text(review.review_on)));
  DURE_LET(allocation, work.tx.allocations().get(review.allocation_id));
  const auto period = programme::cycle_around(review.period_from, review.cycle, allocation.starts_on);
  DURE_LET(rows, measure_use(work, allocation, pack, {period}));
  const auto row = rows.empty() ? model::UtilisationRow{} : rows.front();
  review.blocks = allocation.limit.blocks;
  review.given = row.given;
  review.used = row.used;
  review.unread = row.unread;
  review.exempt = row.exempt;
  review.planned = row.planned;
  DURE_LET(plan, plan_of_use(work, allocation, pack));
  review.next_planned = programme::planned_next(plan, allocation, period, review.cycle);
  review.used_bp = row.used_bp;
  review.plan_bp = row.plan_bp;
  review.policy_hash = pack.hash();
  return save_review(work, std::move(review), "measured", "measure");
}

std::optional<programme::UseProposal> by_bands(const UtilisationReview& review, const policy::Pack& pack,
                                               const programme::BlockSteps& steps) {
  return programme::propose(
      {review.number, review.blocks, review.used_bp, review.plan_bp, review.next_planned}, pack.utilisation,
      steps);
}

// What a person proposes: no more than the bands take, unless the pack leaves low use to a person.
base::Result<programme::UseProposal> by_person(const UtilisationReview& review,
                                               const model::ProposeMeasure& command, const policy::Pack& pack,
                                               const programme::BlockSteps& steps) {
  DURE_TRY(need_review_text(command.ground, "/ground"));
  const auto measure = *command.measure;
  const auto blocks = measure == UseMeasure::kKeep ? review.blocks : command.blocks;
  DURE_TRY(programme::check_measure(measure, blocks, review.blocks, pack.utilisation, steps));
  const auto banded = by_bands(review, pack, steps);
  const bool within = banded && programme::burdens(banded->measure) && banded->blocks <= blocks;
  if (programme::burdens(measure) && !within && !pack.utilisation.low_use_partial_reclaim)
    return refused("/measure", base::Reason("utilisation.partial_not_allowed"));
  return programme::UseProposal{
      measure, blocks, {base::Reason("utilisation.reason_person").with("ground", command.ground)}};
}

base::Status check_urgent(const model::DecideReview& command, const policy::Pack& pack) {
  if (!command.urgent || pack.notify.urgent_stop_without_notice) return {};
  return conflict(base::Reason("utilisation.not_urgent"));
}

// Invariant 10: no reduction and no reclaim without notice and time for an opinion.
base::Status check_heard(const UtilisationReview& review, const model::DecideReview& command,
                         UtilisationReviewState from, base::Date today) {
  if (!programme::burdens(command.measure) || command.urgent) return {};
  if (!review.noticed_at || !review.opinion_until)
    return conflict(base::Reason("utilisation.notice_first")
                        .with("measure", std::string(model::to_text(command.measure))));
  if (from == UtilisationReviewState::kNoticed && today <= *review.opinion_until)
    return conflict(
        base::Reason("utilisation.opinion_time").with("until", base::to_text(*review.opinion_until)));
  if (command.blocks < review.proposed_blocks)
    return conflict(base::Reason("utilisation.beyond_notice")
                        .with("blocks", command.blocks)
                        .with("proposed", review.proposed_blocks));
  return {};
}

base::Result<UtilisationReview> apply_now(Work& work, UtilisationReview review, const policy::Pack& pack) {
  DURE_LET(state, programme::next(review.state, UtilisationReviewEvent::kApply));
  const auto today = today_of(work, pack);
  if (review.effective_on && today < *review.effective_on)
    return conflict(base::Reason("utilisation.not_yet_effective")
                        .with("effective_on", base::to_text(*review.effective_on)));
  DURE_LET(changed, change_use(work, review.allocation_id, *review.decided, review.decided_blocks, pack,
                               review.ground));
  static_cast<void>(changed);
  review.state = state;
  review.applied_at = work.now;
  return save_review(work, std::move(review), "applied", "apply");
}

// The cycle that runs now, where it is to be reviewed and its date and criteria are known.
base::Result<std::optional<programme::UsePeriod>> cycle_to_open(Work& work,
                                                                const model::Allocation& allocation,
                                                                const policy::Pack& pack) {
  const std::optional<programme::UsePeriod> none;
  const auto cycle = programme::cycle_of(pack.utilisation.review_cycle);
  const auto today = today_of(work, pack);
  if (!cycle || !is_reviewed(pack, allocation) || programme::over(allocation.state)) return none;
  if (today < allocation.starts_on || allocation.ends_on < today) return none;
  const auto period = programme::cycle_around(today, *cycle, allocation.starts_on);
  DURE_LET(known, review_of(work, allocation.id, *cycle, period));
  if (known) return none;
  DURE_LET(criteria, criteria_on(work, allocation.programme_id, calendar::day_after(period.until)));
  if (!criteria && pack.utilisation.criteria_published_first) return none;
  return std::optional(period);
}

bool review_is_due(const UtilisationReview& review, base::Date today) {
  if (review.state == UtilisationReviewState::kScheduled) return review.review_on <= today;
  return review.state == UtilisationReviewState::kDecided && review.effective_on &&
         *review.effective_on <= today;
}

}  // namespace

base::Result<model::ReviewCriteria> publish_criteria(Work& work, const model::PublishCriteria& command) {
  DURE_LET(programme, work.tx.programmes().find(command.programme_id));
  DURE_TRY(work.require(access::Permission::kUtilisationManage, where_of(command.programme_id)));
  if (!programme) return access::not_found();
  DURE_TRY(check_command(command));
  DURE_TRY(need_review_text(command.criteria, "/criteria"));
  DURE_TRY(calendar::check_plannable(command.first_review_on));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, command.programme_id));
  DURE_LET(cycle, cycle_of(work, command.programme_id, *pack));
  const auto today = today_of(work, *pack);
  if (command.first_review_on <= today)
    return refused("/first_review_on", base::Reason("utilisation.criteria_not_in_time")
                                           .with("first_review_on", base::to_text(command.first_review_on))
                                           .with("today", base::to_text(today)));
  model::ReviewCriteria row;
  work.stamp(row);
  row.programme_id = command.programme_id;
  row.cycle = cycle;
  row.first_review_on = command.first_review_on;
  row.criteria = command.criteria;
  row.published_by = work.caller.subject.actor;
  row.policy_hash = pack->hash();
  DURE_TRY(work.tx.review_criteria().insert(row));
  DURE_TRY(tell(work, row, "review-criteria", "review.published", "publish"));
  return row;
}

base::Result<UtilisationReview> open_review(Work& work, const model::OpenReview& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kUtilisation;
  DURE_TRY(work.require(access::Permission::kUtilisationManage, where));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation->programme_id));
  DURE_LET(cycle, cycle_of(work, allocation->programme_id, *pack));
  DURE_TRY(check_reviewed(*allocation, *pack));
  const auto running = programme::cycle_around(today_of(work, *pack), cycle, allocation->starts_on);
  const auto day = command.of.value_or(calendar::day_before(running.from));
  DURE_TRY(calendar::check_plannable(day));
  const auto period = programme::cycle_around(day, cycle, allocation->starts_on);
  DURE_TRY(check_touched(*allocation, period));
  return make_review(work, *allocation, period, cycle, *pack);
}

base::Result<UtilisationReview> measure_review(Work& work, const model::UtilisationReviewId& id) {
  DURE_LET(step, step_of(work, id, UtilisationReviewEvent::kMeasure));
  return measure(work, std::move(step.review), *step.pack);
}

base::Result<UtilisationReview> propose_measure(Work& work, const model::UtilisationReviewId& id,
                                                const model::ProposeMeasure& command) {
  DURE_LET(step, step_of(work, id, UtilisationReviewEvent::kPropose));
  DURE_TRY(check_command(command));
  auto& review = step.review;
  DURE_LET(allocation, work.tx.allocations().get(review.allocation_id));
  const auto steps = programme::steps_of(pool_of(*step.pack, allocation));
  auto proposal = by_bands(review, *step.pack, steps);
  if (command.measure) {
    DURE_LET(own, by_person(review, command, *step.pack, steps));
    proposal = own;
  }
  if (!proposal) return refused("/measure", base::Reason("utilisation.person_proposes"));
  review.proposed = proposal->measure;
  review.proposed_blocks = proposal->blocks;
  review.reasons = proposal->reasons;
  return save_review(work, std::move(review), "proposed", "propose");
}

base::Result<UtilisationReview> notify_review(Work& work, const model::UtilisationReviewId& id) {
  DURE_LET(step, step_of(work, id, UtilisationReviewEvent::kNotify));
  auto& review = step.review;
  review.noticed_at = work.now;
  const auto days = std::max<std::int64_t>(1, step.pack->utilisation.notice_days);
  review.opinion_until =
      calendar::period_end(today_of(work, *step.pack), {days, calendar::Unit::kDays},
                           policy::deadline_rule(*step.pack), policy::business_days_of(*step.pack));
  return save_review(work, std::move(review), "noticed", "notify");
}

base::Result<UtilisationReview> give_review_opinion(Work& work, const model::UtilisationReviewId& id,
                                                    const model::GiveOpinion& command) {
  DURE_LET(step, step_of(work, id, UtilisationReviewEvent::kHear, access::Permission::kUtilisationAnswer));
  DURE_TRY(check_command(command));
  DURE_TRY(need_review_text(command.opinion, "/opinion"));
  auto& review = step.review;
  if (*review.opinion_until < today_of(work, *step.pack))
    return conflict(
        base::Reason("utilisation.heard_too_late").with("until", base::to_text(*review.opinion_until)));
  review.opinion = command.opinion;
  review.heard_at = work.now;
  return save_review(work, std::move(review), "heard", "opinion");
}

base::Result<UtilisationReview> decide_review(Work& work, const model::UtilisationReviewId& id,
                                              const model::DecideReview& command) {
  DURE_LET(former, work.tx.utilisation_reviews().find(id));
  DURE_LET(step, step_of(work, id, UtilisationReviewEvent::kDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(need_review_text(command.ground, "/ground"));
  auto& review = step.review;
  DURE_LET(pack, work.world.policies.to_decide(work.tx, review.programme_id, work.now));
  const auto today = today_of(work, *pack);
  DURE_LET(allocation, work.tx.allocations().get(review.allocation_id));
  auto wanted = command;
  if (wanted.measure == UseMeasure::kKeep) wanted.blocks = review.blocks;
  DURE_TRY(programme::check_measure(wanted.measure, wanted.blocks, review.blocks, pack->utilisation,
                                    programme::steps_of(pool_of(*pack, allocation))));
  DURE_TRY(check_urgent(wanted, *pack));
  DURE_TRY(check_heard(review, wanted, former->state, today));
  review.effective_on = wanted.effective_on.value_or(today);
  if (*review.effective_on < today)
    return refused("/effective_on", base::Reason("utilisation.effective_in_past")
                                        .with("effective_on", base::to_text(*review.effective_on))
                                        .with("today", base::to_text(today)));
  review.decided = wanted.measure;
  review.decided_blocks = wanted.blocks;
  review.urgent = wanted.urgent && programme::burdens(wanted.measure);
  review.ground = wanted.ground;
  review.decided_by = work.caller.subject.actor;
  review.decided_at = work.now;
  review.policy_hash = pack->hash();
  DURE_LET(decided, save_review(work, std::move(review), "decided", "decide"));
  if (today < *decided.effective_on) return decided;
  return apply_now(work, std::move(decided), *pack);
}

base::Result<UtilisationReview> apply_review(Work& work, const model::UtilisationReviewId& id) {
  DURE_LET(review, load_for(work, work.tx.utilisation_reviews(), id, access::Permission::kUtilisationManage));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, review.programme_id));
  return apply_now(work, std::move(review), *pack);
}

base::Result<model::UtilisationTable> utilisation_of(Work& work, const model::AllocationId& id,
                                                     std::optional<model::UseCycle> cycle) {
  DURE_LET(allocation, work.tx.allocations().find(id));
  if (!allocation) return access::not_found();
  auto where = resource_of(*allocation);
  where.kind = access::ResourceKind::kUtilisation;
  DURE_TRY(work.require(access::Permission::kUtilisationRead, where));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation->programme_id));
  const auto own = programme::cycle_of(pack->utilisation.measure_cycle);
  model::UtilisationTable table;
  table.allocation_id = id;
  table.cycle = cycle.value_or(own.value_or(model::UseCycle::kMonthly));
  table.reviewed = own.has_value() && is_reviewed(*pack, *allocation);
  DURE_LET(rows, measure_use(work, *allocation, *pack,
                             programme::cycles_of(*allocation, today_of(work, *pack), table.cycle)));
  table.rows = std::move(rows);
  return table;
}

base::Result<std::vector<model::AllocationId>> reviews_to_open(Work& work) {
  std::vector<model::AllocationId> ids;
  DURE_LET(allocations, load_all(work.tx.allocations(), in_use()));
  for (const auto& allocation : allocations) {
    DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
    DURE_LET(period, cycle_to_open(work, allocation, *pack));
    if (period) ids.push_back(allocation.id);
  }
  return ids;
}

base::Result<bool> open_due_review(Work& work, const model::AllocationId& id) {
  DURE_LET(allocation, work.tx.allocations().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  DURE_LET(period, cycle_to_open(work, allocation, *pack));
  if (!period) return false;
  const auto cycle = *programme::cycle_of(pack->utilisation.review_cycle);
  if (const auto made = make_review(work, allocation, *period, cycle, *pack); !made) return made.failure();
  return true;
}

base::Result<std::vector<model::UtilisationReviewId>> reviews_due(Work& work) {
  std::vector<model::UtilisationReviewId> ids;
  for (const auto state : {UtilisationReviewState::kScheduled, UtilisationReviewState::kDecided}) {
    DURE_LET(reviews, load_all(work.tx.utilisation_reviews(), ports::Query{}.where("state", state)));
    for (const auto& review : reviews) {
      DURE_LET(pack, work.world.policies.of_programme(work.tx, review.programme_id));
      if (review_is_due(review, today_of(work, *pack))) ids.push_back(review.id);
    }
  }
  return ids;
}

base::Result<bool> keep_review(Work& work, const model::UtilisationReviewId& id) {
  DURE_LET(review, work.tx.utilisation_reviews().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, review.programme_id));
  if (!review_is_due(review, today_of(work, *pack))) return false;
  if (review.state == UtilisationReviewState::kScheduled) {
    DURE_LET(state, programme::next(review.state, UtilisationReviewEvent::kMeasure));
    review.state = state;
    if (const auto measured = measure(work, std::move(review), *pack); !measured) return measured.failure();
    return true;
  }
  if (const auto applied = apply_now(work, std::move(review), *pack); !applied) return applied.failure();
  return true;
}

}  // namespace dure::commands
