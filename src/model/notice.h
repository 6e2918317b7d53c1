// Who is told what, by which channel, and what became of it (M4, P13, L2, D5, G3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// As policy::Channel. The console is the list of a person's own messages; the others leave the centre.
enum class NoticeChannel { kMail, kConsole, kWebhook, kKakao, kSlack };
DURE_ENUM(NoticeChannel, DURE_NAME(kMail, "mail"), DURE_NAME(kConsole, "console"),
          DURE_NAME(kWebhook, "webhook"), DURE_NAME(kKakao, "kakao"), DURE_NAME(kSlack, "slack"));

enum class NoticeLanguage { kKo, kEn };
DURE_ENUM(NoticeLanguage, DURE_NAME(kKo, "ko"), DURE_NAME(kEn, "en"));

// pending -> sending -> sent; sending -> pending after a failure that may pass, -> failed after one that does
// not, or after the last try; failed -> pending where an operator sends it again. Silenced: nobody was told,
// because a silence or the person's own wish said so.
enum class NotificationState { kPending, kSending, kSent, kFailed, kSilenced };
DURE_ENUM(NotificationState, DURE_NAME(kPending, "pending"), DURE_NAME(kSending, "sending"),
          DURE_NAME(kSent, "sent"), DURE_NAME(kFailed, "failed"), DURE_NAME(kSilenced, "silenced"));

// One message to one recipient by one channel: made from an event, sent once, retried, kept. Its id is the
// key by which a receiver may know it again.
struct Notification {
  NotificationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::optional<ProgrammeId> programme_id;
  std::optional<AccountId> account_id;  // whose it is, where the recipient has an account
  std::string source;     // "events/<id>"; "<type>/<resource>/<day>" for what is told ahead; one message each
  std::string event;      // type: "application.decided"
  std::string resource;   // "applications/<id>"
  std::string recipient;  // "accounts/<id>", "applications/<id>", "suppliers/<id>", "channels/<channel>"
  NoticeChannel channel = NoticeChannel::kConsole;
  std::string template_name;  // id of a text of the pack, or the event's type for the catalogue's own
  NoticeLanguage language = NoticeLanguage::kKo;
  std::string title;
  std::string text;  // no personal data
  NotificationState state = NotificationState::kPending;
  std::int64_t attempts = 0;
  std::optional<base::Instant> next_attempt_at;  // not before
  std::optional<base::Instant> claimed_at;       // while sending: since when
  std::optional<base::Instant> sent_at;
  std::optional<base::Instant> read_at;  // by its owner, on the console
  std::string email;                     // where the last try went
  std::string mobile;
  std::optional<base::Reason> failure;  // why it was not sent (yet), or why nobody was told
};
DURE_FIELDS(
    Notification, "notifications", field("id", &Notification::id), field("version", &Notification::version),
    field("created_at", &Notification::created_at), field("updated_at", &Notification::updated_at),
    field("programme_id", &Notification::programme_id), field("account_id", &Notification::account_id),
    field("source", &Notification::source), field("event", &Notification::event),
    field("resource", &Notification::resource), field("recipient", &Notification::recipient),
    field("channel", &Notification::channel), field("template", &Notification::template_name),
    field("language", &Notification::language), field("title", &Notification::title),
    field("text", &Notification::text), field("state", &Notification::state),
    field("attempts", &Notification::attempts), field("next_attempt_at", &Notification::next_attempt_at),
    field("claimed_at", &Notification::claimed_at), field("sent_at", &Notification::sent_at),
    field("read_at", &Notification::read_at), field("email", &Notification::email, Visibility::kPersonal),
    field("mobile", &Notification::mobile, Visibility::kPersonal), field("failure", &Notification::failure));

inline constexpr std::int64_t kLastMinuteOfDay = 24 * 60 - 1;

