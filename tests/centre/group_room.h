// A machine room in which groups of users may bind everything (G9), over the API.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>

#include "centre/group_layer.h"
#include "centre/taken.h"
#include "centre/tenant.h"
#include "centre/workspace.h"
#include "commands/nodes.h"

namespace dure::tests {

// Two users, each of a project of its own, and two nodes of two cards each. Groups may bind everything.
struct GroupRoom {
  Centre centre;
  Who hong, kim;
  std::string second_token;
  std::string n1, n2;
  std::int64_t boottime_us = 1'000'000;

  explicit GroupRoom(const std::string& layer = kGroupsBindAll, std::int64_t blocks = 400) {
    if (!layer.empty()) {
      const auto loaded = load_over(centre, layer);
      EXPECT_EQ(loaded.status, 201) << loaded.text_body;
    }
    hong = centre.admit("hong01", blocks);
    kim = centre.admit("kim01", blocks);
    centre.report_node();
    second_token = enrol("n2", "gpu-server").text("token");
    report_second();
    n1 = centre.get("/api/v1/nodes?name=n1", centre.operators).text("items/0/id");
    n2 = centre.get("/api/v1/nodes?name=n2", centre.operators).text("items/0/id");
  }
  Reply enrol(const std::string& name, const std::string& pool) {
    Who enrolment;
    enrolment.token = taken(commands::make_enrol_token(centre.world()));
    return centre.post("/node/v1/enrolment", enrolment, {{"name", name}, {"pool", pool}});
  }
  // Another image than the first node's, of a registry.
  Reply report_second(json::object more = {}) {
    json::array cards;
    for (int i = 0; i < 2; ++i)
      cards.push_back(json::object{{"id", "SIM-2" + std::to_string(i)},
                                   {"index", i},
                                   {"model", "a100-40gb"},
                                   {"product", "simulated"},
                                   {"memory_bytes", 40LL << 30},
                                   {"simulated", true}});
    json::array images;
    for (const char* each : {"localhost/dure/workspace:1", "registry.example.org/vision/torch:2"})
      images.push_back(json::object{{"reference", each},
                                    {"digest", std::string("sha256:") + each},
                                    {"services", json::array{"terminal"}}});
    more["boot_id"] = "boot-2";
    more["boottime_us"] = boottime_us += 1'000'000;
    more["reported_at"] = base::to_text(centre.clock.now());
    more["cpu_milli"] = 64'000;
    more["memory_bytes"] = 512LL << 30;
    more["cards"] = cards;
    more["images"] = images;
    Who node;
    node.token = second_token;
    auto reply = centre.post("/node/v1/report", node, more);
    EXPECT_EQ(reply.status, 200) << reply.text_body;
    return reply;
  }

  Reply make(const std::string& name, json::object binds = {}) {
    binds["programme_id"] = centre.programme;
    binds["name"] = name;
    return centre.post("/api/v1/groups", centre.operators, binds);
  }
  std::string group(const std::string& name, json::object binds = {}) {
    const auto made = make(name, std::move(binds));
    EXPECT_EQ(made.status, 201) << made.text_body;
    return made.text("id");
  }
  Reply join(const std::string& id, const Who& who) {
    return centre.post("/api/v1/groups/" + id + "/members", centre.operators, {{"account_id", who.account}});
  }
  Reply set(const std::string& id, json::object binds) {
    for (const char* list : {"node_ids", "namespaces", "registries"})
      if (!binds.contains(list)) binds[list] = json::array{};
    if (!binds.contains("storage_bytes")) binds["storage_bytes"] = 0;
    if (!binds.contains("ground")) binds["ground"] = "g";
    return centre.send("PUT", "/api/v1/groups/" + id, centre.operators.token, json::serialize(binds));
  }
  Reply leave(const Reply& member) {
    return centre.post("/api/v1/group-members/" + member.text("id") + "/remove", centre.operators,
                       {{"ground", "g"}});
  }
  // The workload of so many blocks, after the scheduler looked.
  Reply start(const Who& who, std::int64_t blocks = 50) {
    return centre.get(start_workspace(centre, who, "w", blocks).path, centre.operators);
  }
  Reply ask_image(const Who& who, const std::string& image) {
    auto body = workspace(who, "w", 10);
    body["spec"].as_object()["image"] = image;
    return centre.post("/api/v1/workloads", who, body);
  }
};

}  // namespace dure::tests
