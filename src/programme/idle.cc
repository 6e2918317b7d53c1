#include "programme/idle.h"

#include <algorithm>

#include "calendar/period.h"

namespace dure::programme {
namespace {

// The last of the idle days that are counted from a sign on that day.
base::Date idle_days_full(base::Date sign, const SignsOfLife& signs, std::int64_t idle_days,
                          const calendar::Zone& zone, base::Instant now) {
  const auto full = calendar::period_end(sign, {idle_days, calendar::Unit::kDays}, calendar::kAfterEvent);
  return with_lost_time(full, sign, signs.exempt, zone, now);
}

base::Date later_sign(base::Date starts_on, const std::optional<base::Date>& sign,
                      const std::optional<base::Date>& answered_on) {
  return std::max({starts_on, sign.value_or(starts_on), answered_on.value_or(starts_on)});
}

}  // namespace

std::optional<IdleCount> count_idle_days(const SignsOfLife& signs, const policy::Utilisation& rules,
                                         const calendar::Zone& zone, base::Instant now) {
  if (!rules.idle_days) return std::nullopt;
  const auto today = calendar::local_date(now, zone);
  const auto login = later_sign(signs.starts_on, signs.last_login_on, signs.answered_on);
  const auto use = later_sign(signs.starts_on, signs.last_use_on, signs.answered_on);
  const auto login_full = idle_days_full(login, signs, *rules.idle_days, zone, now);
  const auto use_full = idle_days_full(use, signs, *rules.idle_days, zone, now);
  IdleCount count;
  count.no_login = login_full <= today;
  count.no_use = use_full <= today;
  const bool one_is_enough = rules.idle_when == policy::IdleWhen::kNoLoginOrNoUse;
  const bool by_login = one_is_enough ? login_full <= use_full : use_full <= login_full;
  count.since = by_login ? login : use;
  count.full_on = by_login ? login_full : use_full;
  count.idle = count.full_on <= today;
  return count;
}

base::Date last_day_after_warning(base::Date warned_on, const policy::Pack& pack) {
  const auto days = std::max<std::int64_t>(1, pack.utilisation.notice_days);
  return calendar::period_end(warned_on, {days, calendar::Unit::kDays}, policy::deadline_rule(pack),
                              policy::business_days_of(pack));
}

base::Date with_lost_time(base::Date last_day, base::Date warned_on, const std::vector<UseSpan>& exempt,
                          const calendar::Zone& zone, base::Instant now) {
  const UseSpan counted{calendar::start_of(warned_on, zone), now};
  if (counted.to <= counted.from) return last_day;
  const auto lost = (counted.to - counted.from) - length_of(counted_spans(counted, exempt));
  return calendar::extended_end(last_day, lost);
}

std::optional<model::IdleMeasure> idle_measure_of(const policy::Utilisation& rules) {
  if (!rules.idle_days) return std::nullopt;
  switch (rules.idle_measure) {
    case policy::IdleMeasure::kNone:
      return std::nullopt;
    case policy::IdleMeasure::kReview:
      return model::IdleMeasure::kReview;
    case policy::IdleMeasure::kReclaim:
      return model::IdleMeasure::kReclaim;
    case policy::IdleMeasure::kDeleteAccount:
      return model::IdleMeasure::kDeleteAccount;
  }
  return std::nullopt;
}

}  // namespace dure::programme
