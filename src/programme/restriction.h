// Who is under a restriction on a day, and what follows for what he hands in (C5, J2; invariant 18).
#pragma once

#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/application.h"
#include "model/party.h"
#include "model/sanction.h"

namespace dure::programme {

// Both days count; a restriction that was lifted ends on the day before.
bool in_force(const model::Restriction& restriction, base::Date on);

// Whether the applicant is of that organisation (by its business number, else by its name), or is that person
// (by name, and mail address or mobile).
bool is_of(const model::Applicant& applicant, const model::Organisation& organisation);
bool is_person(const model::Applicant& applicant, const model::Person& person);

// What stands against an applicant.
struct AgainstApplicant {
  model::Restriction restriction;
  bool person = false;  // against himself; else against his organisation
};

// Whether he may hand in on the day. Refuses (kNotAllowed) "restriction.in_force" {against, until, ground},
// "restriction.in_force_open" {against, ground} by the first that excludes.
base::Status may_submit(const std::vector<AgainstApplicant>& against, base::Date received_on);

// Points, in hundredths, that an application loses that was received on the day: the sum of all that are in
// force then.
std::int64_t lost_points(const std::vector<AgainstApplicant>& against, base::Date received_on);

}  // namespace dure::programme
