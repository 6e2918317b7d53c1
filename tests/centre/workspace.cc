#include "centre/workspace.h"

#include <gtest/gtest.h>

namespace dure::tests {

namespace json = boost::json;

json::object workspace(const Who& holder, const std::string& name, std::int64_t blocks) {
  const json::object spec{
      {"image", "localhost/dure/workspace:1"}, {"model", "a100-40gb"}, {"blocks", blocks}};
  return {{"allocation_id", holder.allocation}, {"kind", "workspace"}, {"name", name}, {"spec", spec}};
}

json::object observation(const std::string& replica, const std::string& kind, std::int64_t sequence,
                         std::int64_t boottime_us) {
  json::object row{{"boot_id", "boot-1"},        {"sequence", sequence},
                   {"replica_id", replica},      {"kind", kind},
                   {"boottime_us", boottime_us}, {"observed_at", "2026-09-01T00:00:00Z"}};
  if (kind == "ended") row["exit_code"] = 0;
  return row;
}

Started start_workspace(Centre& centre, const Who& holder, const std::string& name, std::int64_t blocks) {
  const auto made = centre.post("/api/v1/workloads", holder, workspace(holder, name, blocks));
  EXPECT_EQ(made.status, 201) << made.text_body;
  centre.turn_loops();
  Started started;
  started.id = made.text("workload/id");
  started.path = "/api/v1/workloads/" + started.id;
  started.replica = centre.get(started.path, holder).text("replicas/0/id");
  return started;
}

}  // namespace dure::tests
