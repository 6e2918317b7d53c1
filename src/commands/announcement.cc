#include "commands/announcement.h"

#include "commands/reads.h"
#include "programme/announcement.h"

namespace dure::commands {

base::Result<model::Announcement> announce_call(Work& work, const model::CallId& id) {
  DURE_LET(call, read_row(work, work.tx.calls(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  return programme::announce(*pack, call);
}

}  // namespace dure::commands
