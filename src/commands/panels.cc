#include "commands/panels.h"

#include <algorithm>

#include "commands/evaluation_work.h"
#include "evaluation/review.h"
#include "evaluation/states.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::Panel;
using model::PanelMember;
using model::PanelMemberState;

bool seated_or_asked(const PanelMember& member) {
  return member.state == PanelMemberState::kInvited || member.state == PanelMemberState::kAccepted;
}

// Whether the account holds the role of a reviewer here.
base::Result<bool> is_reviewer(Work& work, const model::AccountId& account,
                               const model::ProgrammeId& programme) {
  DURE_LET(found, work.tx.accounts().find(account));
  if (!found) return false;
  DURE_LET(grants,
           load_all(work.tx.role_grants(),
                    ports::Query{}.where("account_id", account).where("role", model::Role::kReviewer)));
  return std::any_of(grants.begin(), grants.end(), [&](const auto& grant) {
    const bool reaches = grant.scope == model::ScopeKind::kCentre ||
                         (grant.scope == model::ScopeKind::kProgramme && grant.scope_id == programme.text);
    return reaches && (!grant.ends_at || work.now < *grant.ends_at);
  });
}

base::Status check_seat(Work& work, const Panel& panel, const model::InviteMember& command) {
  DURE_LET(members, members_of(work, panel.id));
  std::int64_t taken = 0;
  for (const auto& each : members) {
    if (each.account_id == command.account_id)
      return conflict(base::Reason("evaluation.member_there").with("id", each.id.text));
    if (!seated_or_asked(each)) continue;
    ++taken;
    if (each.chair && command.chair) return conflict(base::Reason("evaluation.chair_there"));
  }
  if (panel.size > 0 && taken >= panel.size)
    return conflict(base::Reason("evaluation.panel_full").with("size", panel.size));
  return {};
}

// What he has not handed in is nobody's any more; what he has, the chair may lock.
base::Status drop_reviews(Work& work, const PanelMember& member, const model::RoundId& round,
                          const std::string& ground) {
  DURE_LET(reviews, load_all(work.tx.reviews(),
                             ports::Query{}.where("round_id", round).where("account_id", member.account_id)));
  for (auto& review : reviews) {
    if (review.state == model::ReviewState::kConflicted)
      evaluation::leave_conflict(review, true);
    else if (!evaluation::decline(review, ground))
      continue;
    DURE_TRY(work.save(work.tx.reviews(), review));
    DURE_TRY(tell(work, review, "reviews", "review.declined", "decline", state_detail(review.state)));
  }
  return {};
}

base::Status check_signers(const model::RecordMinutes& command, const std::vector<PanelMember>& members) {
  bool chair = false;
  for (std::size_t i = 0; i < command.signed_by.size(); ++i) {
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& each) {
      return each.account_id.text == command.signed_by[i];
    });
    if (found == members.end())
      return refused("/signed_by/" + std::to_string(i),
                     base::Reason("evaluation.signer_unknown").with("account", command.signed_by[i]));
    chair = chair || found->chair;
  }
  if (!chair) return refused("/signed_by", base::Reason("evaluation.chair_missing"));
  return {};
}

// The office, or the chair.
base::Status require_recorder(Work& work, const model::Round& round) {
  if (access::allowed(work.caller.subject, access::Permission::kEvaluationManage, where(round.programme_id),
                      work.now))
    return {};
  return require_chair(work, round);
}

}  // namespace

base::Result<Panel> convene_panel(Work& work, const model::ConvenePanel& command) {
  DURE_LET(round, work.tx.rounds().find(command.round_id));
  if (!round) return access::not_found();
  DURE_TRY(work.require(access::Permission::kEvaluationManage, where(round->programme_id)));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round->programme_id));
  if (pack->evaluation.mode != policy::EvaluationMode::kPanel)
    return conflict(base::Reason("evaluation.without_panel"));
  DURE_LET(there, panel_of(work, round->id));
  if (there) return conflict(base::Reason("evaluation.panel_there").with("id", there->id.text));
  Panel panel;
  work.stamp(panel);
  panel.programme_id = round->programme_id;
  panel.round_id = round->id;
  panel.title = command.title.empty() ? round->title : command.title;
  panel.size = pack->evaluation.panel_size;
  DURE_TRY(work.tx.panels().insert(panel));
  DURE_TRY(tell(work, panel, "panels", "panel.convened", "convene",
                "{\"size\":" + std::to_string(panel.size) + "}"));
  return panel;
}

