// Mail by SMTP, through libcurl: TLS from the first byte (smtps) or by STARTTLS, which is demanded but for a
// server on this very machine; certificates are verified.
#pragma once

#include <memory>

#include "ports/messages.h"

namespace dure::mail {

// Refuses (kInvalid) "notice.settings_url" {url} for another scheme than smtp and smtps,
// "notice.settings_missing" {field}. No connection is made yet.
base::Result<std::unique_ptr<ports::MessageChannel>> open_mail(const ports::MailSettings& settings);

}  // namespace dure::mail
