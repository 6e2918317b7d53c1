#include "commands/offering.h"

#include <algorithm>

#include "calendar/period.h"
#include "calendar/zone.h"
#include "commands/evaluation_work.h"
#include "commands/rankings.h"
#include "evaluation/inputs.h"
#include "evaluation/waiting.h"
#include "programme/award.h"
#include "programme/from_policy.h"
#include "supply/capacity.h"

namespace dure::commands::offering {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::Award;
using model::WaitlistEntry;
using model::WaitlistEntryState;
using programme::WaitlistEntryEvent;

base::Result<bool> was_waived(Work& work, const model::ApplicationId& application) {
  DURE_LET(entries, load_all(work.tx.round_entries(), ports::Query{}.where("application_id", application)));
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& each) { return each.waiver_ground.has_value(); });
}

base::Result<Award> award_to(Work& work, const WaitlistEntry& entry, std::int64_t units,
                             const OfferTerms& terms) {
  const auto blocks = evaluation::blocks_of(units, terms.rules.pool).value_or(0);
  return award_of_entry(work, entry, evaluation::amount_of(entry.requested, blocks), terms.rules.pool.id,
                        terms.starts_on, terms.pack);
}

// True where the failure is of this application, and others may still be served.
bool is_of_the_application(const base::Error& failure) {
  using base::ErrorKind;
  return !is_conflict(failure) &&
         (failure.kind == ErrorKind::kInvalid || failure.kind == ErrorKind::kNotEver ||
          failure.kind == ErrorKind::kNotAllowed || failure.kind == ErrorKind::kConflict);
}

// Those who wait, each with the months that it asks for. One that can have none is passed over.
struct WaitingLine {
  std::vector<evaluation::Waiting> waiting;
  std::vector<model::PassedOver> without_months;
};
base::Result<WaitingLine> line_of(Work& work, const std::vector<WaitlistEntry>& queue,
                                  const OfferTerms& terms) {
  WaitingLine line;
  line.waiting.reserve(queue.size());
  const auto today = today_of(work, terms.pack);
  for (const auto& each : queue) {
    DURE_LET(application, work.tx.applications().get(each.application_id));
    const auto& form = application.form;
    const auto from = terms.starts_on.value_or(std::max(form.starts_on, today));
    const auto& award = terms.pack.award;
    if (auto plan = programme::plan_period(from, form.months, award.max_period, award.use_until); !plan) {
      line.without_months.push_back({each.id, plan.failure().reason});
      continue;
    }
    const auto units =
        selection::units_within({each.requested.blocks, model::AmountUnit::kBlock}, terms.rules.pool);
    line.waiting.push_back({&each, units.value_or(0), from, form.months});
  }
  return line;
}

// What is idle beside all that is given, offered, and about to be (F7, A9); none where no supply is known.
base::Result<evaluation::IdleFor> idle_of(Work& work, const model::ProgrammeId& programme,
                                          const OfferTerms& terms) {
  DURE_LET(known, knows_supply(work, programme, terms.pack));
  if (!known) return evaluation::IdleFor();
  DURE_LET(there, pool_with_offers(work, programme, terms.rules.pool.id, terms.pack));
  return evaluation::IdleFor([there = std::move(there), pool = terms.rules.pool,
                              longest = terms.pack.award.max_period](const auto& each, const auto& offers) {
    auto claims = there.claims;
    for (const auto& made : offers) {
      const auto last = calendar::period_end(made.from, {made.months, calendar::Unit::kMonths});
      const auto blocks = evaluation::blocks_of(made.units, pool).value_or(0);
      claims.push_back({"waitlist-entries/" + made.entry->id.text, made.entry->requested.model,
                        base::MilliGpu::blocks(blocks), made.from, last});
    }
    return supply::gaps_from(there.batches, claims, each.entry->requested.model, each.from,
                             calendar::period_end(each.from, longest));
  });
}

base::Result<evaluation::Match> match_line(Work& work, const model::ProgrammeId& programme,
                                           const std::vector<evaluation::Waiting>& waiting,
                                           std::int64_t units, const OfferTerms& terms) {
  DURE_LET(idle, idle_of(work, programme, terms));
  return evaluation::match(waiting, units, terms.rules, terms.pack.award, idle);
}

