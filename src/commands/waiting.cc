#include "commands/waiting.h"

#include <algorithm>

#include "calendar/period.h"
#include "calendar/zone.h"
#include "commands/counter_offers.h"
#include "commands/evaluation_work.h"
#include "commands/offering.h"
#include "commands/rankings.h"
#include "programme/award.h"
#include "programme/award_states.h"
#include "programme/decision.h"
#include "programme/from_policy.h"
#include "programme/waitlist_states.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using namespace offering;         // NOLINT: likewise
using model::Application;
using model::ApplicationState;
using model::Award;
using model::WaitlistEntry;
using model::WaitlistEntryState;
using programme::AwardEvent;
using programme::WaitlistEntryEvent;

// From when the time for an answer counts: while another offer stood open (F11) it could not be given, and
// the award stays as it was.
base::Result<base::Instant> answered_since(Work& work, const Award& award) {
  DURE_LET(offers, load_all(work.tx.counter_offers(), ports::Query{}.where("award_id", award.id)));
  auto since = award.created_at;
  for (const auto& each : offers)
    if (each.state != model::CounterOfferState::kOffered) since = std::max(since, each.updated_at);
  return since;
}

base::Result<std::optional<WaitlistEntry>> entry_of(Work& work, const model::AwardId& award) {
  return work.tx.waitlist_entries().first(ports::Query{}.where("award_id", award).at_most(1));
}

base::Status move_award(Work& work, Award& award, AwardEvent event, const std::string& told) {
  DURE_LET(state, programme::next(award.state, event));
  award.state = state;
  DURE_TRY(work.save(work.tx.awards(), award));
  return tell(work, award, "awards", "award." + told, told, state_detail(award.state));
}

// The award for its applicant.
base::Result<Award> load_own_award(Work& work, const model::AwardId& id) {
  DURE_LET(award, work.tx.awards().find(id));
  if (!award) return access::not_found();
  DURE_LET(application, work.tx.applications().get(award->application_id));
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(application)));
  DURE_TRY(work.expect(*award));
  return std::move(*award);
}

// What an award that came to nothing would have taken goes to who waits (F7).
base::Status offer_next(Work& work, const Award& gone) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, gone.programme_id));
  if (!keeps_a_queue(*pack)) return {};
  DURE_LET(application, work.tx.applications().get(gone.application_id));
  DURE_LET(countered, countered_pool(work, gone.id));
  const auto pool = countered.empty()
                        ? programme::pool_with(*pack, gone.awarded, application.form.track.value_or(""))
                        : countered;
  DURE_LET(rules, rules_for(*pack, pool));
  const auto units =
      selection::units_within({gone.awarded.blocks, model::AmountUnit::kBlock}, rules.pool).value_or(0);
  DURE_LET(queue, queue_of(work, gone.programme_id, pool));
  DURE_TRY(offer_in_turn(work, gone.programme_id, queue, {units}, {rules, *pack, std::nullopt}));
  return {};
}

// What is free on the first day bounds the command; what is free for the months of each, what he is offered.
base::Result<std::int64_t> units_to_match(Work& work, const model::ProgrammeId& programme,
                                          const model::MatchDemand& command,
                                          const selection::SelectionRules& rules, const policy::Pack& pack) {
  const auto from = command.starts_on.value_or(today_of(work, pack));
  DURE_LET(free, free_units(work, programme, rules.pool.id, from, from, pack));
  if (!command.available) {
    if (!free) return refused("/available", base::Reason("evaluation.capacity_missing"));
    return kAllUnits;
  }
  const auto units = selection::units_within(*command.available, rules.pool).value_or(0);
  if (free && *free < units)
    return refused("/available",
                   base::Reason("evaluation.capacity_above").with("asked", units).with("free", *free));
  return units;
}

bool anything_open(const Application& application) {
  return std::any_of(application.screening.begin(), application.screening.end(),
                     [](const auto& each) { return each.result == model::ScreeningResult::kNeedsPerson; });
}

base::Status lapse(Work& work, Award award) {
  DURE_TRY(move_award(work, award, AwardEvent::kLapse, "lapsed"));
  DURE_LET(entry, entry_of(work, award.id));
  if (entry && entry->state == WaitlistEntryState::kOffered)
    DURE_TRY(move_entry(work, *entry, WaitlistEntryEvent::kExpire, "expired"));
  return offer_next(work, award);
}

}  // namespace

