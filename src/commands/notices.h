// What people and operators do with notices: how one wants to be told, silences, the words of packs, trying a
// channel, reading and sending again (P13, M4).
//
// All of them refuse what access::authorize() refuses, numbers out of range, and texts with a resident number
// (invariant 16). Making messages is in notice_making.h, sending them in notice_sending.h.
#pragma once

#include "commands/work.h"
#include "model/notice_requests.h"

namespace dure::commands {

// The asker's own, made where he has none. (kConflict) "notice.no_account" for a token without one;
// (kInvalid) "notice.pattern" {event}, "notice.quiet_half", "notice.too_many_muted" {most},
// "notice.email_malformed", "notice.mobile_malformed".
base::Result<model::NoticePreference> set_notice_preference(Work& work,
                                                            const model::SetNoticePreference& command);

// The asker's own, with all of it; access::not_found() where he has none.
base::Result<model::NoticePreference> read_notice_preference(Work& work);

// (kInvalid) "notice.pattern" {event}, "notice.ends_before_it_starts", "notice.ground_missing"; as of a
// programme that is not there.
base::Result<model::NoticeSilence> silence_notices(Work& work, const model::SilenceNotices& command);
// Ends it now. (kConflict) "notice.silence_over" where it has ended.
base::Result<model::NoticeSilence> end_silence(Work& work, const model::NoticeSilenceId& id);

// A message to the asker, or to what the channel leads to; the loop sends it as any other.
base::Result<model::Notification> test_notice(Work& work, const model::TestNotice& command);

// (kInvalid) "notice.text_unknown" {name, language} where neither the pack in force nor the next one names
// it, "notice.text_differs" {name, language} where its hash is another. The same text again changes nothing.
base::Result<model::NoticeText> load_notice_text(Work& work, const model::LoadNoticeText& command);

// By its owner; once.
base::Result<model::Notification> mark_read(Work& work, const model::NotificationId& id);
// One that failed, that waits after a failure, or that nobody was told: it is sent now. (kConflict)
// "notice.not_failed" {state}; "notice.muted" {event} where its recipient still does not want it.
base::Result<model::Notification> resend_notification(Work& work, const model::NotificationId& id);

}  // namespace dure::commands
