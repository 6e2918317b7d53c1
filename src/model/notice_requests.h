// What the commands of notices take beside the nouns themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/notice.h"

namespace dure::model {

// One's own, as a whole.
struct SetNoticePreference {
  NoticeLanguage language = NoticeLanguage::kKo;
  std::vector<MutedNotice> muted;
  std::optional<std::int64_t> quiet_from;
  std::optional<std::int64_t> quiet_until;
  std::string email;
  std::string mobile;
};
DURE_VALUE_FIELDS(SetNoticePreference, field("language", &SetNoticePreference::language),
                  field("muted", &SetNoticePreference::muted),
                  field("quiet_from", &SetNoticePreference::quiet_from, Range{0, kLastMinuteOfDay}),
                  field("quiet_until", &SetNoticePreference::quiet_until, Range{0, kLastMinuteOfDay}),
                  field("email", &SetNoticePreference::email, Visibility::kPersonal),
                  field("mobile", &SetNoticePreference::mobile, Visibility::kPersonal));

struct SilenceNotices {
  std::optional<ProgrammeId> programme_id;
  std::string event;
  std::optional<NoticeChannel> channel;
  std::optional<base::Instant> starts_at;  // none: now
  base::Instant ends_at;
  std::string ground;
};
DURE_VALUE_FIELDS(SilenceNotices, field("programme_id", &SilenceNotices::programme_id),
                  field("event", &SilenceNotices::event), field("channel", &SilenceNotices::channel),
                  field("starts_at", &SilenceNotices::starts_at), field("ends_at", &SilenceNotices::ends_at),
                  field("ground", &SilenceNotices::ground));

// A message to the asker himself, or to what the channel leads to.
struct TestNotice {
  NoticeChannel channel = NoticeChannel::kMail;
};
DURE_VALUE_FIELDS(TestNotice, field("channel", &TestNotice::channel));

struct LoadNoticeText {
  ProgrammeId programme_id;
  std::string name;
  NoticeLanguage language = NoticeLanguage::kKo;
  std::string text;
};
DURE_VALUE_FIELDS(LoadNoticeText, field("programme_id", &LoadNoticeText::programme_id),
                  field("name", &LoadNoticeText::name), field("language", &LoadNoticeText::language),
                  field("text", &LoadNoticeText::text));

}  // namespace dure::model
