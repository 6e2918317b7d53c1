// Panels: who sits on them, who accepted, and what they put on record (E1).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number.
#pragma once

#include "commands/work.h"
#include "model/evaluation_requests.h"
#include "model/panel_requests.h"

namespace dure::commands {

// With as many seats as the pack says. Refuses (kConflict) "evaluation.without_panel" where the pack has
// none, "evaluation.panel_there" {id}. Permission: evaluation.manage.
base::Result<model::Panel> convene_panel(Work& work, const model::ConvenePanel& command);

// Another number of seats than the pack's ("about seven"), with its ground, before the evaluation has begun.
// Refuses (kConflict) "evaluation.panel_full" {size} where more are taken, "evaluation.round_state".
// Permission: evaluation.manage.
base::Result<model::Panel> resize_panel(Work& work, const model::PanelId& id,
                                        const model::ResizePanel& command);

// Of somebody who holds the role of a reviewer. Refuses (kConflict) "evaluation.panel_full" {size},
// "evaluation.chair_there", "evaluation.member_there" {id}; (kInvalid) "evaluation.not_a_reviewer" {account},
// "evaluation.text_missing". Permission: evaluation.manage.
base::Result<model::PanelMember> invite_member(Work& work, const model::PanelId& id,
                                               const model::InviteMember& command);

// By who was invited. Refuses (kNotAllowed) "evaluation.not_yours". Permission: reviews.write.
base::Result<model::PanelMember> respond_invitation(Work& work, const model::PanelMemberId& id,
                                                    const model::RespondInvitation& command);

// Takes the member's seat; reviews that he has not handed in are declined. Permission: evaluation.manage.
base::Result<model::PanelMember> release_member(Work& work, const model::PanelMemberId& id,
                                                const model::ReleaseMember& command);

// Until a ranking is confirmed. The chair signs, and whoever signs is a member who accepted. Refuses
// (kConflict) "evaluation.round_state", "evaluation.minutes_final"; (kInvalid) "evaluation.signer_unknown"
// {account}, "evaluation.minutes_in_future" {held_on}. Permission: evaluation.manage, or the chair.
base::Result<model::Panel> record_minutes(Work& work, const model::PanelId& id,
                                          const model::RecordMinutes& command);

}  // namespace dure::commands
