#include "commands/reviews.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "commands/evaluation_work.h"
#include "commands/rounds.h"
#include "evaluation/review.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::PanelMember;
using model::Review;
using model::ReviewState;
using model::Round;
using model::RoundEntry;

evaluation::Party party_of(const PanelMember& member, const model::Account& account) {
  return {account.id.text, account.login, member.organisation, member.business_number, member.unit};
}

base::Status add_conflict(Work& work, const Round& round, const model::ApplicationId& application,
                          const model::AccountId& reviewer, const evaluation::FoundConflict& found) {
  model::ConflictOfInterest made;
  work.stamp(made);
  made.programme_id = round.programme_id;
  made.round_id = round.id;
  made.application_id = application;
  made.account_id = reviewer;
  made.kind = found.kind;
  made.severity = found.severity;
  made.origin = model::ConflictOrigin::kRule;
  DURE_TRY(work.tx.conflicts_of_interest().insert(made));
  return tell(work, made, "conflicts-of-interest", "conflict_of_interest.found", "find");
}

// A member with the account that the rules compare, and how many reviews he has.
struct Seat {
  PanelMember member;
  model::Account account;
  std::int64_t load = 0;
};

base::Result<std::vector<Seat>> seats_of(Work& work, const Round& round) {
  DURE_LET(panel, panel_of(work, round.id));
  if (!panel) return conflict(base::Reason("evaluation.panel_missing"));
  DURE_LET(all, members_of(work, panel->id));
  std::vector<Seat> seats;
  for (auto& member : seated(std::move(all))) {
    DURE_LET(account, work.tx.accounts().get(member.account_id));
    DURE_LET(load, work.tx.reviews().count(
                       ports::Query{}.where("round_id", round.id).where("account_id", member.account_id)));
    seats.push_back({std::move(member), account, load});
  }
  return seats;
}

// What is wanted of one entry.
struct Task {
  const Round& round;
  const RoundEntry& entry;
  const model::Application& application;
  const policy::Pack& pack;
};

base::Status assign(Work& work, const Task& task, Seat& seat,
                    const std::optional<evaluation::FoundConflict>& found) {
  Review review;
  work.stamp(review);
  review.programme_id = task.round.programme_id;
  review.round_id = task.round.id;
  review.application_id = task.application.id;
  review.account_id = seat.account.id;
  review.position = task.entry.position;
  DURE_LET(earlier, conflicts_of(work, task.application.id, seat.account.id));
  const bool known = std::any_of(earlier.begin(), earlier.end(), [&](const auto& each) {
    return found && each.kind == found->kind && each.round_id == task.round.id;
  });
  if (found && !known) DURE_TRY(add_conflict(work, task.round, task.application.id, seat.account.id, *found));
  if ((found && !known) || !evaluation::may_read(earlier)) evaluation::meet_conflict(review);
  DURE_TRY(work.tx.reviews().insert(review));
  ++seat.load;
  return tell(work, review, "reviews", "review.assigned", "assign", state_detail(review.state));
}

// To whom the entry goes: who has no conflict first, then who has the fewest.
base::Status assign_entry(Work& work, const Task& task, std::vector<Seat>& seats, std::size_t wanted) {
  DURE_LET(
      there,
      load_all(work.tx.reviews(),
               ports::Query{}.where("round_id", task.round.id).where("application_id", task.application.id)));
  struct Choice {
    Seat* seat;
    std::optional<evaluation::FoundConflict> found;
  };
  std::vector<Choice> choices;
  std::size_t has = 0;
  for (auto& seat : seats) {
    const auto review = std::find_if(there.begin(), there.end(),
                                     [&](const auto& each) { return each.account_id == seat.account.id; });
    if (review != there.end())
      has += review->state != ReviewState::kDeclined ? 1 : 0;
    else
      choices.push_back({&seat, evaluation::find_conflict(party_of(seat.member, seat.account),
                                                          evaluation::party_of(task.application),
                                                          task.pack.evaluation.conflict_rules)});
  }
  std::sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) {
    return std::tuple(a.found.has_value(), a.seat->load, a.seat->member.id.text) <
           std::tuple(b.found.has_value(), b.seat->load, b.seat->member.id.text);
  });
  for (auto& choice : choices) {
    if (has >= wanted) break;
    DURE_TRY(assign(work, task, *choice.seat, choice.found));
    ++has;
  }
  return {};
}

