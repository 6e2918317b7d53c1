// Channels by which messages leave the centre (M4, P13): mail, Slack, KakaoTalk through a Bizmessage gateway,
// a webhook of the centre's own.
//
// A channel sends one message and says what became of it. The same message may come twice, under the same
// key, where the first answer was lost; where the receiver can tell by the key, he does. Thread-safe. Blocks,
// at most kSendLimit.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "model/notice.h"

namespace dure::ports {

// Longer than any channel may take: after it a message that was begun and never finished is taken up again.
inline constexpr base::Span kSendLimit = base::Span::seconds(20);

struct OutgoingMessage {
  std::string key;       // the same for every try
  std::string event;     // "application.decided"
  std::string resource;  // "applications/<id>"
  std::string title;     // one line
  std::string text;
  std::string email;   // the recipient's, where the channel needs it
  std::string mobile;  // digits, with a leading "+" or without
  base::Instant at;    // of the try
};

class MessageChannel {
 public:
  virtual ~MessageChannel() = default;
  // Ends well where the peer took the message. kUnavailable: a later try may succeed, "notice.peer_away"
  // {channel, why}, "notice.peer_busy" {channel, status}. Any other kind: the same message would be refused
  // again, "notice.peer_refused" {channel, status}, "notice.redirected" {channel}, "notice.no_template"
  // {event}.
  virtual base::Status send(const OutgoingMessage& message) = 0;
};

// Those that are set up.
using MessageChannels = std::map<model::NoticeChannel, std::unique_ptr<MessageChannel>>;

// What the operator sets of each, in the notice settings of dured (docs/notifications.md). Secrets stand in
// that file alone.
struct MailSettings {
  std::string server;  // "smtps://mail.example.kr", "smtp://mail.example.kr:587" (STARTTLS is demanded)
  std::string user;    // "": no log-in
  std::string password;
  std::string from;  // "noreply@centre.kr"
  std::string from_name;
  std::string ca_file;  // authorities that are trusted; "": the system's
};
struct SlackSettings {
  std::string url;  // of an incoming webhook
  std::string ca_file;
};
struct KakaoSettings {
  std::string url;  // of the gateway
  std::string api_key;
  std::string sender_key;
  std::map<std::string, std::string> templates;  // event, or "*" for all others -> approved template code
  std::string ca_file;
};
struct WebhookSettings {
  std::string url;
  std::string secret;  // with which each message is signed
  std::string ca_file;
};

}  // namespace dure::ports