// What a person does not want to be told, by one channel or, where none is named, by none but the console.
struct MutedNotice {
  std::string event;  // "allocation.extended", "run.*" for all that begin so, "*" for all
  std::optional<NoticeChannel> channel;
};
DURE_VALUE_FIELDS(MutedNotice, field("event", &MutedNotice::event), field("channel", &MutedNotice::channel));

// How one account wants to be told. Events of the pack's notify.always are told all the same.
struct NoticePreference {
  NoticePreferenceId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  AccountId account_id;  // one each
  NoticeLanguage language = NoticeLanguage::kKo;
  std::vector<MutedNotice> muted;
  std::optional<std::int64_t> quiet_from;   // minute of the local day; what leaves the centre waits from then
  std::optional<std::int64_t> quiet_until;  // until then; both or neither
  std::string email;                        // "": the person's own, of the application
  std::string mobile;
};
DURE_FIELDS(NoticePreference, "notice_preferences", field("id", &NoticePreference::id),
            field("version", &NoticePreference::version), field("created_at", &NoticePreference::created_at),
            field("updated_at", &NoticePreference::updated_at),
            field("account_id", &NoticePreference::account_id),
            field("language", &NoticePreference::language), field("muted", &NoticePreference::muted),
            field("quiet_from", &NoticePreference::quiet_from, Range{0, kLastMinuteOfDay}),
            field("quiet_until", &NoticePreference::quiet_until, Range{0, kLastMinuteOfDay}),
            field("email", &NoticePreference::email, Visibility::kPersonal),
            field("mobile", &NoticePreference::mobile, Visibility::kPersonal));

// An operator's: what matches is kept as silenced, and nobody is told, from then until then (P13).
struct NoticeSilence {
  NoticeSilenceId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::optional<ProgrammeId> programme_id;  // none: of all, and of what belongs to none
  std::string event;                        // as MutedNotice's
  std::optional<NoticeChannel> channel;     // none: all but the console
  base::Instant starts_at;
  base::Instant ends_at;
  std::string ground;
};
DURE_FIELDS(NoticeSilence, "notice_silences", field("id", &NoticeSilence::id),
            field("version", &NoticeSilence::version), field("created_at", &NoticeSilence::created_at),
            field("updated_at", &NoticeSilence::updated_at),
            field("programme_id", &NoticeSilence::programme_id), field("event", &NoticeSilence::event),
            field("channel", &NoticeSilence::channel), field("starts_at", &NoticeSilence::starts_at),
            field("ends_at", &NoticeSilence::ends_at), field("ground", &NoticeSilence::ground));

// The words of a text that the pack of a programme names (texts.files), taken in where their hash is the
// pack's. Without it the catalogue's own words go out.
struct NoticeText {
  NoticeTextId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string name;  // id in texts.files: "notice_idle"
  NoticeLanguage language = NoticeLanguage::kKo;
  std::string sha256;
  std::string text;
};
DURE_FIELDS(NoticeText, "notice_texts", field("id", &NoticeText::id), field("version", &NoticeText::version),
            field("created_at", &NoticeText::created_at), field("updated_at", &NoticeText::updated_at),
            field("programme_id", &NoticeText::programme_id), field("name", &NoticeText::name),
            field("language", &NoticeText::language), field("sha256", &NoticeText::sha256),
            field("text", &NoticeText::text));

// How far the loops have come: of the events by their position, of what is done once a day by the day.
struct NoticeMark {
  NoticeMarkId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string name;  // "events"; "programmes/<id>"; "idle/<id>": looked for idle use (commands/idle_use.h)
  std::int64_t position = 0;
  std::optional<base::Date> day;
};
DURE_FIELDS(NoticeMark, "notice_marks", field("id", &NoticeMark::id), field("version", &NoticeMark::version),
            field("created_at", &NoticeMark::created_at), field("updated_at", &NoticeMark::updated_at),
            field("name", &NoticeMark::name), field("position", &NoticeMark::position),
            field("day", &NoticeMark::day));

}  // namespace dure::model
