// The events that the centre publishes, and who sees each on the console where a pack has no rule for it; or
// why nobody does. A test holds the list against the sources (tests/centre/notice_events_test.cc).
#pragma once

#include <string_view>
#include <vector>

namespace dure::notices {

struct KnownEvent {
  std::string_view type;  // "application.decided"
  std::vector<std::string_view> recipients;
  std::string_view silent;  // why nobody is told by default; "" where somebody is
};

const std::vector<KnownEvent>& known_events();
// nullptr where the centre itself publishes no such event: then only a pack's rule tells of it.
const KnownEvent* find_event(std::string_view type);

}  // namespace dure::notices
