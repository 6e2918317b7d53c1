#include "notices/silence.h"

#include <algorithm>

#include "calendar/quiet_hours.h"

namespace dure::notices {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '_' || each == '.';
  });
}

bool told_always(const std::vector<std::string>& always, std::string_view event) {
  return std::find(always.begin(), always.end(), event) != always.end();
}

// A channel that is not named means every one that leaves the centre.
bool names(const std::optional<model::NoticeChannel>& channel, model::NoticeChannel of) {
  return channel ? *channel == of : of != model::NoticeChannel::kConsole;
}

bool silences(const model::NoticeSilence& silence, const Candidate& message, base::Instant now) {
  return silence.starts_at <= now && now < silence.ends_at && covers(silence.event, message.event) &&
         names(silence.channel, message.channel) &&
         (!silence.programme_id || silence.programme_id->text == message.programme_id);
}

}  // namespace

bool covers(std::string_view pattern, std::string_view event) {
  if (pattern == event || pattern == "*") return true;
  return pattern.ends_with(".*") && event.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_pattern(std::string_view pattern) {
  if (pattern == "*") return true;
  return is_word(pattern.ends_with(".*") ? pattern.substr(0, pattern.size() - 2) : pattern);
}

std::optional<base::Reason> held_back(const Candidate& message, const std::vector<std::string>& always,
                                      const std::vector<model::NoticeSilence>& active,
                                      const model::NoticePreference* wish, base::Instant now) {
  if (told_always(always, message.event)) return std::nullopt;
  for (const auto& silence : active)
    if (silences(silence, message, now))
      return base::Reason("notice.silenced").with("silence", silence.id.text);
  if (wish == nullptr) return std::nullopt;
  for (const auto& muted : wish->muted)
    if (covers(muted.event, message.event) && names(muted.channel, message.channel))
      return base::Reason("notice.muted").with("event", muted.event);
  return std::nullopt;
}

base::Instant leaves_at(const Candidate& message, const std::vector<std::string>& always,
                        const model::NoticePreference* wish, const calendar::Zone& zone, base::Instant now) {
  if (wish == nullptr || !wish->quiet_from || !wish->quiet_until) return now;
  if (message.channel == model::NoticeChannel::kConsole || told_always(always, message.event)) return now;
  return calendar::after_quiet_hours(now, {*wish->quiet_from, *wish->quiet_until}, zone);
}

}  // namespace dure::notices
