// If-Match on every write of a row: in the command's own transaction, and never passed over in silence.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <set>

#include "centre/evaluation_cast.h"
#include "centre/group_layer.h"
#include "centre/supply_cast.h"
#include "centre/tenant.h"
#include "centre/writes.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// Of the supply side: a batch in service, and a row of each other collection that has steps.
std::vector<Write> supply_writes(Cast& cast) {
  Procurement plan(cast);
  const Who* office = &cast.centre.operators;
  const auto agreement = plan.agreement_of(1);
  const auto batch = plan.post("/api/v1/capacity-batches", plan.batch(agreement, 1)).text("id");
  plan.build(batch, "2026-09-01");
  plan.stage(batch, "users", "2026-09-01", {{"quantity", 1}});
  const auto& programme = cast.centre.programme;
  const auto survey =
      plan.post("/api/v1/demand-surveys", {{"programme_id", programme}, {"title", "t"}}).text("id");
  const auto kept = plan.post("/api/v1/beneficiary-reservations", {{"programme_id", programme},
                                                                   {"beneficiary", "b"},
                                                                   {"decided_by", "d"},
                                                                   {"pool", "gpu-server"},
                                                                   {"gpus", 1},
                                                                   {"starts_on", "2026-10-01"},
                                                                   {"ends_on", "2026-12-31"},
                                                                   {"ground", "g"}})
                        .text("id");
  const auto call = first_id(cast, "/api/v1/supplier-calls", *office);
  const auto proposal = first_id(cast, "/api/v1/supplier-proposals", *office);
  return {{"POST", "/api/v1/supplier-calls/{id}/close", call, office, {}},
          {"POST", "/api/v1/supplier-calls/{id}/decide", call, office, {{"minutes", "m"}}},
          {"POST", "/api/v1/supplier-proposals/{id}/withdraw", proposal, office, {}},
          {"POST",
           "/api/v1/supplier-proposals/{id}/evaluations",
           proposal,
           &cast.reviewer,
           {{"phase", "written"}}},
          {"POST", "/api/v1/supply-agreements/{id}/move", agreement, office, {{"event", "amend"}}},
          {"POST",
           "/api/v1/capacity-batches/{id}/stages",
           batch,
           office,
           {{"stage", "retirement"}, {"planned_on", "2030-01-01"}}},
          {"POST", "/api/v1/capacity-batches/{id}/tie", batch, office, {{"node_ids", nullptr}}},
          {"POST",
           "/api/v1/capacity-batches/{id}/promise",
           batch,
           office,
           {{"call_id", cast.centre.call}, {"gpus", 1}}},
          {"POST", "/api/v1/demand-surveys/{id}/close", survey, office, {}},
          {"POST",
           "/api/v1/demand-surveys/{id}/answers",
           survey,
           &cast.member,
           {{"organisation", "o"},
            {"user_group", "industry"},
            {"purpose", "p"},
            {"gpus", 1},
            {"from_on", "2026-10-01"},
            {"until_on", "2026-12-31"}}},
          {"POST", "/api/v1/beneficiary-reservations/{id}/cancel", kept, office, {}}};
}

