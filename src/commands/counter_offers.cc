#include "commands/counter_offers.h"

#include "calendar/zone.h"
#include "commands/evaluation_work.h"
#include "commands/project_resources.h"
#include "commands/rankings.h"
#include "commands/waiting.h"
#include "evaluation/counter_offer.h"
#include "programme/from_policy.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::AwardState;
using model::CounterOffer;
using model::CounterOfferState;

// What the offer is made for.
struct Countered {
  std::optional<model::Award> award;
  std::optional<model::WaitlistEntry> entry;
  model::Application application;
};

access::Resource award_place_of(const model::Application& application) {
  auto where = resource_of(application);
  where.kind = access::ResourceKind::kAward;
  return where;
}

bool may_be_countered(AwardState state) {
  return state == AwardState::kOffered || state == AwardState::kAccepted;
}

base::Status check_counterable(const model::Award& award) {
  if (may_be_countered(award.state)) return {};
  return conflict(base::Reason("award.not_open").with("state", std::string(model::to_text(award.state))));
}
base::Status check_still_queued(const model::WaitlistEntry& entry) {
  if (entry.state == model::WaitlistEntryState::kQueued) return {};
  return conflict(
      base::Reason("evaluation.not_queued").with("state", std::string(model::to_text(entry.state))));
}

base::Result<std::string> pool_of_award(Work& work, const model::Award& award,
                                        const model::Application& application, const policy::Pack& pack) {
  DURE_LET(countered, countered_pool(work, award.id));
  if (!countered.empty()) return countered;
  return programme::pool_with(pack, award.awarded, application.form.track.value_or(""));
}

base::Result<Countered> load_countered(Work& work, const model::MakeCounterOffer& command) {
  Countered found;
  if (command.award_id) {
    DURE_LET(award, work.tx.awards().find(*command.award_id));
    if (!award) return access::not_found();
    DURE_LET(application, work.tx.applications().get(award->application_id));
    found.application = std::move(application);
    found.award = std::move(award);
  } else {
    DURE_LET(entry, work.tx.waitlist_entries().find(*command.waitlist_entry_id));
    if (!entry) return access::not_found();
    DURE_LET(application, work.tx.applications().get(entry->application_id));
    found.application = std::move(application);
    found.entry = std::move(entry);
  }
  return found;
}

base::Result<evaluation::PoolAmount> asked_before(Work& work, const Countered& of, const policy::Pack& pack) {
  if (of.entry) return evaluation::PoolAmount{of.entry->pool, of.entry->requested};
  DURE_LET(pool, pool_of_award(work, *of.award, of.application, pack));
  return evaluation::PoolAmount{pool, of.award->awarded};
}

// The one for the award or the entry that is open.
base::Result<std::optional<CounterOffer>> open_one(Work& work, const std::string& column,
                                                   const std::string& id) {
  return work.tx.counter_offers().first(
      ports::Query{}.where(column, id).where("state", CounterOfferState::kOffered).at_most(1));
}

base::Status check_nothing_open(Work& work, const std::string& column, const std::string& id) {
  DURE_LET(open, open_one(work, column, id));
  if (!open) return {};
  return conflict(base::Reason("counter_offer.open").with("id", open->id.text));
}

base::Status check_countered(Work& work, const Countered& of) {
  if (of.award) {
    DURE_TRY(check_counterable(*of.award));
    return check_nothing_open(work, "award_id", of.award->id.text);
  }
  DURE_TRY(check_still_queued(*of.entry));
  return check_nothing_open(work, "waitlist_entry_id", of.entry->id.text);
}

// Whether the supply has it, beside all that is given and offered. Of one who waits the award is not made
// yet: what it would be is looked at, from the day that was asked for.
base::Status check_offer_fits(Work& work, const Countered& of, const evaluation::PoolAmount& offered,
                              const policy::Pack& pack) {
  model::Award award;
  if (of.award) {
    award = *of.award;
  } else {
    award.programme_id = of.application.programme_id;
    award.starts_on = std::max(of.application.form.starts_on, today_of(work, pack));
    award.months = of.application.form.months;
  }
  award.awarded = offered.amount;
  DURE_TRY(check_award_resource(work, of.application, offered.pool, offered.amount, pack));
  return check_award_fits(work, award, offered.pool, pack);
}

