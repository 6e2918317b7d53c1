// Files that show what is claimed: of reports, outcomes and shares of data. They belong to a project.
//
// As with the documents of an application the file is put away outside any transaction: check_evidence(), the
// file, attach_evidence(), which checks once more.
#pragma once

#include <string>
#include <vector>

#include "commands/work.h"

namespace dure::commands {

struct NewEvidence {
  model::ProjectId project;
  std::string kind;
  std::string file_name;
  std::string media_type;  // by content, never by name
  base::Bytes size;
};

// Permission: obligations.submit in the project. Refuses (kInvalid) "outcome.text_missing",
// "document.type_refused" where the pack lists the kind, "form.resident_number" in the name; (kTooLarge)
// "document.too_large"; (kConflict) "document.too_many" of one kind, or of all that the pack does not list.
base::Result<NewEvidence> check_evidence(Work& work, const model::ProjectId& id, const std::string& kind,
                                         const std::string& file_name, const std::string& bytes);
base::Result<model::EvidenceDocument> attach_evidence(Work& work, const NewEvidence& wish,
                                                      const ports::StoredBlob& blob);

struct EvidenceContent {
  model::EvidenceDocument document;
  std::string bytes;
};
// The bytes; the look is recorded before they are given. Who is not of the project gives a ground where the
// policy demands one (R3): "document.ground_missing"; "document.ground_too_long", "form.resident_number" in
// it.
base::Result<EvidenceContent> open_evidence(World& world, const Caller& caller,
                                            const model::EvidenceDocumentId& id, const std::string& ground);

// Whether each is evidence of the project and still there; "outcome.no_such_row" {what, id} with its pointer.
base::Status check_evidence_ids(Work& work, const model::ProjectId& project,
                                const std::vector<std::string>& ids, const std::string& pointer);

}  // namespace dure::commands
