// What may be asked for, what waits and why, and what becomes of a run when it fails or takes too long: over
// the API, with dure-node played by its own requests.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <limits>

#include "centre/centre.h"
#include "centre/outcome_cast.h"
#include "centre/tenant.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kImage = "localhost/dure/workspace:1";

json::object asked(const Who& who, const std::string& kind, const json::object& more) {
  json::object spec{{"image", kImage}};
  if (kind == "job") spec["command"] = json::array{"false"};
  for (const auto& [name, value] : more) spec[name] = value;
  return {{"allocation_id", who.allocation}, {"kind", kind}, {"name", "w"}, {"spec", spec}};
}

json::object blocks(std::int64_t number) {
  return {{"model", "a100-40gb"}, {"blocks", number}};
}

// A centre with one node, one user and one workload of his, and what the node says of its replica.
struct QueueStage {
  Centre centre;
  Who user = centre.admit("hong01", 200);
  std::string workload;
  std::int64_t sequence = 0;

  QueueStage() { centre.report_node(); }

  Reply post(const std::string& kind, const json::object& spec) {
    auto reply = centre.post("/api/v1/workloads", user, asked(user, kind, spec));
    if (reply.status == 201) workload = reply.text("workload/id");
    return reply;
  }
  std::string path() const { return "/api/v1/workloads/" + workload; }
  Reply view() { return centre.get(path(), centre.operators); }

  void observe(const std::string& kind, std::int64_t boottime_us,
               std::optional<std::int64_t> exit_code = {}) {
    json::object seen{
        {"boot_id", "boot-1"}, {"sequence", ++sequence},     {"replica_id", view().text("replicas/0/id")},
        {"kind", kind},        {"boottime_us", boottime_us}, {"observed_at", "2026-09-01T00:00:00Z"}};
    if (exit_code) seen["exit_code"] = *exit_code;
    centre.report_node({{"observations", json::array{seen}}, {"boottime_us", boottime_us}});
  }
  // The run starts and fails at once.
  void fail() {
    centre.turn_loops();
    ASSERT_EQ(view().text("run/state"), "assigned") << json::serialize(view().body);
    observe("started", 1'000'000 * (sequence + 1));
    observe("ended", 1'000'000 * (sequence + 1), 1);
  }
};

