#include "commands/announcement.h"

#include <algorithm>

#include "commands/call_attachments.h"
#include "commands/reads.h"
#include "programme/announcement.h"

namespace dure::commands {
namespace {

// B12: each form with its file; a file under a word that the pack does not list comes after them.
void hang_up(const model::CallAttachment& row, std::vector<model::AnnouncedAttachment>& attachments) {
  model::AnnouncedFile file{row.id.text, row.edition, row.file_name, row.media_type, row.size, row.sha256};
  const auto found = std::find_if(attachments.begin(), attachments.end(),
                                  [&](const auto& each) { return each.id == row.form; });
  if (found != attachments.end())
    found->file = std::move(file);
  else
    attachments.push_back({row.form, {row.title, ""}, std::move(file)});
}

}  // namespace

base::Result<model::Announcement> announce_call(Work& work, const model::CallId& id) {
  DURE_LET(call, read_row(work, work.tx.calls(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  auto told = programme::announce(*pack, call);
  DURE_LET(files, current_attachments(work, call.id));
  for (const auto& each : files) hang_up(each, told.attachments);
  return told;
}

}  // namespace dure::commands
