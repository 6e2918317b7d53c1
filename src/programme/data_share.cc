#include "programme/data_share.h"

#include <algorithm>

#include "programme/data_share_states.h"
#include "programme/refusals.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;

base::Status check_share_text(const char* pointer, const std::string& text) {
  if (!blank(text)) return {};
  return refused(pointer, Reason("outcome.text_missing").with("field", pointer + 1));
}

const policy::DataShareType* find_type(const std::string& id, const policy::Outcomes& outcomes) {
  const auto& all = outcomes.data_share_types;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> type_ids(const policy::Outcomes& outcomes) {
  std::vector<std::string> ids;
  ids.reserve(outcomes.data_share_types.size());
  for (const auto& each : outcomes.data_share_types) ids.push_back(each.id);
  return ids;
}

void add_statements(const policy::PlainCondition& condition, std::vector<std::string>& claims) {
  if (condition.is == policy::Predicate::kStatement && !condition.of.empty() && !among(claims, condition.of))
    claims.push_back(condition.of);
}

base::Status check_claims(const std::vector<model::ClaimShare>& claims,
                          const std::vector<std::string>& wanted) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const auto& claim = claims[i];
    const std::string at = "/claims/" + std::to_string(i);
    const bool repeated = std::any_of(claims.begin(), claims.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const auto& each) { return each.of == claim.of; });
    if (repeated || !among(wanted, claim.of))
      return refused(at + "/of", Reason("data_share.claim_unknown").with("of", claim.of));
    if (blank(claim.ground) || claim.evidence.empty())
      return refused(at, Reason("data_share.claim_unfounded").with("of", claim.of));
  }
  for (const auto& of : wanted)
    if (std::none_of(claims.begin(), claims.end(), [&](const auto& each) { return each.of == of; }))
      return refused("/claims", Reason("data_share.claim_missing").with("of", of));
  return {};
}

}  // namespace

std::vector<std::string> claims_of(const policy::DataShareType& type, const policy::Outcomes& outcomes) {
  auto lesser = outcomes.data_share_types;
  std::erase_if(lesser, [&](const auto& each) { return each.rank >= type.rank; });
  std::stable_sort(lesser.begin(), lesser.end(),
                   [](const auto& a, const auto& b) { return a.rank < b.rank; });
  std::vector<std::string> claims;
  claims.reserve(lesser.size());
  for (const auto& each : lesser) claims.push_back(each.id);
  for (const auto& condition : type.when) {
    add_statements(condition, claims);
    for (const auto& inner : condition.conditions) add_statements(inner, claims);
  }
  return claims;
}

base::Status propose(model::DataShare& share, const model::ProposeShare& command,
                     const policy::Outcomes& outcomes, base::Instant now) {
  DURE_LET(state, next(share.state, DataShareEvent::kPropose));
  const auto* type = find_type(command.type, outcomes);
  if (type == nullptr)
    return refused("/type", Reason("data_share.type_unknown")
                                .with("type", command.type)
                                .with("types", joined(type_ids(outcomes))));
  if (!among(outcomes.data_share_modes, command.mode))
    return refused("/mode", Reason("data_share.mode_unknown")
                                .with("mode", command.mode)
                                .with("modes", joined(outcomes.data_share_modes)));
  DURE_TRY(check_share_text("/title", command.title));
  DURE_TRY(check_claims(command.claims, claims_of(*type, outcomes)));
  share.type = command.type;
  share.mode = command.mode;
  share.title = command.title;
  share.description = command.description;
  share.claims.clear();
  for (const auto& each : command.claims)
    share.claims.push_back({each.of, each.ground, each.evidence, std::nullopt, ""});
  share.proposed_at = now;
  share.ground.clear();
  share.state = state;
  return {};
}

base::Status check(model::DataShare& share, const model::CheckShare& command, const std::string& checked_by) {
  DURE_LET(state, next(share.state, DataShareEvent::kCheck));
  for (std::size_t i = 0; i < command.findings.size(); ++i) {
    const auto& of = command.findings[i].of;
    if (std::none_of(share.claims.begin(), share.claims.end(),
                     [&](const auto& each) { return each.of == of; }))
      return refused("/findings/" + std::to_string(i) + "/of",
                     Reason("data_share.claim_unknown").with("of", of));
  }
  auto claims = share.claims;
  for (auto& claim : claims) {
    const auto found = std::find_if(command.findings.begin(), command.findings.end(),
                                    [&](const auto& each) { return each.of == claim.of; });
    if (found == command.findings.end() || blank(found->ground))
      return refused("/findings", Reason("data_share.finding_missing").with("of", claim.of));
    if (!found->holds)
      return base::error(base::ErrorKind::kConflict, Reason("data_share.not_founded").with("of", claim.of));
    claim.found = true;
    claim.finding = found->ground;
  }
  share.claims = std::move(claims);
  share.checked_by = checked_by;
  share.state = state;
  return {};
}

base::Status give_back(model::DataShare& share, const std::string& ground) {
  DURE_LET(state, next(share.state, DataShareEvent::kGiveBack));
  DURE_TRY(check_share_text("/ground", ground));
  share.ground = ground;
  share.checked_by.clear();
  share.state = state;
  return {};
}

base::Status register_share(model::DataShare& share, const std::string& registration, base::Instant now) {
  DURE_LET(state, next(share.state, DataShareEvent::kRegister));
  DURE_TRY(check_share_text("/registration", registration));
  share.registration = registration;
  share.registered_at = now;
  share.state = state;
  return {};
}

base::Status exempt(model::DataShare& share, const std::string& ground) {
  DURE_LET(state, next(share.state, DataShareEvent::kExempt));
  DURE_TRY(check_share_text("/ground", ground));
  share.ground = ground;
  share.state = state;
  return {};
}

}  // namespace dure::programme
