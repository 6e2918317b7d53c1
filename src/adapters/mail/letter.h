// A message as a letter (RFC 5322, MIME): UTF-8 in Korean or English, one part of plain text.
//
// The Message-ID follows from the key, so that the same message is the same letter on every try. Nothing of a
// message can become a header of its own. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ports/messages.h"

namespace dure::mail {

// The whole letter with CRLF lines of at most 998 bytes.
std::string letter(const ports::OutgoingMessage& message, const ports::MailSettings& settings);

// "<key@domain of from>".
std::string message_id(std::string_view key, std::string_view from);

// "Tue, 01 Sep 2026 00:00:00 +0000".
std::string date_text(base::Instant instant);

// Unstructured text of a header: as it is where it is short printable ASCII, else as encoded words (RFC
// 2047), cut between characters. Control characters become blanks.
std::string header_text(std::string_view text);

}  // namespace dure::mail
