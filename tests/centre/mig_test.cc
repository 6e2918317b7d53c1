// Cards in MIG mode, over the API: instances that are asked for are made, shared, given back, and waited for.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// A node with two A100 in MIG mode, and a user with so many blocks. The pool gives cards in blocks: 100 of
// them are an instance whole.
struct MigRoom {
  Centre centre;
  Who user;
  std::int64_t sequence = 0;

  explicit MigRoom(std::int64_t blocks = 200) : user(centre.admit("hong01", blocks)) { report(); }

  Reply report(const json::array& observations = {}) {
    json::array cards;
    for (int i = 0; i < 2; ++i)
      cards.push_back(json::object{{"id", "SIM-" + std::to_string(i)},
                                   {"index", i},
                                   {"model", "a100-40gb"},
                                   {"product", "simulated"},
                                   {"memory_bytes", 40LL << 30},
                                   {"simulated", true},
                                   {"mig", true}});
    return centre.report_node({{"cards", cards}, {"observations", observations}});
  }

  Reply ask(const std::string& profile, std::int64_t blocks = 100) {
    json::object spec{{"image", "localhost/dure/workspace:1"},
                      {"model", "a100-40gb-mig-" + profile},
                      {"blocks", blocks},
                      {"cpu_milli", 100},
                      {"memory_bytes", 64LL << 20}};
    return centre.post(
        "/api/v1/workloads", user,
        {{"allocation_id", user.allocation}, {"kind", "workspace"}, {"name", profile}, {"spec", spec}});
  }

  // Its workload, after a round of the loops.
  std::string start(const std::string& profile, std::int64_t blocks = 100) {
    const auto made = ask(profile, blocks);
    EXPECT_EQ(made.status, 201) << json::serialize(made.body);
    centre.turn_loops();
    return made.text("workload/id");
  }

  Reply view(const std::string& workload) {
    return centre.get("/api/v1/workloads/" + workload, centre.operators);
  }
  std::string state(const std::string& workload) { return view(workload).text("run/state"); }

  // What the node is told to run for it.
  json::object order(const std::string& workload) {
    const Reply orders = report();
    for (const auto& each : orders.body.at("replicas").as_array())
      if (each.at("workload_id").as_string() == workload) return each.as_object();
    ADD_FAILURE() << "no order for " << workload;
    return {};
  }
  json::object share(const std::string& workload) {
    const json::object found = order(workload);
    return found.empty() ? json::object{} : found.at("shares").at(0).as_object();
  }

  void end(const std::string& workload) {
    const std::string replica = view(workload).text("replicas/0/id");
    centre.post("/api/v1/workloads/" + workload + "/stop", user);
    centre.turn_loops();
    report({observation(replica, "started", ++sequence), observation(replica, "ended", ++sequence)});
    centre.turn_loops();
    EXPECT_EQ(state(workload), "ended");
  }

  std::int64_t available(const std::string& profile) {
    const Reply table = centre.get("/api/v1/resources", user);
    for (const auto& row : table.body.at("block_types").as_array())
      if (row.at("resource").as_string() == "a100-40gb-mig-" + profile + "-block")
        return row.at("available").as_int64();
    ADD_FAILURE() << json::serialize(table.body);
    return -1;
  }
};

TEST(Mig, P3_InstancesAreMadeForWhoAsksAndGoneWithTheirEnd) {
  MigRoom room;
  EXPECT_EQ(room.available("7g.40gb"), 200);
  const auto three = room.start("3g.20gb");
  const auto two = room.start("2g.10gb");
  const auto one = room.start("1g.5gb");
  const auto seven = room.start("7g.40gb");
  for (const auto& each : {three, two, one, seven}) EXPECT_EQ(room.state(each), "assigned");
  const auto share = room.share(three);
  EXPECT_EQ(share.at("mig_profile").as_string(), "3g.20gb");
  EXPECT_EQ(share.at("mig_start").as_int64(), 4);
  EXPECT_EQ(share.at("mig_milli_gpu").as_int64(), 1000);
  EXPECT_EQ(share.at("milli_gpu").as_int64(), 428);
  EXPECT_EQ(share.at("memory_bytes").as_int64(), 20LL << 30);
  EXPECT_EQ(room.share(two).at("card_id"), share.at("card_id")) << "beside the first";
  EXPECT_NE(room.share(seven).at("card_id"), share.at("card_id"));
  EXPECT_EQ(room.available("7g.40gb"), 0);
  EXPECT_EQ(room.available("3g.20gb"), 0);
  EXPECT_EQ(room.available("1g.5gb"), 100);
  room.end(seven);
  EXPECT_EQ(room.available("7g.40gb"), 100);
}

TEST(Mig, P3_BlocksInsideAnInstanceAreShared) {
  MigRoom room;
  const auto first = room.start("3g.20gb", 30);
  const auto second = room.start("3g.20gb", 70);
  EXPECT_EQ(room.share(first).at("mig_start"), room.share(second).at("mig_start"));
  EXPECT_EQ(room.share(first).at("card_id"), room.share(second).at("card_id"));
  EXPECT_EQ(room.share(second).at("mig_milli_gpu").as_int64(), 700);
  EXPECT_EQ(room.available("3g.20gb"), 300);
  room.end(first);
  EXPECT_EQ(room.available("3g.20gb"), 330) << "somebody is still in it";
  room.end(second);
  EXPECT_EQ(room.available("3g.20gb"), 400) << "it is gone with the last of them";
}

TEST(Mig, P2_AProfileThatTheModelDoesNotHaveIsRefusedForGood) {
  MigRoom room;
  const auto reply = room.ask("5g.25gb");
  EXPECT_EQ(reply.status, 422) << json::serialize(reply.body);
  EXPECT_EQ(reply.text("code"), "placement.unknown_model");
  EXPECT_NE(json::serialize(reply.body).find("a100-40gb-mig-3g.20gb"), std::string::npos);
}

TEST(Mig, P5_WhoFindsNoRoomIsToldWhatWouldFitNow) {
  MigRoom room(300);
  const auto a = room.start("7g.40gb");
  const auto b = room.start("3g.20gb");
  const auto c = room.start("2g.10gb");
  const auto waiting = room.start("4g.20gb");
  const Reply view = room.view(waiting);
  EXPECT_EQ(view.text("run/state"), "queued");
  EXPECT_EQ(view.text("run/waiting/code"), "placement.no_instance") << json::serialize(view.body);
  EXPECT_NE(json::serialize(view.body).find("1g.5gb, 1g.5gb+me, 1g.10gb, 2g.10gb"), std::string::npos)
      << "what would fit now: " << json::serialize(view.body);
  room.end(c);
  room.centre.turn_loops();
  EXPECT_EQ(room.state(waiting), "assigned");
  EXPECT_EQ(room.share(waiting).at("card_id"), room.share(b).at("card_id"));
  EXPECT_EQ(room.state(a), "assigned");
}

TEST(Mig, F14_AnInstanceCountsAsItsPartOfTheCard) {
  MigRoom room(100);
  EXPECT_EQ(room.state(room.start("3g.20gb")), "assigned");
  EXPECT_EQ(room.state(room.start("4g.20gb")), "assigned") << "428 and 571 of 1000 milli-GPU";
  const auto more = room.start("1g.5gb");
  EXPECT_EQ(room.view(more).text("run/waiting/code"), "queue.ceiling")
      << json::serialize(room.view(more).body);
}

}  // namespace
}  // namespace dure::tests