std::string offer_detail(const CounterOffer& offer) {
  return "{\"state\":\"" + std::string(model::to_text(offer.state)) +
         "\",\"pool\":" + wire::json_text(offer.pool) +
         ",\"asked_blocks\":" + std::to_string(offer.asked.blocks) +
         ",\"blocks\":" + std::to_string(offer.offered.blocks) + ",\"answer_by\":\"" +
         base::to_text(offer.answer_by) + "\"}";
}

base::Status tell_offer(Work& work, const CounterOffer& offer, const std::string& event,
                        const std::string& action) {
  return tell(work, offer, "counter-offers", "counter_offer." + event, action, offer_detail(offer),
              action == "make" ? offer.ground : offer.answer);
}

// It is answered, taken back or over.
base::Status end_offer(Work& work, CounterOffer& offer, CounterOfferState state, const std::string& answer,
                       const std::string& action) {
  offer.state = state;
  offer.answer = answer;
  offer.answered_at = work.now;
  DURE_TRY(work.save(work.tx.counter_offers(), offer));
  return tell_offer(work, offer, std::string(model::to_text(state)), action);
}

base::Error answered_before(const CounterOffer& offer) {
  return conflict(
      base::Reason("counter_offer.answered").with("state", std::string(model::to_text(offer.state))));
}

// The offer for its applicant.
base::Result<CounterOffer> load_own_offer(Work& work, const model::CounterOfferId& id) {
  DURE_LET(offer, work.tx.counter_offers().find(id));
  if (!offer) return access::not_found();
  DURE_LET(application, work.tx.applications().get(offer->application_id));
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(application)));
  DURE_TRY(work.expect(*offer));
  return std::move(*offer);
}

// The award becomes what was offered.
base::Status take_for_award(Work& work, const CounterOffer& offer, const policy::Pack& pack) {
  DURE_LET(award, work.tx.awards().get(*offer.award_id));
  DURE_TRY(check_counterable(award));
  award.awarded = offer.offered;
  DURE_LET(application, work.tx.applications().get(offer.application_id));
  DURE_TRY(check_award_resource(work, application, offer.pool, offer.offered, pack));
  DURE_TRY(check_award_fits(work, award, offer.pool, pack));
  return take_countered(work, award);
}

// Who waited has an award of what was offered.
base::Result<model::AwardId> take_for_entry(Work& work, const CounterOffer& offer, const policy::Pack& pack) {
  DURE_LET(entry, work.tx.waitlist_entries().get(*offer.waitlist_entry_id));
  DURE_TRY(check_still_queued(entry));
  DURE_LET(award, award_countered(work, entry, offer, pack));
  return award.id;
}

}  // namespace

base::Result<CounterOffer> make_counter_offer(Work& work, const model::MakeCounterOffer& command) {
  if (command.award_id.has_value() == command.waitlist_entry_id.has_value())
    return refused("/award_id", base::Reason("counter_offer.of_what"));
  DURE_LET(of, load_countered(work, command));
  DURE_TRY(work.require(access::Permission::kAwardManage, award_place_of(of.application)));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, of.application.programme_id, work.now));
  const auto& within = pack->award.counter_offer_within;
  if (!within) return conflict(base::Reason("counter_offer.not_made_here"));
  DURE_TRY(check_countered(work, of));
  DURE_LET(asked, asked_before(work, of, *pack));
  evaluation::PoolAmount offered{command.pool, evaluation::in_proportion(asked.amount, command.resources)};
  if (offered.pool.empty())
    offered.pool = programme::pool_with(*pack, offered.amount, of.application.form.track.value_or(""));
  DURE_LET(rules, rules_for(*pack, offered.pool));
  offered.pool = rules.pool.id;
  if (!programme::in_track(*pack, offered.pool, of.application.form.track.value_or("")))
    return refused("/pool", base::Reason("counter_offer.not_of_the_track").with("pool", offered.pool));
  DURE_TRY(evaluation::check_counter_offer(asked, offered, rules.pool, pack->offer.ceiling));
  DURE_TRY(check_offer_fits(work, of, offered, *pack));
  CounterOffer made;
  work.stamp(made);
  made.programme_id = of.application.programme_id;
  made.application_id = of.application.id;
  made.award_id = command.award_id;
  made.waitlist_entry_id = command.waitlist_entry_id;
  made.pool = offered.pool;
  made.asked = asked.amount;
  made.offered = offered.amount;
  made.ground = command.ground;
  made.answer_by = calendar::period_end(today_of(work, *pack), *within, policy::deadline_rule(*pack),
                                        policy::business_days_of(*pack));
  made.offered_by = work.caller.subject.actor;
  made.policy_hash = pack->hash();
  DURE_TRY(work.tx.counter_offers().insert(made));
  DURE_TRY(tell_offer(work, made, "made", "make"));
  return made;
}

