#include "adapters/mail/mail_channel.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "adapters/mail/letter.h"

namespace dure::mail {
namespace {

constexpr long kConnectSeconds = 6;
constexpr long kWholeSeconds = 15;  // within ports::kSendLimit

struct Upload {
  std::string_view rest;
};

std::size_t read_upload(char* into, std::size_t size, std::size_t count, void* context) {
  auto& upload = *static_cast<Upload*>(context);
  const std::size_t taken = std::min(size * count, upload.rest.size());
  std::memcpy(into, upload.rest.data(), taken);
  upload.rest.remove_prefix(taken);
  return taken;
}

std::size_t drop_answer(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// The host of "smtp://host:587".
std::string host_of(const std::string& server) {
  auto host = server.substr(server.find("://") + 3);
  host = host.substr(0, host.find('/'));
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

base::Error away(const std::string& why) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("notice.peer_away").with("channel", "mail").with("why", why));
}

// What has been said to the peer; libcurl reports each command that it sends.
struct Dialogue {
  bool named_recipient = false;
};

int listen(CURL*, curl_infotype type, char* bytes, std::size_t size, void* context) {
  if (type == CURLINFO_HEADER_OUT && std::string_view(bytes, size).starts_with("RCPT TO"))
    static_cast<Dialogue*>(context)->named_recipient = true;
  return 0;
}

// What the peer's last answer means for a later try: 4xx may pass, and so may what it says before it heard
// whom the letter is for (the greeting, the log-in, the sender): that is our settings' or the peer's trouble
// and no message's. 5xx about a recipient or his letter does not.
base::Error answered(const Dialogue& dialogue, long status) {
  if (status >= 500 && dialogue.named_recipient)
    return base::invalid(
        base::Reason("notice.peer_refused").with("channel", "mail").with("status", std::int64_t{status}));
  return base::error(
      base::ErrorKind::kUnavailable,
      base::Reason("notice.peer_busy").with("channel", "mail").with("status", std::int64_t{status}));
}

class Mail : public ports::MessageChannel {
 public:
  explicit Mail(ports::MailSettings settings) : settings_(std::move(settings)) {}

  base::Status send(const ports::OutgoingMessage& message) override {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), &curl_easy_cleanup);
    if (!easy) return away("curl_easy_init");
    const std::string text = letter(message, settings_);
    Upload upload{text};
    curl_slist* recipients = curl_slist_append(nullptr, ("<" + message.email + ">").c_str());
    set_up(easy.get());
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, &read_upload);
    curl_easy_setopt(easy.get(), CURLOPT_READDATA, &upload);
    Dialogue dialogue;
    curl_easy_setopt(easy.get(), CURLOPT_DEBUGFUNCTION, &listen);
    curl_easy_setopt(easy.get(), CURLOPT_DEBUGDATA, &dialogue);
    curl_easy_setopt(easy.get(), CURLOPT_VERBOSE, 1L);
    const CURLcode code = curl_easy_perform(easy.get());
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(recipients);
    if (code == CURLE_OK) return {};
    return status >= 400 ? answered(dialogue, status) : away(curl_easy_strerror(code));
  }

 private:
  void set_up(CURL* easy) const {
    const bool demand_tls = !is_this_machine(host_of(settings_.server));
    curl_easy_setopt(easy, CURLOPT_URL, settings_.server.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, demand_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
    if (!settings_.user.empty()) {
      curl_easy_setopt(easy, CURLOPT_USERNAME, settings_.user.c_str());
      curl_easy_setopt(easy, CURLOPT_PASSWORD, settings_.password.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from_.c_str());
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &drop_answer);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, kWholeSeconds);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
  }

  const ports::MailSettings settings_;
  const std::string from_ = "<" + settings_.from + ">";
};

base::Error missing(const std::string& field) {
  return base::invalid(base::Reason("notice.settings_missing").with("field", "mail." + field));
}

}  // namespace

base::Result<std::unique_ptr<ports::MessageChannel>> open_mail(const ports::MailSettings& settings) {
  if (settings.server.empty()) return missing("server");
  if (settings.from.empty()) return missing("from");
  if (!settings.server.starts_with("smtp://") && !settings.server.starts_with("smtps://"))
    return base::invalid(base::Reason("notice.settings_url").with("url", settings.server));
  // Once, before any thread sends; again does no harm.
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return std::unique_ptr<ports::MessageChannel>(std::make_unique<Mail>(settings));
}

}  // namespace dure::mail
