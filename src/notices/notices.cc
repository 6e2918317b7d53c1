#include "notices/notices.h"

#include <algorithm>

#include "calendar/deadline.h"

namespace dure::notices {
namespace {

std::string_view to_text(policy::Channel channel) {
  switch (channel) {
    case policy::Channel::kMail:
      return "mail";
    case policy::Channel::kConsole:
      return "console";
    case policy::Channel::kWebhook:
      return "webhook";
    case policy::Channel::kKakao:
      return "kakao";
    case policy::Channel::kSlack:
      return "slack";
  }
  return "";
}

void add(std::vector<Message>& messages, Message message) {
  if (std::find(messages.begin(), messages.end(), message) == messages.end())
    messages.push_back(std::move(message));
}

bool at_once(const policy::NoticeRule& rule) {
  return rule.lead_days.empty() ||
         std::find(rule.lead_days.begin(), rule.lead_days.end(), 0) != rule.lead_days.end();
}

void add_rule(const policy::NoticeRule& rule, std::vector<Message>& messages) {
  const auto text = rule.text.empty() ? rule.event : rule.text;
  for (const auto& recipient : rule.recipients)
    for (const auto channel : rule.channels) add(messages, {recipient, std::string(to_text(channel)), text});
}

bool has_rule(std::string_view event, const policy::Notify& rules) {
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [&](const auto& rule) { return rule.event == event; });
}

}  // namespace

const std::vector<DefaultNotice>& default_notices() {
  static const std::vector<DefaultNotice> all{
      {"application.decided", "applicant"}, {"account.opened", "member"},
      {"account.locked", "member"},         {"account.locked", "operator"},
      {"address.blocked", "operator"},      {"password.expiring", "member"},
      {"password.temporary", "member"},     {"allocation.idle", "member"},
      {"allocation.extended", "member"},    {"allocation.ending", "member"},
      {"outage.ended", "member"},           {"obligation.due", "member"},
      {"obligation.overdue", "member"},     {"obligation.overdue", "operator"},
      {"deletion.scheduled", "member"},
  };
  return all;
}

std::vector<Message> messages_for(std::string_view event, const policy::Notify& rules) {
  std::vector<Message> messages;
  for (const auto& rule : rules.rules)
    if (rule.event == event && at_once(rule)) add_rule(rule, messages);
  if (has_rule(event, rules)) return messages;
  for (const auto& notice : default_notices())
    if (notice.event == event) add(messages, {std::string(notice.recipient), "console", std::string(event)});
  return messages;
}

std::vector<Message> messages_ahead(std::string_view event, const policy::Notify& rules, base::Date on,
                                    base::Date last_run, base::Date today) {
  std::vector<Message> messages;
  for (const auto& rule : rules.rules) {
    if (rule.event != event) continue;
    const bool due = std::any_of(rule.lead_days.begin(), rule.lead_days.end(), [&](std::int64_t days) {
      const auto day = calendar::lead_day(on, days);
      return days > 0 && last_run < day && day <= today && today <= on;
    });
    if (due) add_rule(rule, messages);
  }
  return messages;
}

}  // namespace dure::notices
