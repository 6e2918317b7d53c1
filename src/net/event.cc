#include <algorithm>

#include "net/push.h"

namespace dure::net {
namespace {

constexpr std::size_t kMaxLine = 1024 * 1024;

}  // namespace

std::string event_text(std::string_view id, std::string_view event, std::string_view data) {
  DURE_ASSERT(id.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  DURE_ASSERT(event.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  std::string out;
  if (!id.empty()) out.append("id: ").append(id).append("\n");
  if (!event.empty()) out.append("event: ").append(event).append("\n");
  while (true) {
    const std::size_t end = data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    data.remove_prefix(data.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
  return out.append("\n");
}

void EventReader::feed(std::string_view bytes, const std::function<void(Event)>& on_event) {
  for (const char c : bytes) {
    if (c == '\n' && after_cr_) {
      after_cr_ = false;
      continue;
    }
    after_cr_ = c == '\r';
    if (c == '\n' || c == '\r') {
      take_line(line_, on_event);
      line_.clear();
    } else if (line_.size() < kMaxLine) {
      line_ += c;
    }
  }
}

void EventReader::take_line(std::string_view line, const std::function<void(Event)>& on_event) {
  if (line.empty()) {
    if (has_data_) {
      if (event_.event.empty()) event_.event = "message";
      on_event(event_);
    }
    event_.event.clear();
    event_.data.clear();
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (name == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (name == "event") {
    event_.event = value;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    event_.id = value;
  }
}

}  // namespace dure::net
