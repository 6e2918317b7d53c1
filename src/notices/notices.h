// Who is told what, by which channel: event -> messages (M1, M4, G3, H1, D5; S0 articles 10(2)1, 10(3)2,
// 10(5), 10(6)).
//
// Pure: people, addresses and texts are found by the caller; the notification loop sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "policy/duty_rules.h"

namespace dure::notices {

// One message to one kind of recipient: "applicant", "member", "leader", "operator".
struct Message {
  std::string recipient;
  std::string channel;        // "mail", "console", "webhook", "kakao", "slack": of model::Notification
  std::string template_name;  // id of a text of the pack, or the event's own name
  bool operator==(const Message&) const = default;
};

// Events that people are told about even where a pack has no rule for them; on the console only.
//   application.decided, application.returned     applicant
//   account.created, account.locked               member (and operator for locked)
//   password.expiring, account.idle               member
//   outage.ended, allocation.extended             member          (M1: afterwards)
//   allocation.ending, obligation.due, obligation.overdue   member
struct DefaultNotice {
  std::string_view event;
  std::string_view recipient;
};
const std::vector<DefaultNotice>& default_notices();

// The messages for an event that happened: by the pack's rules for it, else by the defaults. Each once.
std::vector<Message> messages_for(std::string_view event, const policy::Notify& rules);

// Whether notice of something that happens on `on` is given today: one of the rules' lead days has come.
// A loop that missed a day is right again the next: it asks for every day since it last ran.
bool lead_day(std::string_view event, const policy::Notify& rules, base::Date on, base::Date today);

}  // namespace dure::notices
