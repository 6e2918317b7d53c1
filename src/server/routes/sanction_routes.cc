#include "commands/incidents.h"
#include "commands/restrictions.h"
#include "commands/sanctions.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {

void add_sanction_routes(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::Incident>(router, api, "incidents", &Tx::incidents);
  add_make(router, api, "incidents", commands::report_incident);
  add_change(router, api, "incidents", "confirm", commands::confirm_incident);
  add_change(router, api, "incidents", "dismiss", commands::dismiss_incident);
  const std::string sanctions = "sanctions";
  add_collection<model::Sanction>(router, api, sanctions, &Tx::sanctions);
  add_make(router, api, sanctions, commands::report_sanction);
  add_step(router, api, sanctions, "investigate", commands::investigate_sanction);
  add_change(router, api, sanctions, "suspend", commands::suspend_for_sanction);
  add_change(router, api, sanctions, "notify", commands::notify_sanction);
  add_change(router, api, sanctions, "opinions", commands::give_sanction_opinion);
  add_change(router, api, sanctions, "deliberate", commands::deliberate_sanction);
  add_change(router, api, sanctions, "impose", commands::impose_sanction);
  add_change(router, api, sanctions, "dismiss", commands::dismiss_sanction);
  add_change(router, api, sanctions, "appeal", commands::appeal_sanction);
  add_change(router, api, sanctions, "decide-appeal", commands::decide_sanction_appeal);
  add_change(router, api, sanctions, "refer", commands::refer_sanction);
  add_collection<model::Restriction>(router, api, "restrictions", &Tx::restrictions);
  add_make(router, api, "restrictions", commands::record_restriction);
  add_change(router, api, "restrictions", "lift", commands::lift_restriction);
}

}  // namespace dure::server
