#include "commands/evidence.h"

#include <algorithm>

#include "commands/row_work.h"
#include "programme/eligibility.h"
#include "wire/resident_number.h"

namespace dure::commands {
namespace {

// The project for who may hand something in there.
base::Result<model::Project> project_for_evidence(Work& work, const model::ProjectId& id) {
  DURE_LET(project, work.tx.projects().find(id));
  if (!project) return access::not_found();
  access::Resource where = resource_of(*project);
  where.kind = access::ResourceKind::kObligation;
  DURE_TRY(work.require(access::Permission::kObligationSubmit, where));
  return std::move(*project);
}

bool listed(const policy::Documents& rules, const std::string& kind) {
  return std::any_of(rules.list.begin(), rules.list.end(),
                     [&](const auto& each) { return each.kind == kind; });
}

base::Status check_evidence_limits(Work& work, const model::Project& project, const NewEvidence& wish) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, project.programme_id));
  const auto& rules = pack->documents;
  DURE_LET(
      held,
      work.tx.evidence_documents().count(
          ports::Query{}.where("project_id", project.id).where("kind", wish.kind).where_null("erased_at")));
  if (listed(rules, wish.kind))
    return programme::check_document({wish.kind, wish.media_type, wish.size}, static_cast<std::size_t>(held),
                                     rules);
  // What the pack does not list shares one number, under whatever names it comes.
  DURE_LET(all, load_all(work.tx.evidence_documents(),
                         ports::Query{}.where("project_id", project.id).where_null("erased_at")));
  const auto unlisted =
      std::count_if(all.begin(), all.end(), [&](const auto& each) { return !listed(rules, each.kind); });
  if (unlisted >= rules.max_files)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("document.too_many").with("max_files", rules.max_files));
  if (wish.size.value > rules.max_bytes)
    return base::error(base::ErrorKind::kTooLarge, base::Reason("document.too_large")
                                                       .with("size_bytes", wish.size.value)
                                                       .with("max_bytes", rules.max_bytes));
  return {};
}

constexpr std::size_t kLongestGround = 500;  // bytes

// It is kept in the audit trail for good.
base::Status check_look_ground(const std::string& ground) {
  if (wire::has_resident_number(ground)) return refused("/ground", base::Reason("form.resident_number"));
  if (ground.size() > kLongestGround)
    return refused("/ground", base::Reason("document.ground_too_long")
                                  .with("max_bytes", static_cast<std::int64_t>(kLongestGround)));
  return {};
}

// Whether the caller works in the project himself: a look at his own needs no ground (R1).
bool of_the_project(const Work& work, const model::ProjectId& project) {
  const auto& grants = work.caller.subject.grants;
  return std::any_of(grants.begin(), grants.end(), [&](const auto& grant) {
    return grant.role == model::Role::kMember && grant.scope == model::ScopeKind::kProject &&
           grant.scope_id == project.text && (!grant.ends_at || work.now < *grant.ends_at);
  });
}

base::Result<model::EvidenceDocument> readable_evidence(Work& work, const model::EvidenceDocumentId& id,
                                                        const std::string& ground) {
  DURE_LET(document, read_row(work, work.tx.evidence_documents(), id));
  if (document.erased_at) return access::not_found();
  if (!ground.empty() || of_the_project(work, document.project_id)) return document;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, document.programme_id));
  if (!pack->privacy.download_reason_required) return document;
  return base::invalid(base::Reason("document.ground_missing"));
}

}  // namespace

base::Result<NewEvidence> check_evidence(Work& work, const model::ProjectId& id, const std::string& kind,
                                         const std::string& file_name, const std::string& bytes) {
  DURE_LET(project, project_for_evidence(work, id));
  DURE_TRY(work.expect(project));
  DURE_TRY(check_texts({{"/kind", kind}, {"/file_name", file_name}}));
  if (wire::has_resident_number(kind) || wire::has_resident_number(file_name))
    return refused("/file_name", base::Reason("form.resident_number"));
  DURE_LET(media_type, work.world.file_types.media_type(bytes));
  NewEvidence wish{id, kind, file_name, media_type, base::Bytes{static_cast<std::int64_t>(bytes.size())}};
  DURE_TRY(check_evidence_limits(work, project, wish));
  return wish;
}

base::Result<model::EvidenceDocument> attach_evidence(Work& work, const NewEvidence& wish,
                                                      const ports::StoredBlob& blob) {
  DURE_LET(project, project_for_evidence(work, wish.project));
  DURE_TRY(work.expect(project));
  DURE_TRY(check_evidence_limits(work, project, wish));
  model::EvidenceDocument document;
  work.stamp(document);
  document.programme_id = project.programme_id;
  document.project_id = project.id;
  document.kind = wish.kind;
  document.file_name = wish.file_name;
  document.media_type = wish.media_type;
  document.size = wish.size;
  document.sha256 = blob.sha256;
  document.blob = blob.name;
  document.blob_key = blob.wrapped_key;
  DURE_TRY(work.tx.evidence_documents().insert(document));
  DURE_TRY(work.audit("evidence-documents.attach", "evidence-documents/" + document.id.text,
                      resource_of(document), "{}", "projects/" + project.id.text));
  return document;
}

base::Result<EvidenceContent> open_evidence(World& world, const Caller& caller,
                                            const model::EvidenceDocumentId& id, const std::string& ground) {
  DURE_TRY(check_look_ground(ground));
  DURE_LET(found, look<model::EvidenceDocument>(
                      world, caller, [&](Work& work) { return readable_evidence(work, id, ground); }));
  DURE_LET(bytes, world.blobs.get(found.blob, found.blob_key));
  return run<EvidenceContent>(world, caller, [&](Work& work) -> base::Result<EvidenceContent> {
    DURE_LET(document, readable_evidence(work, id, ground));
    const std::string detail = ground.empty() ? "{}" : ground_detail(ground);
    DURE_TRY(work.audit("evidence-documents.open", "evidence-documents/" + document.id.text,
                        resource_of(document), detail, "projects/" + document.project_id.text));
    return EvidenceContent{document, bytes};
  });
}

base::Status check_evidence_ids(Work& work, const model::ProjectId& project,
                                const std::vector<std::string>& ids, const std::string& pointer) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    DURE_LET(found, work.tx.evidence_documents().find(model::EvidenceDocumentId(ids[i])));
    if (!found || found->project_id != project || found->erased_at)
      return refused(pointer + "/" + std::to_string(i),
                     base::Reason("outcome.no_such_row").with("what", pointer.substr(1)).with("id", ids[i]));
  }
  return {};
}

}  // namespace dure::commands
