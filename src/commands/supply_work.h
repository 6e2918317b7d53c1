// What the commands of the supply side have in common: the pack whose section supply is on, permissions by
// programme, texts from outside, and what is told of a change.
#pragma once

#include <string>
#include <vector>

#include "commands/command_texts.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"

namespace dure::commands::supply_side {

// The row's programme, as what the permissions of the supply side are about.
inline access::Resource supply_resource(const model::ProgrammeId& programme) {
  return {.kind = access::ResourceKind::kSupply, .programme_id = programme.text};
}

// The programme's pack, for whoever holds the permission there. Refuses what authorize() refuses;
// access::not_found() where there is no such programme; (kConflict) "supply.section_off" where its pack does
// not speak of supply.
base::Result<PackPtr> supply_pack_for(Work& work, const model::ProgrammeId& programme,
                                      access::Permission permission);
// The same for who needs no value of the pack.
base::Status require_supply(Work& work, const model::ProgrammeId& programme, access::Permission permission);

// The row for a change by who holds the permission in its programme. Of nouns that everybody may read, too.
template <class Noun>
base::Result<Noun> load_supply_row(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                                   access::Permission permission = access::Permission::kSupplyManage) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(permission, supply_resource(found->programme_id)));
  DURE_TRY(work.expect(*found));
  return std::move(*found);
}

// The row that a command names in its body; "supply.no_such_row" {what, id} with the pointer where it is not
// there or is another programme's.
template <class Noun>
base::Result<Noun> named_supply_row(ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                                    const model::ProgrammeId& programme, const std::string& pointer) {
  DURE_LET(found, rows.find(id));
  if (!found || found->programme_id != programme)
    return refused(pointer,
                   base::Reason("supply.no_such_row").with("what", pointer.substr(1)).with("id", id.text));
  return std::move(*found);
}

// "supply.text_missing" {field} for the first that is empty.
base::Status check_supply_texts(const std::vector<std::pair<std::string, std::string>>& by_pointer);

// Event "<noun>.<event>" and audit entry "<collection>.<action>" of the row.
template <class Noun>
base::Status tell_supply(Work& work, const Noun& row, const std::string& collection, const std::string& event,
                         const std::string& action, const std::string& detail = "{}") {
  const std::string name = collection + "/" + row.id.text;
  DURE_TRY(work.publish(event, name, supply_resource(row.programme_id), detail));
  return work.audit(collection + "." + action, name, supply_resource(row.programme_id), detail);
}

}  // namespace dure::commands::supply_side
