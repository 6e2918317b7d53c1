#include "commands/checkpoints.h"
#include "commands/workloads.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

Answer workload_answer(const Exchange& exchange, const model::WorkloadView& view, int status = 200) {
  return server::view_answer(exchange, wire::json_text(view), view.workload.version, status);
}

base::Result<Answer> create_workload(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateWorkload>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::create_workload(work, command));
    Answer answer = workload_answer(exchange, view, 201);
    answer.headers.push_back({"Location", "/api/v1/workloads/" + view.workload.id.text});
    return answer;
  });
}

base::Result<Answer> get_workload(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::view_workload(work, exchange.id<model::Workload>()));
    return workload_answer(exchange, view);
  });
}

base::Result<Answer> stop(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::stop_workload(work, exchange.id<model::Workload>()));
    return workload_answer(exchange, view);
  });
}

base::Result<Answer> start(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(view, commands::start_workload(work, exchange.id<model::Workload>()));
    return workload_answer(exchange, view);
  });
}

base::Result<Answer> delete_workload(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(workload, commands::delete_workload(work, exchange.id<model::Workload>()));
    return row_answer(workload);
  });
}

base::Result<Answer> enter(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::RequestAccess>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(granted, commands::grant_access(work, exchange.id<model::Workload>(), command));
    Answer answer = json_answer(wire::json_text(granted), 201);
    return answer;
  });
}

base::Result<Answer> checkpoint(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::RecordCheckpoint>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(run, commands::record_checkpoint(work, exchange.id<model::Run>(), command));
    return row_answer(run);
  });
}

}  // namespace

void add_workload_routes(Router& router, Api& api) {
  add_list<model::Workload>(router, api, "workloads", &ports::Transaction::workloads);
  add_route(router, api, "POST", "/api/v1/workloads", create_workload);
  add_route(router, api, "GET", "/api/v1/workloads/{id}", get_workload);
  add_route(router, api, "POST", "/api/v1/workloads/{id}/stop", stop);
  add_route(router, api, "POST", "/api/v1/workloads/{id}/start", start);
  add_route(router, api, "DELETE", "/api/v1/workloads/{id}", delete_workload);
  add_route(router, api, "POST", "/api/v1/workloads/{id}/access", enter);
  add_collection<model::Run>(router, api, "runs", &ports::Transaction::runs);
  add_route(router, api, "POST", "/api/v1/runs/{id}/checkpoint", checkpoint);
  add_collection<model::Replica>(router, api, "replicas", &ports::Transaction::replicas);
  add_collection<model::Share>(router, api, "shares", &ports::Transaction::shares);
  add_collection<model::ShareUse>(router, api, "share-uses", &ports::Transaction::share_uses);
  add_collection<model::ShareFinding>(router, api, "share-findings", &ports::Transaction::share_findings);
}

}  // namespace dure::server
