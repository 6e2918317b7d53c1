// The channels that are a POST of JSON: Slack's incoming webhook, a Bizmessage gateway that carries
// KakaoTalk, and a webhook of the centre's own (P13).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ports/messages.h"

namespace dure::webhook {

using Channel = base::Result<std::unique_ptr<ports::MessageChannel>>;

// All refuse (kInvalid) "notice.settings_url" {url}, "notice.settings_missing" {field}.

// {"text": "*title*\ntext"}, with Slack's own signs escaped. Slack keeps no key: a message whose answer was
// lost stands there twice.
Channel open_slack(const ports::SlackSettings& settings);

// {"message_id", "sender_key", "template_code", "to", "title", "text"}, with the API key as a bearer token.
// KakaoTalk carries approved templates only: an event without one is refused ("notice.no_template").
Channel open_kakao(const ports::KakaoSettings& settings);

// {"id", "event", "resource", "title", "text", "at"}, with headers Dure-Id, Dure-Timestamp (seconds since
// 1970) and Dure-Signature: "v1=" and signature() in hex.
Channel open_webhook(const ports::WebhookSettings& settings);

// HMAC-SHA256 (RFC 2104, FIPS 180-4) of "<timestamp>.<body>" under the secret, in hex.
std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body);

}  // namespace dure::webhook