// A review's own entry, and the rules by which it is judged.
struct ReviewScene {
  Round round;
  RoundEntry entry;
  selection::SelectionRules rules;
  evaluation::Conflicts conflicts;
  PackPtr pack;
};

base::Result<ReviewScene> review_scene_of(Work& work, const Review& review) {
  ReviewScene scene;
  DURE_LET(round, work.tx.rounds().get(review.round_id));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_LET(entry, work.tx.round_entries().first(ports::Query{}
                                                    .where("round_id", round.id)
                                                    .where("application_id", review.application_id)
                                                    .at_most(1)));
  if (!entry) return access::not_found();
  DURE_LET(pack, work.world.policies.of_programme(work.tx, review.programme_id));
  DURE_LET(rules, rules_for(*pack, entry->pool));
  DURE_LET(conflicts, conflicts_of(work, review.application_id, review.account_id));
  return ReviewScene{round, *entry, rules, conflicts, pack};
}

// The reviewer's own, changed by `change`, which is given the scene.
template <class ChangeReview>
base::Result<Review> change_own(Work& work, const model::ReviewId& id, const std::string& event,
                                const std::string& action, const ChangeReview& change) {
  DURE_LET(review, load_own(work, work.tx.reviews(), id));
  DURE_LET(scene, review_scene_of(work, review));
  DURE_TRY(change(review, scene));
  DURE_TRY(work.save(work.tx.reviews(), review));
  DURE_TRY(tell(work, review, "reviews", event, action, state_detail(review.state)));
  return review;
}

// The same by the chair.
template <class ChangeReview>
base::Result<Review> change_as_chair(Work& work, const model::ReviewId& id, const std::string& event,
                                     const std::string& action, const ChangeReview& change) {
  DURE_LET(found, work.tx.reviews().find(id));
  if (!found) return access::not_found();
  Review review = *found;
  DURE_LET(round, work.tx.rounds().get(review.round_id));
  DURE_TRY(require_chair(work, round));
  DURE_TRY(work.expect(review));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_TRY(change(review));
  DURE_TRY(work.save(work.tx.reviews(), review));
  DURE_TRY(tell(work, review, "reviews", event, action, state_detail(review.state)));
  return review;
}

bool still_to_do(const Review& review) {
  return review.state == ReviewState::kAssigned || review.state == ReviewState::kAccepted ||
         review.state == ReviewState::kInProgress;
}

// E6: those of priority applicants come first, where the pack says so.
base::Status priority_is_done(Work& work, const Review& review, const ReviewScene& scene) {
  if (scene.pack->selection.priority_effect != policy::PriorityEffect::kSchedule) return {};
  if (!scene.entry.priority.empty()) return {};
  DURE_LET(
      own,
      load_all(work.tx.reviews(),
               ports::Query{}.where("round_id", review.round_id).where("account_id", review.account_id)));
  DURE_LET(entries, entries_of(work, review.round_id));
  for (const auto& each : own) {
    if (!still_to_do(each)) continue;
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& one) {
      return one.application_id == each.application_id;
    });
    if (entry != entries.end() && !entry->priority.empty())
      return conflict(base::Reason("evaluation.priority_first").with("position", each.position));
  }
  return {};
}

