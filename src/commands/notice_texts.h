// The words of a message, and how it begins its way. For the other commands of notices.
#pragma once

#include <string>
#include <vector>

#include "base/reason.h"
#include "commands/work.h"
#include "model/notice.h"

namespace dure::commands {

struct NoticeWords {
  std::string title;  // one line
  std::string text;
};

// The catalogue's own ("told.<event>"), or, where it has none or a parameter of it is not among the facts,
// what happened to what ("told.something").
NoticeWords catalogue_words(const std::string& event, const std::vector<base::ReasonParameter>& facts,
                            model::NoticeLanguage language);

void write_words(model::Notification& row, NoticeWords words);

// What leaves the centre is sent by the loop, not before `at`; what does not is there at once.
void make_due(const Work& work, model::Notification& row, base::Instant at);

// make_due() now, and the row inserted.
base::Status keep_new(Work& work, model::Notification& row);

}  // namespace dure::commands
