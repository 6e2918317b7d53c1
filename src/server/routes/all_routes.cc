#include "server/routes/routes.h"

namespace dure::server {

void add_all_routes(Router& router, Api& api, EventHub& hub) {
  add_health_routes(router, api);
  add_access_routes(router, api);
  add_programme_routes(router, api);
  add_call_routes(router, api);
  add_application_routes(router, api);
  add_award_routes(router, api);
  add_allocation_routes(router, api);
  add_supply_routes(router, api);
  add_outcome_routes(router, api);
  add_closure_routes(router, api);
  add_guidance_routes(router, api);
  add_use_review_routes(router, api);
  add_sanction_routes(router, api);
  add_evaluation_routes(router, api);
  add_machine_routes(router, api);
  add_maintenance_routes(router, api);
  add_workload_routes(router, api);
  add_queue_routes(router, api);
  add_quota_routes(router, api);
  add_group_routes(router, api);
  add_consolidation_routes(router, api);
  add_usage_routes(router, api);
  add_payment_routes(router, api);
  add_audit_routes(router, api);
  add_notice_routes(router, api);
  add_event_routes(router, api, hub);
  add_node_link_routes(router, api);
  add_gateway_link_routes(router, api);
}

}  // namespace dure::server
