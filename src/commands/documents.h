// Documents of an application: attached, opened, and the files behind them cleared up.
//
// The file is written and read outside any transaction: encrypting and syncing 20 MB must not hold up whoever
// else wants to write. So an upload is three steps: check_document() in a reading transaction, the file, then
// attach_document() in a writing one, which checks once more. A file whose row never came is an orphan, which
// collect_blobs() takes away later.
#pragma once

#include <string>

#include "commands/work.h"

namespace dure::commands {

struct NewDocument {
  model::ApplicationId application;
  std::string kind;
  std::string file_name;
  std::string media_type;  // by content, never by name
  base::Bytes size;
};

// Whether it may be attached now: permission, state of the application, kind, type by content, size, number.
base::Result<NewDocument> check_document(Work& work, const model::ApplicationId& id, const std::string& kind,
                                         const std::string& file_name, const std::string& bytes);
// Its row. REQUIRES: `blob` holds the file.
base::Result<model::Document> attach_document(Work& work, const NewDocument& wish,
                                              const ports::StoredBlob& blob);

struct DocumentContent {
  model::Document document;
  std::string bytes;
};
// The bytes; the look is recorded before they are given, with its ground. Where the policy demands a ground
// (R3), everybody but the filer is refused without one: "document.ground_missing".
base::Result<DocumentContent> open_document(World& world, const Caller& caller, const model::DocumentId& id,
                                            const std::string& ground);

// Takes away files that no row names and that are older than an hour. For the keeper's loop.
base::Status collect_blobs(World& world);

}  // namespace dure::commands
