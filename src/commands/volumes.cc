#include "commands/volumes.h"

namespace dure::commands {

base::Status ensure_home(Work& work, const model::Allocation& allocation, const model::AccountId& account) {
  DURE_LET(
      found,
      work.tx.volumes().first(
          ports::Query{}.where("project_id", allocation.project_id).where("account_id", account).at_most(1)));
  if (found) {
    if (found->quota >= allocation.limit.storage) return {};
    found->quota = allocation.limit.storage;
    return work.save(work.tx.volumes(), *found);
  }
  model::Volume volume;
  work.stamp(volume);
  volume.programme_id = allocation.programme_id;
  volume.project_id = allocation.project_id;
  volume.account_id = account;
  volume.name = "home";
  volume.quota = allocation.limit.storage;
  return work.tx.volumes().insert(volume);
}

}  // namespace dure::commands
