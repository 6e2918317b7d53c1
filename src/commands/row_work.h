// What commands on rows have in common: refusals with a pointer, the programme's pack and day, and the event
// and audit entry of a row.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "calendar/zone.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "wire/json.h"

namespace dure::commands {

inline base::Error refused(const std::string& pointer, const base::Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}
inline base::Error conflict(const base::Reason& reason) {
  return base::error(base::ErrorKind::kConflict, reason);
}

// "outcome.text_missing" {field} for the first that is blank.
inline base::Status check_texts(const std::vector<std::pair<std::string, std::string>>& by_pointer) {
  for (const auto& [pointer, text] : by_pointer)
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
      return refused(pointer, base::Reason("outcome.text_missing").with("field", pointer.substr(1)));
  return {};
}

// Where something of the kind lies in a programme, before there is a row of it.
inline access::Resource in_programme(access::ResourceKind kind, const model::ProgrammeId& programme) {
  return {.kind = kind, .programme_id = programme.text};
}

// The programme's pack for who holds the permission there. Refuses what authorize() refuses;
// access::not_found() where there is no such programme.
inline base::Result<PackPtr> pack_for(Work& work, const model::ProgrammeId& programme,
                                      access::Permission permission) {
  DURE_LET(found, work.tx.programmes().find(programme));
  DURE_TRY(work.require(permission, in_programme(access::row(permission).kind, programme)));
  if (!found) return access::not_found();
  return work.world.policies.of_programme(work.tx, programme);
}

// The day in the programme's zone.
inline base::Date today_of(const Work& work, const policy::Pack& pack) {
  return calendar::local_date(work.now, policy::zone_of(pack));
}

// {"state":"…"}, for what changes state.
template <class State>
std::string state_detail(State state) {
  return "{\"state\":\"" + std::string(model::to_text(state)) + "\"}";
}
inline std::string ground_detail(const std::string& ground) {
  return "{\"ground\":" + wire::json_text(ground) + "}";
}

// Event `event` and audit entry "<collection>.<action>" of the row. A ground that a person gave goes into the
// audit alone: events hold no free text.
template <class Noun>
base::Status tell(Work& work, const Noun& row, const std::string& collection, const std::string& event,
                  const std::string& action, const std::string& detail = "{}",
                  const std::string& ground = "") {
  const std::string name = collection + "/" + row.id.text;
  DURE_TRY(work.publish(event, name, resource_of(row), detail));
  return work.audit(collection + "." + action, name, resource_of(row),
                    ground.empty() ? detail : ground_detail(ground));
}

}  // namespace dure::commands
