// The notice settings of dured: which channels are set up, and how often they are tried. A JSON file that
// nobody but its owner may read, because the secrets of the channels stand in it (docs/notifications.md).
#pragma once

#include <optional>
#include <string>

#include "notices/retry.h"
#include "ports/messages.h"

namespace dure::server {

struct NoticeSettings {
  std::optional<ports::MailSettings> mail;
  std::optional<ports::SlackSettings> slack;
  std::optional<ports::KakaoSettings> kakao;
  std::optional<ports::WebhookSettings> webhook;
  notices::Retries retries;
};

// (kInvalid) "notice.settings_unreadable" {file, why}, "notice.settings_open" {file}, or what is wrong with
// the JSON, with its pointer. `needed`: without it a file that is not there means that nothing is set up.
base::Result<NoticeSettings> read_notice_settings(const std::string& file, bool needed);

// The same from the text of the file. Refuses, too, numbers out of range.
base::Result<NoticeSettings> parse_notice_settings(const std::string& text);

}  // namespace dure::server
