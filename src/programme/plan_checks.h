// What the plan of an application must show beside the form's own fields: use at once after the set-up (C9),
// a reason for more storage (D11), and a summary sheet without gaps (D8; summary.h). Each gives one item, or
// none where the pack does not ask for it.
#pragma once

#include <optional>

#include "model/application.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

// Fields that a pack adds to Form 1 under these ids say it (application.fields).
inline constexpr const char* kFirstUseField = "first_use_on";
inline constexpr const char* kStorageReasonField = "storage_reason";

// C9: the first day of use lies in the set-up, or is the day after it (award.setup_grace_days from the first
// day of the period). Codes "eligibility.use_at_once", "use_too_late" {first_use_on, set_up_until, latest},
// "use_before_start" {first_use_on, starts_on}, "first_use_missing" {field}; where the pack has no such
// field, a person decides: "first_use_unknown".
std::optional<model::ScreeningItem> screen_first_use(const model::Form1& form, const Facts& facts,
                                                     const ScreeningRules& rules);

// D11: more than offer.storage_primary only with a reason. Codes "eligibility.storage_within",
// "storage_reasoned", "storage_reason_missing" {bytes, basic, field}, "storage_for_person".
std::optional<model::ScreeningItem> screen_storage(const model::Form1& form, const Facts& facts,
                                                   const ScreeningRules& rules);

// D8: each column of application.summary is filled in. Codes "eligibility.summary_complete", "summary_gaps"
// {fields}.
std::optional<model::ScreeningItem> screen_summary(const model::Form1& form, const Facts& facts,
                                                   const ScreeningRules& rules);

}  // namespace dure::programme
