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
