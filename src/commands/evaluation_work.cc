#include "commands/evaluation_work.h"

#include <algorithm>

namespace dure::commands::evaluation_side {

base::Status check_ground(const std::string& ground) {
  if (!ground.empty()) return {};
  return refused("/ground", base::Reason("evaluation.ground_missing"));
}

base::Status check_text(const std::string& pointer, const std::string& text) {
  if (!text.empty()) return {};
  return refused(pointer, base::Reason("evaluation.text_missing").with("field", pointer.substr(1)));
}

base::Status check_state(const model::Round& round, model::RoundState needed) {
  if (round.state == needed) return {};
  return conflict(base::Reason("evaluation.round_state")
                      .with("state", std::string(model::to_text(round.state)))
                      .with("needed", std::string(model::to_text(needed))));
}

base::Result<std::optional<model::Panel>> panel_of(Work& work, const model::RoundId& round) {
  return work.tx.panels().first(ports::Query{}.where("round_id", round).at_most(1));
}

base::Result<std::vector<model::PanelMember>> members_of(Work& work, const model::PanelId& panel) {
  return load_all(work.tx.panel_members(), ports::Query{}.where("panel_id", panel));
}

std::vector<model::PanelMember> seated(std::vector<model::PanelMember> members) {
  std::erase_if(members, [](const auto& each) { return each.state != model::PanelMemberState::kAccepted; });
  return members;
}

base::Result<std::optional<model::PanelMember>> seat_of_caller(Work& work, const model::RoundId& round) {
  using Seat = std::optional<model::PanelMember>;
  const auto& account = work.caller.subject.account_id;
  DURE_LET(panel, panel_of(work, round));
  if (!panel || account.empty()) return Seat();
  DURE_LET(member, work.tx.panel_members().first(
                       ports::Query{}.where("panel_id", panel->id).where("account_id", account).at_most(1)));
  if (!member || member->state != model::PanelMemberState::kAccepted) return Seat();
  return member;
}

base::Status require_chair(Work& work, const model::Round& round) {
  DURE_TRY(work.require(access::Permission::kReviewWrite,
                        where(round.programme_id, work.caller.subject.account_id)));
  DURE_LET(seat, seat_of_caller(work, round.id));
  if (seat && seat->chair) return {};
  return not_allowed(base::Reason("evaluation.not_chair"));
}

base::Result<evaluation::Conflicts> conflicts_of(Work& work, const model::ApplicationId& application,
                                                 const model::AccountId& reviewer) {
  return load_all(work.tx.conflicts_of_interest(),
                  ports::Query{}.where("application_id", application).where("account_id", reviewer));
}

base::Result<selection::SelectionRules> rules_for(const policy::Pack& pack, const std::string& pool) {
  return selection::rules_of(pack, pool.empty() ? std::nullopt : std::optional<std::string>(pool));
}

}  // namespace dure::commands::evaluation_side
