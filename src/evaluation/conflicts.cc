#include "evaluation/conflicts.h"

#include <algorithm>

#include "programme/numbers.h"
#include "programme/words.h"

namespace dure::evaluation {
namespace {

using base::ErrorKind;
using base::Reason;
using model::ConflictKind;
using model::ConflictSeverity;
using model::ConflictState;

bool same(const std::string& a, const std::string& b) {
  const auto left = programme::plain_name(a);
  return !left.empty() && left == programme::plain_name(b);
}

bool matches(policy::ConflictRule rule, const Party& reviewer, const Party& applicant) {
  switch (rule) {
    case policy::ConflictRule::kApplicant:
      return same(reviewer.account, applicant.account) || same(reviewer.login, applicant.login);
    case policy::ConflictRule::kSameUnit:
      return same_organisation(reviewer, applicant) && same(reviewer.unit, applicant.unit);
    case policy::ConflictRule::kSameOrganisation:
      return same_organisation(reviewer, applicant);
  }
  return false;
}

ConflictKind kind_of(policy::ConflictRule rule) {
  switch (rule) {
    case policy::ConflictRule::kApplicant:
      return ConflictKind::kApplicant;
    case policy::ConflictRule::kSameUnit:
      return ConflictKind::kSameUnit;
    case policy::ConflictRule::kSameOrganisation:
      return ConflictKind::kSameOrganisation;
  }
  return ConflictKind::kOther;
}

int weight(ConflictState state) {
  switch (state) {
    case ConflictState::kUnresolved:
      return 4;
    case ConflictState::kRecused:
      return 3;
    case ConflictState::kWaived:
      return 2;
    case ConflictState::kDismissed:
      return 1;
    case ConflictState::kNone:
      return 0;
  }
  return 0;
}

}  // namespace

Party party_of(const model::Application& application) {
  const auto& applicant = application.form.applicant;
  return {application.account_id ? application.account_id->text : "", application.form.login,
          applicant.organisation, applicant.business_number, applicant.unit};
}

bool same_organisation(const Party& a, const Party& b) {
  const auto left = programme::business_number(a.business_number);
  const auto right = programme::business_number(b.business_number);
  return (left && right && *left == *right) || same(a.organisation, b.organisation);
}

ConflictSeverity severity_of(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kApplicant:
      return ConflictSeverity::kExcluding;
    case ConflictKind::kSameUnit:
    case ConflictKind::kRelative:
    case ConflictKind::kParticipant:
    case ConflictKind::kMutualEvaluation:
      return ConflictSeverity::kSerious;
    case ConflictKind::kSameOrganisation:
    case ConflictKind::kOther:
      return ConflictSeverity::kSlight;
  }
  return ConflictSeverity::kSlight;
}

std::optional<FoundConflict> find_conflict(const Party& reviewer, const Party& applicant,
                                           const std::vector<policy::ConflictRule>& rules) {
  std::optional<FoundConflict> found;
  for (const auto rule : rules) {
    if (!matches(rule, reviewer, applicant)) continue;
    const FoundConflict made{kind_of(rule), severity_of(kind_of(rule))};
    // In the order of the enums, the gravest comes first.
    if (!found || made.severity < found->severity) found = made;
  }
  return found;
}

bool may_read(const Conflicts& conflicts) {
  return std::none_of(conflicts.begin(), conflicts.end(), [](const auto& each) {
    return each.state == ConflictState::kUnresolved || each.state == ConflictState::kRecused;
  });
}

const model::ConflictOfInterest* binding(const Conflicts& conflicts) {
  const auto found = std::max_element(conflicts.begin(), conflicts.end(), [](const auto& a, const auto& b) {
    return weight(a.state) < weight(b.state);
  });
  return found == conflicts.end() ? nullptr : &*found;
}

base::Status may_resolve(const model::ConflictOfInterest& conflict, ConflictState outcome,
                         const std::string& ground, const std::string& resolver) {
  if (conflict.state != ConflictState::kUnresolved)
    return base::error(
        ErrorKind::kConflict,
        Reason("evaluation.conflict_resolved").with("state", std::string(model::to_text(conflict.state))));
  if (outcome == ConflictState::kNone || outcome == ConflictState::kUnresolved) {
    const Reason reason("evaluation.conflict_outcome");
    return base::invalid(reason, {{"/outcome", reason}});
  }
  if (ground.empty()) {
    const Reason reason = Reason("evaluation.ground_missing");
    return base::invalid(reason, {{"/ground", reason}});
  }
  if (conflict.account_id.text == resolver && outcome != ConflictState::kRecused)
    return base::error(ErrorKind::kNotAllowed, Reason("evaluation.own_conflict"));
  if (conflict.severity == ConflictSeverity::kExcluding && outcome != ConflictState::kRecused)
    return base::error(
        ErrorKind::kNotAllowed,
        Reason("evaluation.conflict_excludes").with("kind", std::string(model::to_text(conflict.kind))));
  return {};
}

}  // namespace dure::evaluation
