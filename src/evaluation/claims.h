// What speaks against granting a claim to bonus points or priority (E6, E7, D15). Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/application.h"
#include "policy/pack.h"
#include "programme/facts.h"

namespace dure::evaluation {

// The application as an official sees it who decides a claim.
struct Claimant {
  model::Form1 form;
  programme::Facts facts;             // the days, and what the form answers
  std::vector<std::string> evidence;  // kinds of the documents that the claim names
  std::string programme;              // the name of the programme that the claim is about; "" = none
};

// Whether the claim to the bonus or priority class `rule` may be granted. What the form and the days say of
// the rule's conditions binds; what only papers or people can say (a certificate, a post, a statement) is
// left to the official. Where the pack wants the name (application.priority_needs_name), a condition on a
// programme needs it, in plan and form alike (D15); else it is the official's, too.
//
// Refuses (kInvalid) "evaluation.programme_missing" {rule} at /programme, "evaluation.condition_not_met"
// {rule} with the condition's own reason as its detail.
base::Status may_grant(const Claimant& claimant, const std::string& rule, const policy::Pack& pack);

}  // namespace dure::evaluation
