#include "notices/notices.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "notices/known_events.h"

namespace dure::notices {
namespace {

model::NoticeChannel channel_of(policy::Channel channel) {
  switch (channel) {
    case policy::Channel::kMail:
      return model::NoticeChannel::kMail;
    case policy::Channel::kConsole:
      return model::NoticeChannel::kConsole;
    case policy::Channel::kWebhook:
      return model::NoticeChannel::kWebhook;
    case policy::Channel::kKakao:
      return model::NoticeChannel::kKakao;
    case policy::Channel::kSlack:
      return model::NoticeChannel::kSlack;
  }
  return model::NoticeChannel::kConsole;
}

void add(std::vector<Message>& messages, Message message) {
  if (std::find(messages.begin(), messages.end(), message) == messages.end())
    messages.push_back(std::move(message));
}

bool at_once(const policy::NoticeRule& rule) {
  return rule.lead_days.empty() ||
         std::find(rule.lead_days.begin(), rule.lead_days.end(), 0) != rule.lead_days.end();
}

void add_rule(const policy::NoticeRule& rule, std::int64_t lead, std::vector<Message>& messages) {
  const auto text = rule.text.empty() ? rule.event : rule.text;
  for (const auto& recipient : rule.recipients)
    for (const auto channel : rule.channels) add(messages, {recipient, channel_of(channel), text, lead});
}

bool has_rule(std::string_view event, const policy::Notify& rules) {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [&](const auto& rule) { return rule.event == event; });
}

}  // namespace

std::vector<Message> messages_for(std::string_view event, const policy::Notify& rules) {
  std::vector<Message> messages;
  for (const auto& rule : rules.rules)
    if (rule.event == event && at_once(rule)) add_rule(rule, 0, messages);
  if (has_rule(event, rules)) return messages;
  const KnownEvent* known = find_event(event);
  if (known == nullptr) return messages;
  for (const auto& recipient : known->recipients)
    add(messages, {std::string(recipient), model::NoticeChannel::kConsole, std::string(event)});
  return messages;
}

std::vector<Message> messages_ahead(std::string_view event, const policy::Notify& rules, base::Date on,
                                    base::Date today) {
  std::vector<Message> messages;
  if (on < today) return messages;
  for (const auto& rule : rules.rules) {
    if (rule.event != event) continue;
    std::int64_t last = 0;
    for (const auto days : rule.lead_days)
      if (days > 0 && calendar::lead_day(on, days) <= today && (last == 0 || days < last)) last = days;
    if (last > 0) add_rule(rule, last, messages);
  }
  return messages;
}

std::int64_t longest_lead(std::string_view event, const policy::Notify& rules) {
  std::int64_t longest = 0;
  for (const auto& rule : rules.rules)
    if (rule.event == event)
      for (const auto days : rule.lead_days) longest = std::max(longest, days);
  return longest;
}

}  // namespace dure::notices
