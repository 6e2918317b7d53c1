// The API's routes, one function per resource; each adds its rows to the router. The contract is
// api/openapi.yaml.
#pragma once

#include "server/edge.h"

namespace dure::server {

class EventHub;

void add_access_routes(Router& router, Api& api);       // sessions, me, tokens, accounts, role grants
void add_programme_routes(Router& router, Api& api);    // programmes, policy, calls
void add_call_routes(Router& router, Api& api);         // announcements of calls
void add_application_routes(Router& router, Api& api);  // applications, documents, decisions
void add_award_routes(Router& router, Api& api);        // awards, projects, allocations, obligations, outages
void add_allocation_routes(Router& router,
                           Api& api);               // training, counter-offers, changes of allocations
void add_supply_routes(Router& router, Api& api);   // suppliers, agreements, batches, demand
void add_outcome_routes(Router& router, Api& api);  // evidence, outcomes, shares of data, surveys
void add_closure_routes(Router& router,
                        Api& api);  // deletion, holds, certificates; programmes and rules that end
void add_guidance_routes(Router& router, Api& api);  // determinations, desks, questions
void add_evaluation_routes(Router& router,
                           Api& api);  // rounds, panels, reviews, rankings, waiting list, appeals
void add_machine_routes(Router& router, Api& api);        // nodes, cards, images, volumes, resources
void add_maintenance_routes(Router& router, Api& api);    // maintenance windows, reservations
void add_workload_routes(Router& router, Api& api);       // workloads, runs, replicas, shares
void add_queue_routes(Router& router, Api& api);          // the queue
void add_quota_routes(Router& router, Api& api);          // quotas, their use, shares
void add_group_routes(Router& router, Api& api);          // groups of users and their members
void add_use_review_routes(Router& router, Api& api);     // criteria, reviews of use, utilisation
void add_sanction_routes(Router& router, Api& api);       // incidents, sanctions, restrictions
void add_consolidation_routes(Router& router, Api& api);  // moves that free whole cards
void add_usage_routes(Router& router, Api& api);          // ledger, usage, invoices, observations
void add_payment_routes(Router& router, Api& api);        // payments, credit notes
void add_audit_routes(Router& router, Api& api);          // audit entries and their proof
void add_notice_routes(Router& router, Api& api);         // messages, preferences, silences, texts
void add_event_routes(Router& router, Api& api, EventHub& hub);
void add_node_link_routes(Router& router, Api& api);     // dure-node's own
void add_gateway_link_routes(Router& router, Api& api);  // dure-gateway's own
void add_health_routes(Router& router, Api& api);

// All of them.
void add_all_routes(Router& router, Api& api, EventHub& hub);

}  // namespace dure::server