std::vector<Write> writes_of(Cast& cast) {
  const Who* office = &cast.centre.operators;
  const std::string query = "/api/v1/";
  const auto first = [&](const std::string& list) { return first_id(cast, query + list, *office); };
  const auto outage = cast.centre.post("/api/v1/outages", *office, {{"cause", "emergency"}}).text("id");
  const json::object quota{{"scope", "project"}, {"blocks", 300}, {"ground", "g"}};
  const auto project = first("projects");
  cast.centre.send("PUT", "/api/v1/quotas/" + project, office->token, json::serialize(quota));
  const auto node = first("nodes");
  const json::object period{
      {"starts_at", "2030-01-07T00:00:00Z"}, {"ends_at", "2030-01-07T06:00:00Z"}, {"ground", "g"}};
  auto closing = period, reserving = period;
  closing["node_id"] = node;
  reserving["ends_at"] = "2030-01-09T00:00:00Z";
  reserving["starts_at"] = "2030-01-08T00:00:00Z";
  reserving["project_id"] = project;
  reserving["node_ids"] = json::array{node};
  const auto window = cast.centre.post("/api/v1/maintenance-windows", *office, closing).text("id");
  const auto reservation = cast.centre.post("/api/v1/reservations", *office, reserving).text("id");
  load_over(cast.centre, kGroupsBindAll);
  const auto group =
      cast.centre.post("/api/v1/groups", *office, {{"programme_id", cast.centre.programme}, {"name", "a"}})
          .text("id");
  const auto member =
      cast.centre.post("/api/v1/groups/" + group + "/members", *office, {{"account_id", cast.member.account}})
          .text("id");
  const auto invoice =
      cast.centre.post("/api/v1/invoices", *office, {{"allocation_id", cast.member.allocation}})
          .text("invoice/id");
  const auto token =
      cast.centre.post("/api/v1/api-tokens", cast.member, {{"name", "ci"}}).text("api_token/id");
  const auto form =
      wire::to_json(*wire::read_form(wire::example_form()), wire::Out{.personal = true}).as_object();
  const auto& application = cast.filer.application;
  const auto attachment =
      cast.centre
          .send("POST",
                "/api/v1/calls/" + cast.centre.call + "/attachments?form=form1&title=t&file_name=a.pdf",
                office->token, "%PDF-1.4\n%%EOF\n")
          .text("id");
  const auto action = cast.centre
                          .post("/api/v1/allocation-actions", cast.member,
                                {{"allocation_id", cast.member.allocation},
                                 {"kind", "reduction"},
                                 {"blocks", 100},
                                 {"reason", "r"}})
                          .text("id");
  return {{"DELETE", "/api/v1/api-tokens/{id}", token, &cast.member, {}},
          {"POST", "/api/v1/accounts/{id}/temporary-password", cast.member.account, office, {}},
          {"POST", "/api/v1/accounts/{id}/unlock", cast.member.account, office, {}},
          {"POST", "/api/v1/accounts/{id}/suspend", cast.member.account, office, {{"ground", "g"}}},
          {"POST", "/api/v1/accounts/{id}/reinstate", cast.member.account, office, {{"ground", "g"}}},
          {"POST", "/api/v1/accounts/{id}/close", cast.member.account, office, {{"ground", "g"}}},
          {"DELETE", "/api/v1/accounts/{id}/sessions", cast.member.account, office, {}},
          {"DELETE", "/api/v1/sessions/{id}", first("sessions"), office, {}},
          {"DELETE", "/api/v1/role-grants/{id}", first("role-grants"), office, {}},
          {"POST", "/api/v1/calls/{id}/close", cast.centre.call, office, {}},
          {"POST", "/api/v1/calls/{id}/attachments", cast.centre.call, office, {{"any", "file"}}},
          {"POST", "/api/v1/call-attachments/{id}/withdraw", attachment, office, {{"ground", "g"}}},
          {"PUT", "/api/v1/applications/{id}/form", application, &cast.filer, form},
          {"POST", "/api/v1/applications/{id}/submit", application, &cast.filer, {}},
          {"POST", "/api/v1/applications/{id}/withdraw", application, &cast.filer, {}},
          {"POST", "/api/v1/applications/{id}/decision", application, office, {{"verdict", "reject"}}},
          {"POST", "/api/v1/applications/{id}/payer", application, office, {{"ground", "g"}}},
          {"POST", "/api/v1/applications/{id}/documents", application, &cast.filer, {{"any", "file"}}},
          {"POST", "/api/v1/awards/{id}/allocation", cast.member.award, office, {}},
          {"POST",
           "/api/v1/allocations/{id}/training",
           cast.member.allocation,
           &cast.member,
           {{"material", "m"}, {"material_version", "1"}}},
          {"POST",
           "/api/v1/allocation-actions/{id}/decide",
           action,
           office,
           {{"approve", true}, {"ground", "g"}}},
          {"POST", "/api/v1/allocation-actions/{id}/withdraw", action, &cast.member, {}},
          {"POST",
           "/api/v1/obligations/{id}/report",
           cast.member.obligation,
           &cast.member,
           {{"kind", "paper"}, {"title", "t"}}},
          {"POST", "/api/v1/obligations/{id}/accept", cast.member.obligation, office, {}},
          {"POST", "/api/v1/outages/{id}/end", outage, office, {}},
          {"PUT", "/api/v1/quotas/{id}", project, office, quota},
          {"DELETE", "/api/v1/quotas/{id}", project, office, {}},
          {"POST", "/api/v1/nodes/{id}/drain", node, office, {}},
          {"POST", "/api/v1/nodes/{id}/resume", node, office, {}},
          {"POST", "/api/v1/maintenance-windows/{id}/cancel", window, office, {}},
          {"POST", "/api/v1/reservations/{id}/cancel", reservation, office, {}},
          {"PUT",
           "/api/v1/groups/{id}",
           group,
           office,
           {{"description", "d"},
            {"node_ids", json::array{}},
            {"namespaces", json::array{}},
            {"registries", json::array{}},
            {"storage_bytes", 0},
            {"ground", "g"}}},
          {"POST", "/api/v1/groups/{id}/members", group, office, {{"account_id", cast.member.account}}},
          {"POST", "/api/v1/group-members/{id}/remove", member, office, {{"ground", "g"}}},
          {"POST", "/api/v1/groups/{id}/end", group, office, {{"ground", "g"}}},
          {"POST", "/api/v1/runs/{id}/checkpoint", cast.run, &cast.member, {{"at", nullptr}}},
          {"POST", "/api/v1/workloads/{id}/stop", cast.workload, &cast.member, {}},
          {"POST", "/api/v1/workloads/{id}/start", cast.workload, &cast.member, {}},
          {"DELETE", "/api/v1/workloads/{id}", cast.workload, &cast.member, {}},
          {"POST", "/api/v1/workloads/{id}/access", cast.workload, &cast.member, {{"purpose", "exec"}}},
          {"POST", "/api/v1/invoices/{id}/payments", invoice, office, {{"amount_krw", 1}}},
          {"POST", "/api/v1/invoices/{id}/credit-notes", invoice, office, {{"ground", "g"}}},
          {"POST", "/api/v1/invoices/{id}/write-off", invoice, office, {{"ground", "g"}}},
          {"POST", "/api/v1/queue/{id}/priority", cast.run, office, {{"priority", 1}, {"ground", "g"}}}};
}