base::Result<CounterOffer> accept_counter_offer(Work& work, const model::CounterOfferId& id) {
  DURE_LET(offer, load_own_offer(work, id));
  if (offer.state == CounterOfferState::kAccepted) return offer;
  if (offer.state != CounterOfferState::kOffered) return answered_before(offer);
  DURE_LET(pack, work.world.policies.of_programme(work.tx, offer.programme_id));
  if (offer.answer_by < today_of(work, *pack))
    return conflict(
        base::Reason("counter_offer.answer_late").with("answer_by", base::to_text(offer.answer_by)));
  if (offer.waitlist_entry_id) {
    DURE_LET(award, take_for_entry(work, offer, *pack));
    offer.award_id = award;
  } else {
    DURE_TRY(take_for_award(work, offer, *pack));
  }
  DURE_TRY(end_offer(work, offer, CounterOfferState::kAccepted, "", "accept"));
  return offer;
}

base::Result<CounterOffer> decline_counter_offer(Work& work, const model::CounterOfferId& id,
                                                 const model::EndCounterOffer& command) {
  DURE_LET(offer, load_own_offer(work, id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  if (offer.state != CounterOfferState::kOffered) return answered_before(offer);
  DURE_TRY(end_offer(work, offer, CounterOfferState::kDeclined, command.ground, "decline"));
  return offer;
}

base::Result<CounterOffer> withdraw_counter_offer(Work& work, const model::CounterOfferId& id,
                                                  const model::EndCounterOffer& command) {
  DURE_LET(offer, work.tx.counter_offers().find(id));
  if (!offer) return access::not_found();
  DURE_LET(application, work.tx.applications().get(offer->application_id));
  DURE_TRY(work.require(access::Permission::kAwardManage, award_place_of(application)));
  DURE_TRY(work.expect(*offer));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  if (offer->state != CounterOfferState::kOffered) return answered_before(*offer);
  DURE_TRY(end_offer(work, *offer, CounterOfferState::kWithdrawn, command.ground, "withdraw"));
  return std::move(*offer);
}

base::Status check_no_counter_offer(Work& work, const model::AwardId& award) {
  return check_nothing_open(work, "award_id", award.text);
}

base::Status drop_counter_offers(Work& work, const model::AwardId& award, const std::string& ground) {
  DURE_LET(open, open_one(work, "award_id", award.text));
  if (!open) return {};
  return end_offer(work, *open, CounterOfferState::kWithdrawn, ground, "withdraw");
}

base::Result<std::string> countered_pool(Work& work, const model::AwardId& award) {
  DURE_LET(taken, work.tx.counter_offers().first(ports::Query{}
                                                     .where("award_id", award)
                                                     .where("state", CounterOfferState::kAccepted)
                                                     .ordered("id", true)
                                                     .at_most(1)));
  return taken ? taken->pool : std::string();
}

base::Result<std::int64_t> expire_counter_offers(Work& work) {
  DURE_LET(open,
           load_all(work.tx.counter_offers(), ports::Query{}.where("state", CounterOfferState::kOffered)));
  std::int64_t expired = 0;
  for (auto& offer : open) {
    const auto pack = work.world.policies.of_programme(work.tx, offer.programme_id);
    if (!pack || today_of(work, **pack) <= offer.answer_by) continue;
    DURE_TRY(end_offer(work, offer, CounterOfferState::kExpired, "", "expire"));
    ++expired;
  }
  return expired;
}

}  // namespace dure::commands
