// A centre whose messages go out: a mail server and three servers that take JSON, the channels to them, and
// the two loops of notices, a round at a time.
#pragma once

#include <string>
#include <vector>

#include "centre/centre.h"
#include "notices/retry.h"
#include "ports/messages.h"
#include "support/hook_peer.h"
#include "support/smtp_peer.h"

namespace dure::tests {

// The regional centre's pack with another section notify: `rules` are lines of a YAML list of flow maps.
std::string notify_pack(const std::string& rules, const std::string& more = "");

struct Post {
  // What happened before has been told, and is not looked at.
  explicit Post(Centre& centre_in);

  // Numbers the events and makes their messages and those of the day.
  void make();
  // Sends what is due.
  void deliver();
  void turn() {
    make();
    deliver();
  }
  // Puts a pack of the programme in force; what is told of that itself is not looked at.
  void load(const std::string& pack);
  // The messages that the operator sees, by the query: "state=failed".
  std::vector<boost::json::object> list(const std::string& query = "");

  Centre& centre;
  SmtpPeer mail;
  HookPeer slack;
  HookPeer kakao;
  HookPeer hook;
  ports::MessageChannels channels;
  notices::Retries retries{3, base::Span::seconds(30), base::Span::hours(3)};
};

}  // namespace dure::tests