TEST(Admission, CpuAndMemoryThatAreLeftOutGoWithTheBlocks) {
  QueueStage stage;  // the award: 200 blocks, 8 cores, 32 GiB
  const auto made = stage.post("workspace", blocks(50));
  ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  EXPECT_EQ(made.number("revision/spec/cpu_milli"), 2'000);
  EXPECT_EQ(made.number("revision/spec/memory_bytes"), 8LL << 30);
  const auto plain = stage.post("workspace", {});
  EXPECT_EQ(plain.number("revision/spec/cpu_milli"), 1'000);
  EXPECT_EQ(plain.number("revision/spec/memory_bytes"), 1LL << 30);
}

TEST(Admission, F14_MemoryAndCpuHaveTheirCeilingsToo) {
  QueueStage stage;
  for (const auto& [field, value] : {std::pair{"cpu_milli", std::int64_t{8'001}},
                                     std::pair{"memory_bytes", (std::int64_t{32} << 30) + 1}}) {
    auto spec = blocks(50);
    spec[field] = value;
    const auto reply = stage.post("workspace", spec);
    EXPECT_EQ(reply.status, 403) << json::serialize(reply.body);
    EXPECT_EQ(reply.text("code"), "queue.over_ceiling");
  }
}

// The award says 200 blocks; no account has more than the programme's ceiling, in all of its runs together.
TEST(Admission, F14_TheCeilingOfAnAccountHoldsOverWhatItWasGiven) {
  QueueStage stage;
  put_in_force(stage.centre, replaced(s0_text(), "gpu: 8 GPU", "gpu: 50 blocks"));
  const auto refused = stage.post("workspace", blocks(80));
  EXPECT_EQ(refused.text("code"), "queue.over_ceiling") << refused.text_body;
  EXPECT_EQ(refused.text("parameters/scope"), "account") << refused.text_body;
  ASSERT_EQ(stage.post("workspace", blocks(30)).status, 201);
  stage.centre.turn_loops();
  const auto second = stage.post("workspace", blocks(40));
  ASSERT_EQ(second.status, 201) << second.text_body;
  stage.centre.turn_loops();
  const auto waits = stage.view();
  EXPECT_EQ(waits.text("run/state"), "queued") << waits.text_body;
  EXPECT_EQ(waits.text("run/waiting/code"), "queue.ceiling");
  EXPECT_EQ(waits.text("run/waiting/parameters/scope"), "account");
}

TEST(Admission, WhatNoMachineCanStartIsRefusedAtOnce) {
  QueueStage stage;
  const std::vector<std::pair<json::object, std::string>> cases{
      {{{"cpu_milli", 9}}, "queue.below_least"},
      {{{"memory_bytes", 1024}}, "queue.below_least"},
      {{{"replicas", 1'000'000'000}}, "number.out_of_range"},
      {{{"time_limit_s", std::numeric_limits<std::int64_t>::max()}}, "number.out_of_range"},
      {{{"cards", std::numeric_limits<std::int64_t>::max()}, {"model", "a100-40gb"}}, "number.out_of_range"},
      {{{"memory_bytes", std::numeric_limits<std::int64_t>::max()}}, "number.out_of_range"}};
  for (const auto& [spec, code] : cases) {
    const auto reply = stage.post("workspace", spec);
    EXPECT_EQ(reply.status, 422) << json::serialize(reply.body);
    EXPECT_EQ(reply.text("code"), code);
    EXPECT_TRUE(reply.text("errors/0/pointer").starts_with("/spec/")) << json::serialize(reply.body);
  }
  stage.centre.turn_loops();
  EXPECT_EQ(stage.centre.get("/api/v1/runs", stage.centre.operators).body.at("items").as_array().size(), 0u);
}

TEST(Queue, F13_APriorityBeyondReasonIsRefused) {
  QueueStage stage;
  const auto made = stage.post("workspace", blocks(50));
  const std::string path = "/api/v1/queue/" + made.text("run/id");
  const json::object huge{{"priority", std::numeric_limits<std::int64_t>::max()}, {"ground", "first"}};
  for (const char* verb : {"/priority", "/preview"})
    EXPECT_EQ(stage.centre.post(path + verb, stage.centre.operators, huge).text("code"),
              "number.out_of_range");
}

// The S0 pack with a change, in force from now on.
void change_pack(QueueStage& stage, const std::string& after, const std::string& insert) {
  std::string text = s0_text();
  const auto at = text.find(after);
  ASSERT_NE(at, std::string::npos) << after;
  text.insert(at + after.size(), insert);
  const auto loaded =
      stage.centre.post("/api/v1/programmes", stage.centre.operators,
                        {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
  ASSERT_LT(loaded.status, 300) << json::serialize(loaded.body);
}

TEST(Admission, NoMoreThanThePolicySaysMayWaitForOneAccount) {
  QueueStage stage;
  change_pack(stage, "\nqueue:\n",
              "  max_pending_per_account: {value: 2, source: test, confidence: chosen}\n");
  ASSERT_EQ(stage.post("workspace", blocks(100)).status, 201);
  const auto second = stage.post("workspace", blocks(100));
  ASSERT_EQ(second.status, 201);
  const auto refused = stage.post("workspace", blocks(100));
  EXPECT_EQ(refused.status, 429) << json::serialize(refused.body);
  EXPECT_EQ(refused.text("code"), "queue.too_many_pending");
  EXPECT_EQ(refused.number("parameters/most"), 2);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.post("workspace", blocks(100)).status, 201) << "those two have started";
}

TEST(Admission, P18_InASharedPoolThePickComesFromTheMenu) {
  QueueStage stage;
  change_pack(stage, "        unit: block\n", "        unit_menu: [1 GPU, 2 GPU]\n");
  EXPECT_EQ(stage.post("workspace", blocks(50)).text("code"), "queue.not_on_menu");
  EXPECT_EQ(stage.post("workspace", blocks(100)).status, 201);
  EXPECT_EQ(stage.post("workspace", {}).status, 201) << "without a card there is nothing to pick";
}

TEST(Retries, AreCountedSinceTheLastStartByHandAndPause) {
  QueueStage stage;
  ASSERT_EQ(stage.post("job", {{"max_retries", 2}}).status, 201);
  for (const int retry : {1, 2}) {
    stage.fail();
    EXPECT_EQ(stage.view().number("run/retries"), retry);
    stage.centre.turn_loops();
    EXPECT_EQ(stage.view().text("run/state"), "queued") << "it pauses";
    EXPECT_EQ(stage.view().text("run/waiting/code"), "queue.retry_pause");
    EXPECT_EQ(stage.view().text("run/estimated_start_at"), stage.view().text("run/not_before"));
    stage.centre.clock.advance(base::Span::seconds(10 * retry));
  }
  stage.fail();
  EXPECT_EQ(stage.view().text("run/outcome"), "failed");
  EXPECT_EQ(stage.view().number("run/attempt"), 3);
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "ended") << "its retries are used up";

  const auto again = stage.centre.post(stage.path() + "/start", stage.user);
  ASSERT_EQ(again.status, 200) << json::serialize(again.body);
  EXPECT_EQ(stage.view().number("run/attempt"), 4);
  EXPECT_EQ(stage.view().number("run/retries"), 0);
  stage.fail();
  EXPECT_EQ(stage.view().number("run/attempt"), 5) << "and it has them again";
}

TEST(Retries, ALossUsesUpNone) {
  QueueStage stage;
  ASSERT_EQ(stage.post("job", {{"max_retries", 1}}).status, 201);
  stage.centre.turn_loops();
  stage.observe("started", 1'000'000);
  stage.observe("ended", 2'000'000);  // without an exit code: nobody knows
  EXPECT_EQ(stage.view().number("run/attempt"), 2);
  EXPECT_EQ(stage.view().number("run/retries"), 0);
  stage.centre.clock.advance(base::Span::seconds(10));
  stage.fail();
  EXPECT_EQ(stage.view().number("run/attempt"), 3);
  EXPECT_EQ(stage.view().number("run/retries"), 1);
}

TEST(Retries, MoreThanThePolicyAllowsAreRefused) {
  QueueStage stage;
  const auto reply = stage.post("job", {{"max_retries", 4}});
  EXPECT_EQ(reply.status, 403) << json::serialize(reply.body);
  EXPECT_EQ(reply.text("code"), "workload.too_many_retries");
  EXPECT_EQ(stage.post("job", {{"max_retries", 3}}).status, 201);
}

TEST(TimeLimit, IsThatOfTheNodesClockNotOfTheCentres) {
  QueueStage stage;
  ASSERT_EQ(stage.post("workspace", {{"time_limit_s", 60}}).status, 201);
  stage.centre.turn_loops();
  stage.observe("started", 100'000'000);
  stage.centre.advance(base::Span::hours(8));  // the centre's clock is set forward
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "running");
  stage.centre.report_node({{"boottime_us", 159'000'000}});
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "running") << "59 s";
  stage.centre.advance(base::Span::seconds(6));
  stage.centre.report_node({{"boottime_us", 165'000'000}});
  stage.centre.turn_loops();
  EXPECT_EQ(stage.view().text("run/state"), "stopping");
  EXPECT_EQ(stage.view().text("replicas/0/desired"), "stopped");
  stage.observe("ended", 166'000'000, 143);
  EXPECT_EQ(stage.view().text("run/outcome"), "timed_out");
  EXPECT_EQ(stage.view().text("run/ended_reason/code"), "run.time_limit");
}

// Both cards are taken for an hour; who comes then is told when, on which card, and that stays.
TEST(Queue, P5_WhatIsPromisedIsKeptInTheRow) {
  QueueStage stage;
  auto job = blocks(100);
  job["time_limit_s"] = 3600;
  ASSERT_EQ(stage.post("job", job).status, 201);
  ASSERT_EQ(stage.post("job", job).status, 201);
  stage.centre.turn_loops();
  Who other = stage.centre.admit("kim02", 200);
  const auto made = stage.centre.post("/api/v1/workloads", other, asked(other, "job", job));
  ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  const std::string path = "/api/v1/workloads/" + made.text("workload/id");
  stage.centre.turn_loops();
  const auto told = stage.centre.get(path, other);
  EXPECT_EQ(told.text("run/waiting/code"), "placement.no_capacity") << json::serialize(told.body);
  EXPECT_NE(told.text("run/estimated_start_at"), "");
  EXPECT_EQ(told.text("run/promised_on/0/card_id").substr(0, 4), "SIM-");
  stage.centre.clock.advance(base::Span::seconds(100));
  stage.centre.report_node();
  stage.centre.turn_loops();
  const auto later = stage.centre.get(path, other);
  EXPECT_EQ(later.number("run/version"), told.number("run/version")) << "nothing new, nothing written";
  EXPECT_EQ(later.text("run/estimated_start_at"), told.text("run/estimated_start_at"));
  const auto third = stage.centre.post("/api/v1/workloads", other, asked(other, "job", job));
  ASSERT_EQ(third.status, 201);
  stage.centre.turn_loops();
  const auto behind = stage.centre.get("/api/v1/workloads/" + third.text("workload/id"), other);
  EXPECT_EQ(behind.text("run/waiting/code"), "queue.behind");
  EXPECT_NE(behind.text("run/promised_on/0/card_id"), told.text("run/promised_on/0/card_id"))
      << "the other card, at the same time";
}

// One card is free after an hour, the other after two; the later entry, raised, gets what the first was
// promised.
TEST(Queue, F13_WhoIsRaisedGetsWhatWasPromised) {
  QueueStage stage;
  auto job = blocks(100);
  for (const std::int64_t hours : {2, 1}) {
    job["time_limit_s"] = hours * 3600;
    ASSERT_EQ(stage.post("job", job).status, 201);
  }
  stage.centre.turn_loops();
  Who other = stage.centre.admit("kim02", 200);
  Who third = stage.centre.admit("lee03", 200);
  const auto a = stage.centre.post("/api/v1/workloads", other, asked(other, "job", job));
  stage.centre.advance(base::Span::seconds(1));
  const auto b = stage.centre.post("/api/v1/workloads", third, asked(third, "job", job));
  stage.centre.turn_loops();
  const auto look = [&](const Reply& made) {
    return stage.centre.get("/api/v1/workloads/" + made.text("workload/id"), stage.centre.operators);
  };
  const auto first = look(a), second = look(b);
  ASSERT_LT(first.text("run/estimated_start_at"), second.text("run/estimated_start_at"));
  const auto moved = stage.centre.post("/api/v1/queue/" + second.text("run/id") + "/priority",
                                       stage.centre.operators, {{"priority", 1}, {"ground", "a deadline"}});
  ASSERT_EQ(moved.status, 200) << json::serialize(moved.body);
  stage.centre.turn_loops();
  EXPECT_EQ(look(b).text("run/estimated_start_at"), first.text("run/estimated_start_at"));
  EXPECT_EQ(look(a).text("run/estimated_start_at"), second.text("run/estimated_start_at"));
}

// "30 blocks on an A100 fit now; as it is, it starts in about 2 h", in the row, over the API, and not written
// again while nothing happens.
TEST(Queue, P5_WhatWouldHelpIsSaidAndStays) {
  QueueStage stage;
  auto job = blocks(70);
  job["time_limit_s"] = 7200;
  ASSERT_EQ(stage.post("job", job).status, 201);
  ASSERT_EQ(stage.post("job", job).status, 201);
  stage.centre.turn_loops();
  Who other = stage.centre.admit("kim02", 200);
  auto whole = blocks(100);
  whole["time_limit_s"] = 3600;
  const auto made = stage.centre.post("/api/v1/workloads", other, asked(other, "job", whole));
  ASSERT_EQ(made.status, 201) << json::serialize(made.body);
  const std::string path = "/api/v1/workloads/" + made.text("workload/id");
  stage.centre.turn_loops();
  const auto told = stage.centre.get(path, other);
  EXPECT_EQ(told.text("run/alternatives/0/code"), "queue.help_blocks") << json::serialize(told.body);
  EXPECT_EQ(told.number("run/alternatives/0/parameters/blocks"), 30);
  EXPECT_EQ(told.text("run/alternatives/1/code"), "queue.help_starts");
  const auto listed = stage.centre.get("/api/v1/queue", other);
  EXPECT_EQ(listed.text("items/0/alternatives/1/parameters/at"),
            told.text("run/alternatives/1/parameters/at"));
  stage.centre.clock.advance(base::Span::seconds(100));
  stage.centre.report_node();
  stage.centre.turn_loops();
  EXPECT_EQ(stage.centre.get(path, other).number("run/version"), told.number("run/version"));
}

// The preview says by how long: what the one gains and the other loses.
TEST(Queue, F13_P5_ThePreviewSaysFromWhenToWhen) {
  QueueStage stage;
  auto job = blocks(100);
  for (const std::int64_t hours : {2, 1}) {
    job["time_limit_s"] = hours * 3600;
    ASSERT_EQ(stage.post("job", job).status, 201);
  }
  stage.centre.turn_loops();
  Who other = stage.centre.admit("kim02", 200);
  Who third = stage.centre.admit("lee03", 200);
  const auto a = stage.centre.post("/api/v1/workloads", other, asked(other, "job", job));
  stage.centre.advance(base::Span::seconds(1));
  const auto b = stage.centre.post("/api/v1/workloads", third, asked(third, "job", job));
  stage.centre.turn_loops();
  const auto start = [&](const Reply& made) {
    return stage.centre.get("/api/v1/workloads/" + made.text("workload/id"), stage.centre.operators)
        .text("run/estimated_start_at");
  };
  const std::string first = start(a), second = start(b);
  const json::object raised{{"priority", 1}, {"ground", "a deadline"}};
  const std::string path = "/api/v1/queue/" + b.text("run/id");
  const auto preview = stage.centre.post(path + "/preview", stage.centre.operators, raised);
  EXPECT_EQ(preview.text("items/0/run_id"), b.text("run/id")) << json::serialize(preview.body);
  EXPECT_EQ(preview.text("items/0/old_start"), second);
  EXPECT_EQ(preview.text("items/0/new_start"), first);
  EXPECT_EQ(preview.text("items/1/old_start"), first);
  EXPECT_EQ(preview.text("items/1/new_start"), second);
  EXPECT_EQ(start(a), first) << "nothing is done yet";

  // An operator of one project sees its runs alone, as in the queue.
  const auto granted = stage.centre.post("/api/v1/role-grants", stage.centre.operators,
                                         {{"account_id", third.account},
                                          {"role", "operator"},
                                          {"scope", "project"},
                                          {"scope_id", b.text("run/project_id")}});
  ASSERT_EQ(granted.status, 201) << granted.text_body;
  third.token = stage.centre.log_in(third.login, third.password).token;
  const auto own = stage.centre.post(path + "/preview", third, raised);
  ASSERT_EQ(own.status, 200) << own.text_body;
  ASSERT_EQ(own.body.at("items").as_array().size(), 1u) << own.text_body;
  EXPECT_EQ(own.text("items/0/run_id"), b.text("run/id"));
  EXPECT_EQ(own.text("items/0/new_position"), preview.text("items/0/new_position"));
  ASSERT_EQ(stage.centre.post(path + "/priority", stage.centre.operators, raised).status, 200);
  stage.centre.turn_loops();
  EXPECT_EQ(start(a), preview.text("items/1/new_start"));
  EXPECT_EQ(start(b), preview.text("items/0/new_start"));
}

}  // namespace
}  // namespace dure::tests
