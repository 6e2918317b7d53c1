// What holds a message back: an operator's silence, a person's wish, his quiet hours (P13).
//
// An event that the pack says is told always (notify.always) is held back by none of them. The console is
// held back only by a silence or a wish that names it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "model/notice.h"

namespace dure::notices {

// Whether "allocation.extended", "allocation.*" or "*" speaks of the event.
bool covers(std::string_view pattern, std::string_view event);
// Whether a text may stand as such a pattern.
bool is_pattern(std::string_view pattern);

struct Candidate {
  std::string event;
  std::string programme_id;  // "" where it belongs to none
  model::NoticeChannel channel = model::NoticeChannel::kConsole;
};

// Why nobody is told: "notice.silenced" {silence}, "notice.muted" {event}; none where somebody is. `wish`:
// of the recipient, where he has one.
std::optional<base::Reason> held_back(const Candidate& message, const std::vector<std::string>& always,
                                      const std::vector<model::NoticeSilence>& active,
                                      const model::NoticePreference* wish, base::Instant now);

// When it may leave the centre: now, or at the end of the person's quiet hours. Events told always, and the
// console, do not wait.
base::Instant leaves_at(const Candidate& message, const std::vector<std::string>& always,
                        const model::NoticePreference* wish, const calendar::Zone& zone, base::Instant now);

}  // namespace dure::notices
