// Which deadlines follow from an event of the centre under a pack: what, by when, by which rule, and what
// happens when the day passes (B2, E11, F3, F5, G3, H1, I8, K2, K5, L1; governance 3.2 R12, R16 to R18).
//
// A pure function of pack, event and day; the days are the calendar's (calendar/deadline.h), here it is only
// said which rule of the pack asks for which. A rule that the pack does not have gives no deadline:
// unset_keys() names the keys that would.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"
#include "base/result.h"
#include "base/time.h"
#include "policy/pack.h"

namespace dure::programme {

// What happened, or will happen, on the day.
enum class CentreEvent {
  kCallClosing,        // a rolling call will close early on that day
  kCallClosed,         // the last day of intake
  kAwardMade,          // the applicant was told of the award
  kAgreementSigned,    // with a supplier; the term begins
  kAllocationStarted,  // first day of use
  kAllocationEnded,    // last day of use
  kOutcome,            // a paper, a patent, … came out
  kIdleSince,          // last log-in or use
  kNoticeGiven,        // the user was told of a measure about use
  kSanctionNoticed,    // the person was told of the facts and the intended measure
  kSanctionImposed,    // the measure takes effect at 0:00 of that day
  kInvoiceIssued,
  kPasswordChanged,
  kAccessRecorded,  // an entry of the record of access to personal data
  kRightChanged,    // a right to personal data was given, changed or taken
  kAccessReviewed,  // the records of access were last reviewed
  kQuarterBegun,    // any day of a calendar quarter
  kYearBegun,       // any day of a calendar year
  kProgrammeEnds,   // last day of the programme
};

struct EventInfo {
  CentreEvent event;
  std::string_view name;               // "call_closed"
  base::Reason title;                  // "deadline.event_…"
  std::vector<std::string_view> keys;  // of the pack, that it asks
};
const std::vector<EventInfo>& centre_events();
// Refuses (kInvalid) "deadline.event_unknown" {event, events}.
base::Result<CentreEvent> find_event(std::string_view name);

// kBy: the last day on which somebody may do it. kUntil: the last day of a time that runs by itself. kFrom:
// the first day on which something may or will be done.
enum class DeadlineSense { kBy, kUntil, kFrom };
std::string_view to_text(DeadlineSense sense);

// A day on which somebody is told beforehand, by the pack's rules of notice.
struct Reminder {
  base::Date on;
  std::string event;
  std::vector<std::string> recipients;
  std::string source;
};

struct Deadline {
  std::string id;  // "panel", "obligation.result_report", …: unique among those of one event
  DeadlineSense sense = DeadlineSense::kBy;
  base::Date day;
  std::string key;    // of the pack
  std::string value;  // as the pack has it: "2 weeks"
  std::string source;
  policy::Confidence confidence = policy::Confidence::kChosen;
  base::Reason what;
  std::vector<base::Reason> steps;
  base::Reason then;                // what follows when the day passes
  std::vector<Reminder> reminders;  // by day
};

// By their days, those of one day in the order of the rules. Refuses (kInvalid) a day that is not plannable.
base::Result<std::vector<Deadline>> deadlines_of(CentreEvent event, base::Date day, const policy::Pack& pack);

// Keys that the event asks and the pack leaves unset or at nothing.
std::vector<std::string> unset_keys(CentreEvent event, const policy::Pack& pack);

}  // namespace dure::programme
