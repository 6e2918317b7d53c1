#include "commands/documents.h"

#include <unordered_set>

#include "commands/applications.h"
#include "commands/reads.h"
#include "programme/eligibility.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

base::Status check_document_limits(Work& work, const model::Application& application,
                                   const NewDocument& wish) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application.programme_id));
  DURE_LET(attached, work.tx.documents().count(
                         ports::Query{}.where("application_id", application.id).where_null("erased_at")));
  return programme::check_document({wish.kind, wish.media_type, wish.size},
                                   static_cast<std::size_t>(attached), pack->documents);
}

base::Result<model::Document> readable_document(Work& work, const model::DocumentId& id,
                                                const std::string& ground) {
  DURE_LET(document, read_row(work, work.tx.documents(), id));
  if (document.erased_at) return access::not_found();
  DURE_LET(application, work.tx.applications().get(document.application_id));
  if (!ground.empty() || is_filer(work, application)) return document;  // one's own needs no ground (R1)
  DURE_LET(pack, work.world.policies.of_programme(work.tx, document.programme_id));
  if (!pack->privacy.download_reason_required) return document;
  return base::invalid(base::Reason("document.ground_missing"));
}

// The files that rows of the repository name.
template <class Noun>
base::Status add_known(World& world, ports::Repository<Noun>& (ports::Transaction::*rows)(),
                       std::unordered_set<std::string>& known) {
  auto query = ports::Query{}.where_null("erased_at").ordered("id").at_most(1000);
  do {
    DURE_LET(page, look<ports::Page<Noun>>(world, system_caller("keeper"),
                                           [&](Work& work) { return (work.tx.*rows)().list(query); }));
    for (const auto& each : page.rows) known.insert(each.blob);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
}

base::Result<std::unordered_set<std::string>> known_blobs(World& world) {
  std::unordered_set<std::string> known;
  DURE_TRY(add_known(world, &ports::Transaction::documents, known));
  DURE_TRY(add_known(world, &ports::Transaction::evidence_documents, known));
  DURE_TRY(add_known(world, &ports::Transaction::call_attachments, known));
  return known;
}

}  // namespace

base::Result<NewDocument> check_document(Work& work, const model::ApplicationId& id, const std::string& kind,
                                         const std::string& file_name, const std::string& bytes) {
  DURE_LET(application, editable_application(work, id));
  DURE_LET(media_type, work.world.file_types.media_type(bytes));
  NewDocument wish{id, kind, file_name, media_type, base::Bytes{static_cast<std::int64_t>(bytes.size())}};
  DURE_TRY(check_document_limits(work, application, wish));
  return wish;
}

base::Result<model::Document> attach_document(Work& work, const NewDocument& wish,
                                              const ports::StoredBlob& blob) {
  DURE_LET(application, editable_application(work, wish.application));
  DURE_TRY(check_document_limits(work, application, wish));
  model::Document document;
  work.stamp(document);
  document.programme_id = application.programme_id;
  document.application_id = application.id;
  document.kind = wish.kind;
  document.file_name = wish.file_name;
  document.media_type = wish.media_type;
  document.size = wish.size;
  document.sha256 = blob.sha256;
  document.blob = blob.name;
  document.blob_key = blob.wrapped_key;
  DURE_TRY(work.tx.documents().insert(document));
  DURE_TRY(work.audit("documents.attach", "documents/" + document.id.text, resource_of(application), "{}",
                      application_name(application.id)));
  return document;
}

base::Result<DocumentContent> open_document(World& world, const Caller& caller, const model::DocumentId& id,
                                            const std::string& ground) {
  DURE_LET(found, look<model::Document>(world, caller,
                                        [&](Work& work) { return readable_document(work, id, ground); }));
  DURE_LET(bytes, world.blobs.get(found.blob, found.blob_key));
  return run<DocumentContent>(world, caller, [&](Work& work) -> base::Result<DocumentContent> {
    DURE_LET(document, readable_document(work, id, ground));
    const std::string detail = ground.empty() ? "{}" : "{\"ground\":" + wire::json_text(ground) + "}";
    DURE_TRY(work.audit("documents.open", "documents/" + document.id.text, resource_of(document), detail,
                        application_name(document.application_id)));
    return DocumentContent{document, bytes};
  });
}

base::Status collect_blobs(World& world) {
  // The names first: a file that comes after them is younger than an hour.
  DURE_LET(known, known_blobs(world));
  return world.blobs.collect([&](const std::string& name) { return known.contains(name); },
                             world.clock.now());
}

}  // namespace dure::commands
