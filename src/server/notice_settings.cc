#include "server/notice_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "model/ranges.h"
#include "wire/json_impl.h"

namespace dure::server {

// As the file has it.
struct NoticeFile {
  std::optional<ports::MailSettings> mail;
  std::optional<ports::SlackSettings> slack;
  std::optional<ports::KakaoSettings> kakao;
  std::optional<ports::WebhookSettings> webhook;
  std::int64_t attempts = notices::Retries{}.attempts;
  std::int64_t first_pause_s = notices::Retries{}.first_pause.in_seconds();
  std::int64_t most_pause_s = notices::Retries{}.most_pause.in_seconds();
};

}  // namespace dure::server

namespace dure::model {
using ports::KakaoSettings;
using ports::MailSettings;
using ports::SlackSettings;
using ports::WebhookSettings;
using server::NoticeFile;
DURE_VALUE_FIELDS(MailSettings, field("server", &MailSettings::server), field("user", &MailSettings::user),
                  field("password", &MailSettings::password), field("from", &MailSettings::from),
                  field("from_name", &MailSettings::from_name), field("ca_file", &MailSettings::ca_file));
DURE_VALUE_FIELDS(SlackSettings, field("url", &SlackSettings::url),
                  field("ca_file", &SlackSettings::ca_file));
DURE_VALUE_FIELDS(KakaoSettings, field("url", &KakaoSettings::url), field("api_key", &KakaoSettings::api_key),
                  field("sender_key", &KakaoSettings::sender_key),
                  field("templates", &KakaoSettings::templates), field("ca_file", &KakaoSettings::ca_file));
DURE_VALUE_FIELDS(WebhookSettings, field("url", &WebhookSettings::url),
                  field("secret", &WebhookSettings::secret), field("ca_file", &WebhookSettings::ca_file));
DURE_VALUE_FIELDS(NoticeFile, field("mail", &NoticeFile::mail), field("slack", &NoticeFile::slack),
                  field("kakao", &NoticeFile::kakao), field("webhook", &NoticeFile::webhook),
                  field("attempts", &NoticeFile::attempts, Range{1, 100}),
                  field("first_pause_s", &NoticeFile::first_pause_s, Range{1, 86'400}),
                  field("most_pause_s", &NoticeFile::most_pause_s, Range{1, 86'400}));
}  // namespace dure::model

namespace dure::server {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;

base::Error unreadable(const std::string& file, const std::string& why) {
  return base::invalid(base::Reason("notice.settings_unreadable").with("file", file).with("why", why));
}

base::Result<std::string> read_to_end(int fd, const std::string& file) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto got = ::read(fd, piece.data(), piece.size());
    if (got < 0) return unreadable(file, std::strerror(errno));
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostBytes) return unreadable(file, "more than 64 KiB");
  }
}

base::Result<std::string> read_secret_file(int fd, const std::string& file) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return unreadable(file, std::strerror(errno));
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return base::invalid(base::Reason("notice.settings_open").with("file", file));
  return read_to_end(fd, file);
}

}  // namespace

base::Result<NoticeSettings> parse_notice_settings(const std::string& text) {
  DURE_LET(file, wire::read_json<NoticeFile>(text));
  DURE_TRY(model::check_ranges(file));
  NoticeSettings settings;
  settings.mail = file.mail;
  settings.slack = file.slack;
  settings.kakao = file.kakao;
  settings.webhook = file.webhook;
  settings.retries = {file.attempts, base::Span::seconds(file.first_pause_s),
                      base::Span::seconds(file.most_pause_s)};
  return settings;
}

base::Result<NoticeSettings> read_notice_settings(const std::string& file, bool needed) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT && !needed) return NoticeSettings{};
  if (fd < 0) return unreadable(file, std::strerror(errno));
  const auto text = read_secret_file(fd, file);
  ::close(fd);
  if (!text) return text.failure();
  return parse_notice_settings(*text);
}

}  // namespace dure::server
