#include "centre/use_cast.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/tenant.h"

namespace dure::tests {
namespace {

constexpr std::int64_t kFirstBoottime = 2'000'000'000;

}  // namespace

std::string use_pack(bool at_once) {
  auto text = replaced(s0_text(), "\nutilisation:\n",
                       "\nutilisation:\n"
                       "  review_cycle: {value: monthly, source: test, confidence: chosen}\n"
                       "  measure_cycle: {value: monthly, source: test, confidence: chosen}\n"
                       "  criteria_published_first: {value: true, source: test, confidence: chosen}\n"
                       "  bands:\n    source: test\n    confidence: chosen\n    value:\n"
                       "      - {below_bp: 20 %, measure: reduce, share_bp: 50 %}\n"
                       "  fake_load_signs:\n    source: test\n    confidence: chosen\n"
                       "    value: {least_minutes: 60, used_at_least_bp: 98 %, memory_at_most: 1 GiB, "
                       "mining_programs: [xmrig]}\n");
  text = replaced(text, "\naward:\n",
                  "\naward:\n  setup_grace_days: {value: 14, source: test, confidence: chosen}\n");
  text = replaced(text, "\nsanctions:\n",
                  "\nsanctions:\n  appeal_within: {value: 30 days, source: test, confidence: chosen}\n");
  text = replaced(text, "      - id: copyright\n",
                  "      - id: no-report\n"
                  "        title: {ko: 보고서 미제출, en: No report}\n"
                  "        measures: [reclaim, restrict]\n"
                  "        restriction: 6 months\n"
                  "        deliberation: before_measure\n"
                  "        for_missing: [result_report]\n"
                  "      - id: no-paper\n"
                  "        title: {ko: 데이터정의서 미제출, en: No data definition}\n"
                  "        measures: [stop]\n"
                  "        deliberation: before_measure\n"
                  "        for_missing: [data_definition]\n"
                  "      - id: false-statement\n"
                  "        title: {ko: 허위 작성, en: False statement}\n"
                  "        measures: [void_application, suspend_account, restrict]\n"
                  "        deliberation: before_measure\n"
                  "      - id: copyright\n");
  return at_once ? text : replaced(text, "fake_load: {value: stop_at_once", "fake_load: {value: ask_person");
}

UseStage::UseStage(bool at_once, const std::string& award_keys) {
  const auto text = replaced(use_pack(at_once), "\naward:\n", "\naward:\n" + award_keys);
  const auto loaded = post("/api/v1/programmes",
                           {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
  EXPECT_EQ(loaded.status, 201) << loaded.text_body;
  user = centre.admit("hong01", 400);
  centre.report_node({{"boottime_us", kFirstBoottime}});
}

Reply UseStage::post(const std::string& target, const json::object& body) {
  return centre.post(target, centre.operators, body);
}

Reply UseStage::user_post(const std::string& target, const json::object& body) {
  user.token = centre.log_in(user.login, user.password).token;
  return centre.post(target, user, body);
}

Reply UseStage::user_get(const std::string& target) {
  user.token = centre.log_in(user.login, user.password).token;
  return centre.get(target, user);
}

void UseStage::go_to_day(std::int64_t to) {
  centre.advance(base::Span::days(to - day));
  day = to;
  centre.report_node({{"boottime_us", kFirstBoottime + base::Span::days(day).us}});
  centre.turn_loops();
}

Started UseStage::start(const std::string& name, std::int64_t blocks, const std::string& command) {
  auto body = workspace(user, name, blocks);
  if (!command.empty()) {
    body["kind"] = "job";
    body["spec"].as_object()["command"] = json::array{command};
  }
  const auto made = user_post("/api/v1/workloads", body);
  EXPECT_EQ(made.status, 201) << made.text_body;
  centre.turn_loops();
  Started started;
  started.id = made.text("workload/id");
  started.path = "/api/v1/workloads/" + started.id;
  started.replica = get(started.path).text("replicas/0/id");
  see(started, "started");
  return started;
}

void UseStage::see(const Started& started, const std::string& kind) {
  const auto boottime = kFirstBoottime + base::Span::days(day).us + ++sequence * 1000;
  auto row = observation(started.replica, kind, sequence, boottime);
  row["observed_at"] = base::to_text(centre.clock.now());
  centre.report_node({{"observations", json::array{row}}, {"boottime_us", boottime}});
}

void UseStage::read(const Started& started, std::int64_t device_ms, std::int64_t memory_bytes) {
  centre.clock.advance(base::Span::minutes(1));  // readings alone are no news of a node that was just heard
  const auto card = get(started.path).text("shares/0/card_id");
  ASSERT_NE(card, "") << get(started.path).text_body;
  const json::object reading{{"replica_id", started.replica},
                             {"card_id", card},
                             {"device_ns", device_ms * 1'000'000},
                             {"elapsed_ns", device_ms * 1'000'000},
                             {"memory_bytes", memory_bytes},
                             {"memory_high_bytes", memory_bytes},
                             {"refused", 0}};
  centre.report_node({{"readings", json::array{reading}},
                      {"boottime_us", kFirstBoottime + base::Span::days(day).us + ++sequence * 1000}});
}

}  // namespace dure::tests