base::Result<Award> accept_award(Work& work, const model::AwardId& id) {
  DURE_LET(award, load_own_award(work, id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, award.programme_id));
  DURE_LET(since, answered_since(work, award));
  if (const auto last = respond_by(since, *pack); last && *last < today_of(work, *pack))
    return conflict(base::Reason("evaluation.answer_late").with("respond_by", base::to_text(*last)));
  DURE_TRY(check_no_counter_offer(work, award.id));
  DURE_TRY(move_award(work, award, AwardEvent::kAccept, "accepted"));
  DURE_LET(entry, entry_of(work, award.id));
  if (entry) DURE_TRY(move_entry(work, *entry, WaitlistEntryEvent::kAccept, "accepted"));
  return award;
}

base::Status take_countered(Work& work, Award& award) {
  if (award.state != model::AwardState::kOffered) {
    DURE_TRY(work.save(work.tx.awards(), award));
    return tell(work, award, "awards", "award.changed", "change", state_detail(award.state));
  }
  DURE_TRY(move_award(work, award, AwardEvent::kAccept, "accepted"));
  DURE_LET(entry, entry_of(work, award.id));
  if (!entry) return {};
  return move_entry(work, *entry, WaitlistEntryEvent::kAccept, "accepted");
}

base::Result<Award> award_countered(Work& work, WaitlistEntry entry, const model::CounterOffer& offer,
                                    const policy::Pack& pack) {
  DURE_LET(award, award_of_entry(work, entry, offer.offered, offer.pool, std::nullopt, pack));
  entry.award_id = award.id;
  entry.offered_at = work.now;
  entry.respond_by = offer.answer_by;
  DURE_TRY(move_entry(work, entry, WaitlistEntryEvent::kOffer, "offered"));
  DURE_TRY(move_award(work, award, AwardEvent::kAccept, "accepted"));
  DURE_TRY(move_entry(work, entry, WaitlistEntryEvent::kAccept, "accepted"));
  return award;
}

base::Result<Award> decline_award(Work& work, const model::AwardId& id, const model::DeclineAward& command) {
  DURE_LET(award, load_own_award(work, id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_TRY(move_award(work, award, AwardEvent::kDecline, "declined"));
  DURE_TRY(drop_counter_offers(work, award.id, command.ground));
  DURE_LET(entry, entry_of(work, award.id));
  if (entry) {
    entry->ground = command.ground;
    DURE_TRY(move_entry(work, *entry, WaitlistEntryEvent::kWithdraw, "withdrawn"));
  }
  DURE_TRY(offer_next(work, award));
  return award;
}

base::Result<Award> sign_agreement(Work& work, const model::AwardId& id,
                                   const model::SignAgreement& command) {
  DURE_LET(award, load_for(work, work.tx.awards(), id, access::Permission::kAwardManage));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, award.programme_id));
  const auto today = today_of(work, *pack);
  const auto signed_on = command.signed_on.value_or(today);
  if (today < signed_on)
    return refused("/signed_on",
                   base::Reason("evaluation.agreement_early").with("signed_on", base::to_text(signed_on)));
  DURE_LET(state, programme::next(award.state, AwardEvent::kAgree));
  award.state = state;
  DURE_TRY(work.save(work.tx.awards(), award));
  DURE_TRY(tell(
      work, award, "awards", "award.agreed", "agree",
      "{\"signed_on\":\"" + base::to_text(signed_on) + "\",\"note\":" + wire::json_text(command.note) + "}"));
  return award;
}

