#include "commands/supply_work.h"

namespace dure::commands::supply_side {

base::Result<PackPtr> supply_pack_for(Work& work, const model::ProgrammeId& programme,
                                      access::Permission permission) {
  DURE_LET(found, work.tx.programmes().find(programme));
  DURE_TRY(work.require(permission, supply_resource(programme)));
  if (!found) return access::not_found();
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  if (!pack->on(policy::Section::kSupply))
    return conflict(base::Reason("supply.section_off").with("programme", found->code));
  return pack;
}

base::Status require_supply(Work& work, const model::ProgrammeId& programme, access::Permission permission) {
  DURE_TRY(supply_pack_for(work, programme, permission));
  return {};
}

base::Status check_supply_texts(const std::vector<std::pair<std::string, std::string>>& by_pointer) {
  for (const auto& [pointer, text] : by_pointer)
    if (text.empty())
      return refused(pointer, base::Reason("supply.text_missing").with("field", pointer.substr(1)));
  return {};
}

}  // namespace dure::commands::supply_side
