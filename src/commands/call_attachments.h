// Forms that hang at the announcement of a call, as files (B12). Whoever may see the call may have them.
//
// As with the documents of an application the file is put away outside any transaction:
// check_call_attachment(), the file, attach_to_call(), which checks once more.
#pragma once

#include <string>
#include <vector>

#include "commands/work.h"
#include "model/outcome_requests.h"

namespace dure::commands {

struct NewCallAttachment {
  model::CallId call;
  std::string form;   // of the pack's call.attachments; any other word makes a paper of its own
  std::string title;  // "": the pack's
  std::string file_name;
  std::string media_type;  // by content, never by name
  base::Bytes size;
};

// A file under a form that has one replaces it: the new edition counts on, the old one stays as it was.
// Refuses (kInvalid) "call_attachment.form_malformed", "call_attachment.title_missing" where the pack has
// none, "document.type_refused" what no paper of the programme may be, "form.resident_number" in the name;
// (kTooLarge) "document.too_large"; (kConflict) "document.too_many", "call_attachment.call_over" {state}.
// Permission: calls.manage.
base::Result<NewCallAttachment> check_call_attachment(Work& work, NewCallAttachment wish,
                                                      const std::string& bytes);
base::Result<model::CallAttachment> attach_to_call(Work& work, const NewCallAttachment& wish,
                                                   const ports::StoredBlob& blob);

// The file is no longer given out, and goes. Refuses (kConflict) "call_attachment.withdrawn"; (kInvalid)
// "outcome.text_missing". Permission: calls.manage.
base::Result<model::CallAttachment> withdraw_call_attachment(Work& work, const model::CallAttachmentId& id,
                                                             const model::GiveGround& command);

struct CallAttachmentContent {
  model::CallAttachment document;
  std::string bytes;
};
// Not found once it was withdrawn. Permission: calls.read.
base::Result<CallAttachmentContent> open_call_attachment(World& world, const Caller& caller,
                                                         const model::CallAttachmentId& id);

// The edition of each form that counts, by form.
base::Result<std::vector<model::CallAttachment>> current_attachments(Work& work, const model::CallId& call);

}  // namespace dure::commands
