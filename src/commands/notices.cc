#include "commands/notices.h"

#include <algorithm>
#include <vector>

#include "commands/command_texts.h"
#include "commands/notice_texts.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "notices/addresses.h"
#include "notices/silence.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

constexpr std::size_t kMostMuted = 100;

access::Resource notices_of(const std::string& programme) {
  return {.kind = access::ResourceKind::kNotification, .programme_id = programme};
}

base::Status check_pattern(const std::string& pointer, const std::string& event) {
  if (notices::is_pattern(event)) return {};
  return refused(pointer, base::Reason("notice.pattern").with("event", event));
}

base::Status check_preference(const model::SetNoticePreference& command) {
  DURE_TRY(check_command(command));
  if (command.muted.size() > kMostMuted)
    return refused("/muted", base::Reason("notice.too_many_muted").with("most", std::int64_t{kMostMuted}));
  for (std::size_t i = 0; i < command.muted.size(); ++i)
    DURE_TRY(check_pattern("/muted/" + std::to_string(i) + "/event", command.muted[i].event));
  if (command.quiet_from.has_value() != command.quiet_until.has_value())
    return refused(command.quiet_from ? "/quiet_until" : "/quiet_from", base::Reason("notice.quiet_half"));
  if (!command.email.empty() && !notices::is_mail_address(command.email))
    return refused("/email", base::Reason("notice.email_malformed"));
  if (!command.mobile.empty() && notices::dialled(command.mobile).empty())
    return refused("/mobile", base::Reason("notice.mobile_malformed"));
  return {};
}

void take_preference(model::NoticePreference& row, const model::SetNoticePreference& command) {
  row.language = command.language;
  row.muted = command.muted;
  row.quiet_from = command.quiet_from;
  row.quiet_until = command.quiet_until;
  row.email = command.email;
  row.mobile = command.mobile;
}

// The hashes that the pack in force and the one that comes after it name for the text.
base::Result<std::vector<std::string>> hashes_of_text(Work& work, const model::LoadNoticeText& command,
                                                      const model::Programme& programme) {
  std::vector<PackPtr> packs;
  DURE_LET(now, work.world.policies.of_programme(work.tx, command.programme_id));
  packs.push_back(now);
  if (programme.next_policy_version_id) {
    DURE_LET(next, work.world.policies.of_version(work.tx, *programme.next_policy_version_id));
    packs.push_back(next);
  }
  const auto language =
      command.language == model::NoticeLanguage::kKo ? policy::Language::kKorean : policy::Language::kEnglish;
  std::vector<std::string> hashes;
  for (const auto& pack : packs)
    for (const auto& file : pack->texts.files)
      if (file.id == command.name && file.language == language) hashes.push_back(file.sha256);
  if (!hashes.empty()) return hashes;
  return refused("/name", base::Reason("notice.text_unknown")
                              .with("name", command.name)
                              .with("language", std::string(model::to_text(command.language))));
}

// What the recipient has said since that he does not want is not sent over his head.
base::Status check_wanted(Work& work, const model::Notification& row) {
  if (!row.failure || row.failure->code != "notice.muted" || !row.account_id) return {};
  DURE_LET(wish, work.tx.notice_preferences().first(
                     ports::Query{}.where("account_id", *row.account_id).at_most(1)));
  const notices::Candidate message{row.event, "", row.channel};
  if (const auto why = notices::held_back(message, {}, {}, wish ? &*wish : nullptr, work.now))
    return conflict(*why);
  return {};
}

// Whether it was tried in vain, and waits for another try.
bool waits_after_failure(const model::Notification& row) {
  return row.state == model::NotificationState::kPending && row.failure.has_value();
}

}  // namespace

base::Result<model::NoticePreference> set_notice_preference(Work& work,
                                                            const model::SetNoticePreference& command) {
  const auto& account = work.caller.subject.account_id;
  access::Resource mine = notices_of("");
  mine.account_id = account.text;
  if (work.caller.subject.logged_in && account.empty()) return conflict(base::Reason("notice.no_account"));
  DURE_TRY(work.require(access::Permission::kNotificationPrefer, mine));
  DURE_TRY(check_preference(command));
  DURE_LET(found, work.tx.notice_preferences().first(ports::Query{}.where("account_id", account).at_most(1)));
  model::NoticePreference row = found.value_or(model::NoticePreference{});
  if (found) DURE_TRY(work.expect(row));
  take_preference(row, command);
  if (found) {
    DURE_TRY(work.save(work.tx.notice_preferences(), row));
  } else {
    work.stamp(row);
    row.account_id = account;
    DURE_TRY(work.tx.notice_preferences().insert(row));
  }
  DURE_TRY(work.audit("notice_preferences.set", "notice-preferences/" + row.id.text, mine, "{}",
                      "accounts/" + account.text));
  return row;
}

base::Result<model::NoticePreference> read_notice_preference(Work& work) {
  const auto& account = work.caller.subject.account_id;
  access::Resource mine = notices_of("");
  mine.account_id = account.text;
  DURE_TRY(work.require(access::Permission::kNotificationRead, mine));
  DURE_LET(found, work.tx.notice_preferences().first(ports::Query{}.where("account_id", account).at_most(1)));
  if (!found) return access::not_found();
  return *found;
}