Reply send(Cast& cast, const Write& write, const std::string& if_match) {
  std::string target = write.pattern;
  target.replace(target.find("{id}"), 4, write.id);
  if (target.ends_with("/documents") || target.ends_with("/evidence"))
    target += "?kind=form1&file_name=a.pdf";
  if (target.ends_with("/attachments")) target += "?form=form1&title=t&file_name=a.pdf";
  return cast.centre.send(write.method, target, write.who->token,
                          write.body.empty() ? "" : json::serialize(write.body), {{"If-Match", if_match}});
}

TEST(IfMatch, IsHonouredByEveryWriteOfARow) {
  Cast cast;
  auto writes = writes_of(cast);
  for (auto& write : outcome_writes(cast)) writes.push_back(std::move(write));
  for (auto& write : supply_writes(cast)) writes.push_back(std::move(write));
  for (auto& write : use_writes(cast)) writes.push_back(std::move(write));
  for (const auto& write : writes) {
    const auto reply = send(cast, write, "\"999\"");
    EXPECT_EQ(reply.status, 412) << write.method << " " << write.pattern << ": " << reply.text_body;
    EXPECT_EQ(reply.text("code"), "http.version_mismatch") << write.method << " " << write.pattern;
    EXPECT_EQ(send(cast, write, "999").text("code"), "http.if_match") << write.method << " " << write.pattern;
  }
  // None is left out: each write with an id stands above, but for the preview, which writes nothing.
  std::set<std::pair<std::string, std::string>> named{{"POST", "/api/v1/queue/{id}/preview"}};
  for (const auto& write : writes) named.emplace(write.method, write.pattern);
  for (const auto& pattern : evaluation_writes()) named.emplace("POST", pattern);
  // CounterOffer.F11_IfMatchIsHonoured
  for (const char* step : {"accept", "decline", "withdraw"})
    named.emplace("POST", std::string("/api/v1/counter-offers/{id}/") + step);
  for (const auto& row : cast.centre.routes().table()) {
    if (row.method == "GET" || row.pattern.find("{id}") == std::string::npos) continue;
    EXPECT_TRUE(named.count({row.method, row.pattern})) << row.method << " " << row.pattern;
  }
}

TEST(IfMatch, ShowsNoVersionToWhoMayNotSeeTheRow) {
  Cast cast;
  const auto reply = cast.centre.send("POST", "/api/v1/workloads/" + cast.workload + "/stop",
                                      cast.filer.token, "", {{"If-Match", "\"999\""}});
  EXPECT_EQ(reply.status, 404);
}

TEST(IfMatch, OfAWriteThatChangesNoRowIsRefusedAndNothingIsDone) {
  Cast cast;
  const auto reply =
      cast.centre.send("POST", "/api/v1/outages", cast.centre.operators.token,
                       json::serialize(json::object{{"cause", "emergency"}}), {{"If-Match", "\"1\""}});
  EXPECT_EQ(reply.status, 412);
  EXPECT_EQ(reply.text("code"), "http.no_version");
  EXPECT_EQ(cast.centre.get("/api/v1/outages", cast.centre.operators).body.at("items").as_array().size(), 0u);
}

TEST(IfMatch, OfTwoWhoReadTheSameVersionTheSecondIsRefusedAndARetryIsNot) {
  Cast cast;
  const std::string path = "/api/v1/applications/" + cast.filer.application;
  const std::string tag(cast.centre.get(path, cast.filer).headers.get("ETag"));
  const net::Headers headers{{"If-Match", tag}, {"Idempotency-Key", "withdraw"}};
  EXPECT_EQ(cast.centre.send("POST", path + "/withdraw", cast.filer.token, "", headers).status, 200);
  const auto second =
      cast.centre.send("POST", path + "/decision", cast.centre.operators.token,
                       json::serialize(json::object{{"verdict", "reject"}}), {{"If-Match", tag}});
  EXPECT_EQ(second.status, 412);
  EXPECT_EQ(cast.centre.send("POST", path + "/withdraw", cast.filer.token, "", headers).status, 200)
      << "the answer was lost: the same request again";
}

TEST(IfMatch, APolicyPackReplacesTheVersionThatWasRead) {
  Cast cast;
  const std::string body = json::serialize(
      json::object{{"layers", json::array{json::object{{"name", "p.yaml"}, {"text", s0_text()}}}}});
  const auto stale = cast.centre.send("POST", "/api/v1/programmes", cast.centre.operators.token, body,
                                      {{"If-Match", "\"999\""}});
  EXPECT_EQ(stale.status, 412) << stale.text_body;
}

}  // namespace
}  // namespace dure::tests