// Every review of the pair goes the way of its conflicts.
base::Status follow_conflicts(Work& work, const model::ConflictOfInterest& changed) {
  DURE_LET(conflicts, conflicts_of(work, changed.application_id, changed.account_id));
  const auto* binding = evaluation::binding(conflicts);
  DURE_LET(reviews, load_all(work.tx.reviews(), ports::Query{}
                                                    .where("application_id", changed.application_id)
                                                    .where("account_id", changed.account_id)
                                                    .where("round_id", changed.round_id)));
  for (auto& review : reviews) {
    const auto before = review.state;
    if (binding != nullptr && binding->state == model::ConflictState::kUnresolved)
      evaluation::meet_conflict(review);
    else
      evaluation::leave_conflict(review,
                                 binding != nullptr && binding->state == model::ConflictState::kRecused);
    if (review.state == before) continue;
    DURE_TRY(work.save(work.tx.reviews(), review));
    DURE_TRY(tell(work, review, "reviews", "review.state", "follow_conflict", state_detail(review.state)));
  }
  return {};
}

base::Status require_resolver(Work& work, const model::ConflictOfInterest& conflict_row) {
  if (access::allowed(work.caller.subject, access::Permission::kEvaluationManage,
                      where(conflict_row.programme_id), work.now))
    return {};
  if (conflict_row.account_id == work.caller.subject.account_id)
    return work.require(access::Permission::kReviewWrite,
                        where(conflict_row.programme_id, conflict_row.account_id));
  DURE_LET(round, work.tx.rounds().get(conflict_row.round_id));
  return require_chair(work, round);
}

}  // namespace

