#include "commands/deletion.h"
#include "commands/programme_end.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {

void add_closure_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::DeletionJob>(router, api, "deletion-jobs", &Tx::deletion_jobs);
  add_child(router, api, "deletion-jobs/{id}/hold", "retention-holds", commands::place_hold);
  add_change(router, api, "deletion-jobs", "cancel", commands::cancel_deletion);
  add_collection<model::RetentionHold>(router, api, "retention-holds", &Tx::retention_holds);
  add_change(router, api, "retention-holds", "release", commands::release_hold);
  add_collection<model::DeletionCertificate>(router, api, "deletion-certificates",
                                             &Tx::deletion_certificates);
  add_child(router, api, "accounts/{id}/offboard", "deletion-jobs", commands::offboard_account);
  add_change(router, api, "programmes", "end", commands::announce_end);
  add_change(router, api, "policy-versions", "end", commands::end_policy_version);
}

}  // namespace dure::server
