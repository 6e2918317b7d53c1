// Screening: may this application be considered at all? One item per rule, each with its ground (C1, C5, C7,
// D1, D2, D4, D6, D12, F5, F14; S0 articles 1, 2, 4, 6, 7).
//
// A pure function of the form, the facts and the rules; the decision keeps all three (decision 2). A rule
// that only a person can answer becomes kNeedsPerson: the application is then eligible as far as rules go,
// and decide() refuses to approve it until a person has answered each such item.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "calendar/period.h"
#include "model/application.h"
#include "policy/allocation_rules.h"
#include "policy/application_rules.h"
#include "policy/call_rules.h"
#include "programme/facts.h"

namespace dure::programme {

// The part of a policy pack that screening reads (made by from_policy.h).
struct ScreeningRules {
  policy::Eligibility eligibility;
  policy::ApplicationRules application;
  policy::Documents documents;
  policy::Ceiling ceiling;
  policy::Offer offer;                 // whether a project may have several pools or models (B6)
  policy::Pool pool;                   // that the application is for; its models and menu bind the request
  std::optional<policy::Track> track;  // likewise (B5); none: of no track, or the call has none
  calendar::Length max_period{6, calendar::Unit::kMonths};
  std::optional<calendar::Length> min_period;
  std::optional<base::Date> use_until;  // no use after this day (award.use_until)
  std::int64_t setup_grace_days = 0;    // from the first day of the period (C9)
  base::Bytes storage_primary;          // D11
  bool more_storage_with_reason = false;
  bool resident_numbers_refused = true;
  std::map<std::string, std::string> sources;  // key of the pack -> seed and article
};

enum class ScreeningOutcome { kEligible, kNeedsPerson, kReturn, kIneligible };

struct Screening {
  ScreeningOutcome outcome = ScreeningOutcome::kIneligible;
  std::vector<model::ScreeningItem> items;  // in the order of the rules, met ones included
};

// kIneligible: a rule of eligibility itself is not met. kReturn: the form or its evidence is incomplete and
// may be mended (where the pack makes missing evidence final: kIneligible). The evidence of the rule that
// lets the applicant in is asked for whatever the list of documents says; a certificate that the centre
// itself recorded stands for the papers that show it (C7, decision 47).
Screening screen(const model::Form1& form, const Facts& facts, const ScreeningRules& rules);

// What is wrong with a form, draft or whole, in any programme: pointers into Form 1 ("/applicant/email").
// Refuses (kInvalid "eligibility.form_invalid" {count}) with one detail per fault: a malformed mail address,
// login or business number (R20), a negative amount, a text over its length, a resident number in any text
// (R9). Empty fields are no fault here; screen() asks for those that the pack requires.
base::Status check_form(const model::Form1& form, bool resident_numbers_refused = true);

// Kinds of documents that are asked for and not attached, or attached in another format or too large: one
// item each, codes "document.…". `evidence`: kinds that are asked for beside those that the list asks for.
std::vector<model::ScreeningItem> screen_documents(const model::Form1& form, const Facts& facts,
                                                   const ScreeningRules& rules,
                                                   const std::vector<std::string>& evidence = {});

// Whether one file may be attached as that kind. Refuses (kInvalid): "document.kind_unknown" {kind},
// "document.type_refused" {kind, media_type, allowed}; (kTooLarge) "document.too_large" {size_bytes,
// max_bytes}; (kConflict) "document.too_many" {max_files}.
base::Status check_document(const AttachedDocument& document, std::size_t attached_already,
                            const policy::Documents& rules);

std::string_view to_text(ScreeningOutcome outcome);

}  // namespace dure::programme