base::Result<Round> assign_reviews(Work& work, const model::RoundId& id,
                                   const model::AssignReviews& command) {
  DURE_LET(round, load_row(work, work.tx.rounds(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_LET(seats, seats_of(work, round));
  const auto wanted = std::min(
      seats.size(), static_cast<std::size_t>(command.per_application.value_or(model::kMostPanelSize)));
  DURE_LET(entries, entries_of(work, round.id));
  for (const auto& entry : entries) {
    if (entry.position == 0) continue;
    DURE_LET(application, work.tx.applications().get(entry.application_id));
    DURE_TRY(assign_entry(work, {round, entry, application, *pack}, seats, wanted));
  }
  DURE_TRY(work.save(work.tx.rounds(), round));
  DURE_TRY(tell(work, round, "rounds", "round.reviews_assigned", "assign"));
  return round;
}

base::Result<Review> accept_review(Work& work, const model::ReviewId& id) {
  return change_own(work, id, "review.accepted", "accept", [](Review& review, const ReviewScene& scene) {
    return evaluation::accept(review, scene.conflicts);
  });
}

base::Result<Review> decline_review(Work& work, const model::ReviewId& id,
                                    const model::DeclineReview& command) {
  DURE_TRY(check_command(command));
  return change_own(work, id, "review.declined", "decline", [&](Review& review, const ReviewScene&) {
    return evaluation::decline(review, command.ground);
  });
}

base::Result<Review> start_review(Work& work, const model::ReviewId& id) {
  return change_own(work, id, "review.started", "start", [](Review& review, const ReviewScene& scene) {
    return evaluation::start(review, scene.conflicts);
  });
}

base::Result<Review> draft_review(Work& work, const model::ReviewId& id, const model::GiveScores& command) {
  DURE_TRY(check_command(command));
  return change_own(work, id, "review.drafted", "draft", [&](Review& review, const ReviewScene& scene) {
    return evaluation::draft(review, command, scene.conflicts, scene.rules);
  });
}

base::Result<Review> submit_review(Work& work, const model::ReviewId& id, const model::GiveScores& command) {
  DURE_TRY(check_command(command));
  return change_own(work, id, "review.submitted", "submit",
                    [&](Review& review, const ReviewScene& scene) -> base::Status {
                      DURE_TRY(priority_is_done(work, review, scene));
                      return evaluation::submit(review, command, scene.conflicts, scene.rules, work.now);
                    });
}

base::Result<Review> lock_review(Work& work, const model::ReviewId& id) {
  return change_as_chair(work, id, "review.locked", "lock",
                         [&](Review& review) { return evaluation::lock(review, work.now); });
}

base::Result<Review> reopen_review(Work& work, const model::ReviewId& id,
                                   const model::ReopenReview& command) {
  DURE_TRY(check_command(command));
  return change_as_chair(work, id, "review.reopened", "reopen",
                         [&](Review& review) { return evaluation::reopen(review, command.ground); });
}

base::Result<RoundEntry> recommend_amount(Work& work, const model::RoundEntryId& id,
                                          const model::RecommendAmount& command) {
  DURE_LET(entry, work.tx.round_entries().find(id));
  if (!entry) return access::not_found();
  DURE_LET(round, work.tx.rounds().get(entry->round_id));
  DURE_TRY(require_chair(work, round));
  DURE_TRY(work.expect(*entry));
  DURE_TRY(check_command(command));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, entry->programme_id));
  DURE_LET(rules, rules_for(*pack, entry->pool));
  const model::PanelRecommendation recommended{command.amount, command.ground, command.decision};
  DURE_TRY(evaluation::check_recommendation(recommended, rules));
  const auto asked = selection::whole_units(entry->requested, rules.pool);
  const auto right = selection::whole_units(command.amount, rules.pool);
  if (asked && right && *asked < *right && command.decision.value_or("").empty())
    return refused("/decision",
                   base::Reason("evaluation.more_undecided").with("requested", *asked).with("count", *right));
  entry->recommended = recommended;
  DURE_TRY(work.save(work.tx.round_entries(), *entry));
  DURE_TRY(tell(work, *entry, "round-entries", "round_entry.recommended", "recommend"));
  return *entry;
}

base::Result<model::ConflictOfInterest> declare_conflict(Work& work, const model::DeclareConflict& command) {
  DURE_LET(round, work.tx.rounds().find(command.round_id));
  if (!round) return access::not_found();
  const auto& account = work.caller.subject.account_id;
  DURE_TRY(work.require(access::Permission::kReviewWrite, where(round->programme_id, account)));
  DURE_TRY(check_command(command));
  DURE_LET(seat, seat_of_caller(work, round->id));
  if (!seat) return not_allowed(base::Reason("evaluation.not_yours"));
  DURE_LET(entry, work.tx.round_entries().first(ports::Query{}
                                                    .where("round_id", round->id)
                                                    .where("application_id", command.application_id)
                                                    .at_most(1)));
  if (!entry)
    return refused("/application_id", base::Reason("evaluation.no_such_row")
                                          .with("what", "application_id")
                                          .with("id", command.application_id.text));
  DURE_LET(known, conflicts_of(work, command.application_id, account));
  for (const auto& each : known)
    if (each.round_id == round->id && each.kind == command.kind) return each;
  model::ConflictOfInterest made;
  work.stamp(made);
  made.programme_id = round->programme_id;
  made.round_id = round->id;
  made.application_id = command.application_id;
  made.account_id = account;
  made.kind = command.kind;
  made.severity = evaluation::severity_of(command.kind);
  made.note = command.note;
  DURE_TRY(work.tx.conflicts_of_interest().insert(made));
  DURE_TRY(tell(work, made, "conflicts-of-interest", "conflict_of_interest.declared", "declare"));
  DURE_TRY(follow_conflicts(work, made));
  return made;
}

base::Result<model::ConflictOfInterest> resolve_conflict(Work& work, const model::ConflictOfInterestId& id,
                                                         const model::ResolveConflict& command) {
  DURE_LET(found, work.tx.conflicts_of_interest().find(id));
  if (!found) return access::not_found();
  DURE_TRY(require_resolver(work, *found));
  DURE_TRY(work.expect(*found));
  DURE_TRY(check_command(command));
  DURE_TRY(
      evaluation::may_resolve(*found, command.outcome, command.ground, work.caller.subject.account_id.text));
  found->state = command.outcome;
  found->ground = command.ground;
  found->resolved_by = work.caller.subject.actor;
  found->resolved_at = work.now;
  DURE_TRY(work.save(work.tx.conflicts_of_interest(), *found));
  DURE_TRY(tell(work, *found, "conflicts-of-interest", "conflict_of_interest.resolved", "resolve",
                state_detail(found->state)));
  DURE_TRY(follow_conflicts(work, *found));
  return *found;
}

}  // namespace dure::commands
