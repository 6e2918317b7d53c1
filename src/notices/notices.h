// Who is told what, by which channel: event -> messages (M1, M4, P13, G3, H1, L2, D5; S0 articles 10(2)1,
// 10(3)2, 10(5), 10(6)).
//
// The pack's rules say it (section notify); an event of any name that a rule names goes out. Where the pack
// has no rule for an event, known_events.h says who sees it on the console. Pure: people, addresses and texts
// are found by the caller (commands/notice_*), the loops send.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/notice.h"
#include "policy/duty_rules.h"

namespace dure::notices {

// One message to one kind of recipient: "applicant", "member", "leader", "developer", "user", "operator",
// "reviewer", "auditor", "supplier".
struct Message {
  std::string recipient;
  model::NoticeChannel channel = model::NoticeChannel::kConsole;
  std::string template_name;  // id of a text of the pack, or the event's own name
  bool operator==(const Message&) const = default;
};

// The messages for an event that happened: by the pack's rules that tell when it happens (a lead of 0 days),
// or, where the pack has no rule for it at all, by the defaults. Each once.
std::vector<Message> messages_for(std::string_view event, const policy::Notify& rules);

// The messages that are due today for something that will happen on the day `on`: those of rules of whose
// lead days one fell after `last_run` and by today. A loop that missed days sends once for all of them; after
// the day itself nothing is sent. A lead of 0 days is not told here but by messages_for().
std::vector<Message> messages_ahead(std::string_view event, const policy::Notify& rules, base::Date on,
                                    base::Date last_run, base::Date today);

// The messages for something that was said only now, and will happen on the day `on`, by rules whose lead
// days it came too late for: those that fell by `last_run`. Nothing once the day itself is over.
std::vector<Message> messages_late(std::string_view event, const policy::Notify& rules, base::Date on,
                                   base::Date last_run, base::Date today);

// The longest lead of any rule for the event, in days; 0 where none tells ahead.
std::int64_t longest_lead(std::string_view event, const policy::Notify& rules);

}  // namespace dure::notices
