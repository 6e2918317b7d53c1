#include "programme/restriction.h"

#include "base/reason.h"
#include "programme/numbers.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::RestrictionEffect;

std::string against_of(const AgainstApplicant& each) {
  return each.person ? "person" : "organisation";
}

}  // namespace

bool in_force(const model::Restriction& restriction, base::Date on) {
  if (on < restriction.starts_on) return false;
  if (restriction.ends_on && *restriction.ends_on < on) return false;
  return !restriction.lifted_on || on < *restriction.lifted_on;
}

bool is_of(const model::Applicant& applicant, const model::Organisation& organisation) {
  const auto number = business_number(applicant.business_number);
  if (number && !organisation.business_number.empty()) return *number == organisation.business_number;
  return !applicant.organisation.empty() && applicant.organisation == organisation.name;
}

bool is_person(const model::Applicant& applicant, const model::Person& person) {
  if (applicant.name.empty() || applicant.name != person.name) return false;
  return (!person.email.empty() && person.email == applicant.email) ||
         (!person.mobile.empty() && person.mobile == applicant.mobile);
}

base::Status may_submit(const std::vector<AgainstApplicant>& against, base::Date received_on) {
  for (const auto& each : against) {
    const auto& row = each.restriction;
    if (row.effect != RestrictionEffect::kExclusion || !in_force(row, received_on)) continue;
    if (!row.ends_on)
      return base::error(
          base::ErrorKind::kNotAllowed,
          Reason("restriction.in_force_open").with("against", against_of(each)).with("ground", row.ground));
    return base::error(base::ErrorKind::kNotAllowed, Reason("restriction.in_force")
                                                         .with("against", against_of(each))
                                                         .with("until", base::to_text(*row.ends_on))
                                                         .with("ground", row.ground));
  }
  return {};
}

std::int64_t lost_points(const std::vector<AgainstApplicant>& against, base::Date received_on) {
  std::int64_t sum = 0;
  for (const auto& each : against)
    if (each.restriction.effect == RestrictionEffect::kPoints && in_force(each.restriction, received_on))
      sum += each.restriction.centi_points;
  return sum;
}

}  // namespace dure::programme
