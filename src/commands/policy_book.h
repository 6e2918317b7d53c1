// The policy packs in force, parsed once and shared. Thread-safe.
//
// A PolicyVersion row is immutable, so a pack that was parsed stays right for as long as the process lives.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "policy/pack.h"
#include "ports/store.h"

namespace dure::commands {

using PackPtr = std::shared_ptr<const policy::Pack>;

class PolicyBook {
 public:
  // The pack that is in force for the programme; kConflict "policy.none_in_force" where it has none.
  base::Result<PackPtr> of_programme(ports::Transaction& tx, const model::ProgrammeId& programme);
  // The pack that a decision made at `now` may cite: the one in force, unless its version, or support by the
  // programme, has ended by then, or it is not in force yet. Refuses (kConflict) "policy.version_ended"
  // {version, ends_on, event}, "policy.version_not_yet" {version, effective_from}, "programme.ended"
  // {programme, ends_on} (M3, M7, L2). What is owed under a version stays owed: reports and the like ask
  // of_programme().
  base::Result<PackPtr> to_decide(ports::Transaction& tx, const model::ProgrammeId& programme,
                                  base::Instant now);
  base::Result<PackPtr> of_version(ports::Transaction& tx, const model::PolicyVersionId& version);
  // The pack of a programme that a decision or an invoice names; kConflict "programme.no_policy" where there
  // is none.
  base::Result<PackPtr> of_hash(ports::Transaction& tx, const model::ProgrammeId& programme,
                                const std::string& hash);

 private:
  std::mutex mutex_;
  std::map<model::PolicyVersionId, PackPtr> packs_;  // guarded by mutex_
};

}  // namespace dure::commands