base::Result<model::MatchedDemand> match_demand(Work& work, const model::ProgrammeId& id,
                                                const model::MatchDemand& command) {
  DURE_LET(programme, work.tx.programmes().find(id));
  if (!programme) return access::not_found();
  DURE_TRY(work.require(access::Permission::kEvaluationManage, where(id)));
  DURE_TRY(work.expect(*programme));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, id, work.now));
  if (!keeps_a_queue(*pack)) return conflict(base::Reason("evaluation.queue_off"));
  DURE_LET(rules, rules_for(*pack, command.pool));
  DURE_LET(units, units_to_match(work, id, command, rules, *pack));
  DURE_LET(queue, queue_of(work, id, rules.pool.id));
  DURE_LET(made, offer_in_turn(work, id, queue, {units}, {rules, *pack, command.starts_on}));
  const std::string name = "programmes/" + id.text;
  DURE_TRY(work.audit("programmes.match_demand", name, where(id),
                      "{\"units\":" + (units == kAllUnits ? "null" : std::to_string(units)) +
                          ",\"offered\":" + std::to_string(made.offered.size()) +
                          ",\"ground\":" + wire::json_text(command.ground) + "}"));
  return made;
}

base::Result<WaitlistEntry> withdraw_from_waiting(Work& work, const model::WaitlistEntryId& id,
                                                  const model::WithdrawFromWaiting& command) {
  DURE_LET(entry, work.tx.waitlist_entries().find(id));
  if (!entry) return access::not_found();
  DURE_LET(application, work.tx.applications().get(entry->application_id));
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(application)));
  DURE_TRY(work.expect(*entry));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  // What was offered is declined at the award.
  if (entry->state != WaitlistEntryState::kQueued)
    return conflict(
        base::Reason("evaluation.not_queued").with("state", std::string(model::to_text(entry->state))));
  entry->ground = command.ground;
  DURE_TRY(move_entry(work, *entry, WaitlistEntryEvent::kWithdraw, "withdrawn"));
  DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kWithdraw));
  application.state = state;
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(work.publish("application.withdrawn", "applications/" + application.id.text,
                        resource_of(application), state_detail(application.state)));
  return *entry;
}

base::Status register_demand(Work& work, Application& application, const policy::Pack& pack) {
  if (!pack.call.demand_register || application.state != ApplicationState::kEligible ||
      anything_open(application))
    return {};
  DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kWait));
  application.state = state;
  DURE_TRY(work.save(work.tx.applications(), application));
  WaitlistEntry entry;
  work.stamp(entry);
  entry.programme_id = application.programme_id;
  entry.call_id = application.call_id;
  entry.application_id = application.id;
  entry.pool = programme::pool_with(pack, application.form.resources, application.form.track.value_or(""));
  DURE_LET(before, work.tx.waitlist_entries().count(ports::Query{}.where("call_id", application.call_id)));
  entry.position = before + 1;
  entry.requested = application.form.resources;
  DURE_TRY(work.tx.waitlist_entries().insert(entry));
  return tell(work, entry, "waitlist-entries", "waitlist_entry.queued", "queue");
}

base::Status leave_waiting(Work& work, const Application& application) {
  DURE_LET(entries, load_all(work.tx.waitlist_entries(), ports::Query{}
                                                             .where("application_id", application.id)
                                                             .where("state", WaitlistEntryState::kQueued)));
  for (auto& entry : entries) DURE_TRY(move_entry(work, entry, WaitlistEntryEvent::kWithdraw, "withdrawn"));
  return {};
}

base::Status fulfil_waiting(Work& work, const model::AwardId& award) {
  DURE_LET(entry, entry_of(work, award));
  if (!entry) return {};
  if (entry->state == WaitlistEntryState::kOffered)
    DURE_TRY(move_entry(work, *entry, WaitlistEntryEvent::kAccept, "accepted"));
  if (entry->state != WaitlistEntryState::kAccepted) return {};
  return move_entry(work, *entry, WaitlistEntryEvent::kFulfil, "fulfilled");
}

base::Result<std::int64_t> lapse_awards(Work& work) {
  DURE_LET(offered, load_all(work.tx.awards(), ports::Query{}.where("state", model::AwardState::kOffered)));
  std::int64_t lapsed = 0;
  for (const auto& award : offered) {
    const auto pack = work.world.policies.of_programme(work.tx, award.programme_id);
    if (!pack) continue;
    DURE_LET(since, answered_since(work, award));
    const auto last = respond_by(since, **pack);
    if (!last || today_of(work, **pack) <= *last) continue;
    if (!check_no_counter_offer(work, award.id).ok()) continue;  // he has until its last day (F11)
    DURE_TRY(lapse(work, award));
    ++lapsed;
  }
  return lapsed;
}

}  // namespace dure::commands
