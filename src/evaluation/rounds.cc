#include "evaluation/rounds.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "calendar/deadline.h"
#include "calendar/period.h"
#include "calendar/zone.h"

namespace dure::evaluation {
namespace {

using base::Reason;
using model::RoundState;

constexpr std::int64_t kQuarter = 3;  // months

bool in_quarter(const model::Round& round, base::Date end) {
  return round.state != RoundState::kCancelled && calendar::cycle_end(round.cutoff_on, kQuarter) == end;
}

std::optional<base::Date> after(base::Date day, const std::optional<calendar::Length>& length,
                                const policy::Pack& pack) {
  if (!length) return std::nullopt;
  return calendar::period_end(day, *length, policy::deadline_rule(pack), policy::business_days_of(pack));
}

}  // namespace

RoundDates dates_of(base::Date cutoff_on, const policy::Pack& pack) {
  return {after(cutoff_on, pack.call.panel_within, pack), after(cutoff_on, pack.call.result_within, pack)};
}

model::RoundDuty duty_of(const std::vector<model::Round>& rounds, std::int64_t needed, base::Date day) {
  model::RoundDuty duty;
  duty.quarter_ends_on = calendar::cycle_end(day, kQuarter);
  duty.needed = needed;
  for (const auto& each : rounds) {
    if (!in_quarter(each, duty.quarter_ends_on)) continue;
    ++duty.planned;
    if (each.state == RoundState::kDecided) ++duty.decided;
  }
  duty.missing = std::max<std::int64_t>(0, needed - duty.planned);
  return duty;
}

base::Status may_cancel(const model::Round& round, const std::vector<model::Round>& rounds,
                        std::int64_t needed) {
  const auto end = calendar::cycle_end(round.cutoff_on, kQuarter);
  const auto others = std::count_if(rounds.begin(), rounds.end(), [&](const auto& each) {
    return each.id != round.id && in_quarter(each, end);
  });
  if (others >= needed) return {};
  return base::error(base::ErrorKind::kConflict, Reason("evaluation.round_wanted")
                                                     .with("quarter_ends_on", base::to_text(end))
                                                     .with("needed", needed)
                                                     .with("others", static_cast<std::int64_t>(others)));
}

base::Status may_close_early(const model::Call& call, base::Date closes_on, base::Date today,
                             const policy::Pack& pack) {
  const auto& notice = pack.call.early_close_notice;
  if (!notice) return base::error(base::ErrorKind::kNotAllowed, Reason("call.no_early_close"));
  DURE_TRY(calendar::check_plannable(closes_on));
  const auto zone = policy::zone_of(pack);
  if (call.closes_at && *call.closes_at <= calendar::end_of(closes_on, zone)) {
    // The day before that of its last moment.
    const auto own = calendar::local_date(base::Instant{call.closes_at->us - 1}, zone);
    const Reason reason = Reason("call.not_early")
                              .with("closes_on", base::to_text(closes_on))
                              .with("last", base::to_text(calendar::day_before(own)));
    return base::invalid(reason, {{"/closes_on", reason}});
  }
  if (today <= calendar::last_notice_day(closes_on, *notice)) return {};
  // The first day whose notice could still be given today.
  base::Date earliest = calendar::day_after(calendar::period_end(today, *notice, calendar::kAfterEvent));
  const Reason reason = Reason("call.notice_too_short")
                            .with("closes_on", base::to_text(closes_on))
                            .with("notice", calendar::to_text(*notice))
                            .with("earliest", base::to_text(earliest));
  return base::invalid(reason, {{"/closes_on", reason}});
}

std::vector<std::string> evaluation_order(std::vector<Candidacy> candidacies) {
  constexpr auto kLast = std::numeric_limits<std::size_t>::max();
  std::sort(candidacies.begin(), candidacies.end(), [&](const Candidacy& a, const Candidacy& b) {
    return std::tuple(a.priority.value_or(kLast), a.submitted_at, a.id) <
           std::tuple(b.priority.value_or(kLast), b.submitted_at, b.id);
  });
  std::vector<std::string> ids;
  ids.reserve(candidacies.size());
  for (auto& each : candidacies) ids.push_back(std::move(each.id));
  return ids;
}

}  // namespace dure::evaluation