base::Result<WaitlistEntry> offer_to(Work& work, WaitlistEntry entry, const Award& award,
                                     const OfferTerms& terms) {
  entry.award_id = award.id;
  entry.offered_at = work.now;
  entry.respond_by = respond_by(work.now, terms.pack);
  DURE_TRY(move_entry(work, entry, WaitlistEntryEvent::kOffer, "offered"));
  return entry;
}

}  // namespace

std::optional<base::Date> respond_by(base::Instant offered_at, const policy::Pack& pack) {
  const auto& within = pack.award.accept_within;
  if (!within) return std::nullopt;
  return calendar::period_end(calendar::local_date(offered_at, policy::zone_of(pack)), *within,
                              policy::deadline_rule(pack), policy::business_days_of(pack));
}

base::Status move_entry(Work& work, WaitlistEntry& entry, WaitlistEntryEvent event, const std::string& told) {
  DURE_LET(state, programme::next(entry.state, event));
  entry.state = state;
  DURE_TRY(work.save(work.tx.waitlist_entries(), entry));
  return tell(work, entry, "waitlist-entries", "waitlist_entry." + told, told, state_detail(entry.state));
}

base::Result<std::vector<WaitlistEntry>> queue_of(Work& work, const model::ProgrammeId& programme,
                                                  const std::string& pool) {
  return load_all(work.tx.waitlist_entries(), ports::Query{}
                                                  .where("programme_id", programme)
                                                  .where("pool", pool)
                                                  .where("state", WaitlistEntryState::kQueued));
}

base::Result<Award> award_of_entry(Work& work, const WaitlistEntry& entry, model::ResourceAmount awarded,
                                   const std::string& pool, const std::optional<base::Date>& starts_on,
                                   const policy::Pack& pack) {
  Grant grant;
  DURE_LET(application, work.tx.applications().get(entry.application_id));
  DURE_LET(waived, was_waived(work, application.id));
  grant.application = std::move(application);
  grant.awarded = std::move(awarded);
  grant.recommended = entry.requested;
  grant.starts_on = starts_on;
  grant.pool = pool;
  grant.ground = "waitlist-entries/" + entry.id.text;
  grant.waived = waived;
  return grant_award(work, grant, pack);
}

base::Result<model::MatchedDemand> offer_in_turn(Work& work, const model::ProgrammeId& programme,
                                                 const std::vector<WaitlistEntry>& queue, OfferBounds bounds,
                                                 const OfferTerms& terms) {
  DURE_LET(line, line_of(work, queue, terms));
  model::MatchedDemand made;
  made.passed_over = std::move(line.without_months);
  while (true) {
    DURE_LET(match, match_line(work, programme, line.waiting, bounds.units, terms));
    const model::WaitlistEntry* refused = nullptr;
    for (const auto& each : match.offers) {
      if (made.offered.size() == bounds.offers) return made;
      const auto award = award_to(work, *each.entry, each.units, terms);
      std::erase_if(line.waiting, [&](const auto& one) { return one.entry == each.entry; });
      if (!award) {
        if (!is_of_the_application(award.failure())) return award.failure();
        made.passed_over.push_back({each.entry->id, award.failure().reason});
        refused = each.entry;
        break;
      }
      bounds.units -= each.units;
      DURE_LET(entry, offer_to(work, *each.entry, *award, terms));
      made.offered.push_back(std::move(entry));
    }
    if (refused != nullptr) continue;
    for (const auto& each : match.passed) made.passed_over.push_back({each.entry->id, each.reason});
    return made;
  }
}

base::Result<std::vector<model::WaitlistEntryId>> who_fits(Work& work, const model::ProgrammeId& programme,
                                                           const std::vector<WaitlistEntry>& queue,
                                                           const OfferTerms& terms) {
  DURE_LET(line, line_of(work, queue, terms));
  DURE_LET(match, match_line(work, programme, line.waiting, kAllUnits, terms));
  std::vector<model::WaitlistEntryId> ids;
  ids.reserve(match.offers.size());
  for (const auto& each : match.offers) ids.push_back(each.entry->id);
  return ids;
}

bool keeps_a_queue(const policy::Pack& pack) {
  return pack.selection.waiting_list || pack.call.demand_register;
}

}  // namespace dure::commands::offering
