// What can be said of something that happened, as parameters of the texts: "{receipt}", "{end}", "{due_on}".
//
// Typed, without personal data: dates, figures, names of things, the login or receipt number by which the
// recipient knows himself. Which there are for which resource: docs/notifications.md.
#pragma once

#include <string>
#include <vector>

#include "commands/notice_happening.h"
#include "commands/notice_recipients.h"
#include "commands/policy_book.h"
#include "commands/work.h"

namespace dure::commands {

using NoticeFacts = std::vector<base::ReasonParameter>;

// Of the happening and its resource, and what its data says. `pack`: of its programme, none without one. A
// row that is not there any more adds nothing.
base::Result<NoticeFacts> facts_of(Work& work, const Happening& happening, const PackPtr& pack);

// Adds what differs from recipient to recipient: {name}, and of the allocation by which he was found. What
// the happening says itself stays: the end of a programme is not that of an allocation.
base::Status add_own_facts(Work& work, const NoticeRecipient& recipient, const PackPtr& pack,
                           NoticeFacts& facts);

// The same facts as the language says them: what has an English twin ("kind_en") takes its place.
NoticeFacts in_language(NoticeFacts facts, model::NoticeLanguage language);

}  // namespace dure::commands
