// The duty to share data: which type may stand in for which, and who says that it may (K5, K6, D7; S1 page
// 5). States: data_share_states.h.
//
// The pack lists the types by rank. The first rank is what is owed. Each type of a later rank asks for a
// claim, with ground and evidence, for every type of a lower rank (why it cannot be registered) and for every
// statement of its own conditions (a law forbids to open it; there is no own data that may be opened). A
// person finds of each claim whether it holds, and all must.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/outcome.h"
#include "model/outcome_requests.h"
#include "policy/duty_rules.h"

namespace dure::programme {

// What has to be claimed for the type: lesser types by rank and in the pack's order, then its own conditions.
std::vector<std::string> claims_of(const policy::DataShareType& type, const policy::Outcomes& outcomes);

// due -> proposed. Refuses (kConflict) "state.not_from_this_state"; (kInvalid) "data_share.type_unknown"
// {type, types}, "data_share.mode_unknown" {mode, modes}, "outcome.text_missing" {field},
// "data_share.claim_missing" {of}, "data_share.claim_unknown" {of}, "data_share.claim_unfounded" {of}.
base::Status propose(model::DataShare& share, const model::ProposeShare& command,
                     const policy::Outcomes& outcomes, base::Instant now);

// proposed -> checked, with the finding of each claim. Refuses (kInvalid) "data_share.finding_missing" {of},
// "data_share.claim_unknown" {of}; (kConflict) "data_share.not_founded" {of} where one does not hold: it is
// to be given back then.
base::Status check(model::DataShare& share, const model::CheckShare& command, const std::string& checked_by);

// proposed, checked -> due; checked -> registered, exempted. Refuse (kInvalid) "outcome.text_missing".
base::Status give_back(model::DataShare& share, const std::string& ground);
base::Status register_share(model::DataShare& share, const std::string& registration, base::Instant now);
base::Status exempt(model::DataShare& share, const std::string& ground);

}  // namespace dure::programme
