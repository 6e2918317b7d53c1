#include "centre/supply_cast.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kSupply = R"(
supply:
  target_gpus: {value: 10000, source: "S4", confidence: stated}
  within_budget: {value: true, source: "S4", confidence: stated}
  agreement_term: {value: 5 years, source: "S4", confidence: stated}
  owner: {value: 정보통신산업진흥원, source: "S4", confidence: stated}
  user: {value: 국가AI컴퓨팅센터, source: "S4", confidence: stated}
  self_use_max_bp: {value: 3000, source: "S4", confidence: chosen}
  conditional_capacity: {value: true, source: "S3", confidence: stated}
  criteria:
    source: "S4"
    confidence: interpreted
    value:
      - {id: capability, title: {ko: 확보 구축 역량}, max_points: 50, tie_order: 1}
      - {id: speed, title: {ko: 서비스 실행력}, max_points: 30, tie_order: 2}
      - {id: own_use, title: {ko: 자체 활용}, max_points: 20, tie_order: 3}
  phases:
    source: "S4"
    confidence: interpreted
    value:
      - {phase: written, weight: 60}
      - {phase: presentation, weight: 40}
      - {phase: site_visit, weight: 0}
  proposal_threshold_points: {value: 60, source: "S4", confidence: chosen}
  member_preference: {value: rank_first, source: "S4", confidence: stated}
  next_ranked_within_budget: {value: true, source: "governance 3.1", confidence: interpreted}
  payments:
    source: "governance 3.1"
    confidence: stated
    value:
      - {title: {ko: 1차}, share_bp: 7000, after: 1 month}
      - {title: {ko: 2차}, share_bp: 3000, after: 3 months}
  groups:
    source: "S4"
    confidence: chosen
    value:
      - {id: industry, title: {ko: 산업계}, priority: 3, performance: 1}
      - {id: academia, title: {ko: 학계}, priority: 2, performance: 1}
      - {id: research, title: {ko: 연구계}, priority: 1, performance: 1}
  share_weights:
    source: "S4"
    confidence: chosen
    value: {demand: 1, priority: 1, performance: 0}
)";

}  // namespace

json::object status_row(const Reply& status, const std::string& model) {
  if (model == "total") return status.body.at("total").as_object();
  for (const auto& each : status.body.at("models").as_array())
    if (each.at("model").as_string() == model) return each.as_object();
  ADD_FAILURE() << "no row " << model << ": " << status.text_body;
  return {};
}

std::int64_t number_in(const json::object& row, const std::string& member) {
  return row.at(member).as_int64();
}

std::string path_of(const std::string& collection, const std::string& id) {
  return "/api/v1/" + collection + "/" + id;
}

std::string award_of(Cast& cast, const std::string& login, std::int64_t blocks) {
  auto& centre = cast.centre;
  const Who who = centre.file_application(login, blocks);
  const std::string path = "/api/v1/applications/" + who.application;
  json::array answers;
  const auto application = centre.get(path, centre.operators);
  for (const auto& item : application.body.at("screening").as_array())
    if (item.at("result").as_string() == "needs_person")
      answers.push_back(json::object{{"rule", item.at("rule")}, {"met", true}, {"ground", "checked"}});
  centre.post(path + "/decision", centre.operators,
              {{"verdict", "approve"}, {"ground", "fit"}, {"answers", answers}});
  return centre.get("/api/v1/awards?application_id=" + who.application, centre.operators).text("items/0/id");
}

std::string supply_pack(const std::string& more) {
  return s0_text() + kSupply + more;
}

Procurement::Procurement(Cast& cast_in, const std::string& more) : cast(cast_in) {
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", supply_pack(more)}}};
  const auto loaded = post("/api/v1/programmes", {{"layers", layers}});
  EXPECT_EQ(loaded.status, 201) << loaded.text_body;
  EXPECT_EQ(loaded.text("id"), cast.centre.programme);
  expert = cast.hire("expert01", "reviewer", "programme", cast.centre.programme);
  another = cast.hire("expert02", "reviewer", "programme", cast.centre.programme);
}

Reply Procurement::post(const std::string& target, const json::object& body) {
  return cast.centre.post(target, cast.centre.operators, body);
}
Reply Procurement::get(const std::string& target) {
  return cast.centre.get(target, cast.centre.operators);
}

Reply Procurement::supplier(const std::string& name, const std::string& number, bool member) {
  return post("/api/v1/suppliers",
              {{"programme_id", cast.centre.programme},
               {"name", name},
               {"business_number", number},
               {"national_centre_member", member},
               {"contact",
                json::object{{"name", "홍길동"}, {"email", "hong@example.kr"}, {"phone", "010-1234-5678"}}},
               {"processing_terms", "개인정보를 처리하지 않음"}});
}

