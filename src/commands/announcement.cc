#include "commands/announcement.h"

#include "commands/reads.h"
#include "programme/announcement.h"

namespace dure::commands {

base::Result<model::Announcement> announce_call(Work& work, const model::CallId& id) {
  DURE_LET(call, read_row(work, work.tx.calls(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  auto told = programme::announce(*pack);
  told.call_id = call.id;
  told.title = call.title;
  told.state = call.state;
  return told;
}

}  // namespace dure::commands
