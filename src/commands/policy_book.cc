#include "commands/policy_book.h"

#include "calendar/zone.h"
#include "programme/guideline.h"

namespace dure::commands {

base::Result<PackPtr> PolicyBook::of_programme(ports::Transaction& tx, const model::ProgrammeId& programme) {
  DURE_LET(row, tx.programmes().get(programme));
  if (!row.policy_version_id)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("programme.no_policy").with("programme", row.code));
  return of_version(tx, *row.policy_version_id);
}

base::Result<PackPtr> PolicyBook::of_hash(ports::Transaction& tx, const model::ProgrammeId& programme,
                                          const std::string& hash) {
  DURE_LET(row, tx.policy_versions().first(
                    ports::Query{}.where("hash", hash).where("programme_id", programme).at_most(1)));
  if (row) return of_version(tx, row->id);
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("programme.no_policy").with("programme", programme.text));
}

base::Result<PackPtr> PolicyBook::to_decide(ports::Transaction& tx, const model::ProgrammeId& programme,
                                            base::Instant now) {
  DURE_LET(pack, of_programme(tx, programme));
  DURE_LET(row, tx.programmes().get(programme));
  DURE_LET(version, tx.policy_versions().get(*row.policy_version_id));
  DURE_TRY(programme::may_cite(version, row, calendar::local_date(now, policy::zone_of(*pack))));
  return pack;
}

base::Result<PackPtr> PolicyBook::of_version(ports::Transaction& tx, const model::PolicyVersionId& version) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = packs_.find(version); found != packs_.end()) return found->second;
  }
  DURE_LET(row, tx.policy_versions().get(version));
  DURE_LET(pack, policy::restore(row.text));
  auto shared = std::make_shared<const policy::Pack>(std::move(pack));
  const std::lock_guard lock(mutex_);
  return packs_.emplace(version, std::move(shared)).first->second;
}

}  // namespace dure::commands
