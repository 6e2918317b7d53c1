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
  std::int64_t lead = 0;      // of the lead days of its rule the one that it is told for; 0 when it happens
  bool operator==(const Message&) const = default;
};

// The messages for an event that happened: by the pack's rules that tell when it happens (a lead of 0 days),
// or, where the pack has no rule for it at all, by the defaults. Each once.
std::vector<Message> messages_for(std::string_view event, const policy::Notify& rules);

// The messages of something that will happen on the day `on`, by the rules that tell ahead: of each the lead
// day that today has come to last. They are told once for each of those days, whether it is today, or passed
// while the loop stood still, or had passed when the day was settled: a report owed in three days is told of
// by a rule of 14. Nothing after the day itself. A lead of 0 days is not told here but by messages_for().
std::vector<Message> messages_ahead(std::string_view event, const policy::Notify& rules, base::Date on,
                                    base::Date today);

// The longest lead of any rule for the event, in days; 0 where none tells ahead.
std::int64_t longest_lead(std::string_view event, const policy::Notify& rules);

}  // namespace dure::notices
