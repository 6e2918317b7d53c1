// What dure-gateway asks of dured: who of those that it let in may no longer be.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"
#include "commands/entry_check.h"
#include "wire/json.h"
#include "wire/ticket.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string pass_for(Centre& centre, const std::string& purpose) {
  model::AccessTicket pass;
  pass.purpose = purpose;
  pass.expires_at = centre.clock.now() + base::Span::minutes(1);
  return wire::encode_ticket(pass, [&](std::string_view text) { return centre.world().tickets.sign(text); });
}

std::string start_workload(Centre& centre, const Who& user) {
  return centre.post("/api/v1/workloads", user, workspace(user, "w", 10)).text("workload/id");
}

json::object ticket(const Who& user, const std::string& workload) {
  return {{"purpose", "terminal"}, {"workload_id", workload},    {"replica_id", workload},
          {"node_id", workload},   {"account_id", user.account}, {"expires_at", "2026-09-01T00:05:00Z"}};
}

Reply ask(Centre& centre, const std::string& pass, const json::array& tickets) {
  return centre.post("/gateway/v1/entries", {}, {{"pass", pass}, {"tickets", tickets}});
}

TEST(EntryCheck, P17_EndsWithLockSuspensionAndTheWorkloadAndAStrangerNeverWasIn) {
  Centre centre;
  const Who stays = centre.admit("hong01");
  const Who suspended = centre.admit("kim01");
  const Who locked = centre.admit("park01");
  centre.report_node();
  const auto his = start_workload(centre, stays);
  json::array tickets;
  tickets.push_back(ticket(stays, his));
  tickets.push_back(ticket(suspended, start_workload(centre, suspended)));
  tickets.push_back(ticket(locked, start_workload(centre, locked)));
  tickets.push_back(ticket(suspended, his));  // another's
  const auto before = ask(centre, pass_for(centre, "gateway"), tickets);
  ASSERT_EQ(before.status, 200) << json::serialize(before.body);
  EXPECT_EQ(before.body.at("ended"), (json::array{3}));
  centre.post("/api/v1/accounts/" + suspended.account + "/suspend", centre.operators, {{"ground", "mining"}});
  for (int i = 0; i < 5; ++i)
    centre.post("/api/v1/sessions", {}, {{"login", "park01"}, {"password", "Wrong7!stone_K9"}});
  EXPECT_EQ(ask(centre, pass_for(centre, "gateway"), tickets).body.at("ended"), (json::array{1, 2, 3}));
}

TEST(EntryCheck, P17_OnlyTheGatewaysOwnPassIsAnswered) {
  Centre centre;
  EXPECT_EQ(ask(centre, "", {}).status, 401);
  EXPECT_EQ(ask(centre, "e30.00", {}).status, 401);
  EXPECT_EQ(ask(centre, pass_for(centre, "node"), {}).status, 403) << "a node's pass is not the gateway's";
  const auto stale = pass_for(centre, "gateway");
  centre.clock.advance(base::Span::minutes(1));
  EXPECT_EQ(ask(centre, stale, {}).status, 401);
}

}  // namespace
}  // namespace dure::tests