Reply Procurement::open_call(std::int64_t budget) {
  return post("/api/v1/supplier-calls", {{"programme_id", cast.centre.programme},
                                         {"title", "첨단 GPU 확보"},
                                         {"budget_won", budget},
                                         {"briefing_at", "2026-09-03T01:00:00Z"},
                                         {"briefing_place", "서울"}});
}

json::object Procurement::proposal(const std::string& call, const std::string& supplier, std::int64_t servers,
                                   std::int64_t price, std::int64_t own_use_bp) {
  return {{"supplier_call_id", call},
          {"supplier_id", supplier},
          {"items",
           json::array{json::object{
               {"model", "a100-40gb"}, {"unit", "server"}, {"quantity", servers}, {"gpus_per_unit", 8}}}},
          {"price_won", price},
          {"running_cost_won", price / 10},
          {"performance_tf", servers * 8 * 312},
          {"own_use_bp", own_use_bp},
          {"own_use_plan", "클라우드 서비스"},
          {"site", "세종"},
          {"first_service_on", "2026-10-01"},
          {"full_service_on", "2026-12-31"}};
}

void Procurement::judge(const std::string& proposal, const Who& judge,
                        const std::vector<std::int64_t>& centi_points) {
  const char* const kCriteria[] = {"capability", "speed", "own_use"};
  json::array scores;
  for (std::size_t i = 0; i < centi_points.size(); ++i)
    scores.push_back(json::object{{"criterion", kCriteria[i]}, {"centi_points", centi_points[i]}});
  const std::string path = "/api/v1/supplier-proposals/" + proposal + "/evaluations";
  for (const char* phase : {"written", "presentation"}) {
    const auto given = cast.centre.post(path, judge, {{"phase", phase}, {"scores", scores}});
    EXPECT_EQ(given.status, 201) << given.text_body;
  }
  const auto visited = cast.centre.post(path, judge, {{"phase", "site_visit"}});
  EXPECT_EQ(visited.status, 201) << visited.text_body;
}

std::string Procurement::conclude(const std::string& proposal) {
  const auto draft =
      post("/api/v1/supply-agreements",
           {{"supplier_proposal_id", proposal}, {"title", "확보 협약"}, {"sla", "가용률 99.5 %"}});
  EXPECT_EQ(draft.status, 201) << draft.text_body;
  const std::string path = "/api/v1/supply-agreements/" + draft.text("id") + "/move";
  for (const char* event : {"negotiate", "sign", "take_effect"}) {
    const auto moved = post(path, {{"event", event}});
    EXPECT_EQ(moved.status, 200) << event << ": " << moved.text_body;
  }
  return draft.text("id");
}

json::object Procurement::batch(const std::string& agreement, std::int64_t quantity,
                                std::int64_t gpus_per_unit) {
  json::object body{{"programme_id", cast.centre.programme},
                    {"name", "1차분"},
                    {"pool", "gpu-server"},
                    {"site", "세종"},
                    {"item", json::object{{"model", "a100-40gb"},
                                          {"unit", gpus_per_unit > 1 ? "server" : "gpu"},
                                          {"quantity", quantity},
                                          {"gpus_per_unit", gpus_per_unit}}}};
  if (!agreement.empty()) body["supply_agreement_id"] = agreement;
  return body;
}

Reply Procurement::stage(const std::string& batch, const std::string& stage, const std::string& on,
                         const json::object& more) {
  json::object body{{"stage", stage}, {"actual_on", on}};
  for (const auto& [name, value] : more) body[name] = value;
  return post("/api/v1/capacity-batches/" + batch + "/stages", body);
}

void Procurement::build(const std::string& batch, const std::string& on) {
  for (const char* each : {"order", "power", "network", "delivery", "acceptance", "stabilisation"}) {
    const auto reply = stage(batch, each, on);
    EXPECT_EQ(reply.status, 200) << each << ": " << reply.text_body;
  }
}

std::string Procurement::agreement_of(std::int64_t servers, std::int64_t own_use_bp) {
  const auto who = supplier("네이버클라우드", "220-81-62517", true).text("id");
  const auto call = open_call(1'000'000).text("id");
  const auto made = post("/api/v1/supplier-proposals", proposal(call, who, servers, 1'000'000, own_use_bp));
  EXPECT_EQ(made.status, 201) << made.text_body;
  post("/api/v1/supplier-calls/" + call + "/close");
  judge(made.text("id"), expert, {4000, 2500, 1500});
  const auto decided = post("/api/v1/supplier-calls/" + call + "/decide", {{"minutes", "만장일치"}});
  EXPECT_EQ(decided.status, 200) << decided.text_body;
  return conclude(made.text("id"));
}

}  // namespace dure::tests