base::Result<Panel> resize_panel(Work& work, const model::PanelId& id, const model::ResizePanel& command) {
  DURE_LET(panel, load_row(work, work.tx.panels(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(round, work.tx.rounds().get(panel.round_id));
  if (round.state != model::RoundState::kPlanned) DURE_TRY(check_state(round, model::RoundState::kCutoff));
  DURE_LET(members, members_of(work, panel.id));
  const auto taken = std::count_if(members.begin(), members.end(), seated_or_asked);
  if (taken > command.size) return conflict(base::Reason("evaluation.panel_full").with("size", command.size));
  panel.size = command.size;
  DURE_TRY(work.save(work.tx.panels(), panel));
  DURE_TRY(tell(
      work, panel, "panels", "panel.resized", "resize",
      "{\"size\":" + std::to_string(panel.size) + ",\"ground\":" + wire::json_text(command.ground) + "}"));
  return panel;
}

base::Result<PanelMember> invite_member(Work& work, const model::PanelId& id,
                                        const model::InviteMember& command) {
  DURE_LET(panel, load_row(work, work.tx.panels(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_text("/organisation", command.organisation));
  DURE_LET(reviewer, is_reviewer(work, command.account_id, panel.programme_id));
  if (!reviewer)
    return refused("/account_id",
                   base::Reason("evaluation.not_a_reviewer").with("account", command.account_id.text));
  DURE_TRY(check_seat(work, panel, command));
  PanelMember member;
  work.stamp(member);
  member.programme_id = panel.programme_id;
  member.panel_id = panel.id;
  member.account_id = command.account_id;
  member.chair = command.chair;
  member.outside_expert = command.outside_expert;
  member.organisation = command.organisation;
  member.business_number = command.business_number;
  member.unit = command.unit;
  DURE_TRY(work.tx.panel_members().insert(member));
  DURE_TRY(tell(work, member, "panel-members", "panel_member.invited", "invite"));
  return member;
}

base::Result<PanelMember> respond_invitation(Work& work, const model::PanelMemberId& id,
                                             const model::RespondInvitation& command) {
  DURE_LET(member, load_own(work, work.tx.panel_members(), id));
  DURE_TRY(check_command(command));
  const auto event = command.accept ? evaluation::MemberEvent::kAccept : evaluation::MemberEvent::kDecline;
  DURE_LET(state, evaluation::next(member.state, event));
  member.state = state;
  member.note = command.note;
  member.responded_at = work.now;
  DURE_TRY(work.save(work.tx.panel_members(), member));
  DURE_TRY(
      tell(work, member, "panel-members", "panel_member.responded", "respond", state_detail(member.state)));
  return member;
}

base::Result<PanelMember> release_member(Work& work, const model::PanelMemberId& id,
                                         const model::ReleaseMember& command) {
  DURE_LET(member, load_row(work, work.tx.panel_members(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(state, evaluation::next(member.state, evaluation::MemberEvent::kRelease));
  DURE_LET(panel, work.tx.panels().get(member.panel_id));
  member.state = state;
  member.note = command.ground;
  DURE_TRY(work.save(work.tx.panel_members(), member));
  DURE_TRY(drop_reviews(work, member, panel.round_id, command.ground));
  DURE_TRY(
      tell(work, member, "panel-members", "panel_member.released", "release", state_detail(member.state)));
  return member;
}

base::Result<Panel> record_minutes(Work& work, const model::PanelId& id,
                                   const model::RecordMinutes& command) {
  DURE_LET(panel, work.tx.panels().find(id));
  if (!panel) return access::not_found();
  DURE_LET(round, work.tx.rounds().get(panel->round_id));
  DURE_TRY(require_recorder(work, round));
  DURE_TRY(work.expect(*panel));
  DURE_TRY(check_command(command));
  DURE_TRY(check_text("/text", command.text));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_LET(confirmed,
           work.tx.rankings().count(
               ports::Query{}.where("round_id", round.id).where("state", model::RankingState::kConfirmed)));
  if (confirmed > 0) return conflict(base::Reason("evaluation.minutes_final"));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  if (today_of(work, *pack) < command.held_on)
    return refused(
        "/held_on",
        base::Reason("evaluation.minutes_in_future").with("held_on", base::to_text(command.held_on)));
  DURE_LET(all, members_of(work, panel->id));
  DURE_TRY(check_signers(command, seated(std::move(all))));
  panel->minutes = model::PanelMinutes{command.text, command.held_on, command.signed_by,
                                       work.caller.subject.actor, work.now};
  DURE_TRY(work.save(work.tx.panels(), *panel));
  DURE_TRY(tell(work, *panel, "panels", "panel.minutes_recorded", "record_minutes"));
  return *panel;
}

}  // namespace dure::commands
