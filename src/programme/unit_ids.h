// IDs by department, laboratory or company, by demand (F1; S0 article 3.3: "부서별 1 ID", "신청 수요에 따라
// 조정 가능"; governance 9: a unit is given one, and each person logs in by his own account).
//
// An ID is what a new application leads to: an account with an allocation of its own. The pack says how many
// a unit of an organisation may have, by the organisation's class (offer.id_scope); whether more may be given
// by demand (offer.ids_by_demand) is then for the person who decides.
//
// Pure functions of values.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "model/application.h"
#include "policy/allocation_rules.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

// What the pack gives to units of organisations of that class; none: as many as are asked for.
const policy::IdScope* id_scope_of(const policy::Offer& offer, model::OrganisationClass organisation_class);

// Whether both are of one unit, where both are of one organisation: their units have one name, without regard
// to white space and the case of ASCII letters; where the scope counts professors, their advisors have, too.
bool same_unit(const model::Applicant& a, const model::Applicant& b, const policy::IdScope& scope);

// The item of a new application, where the pack has a scope for it and facts.unit_ids is known: met,
// "offer.unit_has_room" {unit, held, ids}; beyond it "offer.unit_has_its_ids" with the same, which a person
// decides where the pack gives more by demand.
std::optional<model::ScreeningItem> screen_unit_ids(const model::Form1& form, const Facts& facts,
                                                    const ScreeningRules& rules);

// Whether one more may be given to a unit that has `held`. Refuses (kConflict) "offer.unit_has_its_ids"
// {unit, held, ids}, but not where the pack gives more by demand.
base::Status check_unit_ids(const model::Applicant& applicant, std::int64_t held, const policy::Offer& offer);

}  // namespace dure::programme