base::Result<model::NoticeSilence> silence_notices(Work& work, const model::SilenceNotices& command) {
  const auto where = notices_of(command.programme_id ? command.programme_id->text : "");
  DURE_TRY(work.require(access::Permission::kNotificationManage, where));
  DURE_TRY(check_command(command));
  if (command.programme_id) {
    DURE_LET(programme, work.tx.programmes().find(*command.programme_id));
    if (!programme) return access::not_found();
  }
  DURE_TRY(check_pattern("/event", command.event));
  if (command.ground.empty()) return refused("/ground", base::Reason("notice.ground_missing"));
  model::NoticeSilence row;
  work.stamp(row);
  row.programme_id = command.programme_id;
  row.event = command.event;
  row.channel = command.channel;
  row.starts_at = command.starts_at.value_or(work.now);
  row.ends_at = command.ends_at;
  row.ground = command.ground;
  if (row.ends_at <= row.starts_at || row.ends_at <= work.now)
    return refused("/ends_at", base::Reason("notice.ends_before_it_starts"));
  DURE_TRY(work.tx.notice_silences().insert(row));
  DURE_TRY(work.audit("notice_silences.make", "notice-silences/" + row.id.text, where,
                      "{\"ground\":" + wire::json_text(row.ground) + "}"));
  return row;
}

base::Result<model::NoticeSilence> end_silence(Work& work, const model::NoticeSilenceId& id) {
  DURE_LET(row, load_for(work, work.tx.notice_silences(), id, access::Permission::kNotificationManage));
  if (row.ends_at <= work.now) return conflict(base::Reason("notice.silence_over"));
  row.ends_at = work.now;
  DURE_TRY(work.save(work.tx.notice_silences(), row));
  DURE_TRY(work.audit("notice_silences.end", "notice-silences/" + id.text, resource_of(row)));
  return row;
}

base::Result<model::Notification> test_notice(Work& work, const model::TestNotice& command) {
  DURE_TRY(work.require(access::Permission::kNotificationManage, notices_of("")));
  const auto& account = work.caller.subject.account_id;
  const bool to_all =
      command.channel == model::NoticeChannel::kSlack || command.channel == model::NoticeChannel::kWebhook;
  if (!to_all && account.empty()) return conflict(base::Reason("notice.no_account"));
  model::Notification row;
  work.stamp(row);
  row.source = "tests/" + row.id.text;
  row.event = "notice.test";
  row.resource = "notifications/" + row.id.text;
  row.channel = command.channel;
  row.recipient =
      to_all ? "channels/" + std::string(model::to_text(row.channel)) : "accounts/" + account.text;
  if (!to_all) row.account_id = account;
  row.template_name = row.event;
  if (!account.empty()) {
    DURE_LET(wish,
             work.tx.notice_preferences().first(ports::Query{}.where("account_id", account).at_most(1)));
    if (wish) row.language = wish->language;
  }
  write_words(row, catalogue_words(row.event, {}, row.language));
  DURE_TRY(keep_new(work, row));
  DURE_TRY(work.audit("notifications.test", row.resource, notices_of("")));
  return row;
}

base::Result<model::NoticeText> load_notice_text(Work& work, const model::LoadNoticeText& command) {
  const auto where = notices_of(command.programme_id.text);
  DURE_TRY(work.require(access::Permission::kNotificationManage, where));
  DURE_TRY(check_command(command));
  DURE_LET(programme, work.tx.programmes().find(command.programme_id));
  if (!programme) return access::not_found();
  DURE_LET(hashes, hashes_of_text(work, command, *programme));
  const auto sha256 = work.world.secrets.digest(command.text);
  if (std::find(hashes.begin(), hashes.end(), sha256) == hashes.end())
    return refused("/text", base::Reason("notice.text_differs")
                                .with("name", command.name)
                                .with("language", std::string(model::to_text(command.language))));
  DURE_LET(known, work.tx.notice_texts().first(ports::Query{}
                                                   .where("programme_id", command.programme_id)
                                                   .where("name", command.name)
                                                   .where("language", command.language)
                                                   .where("sha256", sha256)
                                                   .at_most(1)));
  if (known) return *known;
  model::NoticeText row;
  work.stamp(row);
  row.programme_id = command.programme_id;
  row.name = command.name;
  row.language = command.language;
  row.sha256 = sha256;
  row.text = command.text;
  DURE_TRY(work.tx.notice_texts().insert(row));
  DURE_TRY(work.audit("notice_texts.load", "notice-texts/" + row.id.text, where));
  return row;
}

base::Result<model::Notification> mark_read(Work& work, const model::NotificationId& id) {
  DURE_LET(row, load_for(work, work.tx.notifications(), id, access::Permission::kNotificationPrefer));
  if (row.read_at) return row;
  row.read_at = work.now;
  DURE_TRY(work.save(work.tx.notifications(), row));
  DURE_TRY(work.audit("notifications.read", "notifications/" + id.text, resource_of(row)));
  return row;
}

base::Result<model::Notification> resend_notification(Work& work, const model::NotificationId& id) {
  DURE_LET(row, load_for(work, work.tx.notifications(), id, access::Permission::kNotificationManage));
  if (row.state != model::NotificationState::kFailed && row.state != model::NotificationState::kSilenced &&
      !waits_after_failure(row))
    return conflict(base::Reason("notice.not_failed").with("state", std::string(model::to_text(row.state))));
  DURE_TRY(check_wanted(work, row));
  row.attempts = 0;
  row.failure.reset();
  row.claimed_at.reset();
  make_due(work, row, work.now);
  DURE_TRY(work.save(work.tx.notifications(), row));
  DURE_TRY(work.audit("notifications.resend", "notifications/" + id.text, resource_of(row)));
  return row;
}

}  // namespace dure::commands
