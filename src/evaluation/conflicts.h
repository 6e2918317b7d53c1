// Conflicts of interest between reviewers and applications (E14; governance R15, invariant 5).
//
// Who has one that is unresolved, or stood back, reads nothing of the application and gives it no points, and
// points that he gave do not count. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/application.h"
#include "model/panel.h"
#include "policy/application_rules.h"

namespace dure::evaluation {

using Conflicts = std::vector<model::ConflictOfInterest>;  // of one reviewer and one application

// Somebody as the rules compare him.
struct Party {
  std::string account;  // id; "": none
  std::string login;
  std::string organisation;
  std::string business_number;
  std::string unit;
};

Party party_of(const model::Application& application);

// By their business numbers, where both have one, or by their names. Names are compared without white space
// and without the case of ASCII letters, business numbers by their digits; what is not known matches nothing.
bool same_organisation(const Party& a, const Party& b);

struct FoundConflict {
  model::ConflictKind kind = model::ConflictKind::kOther;
  model::ConflictSeverity severity = model::ConflictSeverity::kSlight;
  bool operator==(const FoundConflict&) const = default;
};

model::ConflictSeverity severity_of(model::ConflictKind kind);

// The gravest that the pack's rules find. Units are compared as names of organisations are.
std::optional<FoundConflict> find_conflict(const Party& reviewer, const Party& applicant,
                                           const std::vector<policy::ConflictRule>& rules);

// None is unresolved, and the reviewer did not stand back.
bool may_read(const Conflicts& conflicts);

// The one that decides whether a review counts: an unresolved one, else one for which he stood back, else one
// that was waived, else one that was dismissed; nullptr where there is none.
const model::ConflictOfInterest* binding(const Conflicts& conflicts);

// Whether `resolver` may end it so. Refuses (kConflict) "evaluation.conflict_resolved" {state}; (kInvalid)
// "evaluation.conflict_outcome", "evaluation.ground_missing"; (kNotAllowed) "evaluation.conflict_excludes"
// {kind} for any end of an excluding one but standing back, "evaluation.own_conflict" for one's own.
base::Status may_resolve(const model::ConflictOfInterest& conflict, model::ConflictState outcome,
                         const std::string& ground, const std::string& resolver);

}  // namespace dure::evaluation
