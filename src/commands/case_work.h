// What the commands about use, misuse and sanctions have in common: refusals, the day, and what is told of a
// change.
#pragma once

#include <string>

#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "wire/json.h"

namespace dure::commands::case_work {

inline base::Error refused(const std::string& pointer, const base::Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}
inline base::Error conflict(base::Reason reason) {
  return base::error(base::ErrorKind::kConflict, std::move(reason));
}

inline base::Date today_of(const Work& work, const policy::Pack& pack) {
  return calendar::local_date(work.now, policy::zone_of(pack));
}

// Event "<event>" and audit entry "<collection>.<action>" of the row, for whoever may see the row.
template <class Noun>
base::Status tell(Work& work, const Noun& row, const std::string& collection, const std::string& event,
                  const std::string& action, const std::string& detail = "{}") {
  const std::string name = collection + "/" + row.id.text;
  DURE_TRY(work.publish(event, name, resource_of(row), detail));
  return work.audit(collection + "." + action, name, resource_of(row), detail);
}

// {"state":"…"}
template <class State>
std::string state_detail(State state) {
  return "{\"state\":\"" + std::string(model::to_text(state)) + "\"}";
}

}  // namespace dure::commands::case_work
