// A form or a paper that hangs at the announcement of a call, as a file (B12).
#pragma once

#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// One edition of a form: a new file under the same `form` replaces the one before, which stays readable by
// its id. What was withdrawn has no file any more. Its bytes lie encrypted behind the blobs port.
struct CallAttachment {
  CallAttachmentId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  CallId call_id;
  std::string form;  // id of the pack's call.attachments, or another that the announcement lacks
  std::string title;
  std::int64_t edition = 1;
  std::string file_name;   // for people; never used as a path
  std::string media_type;  // found by content
  base::Bytes size;
  std::string sha256;
  std::string blob;
  std::string blob_key;
  std::optional<base::Instant> replaced_at;
  std::optional<base::Instant> erased_at;  // withdrawn
};
DURE_FIELDS(CallAttachment, "call_attachments", field("id", &CallAttachment::id),
            field("version", &CallAttachment::version), field("created_at", &CallAttachment::created_at),
            field("updated_at", &CallAttachment::updated_at),
            field("programme_id", &CallAttachment::programme_id), field("call_id", &CallAttachment::call_id),
            field("form", &CallAttachment::form), field("title", &CallAttachment::title),
            field("edition", &CallAttachment::edition), field("file_name", &CallAttachment::file_name),
            field("media_type", &CallAttachment::media_type), field("size_bytes", &CallAttachment::size),
            field("sha256", &CallAttachment::sha256),
            field("blob", &CallAttachment::blob, Visibility::kSecret),
            field("blob_key", &CallAttachment::blob_key, Visibility::kSecret),
            field("replaced_at", &CallAttachment::replaced_at),
            field("erased_at", &CallAttachment::erased_at));

}  // namespace dure::model
