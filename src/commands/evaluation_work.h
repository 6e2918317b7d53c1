// What the commands of an evaluation have in common: the pack, permissions by programme, texts and grounds
// from outside, and who sits on a panel. What is told of a change: row_work.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/command_texts.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "evaluation/conflicts.h"
#include "model/evaluation_requests.h"
#include "selection/rules.h"

namespace dure::commands::evaluation_side {

inline base::Error not_allowed(const base::Reason& reason) {
  return base::error(base::ErrorKind::kNotAllowed, reason);
}

// The programme, as what the permissions of an evaluation are about; with the account, what is its own.
inline access::Resource where(const model::ProgrammeId& programme, const model::AccountId& account = {}) {
  return {
      .kind = access::ResourceKind::kEvaluation, .programme_id = programme.text, .account_id = account.text};
}

// The row for a change by who holds the permission in its programme.
template <class Noun>
base::Result<Noun> load_row(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                            access::Permission permission = access::Permission::kEvaluationManage) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(permission, where(found->programme_id)));
  DURE_TRY(work.expect(*found));
  return std::move(*found);
}

// The caller's own row: a review, an invitation. Permission: reviews.write.
template <class Noun>
base::Result<Noun> load_own(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(access::Permission::kReviewWrite, where(found->programme_id, found->account_id)));
  DURE_TRY(work.expect(*found));
  if (found->account_id != work.caller.subject.account_id)
    return not_allowed(base::Reason("evaluation.not_yours"));
  return std::move(*found);
}

// The row that a command names in its body; "evaluation.no_such_row" {what, id} with the pointer where it is
// not there or is another programme's.
template <class Noun>
base::Result<Noun> named_row(ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                             const model::ProgrammeId& programme, const std::string& pointer) {
  DURE_LET(found, rows.find(id));
  if (!found || found->programme_id != programme)
    return refused(
        pointer, base::Reason("evaluation.no_such_row").with("what", pointer.substr(1)).with("id", id.text));
  return std::move(*found);
}

// "evaluation.ground_missing", "evaluation.text_missing" {field}.
base::Status check_ground(const std::string& ground);
base::Status check_text(const std::string& pointer, const std::string& text);

// "evaluation.round_state" {state, needed}.
base::Status check_state(const model::Round& round, model::RoundState needed);

base::Result<std::optional<model::Panel>> panel_of(Work& work, const model::RoundId& round);
// All who were invited, by id.
base::Result<std::vector<model::PanelMember>> members_of(Work& work, const model::PanelId& panel);
// Those who accepted.
std::vector<model::PanelMember> seated(std::vector<model::PanelMember> members);

// The caller's seat on the round's panel; none where he has none.
base::Result<std::optional<model::PanelMember>> seat_of_caller(Work& work, const model::RoundId& round);
// Refuses (kNotAllowed) "evaluation.not_chair" who is not its chair. Permission: reviews.write.
base::Status require_chair(Work& work, const model::Round& round);

base::Result<evaluation::Conflicts> conflicts_of(Work& work, const model::ApplicationId& application,
                                                 const model::AccountId& reviewer);

// Of the pack's pool.
base::Result<selection::SelectionRules> rules_for(const policy::Pack& pack, const std::string& pool);

}  // namespace dure::commands::evaluation_side
