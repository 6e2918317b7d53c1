// F2, F4, F11, F14 over HTTP: the training before use, another resource where the one asked for is not there,
// and more, less or a later end of an allocation that runs.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/evaluation_cast.h"
#include "centre/outcome_cast.h"
#include "centre/tenant.h"
#include "centre/workspace.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// The regional centre's pack with that in the place of its line for a key of award.
std::string s0_award(const std::string& key, const std::string& lines) {
  auto text = s0_text();
  const auto at = text.find("\n  " + key + ":");
  EXPECT_NE(at, std::string::npos) << key;
  const auto end = text.find('\n', at + 1);
  return text.replace(at + 1, end - at - 1, lines);
}

std::string with_training(const std::string& version) {
  return s0_award("training_required",
                  R"(  training_required: {value: true, source: "시험", confidence: chosen}
  training:
    source: "시험"
    confidence: chosen
    value:
      - {id: before-use, title: {ko: 사용 전 교육, en: Before use}, address: "https://centre.kr/t", version: ")" +
                      version + "\"}");
}

std::string training_of(const Who& who) {
  return "/api/v1/allocations/" + who.allocation + "/training";
}

std::int64_t audited(Centre& centre, const std::string& action) {
  centre.turn_loops();
  const auto found = centre.get("/api/v1/audit-entries?action=" + action, centre.operators);
  return static_cast<std::int64_t>(found.body.at("items").as_array().size());
}

TEST(Training, F4_NothingStartsBeforeTheTrainingIsConfirmedInItsVersion) {
  Centre centre;
  put_in_force(centre, with_training("1"));
  const Who hong = centre.admit("hong01");
  centre.report_node();
  const auto refused = centre.post("/api/v1/workloads", hong, workspace(hong, "before", 10));
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "training.not_done");
  EXPECT_NE(refused.text_body.find("https://centre.kr/t"), std::string::npos) << "where it is";
  auto status = centre.get(training_of(hong), hong);
  EXPECT_EQ(status.text("required"), "true");
  EXPECT_EQ(status.text("material/0/address"), "https://centre.kr/t");
  EXPECT_EQ(status.text("members/0/missing/0"), "before-use");
  EXPECT_EQ(status.text("members/0/may_use"), "false");
  const auto confirm = [&](const Who& who, const std::string& version) {
    return centre.post(training_of(hong), who, {{"material", "before-use"}, {"material_version", version}});
  };
  EXPECT_EQ(confirm(hong, "0").text("code"), "training.version_changed");
  EXPECT_EQ(confirm(centre.operators, "1").status, 403) << "nobody says it for another";
  const auto said = confirm(hong, "1");
  ASSERT_EQ(said.status, 201) << said.text_body;
  EXPECT_EQ(said.text("account_id"), hong.account);
  EXPECT_FALSE(said.text("person_id").empty());
  EXPECT_EQ(said.text("material_version"), "1");
  EXPECT_EQ(said.text("completed_at"), base::to_text(centre.clock.now()));
  EXPECT_EQ(confirm(hong, "1").text("id"), said.text("id")) << "said once";
  EXPECT_EQ(audited(centre, "training.confirm"), 1);
  status = centre.get(training_of(hong), centre.operators);
  EXPECT_EQ(status.text("members/0/done/0"), "before-use");
  EXPECT_EQ(status.text("members/0/may_use"), "true");
  const auto started = centre.post("/api/v1/workloads", hong, workspace(hong, "after", 10));
  EXPECT_EQ(started.status, 201) << started.text_body;
}

TEST(Training, F4_ANewVersionIsGoneThroughAnewAndEachMemberForHimself) {
  Centre centre;
  put_in_force(centre, with_training("1"));
  const Who hong = centre.admit("hong01");
  const Who kim = centre.admit("kim01");
  centre.report_node();
  const json::object first{{"material", "before-use"}, {"material_version", "1"}};
  ASSERT_EQ(centre.post(training_of(hong), hong, first).status, 201);
  const auto started = centre.post("/api/v1/workloads", hong, workspace(hong, "w", 10));
  ASSERT_EQ(started.status, 201) << started.text_body;
  EXPECT_EQ(centre.post("/api/v1/workloads", kim, workspace(kim, "w", 10)).text("code"), "training.not_done")
      << "what hong has done is hong's";
  EXPECT_EQ(centre.get(training_of(hong), kim).status, 404);
  put_in_force(centre, with_training("2"));
  const std::string path = "/api/v1/workloads/" + started.text("workload/id");
  EXPECT_EQ(centre.post(path + "/access", hong, {{"purpose", "exec"}}).text("code"), "training.not_done")
      << "nor is anything entered";
  EXPECT_EQ(centre.post(path + "/stop", hong).status, 200);
  centre.turn_loops();
  EXPECT_EQ(centre.post("/api/v1/workloads", hong, workspace(hong, "v", 10)).text("code"),
            "training.not_done");
  ASSERT_EQ(
      centre.post(training_of(hong), hong, {{"material", "before-use"}, {"material_version", "2"}}).status,
      201);
  EXPECT_EQ(centre.post("/api/v1/workloads", hong, workspace(hong, "v", 10)).status, 201);
  EXPECT_EQ(centre.get("/api/v1/training-completions?account_id=" + hong.account, hong)
                .body.at("items")
                .as_array()
                .size(),
            2u);
}

TEST(Training, F4_ThePackOf2024DemandsItAndTheRegionalCentreDoesNot) {
  Centre centre;
  const Who hong = centre.admit("hong01");
  centre.report_node();
  EXPECT_EQ(centre.get(training_of(hong), hong).text("required"), "false");
  EXPECT_EQ(centre.post(training_of(hong), hong, {{"material", "m"}, {"material_version", "1"}}).text("code"),
            "training.not_required");
  EXPECT_EQ(centre.post("/api/v1/workloads", hong, workspace(hong, "w", 10)).status, 201);
  Evaluation of_2024("s1-aica-2024", "2024-03-04T00:00:00Z");
  EXPECT_TRUE(of_2024.pack.award.training_required);
  EXPECT_FALSE(of_2024.pack.award.training.empty());
}

// F3 (S1): award, then set-up of 14 days, then training, then use; the states follow the pack's steps.
TEST(Award, F3_SetUpThenTrainingThenUse) {
  Centre centre;
  put_in_force(
      centre,
      replaced(with_training("1"), "\naward:\n",
               "\naward:\n"
               "  setup_grace_days: {value: 14, source: t, confidence: chosen}\n"
               "  steps: {value: [allocation, setup, training, use], source: t, confidence: chosen}\n"));
  const Who hong = centre.admit("hong01");
  const Who kim = centre.admit("kim01");
  centre.report_node();
  const auto state = [&](const Who& who) {
    centre.turn_loops();
    return centre.get("/api/v1/allocations/" + who.allocation, centre.operators).text("state");
  };
  EXPECT_EQ(state(hong), "setup_grace") << "on the first day";
  EXPECT_EQ(centre.post("/api/v1/workloads", hong, workspace(hong, "w", 10)).text("code"),
            "training.not_done");
  ASSERT_EQ(
      centre.post(training_of(hong), hong, {{"material", "before-use"}, {"material_version", "1"}}).status,
      201);
  EXPECT_EQ(centre.post("/api/v1/workloads", hong, workspace(hong, "w", 10)).status, 201)
      << "to set things up";
  centre.advance(base::Span::days(13));
  EXPECT_EQ(state(hong), "setup_grace") << "the fourteenth day";
  centre.advance(base::Span::days(1));
  EXPECT_EQ(state(hong), "active") << "the fifteenth day";
  EXPECT_EQ(state(kim), "setup_grace") << "no use before the training";
  const Who later = centre.log_in(kim.login, kim.password);
  ASSERT_EQ(
      centre.post(training_of(kim), later, {{"material", "before-use"}, {"material_version", "1"}}).status,
      201);
  EXPECT_EQ(state(kim), "active");
}

// ---- F11

constexpr const char* kAnswerInSeven = R"(
format: dure-policy/1
layer: call
id: other-offers
version: "1"
award:
  counter_offer_within: {value: 7 days, source: "시험", confidence: chosen}
)";

// The government's programme of 2026, whose demand waits, with an application of eight GPUs and one of one.
struct Counter {
  explicit Counter(const std::string& more = kAnswerInSeven)
      : it("s3-government-2026", "2026-04-06T00:00:00Z", more) {
    large = it.apply({"big1", "가기업", 800, "h200"});
    entry = it.get("/api/v1/waitlist-entries?application_id=" + large.application).text("items/0/id");
  }
  json::object offer_of(std::int64_t blocks) const {
    return {{"waitlist_entry_id", entry},
            {"resources", json::object{{"model", "h200"}, {"blocks", blocks}}},
            {"ground", "800블록은 없음"}};
  }
  Reply make(std::int64_t blocks) { return it.post("/api/v1/counter-offers", offer_of(blocks)); }
  Reply answer(const Who& who, const Reply& offer, const std::string& step, const json::object& body = {}) {
    return it.post_as(who, "/api/v1/counter-offers/" + offer.text("id") + "/" + step, body);
  }
  Reply entry_now() { return it.get("/api/v1/waitlist-entries/" + entry); }
  Reply award_now() { return it.get("/api/v1/awards?application_id=" + large.application); }

  Evaluation it;
  Who large;
  std::string entry;
};

TEST(CounterOffer, F11_WhoWaitsTakesLessAndHasItAtOnce) {
  Counter plan;
  EXPECT_EQ(plan.make(200).text("code"), "supply.no_capacity") << "nothing is in service";
  plan.it.build("government-gpus", "h200", 2, 1);
  EXPECT_EQ(plan.make(800).text("code"), "counter_offer.the_same");
  EXPECT_EQ(plan.make(900).text("code"), "counter_offer.larger");
  auto more_cores = plan.offer_of(200);
  more_cores["resources"].as_object()["cpu_cores"] = 4096;
  const auto larger = plan.it.post("/api/v1/counter-offers", more_cores);
  EXPECT_EQ(larger.text("code"), "counter_offer.larger");
  EXPECT_EQ(larger.text("parameters/resource"), "cpu_cores") << larger.text_body;
  auto without = plan.offer_of(200);
  without["ground"] = "";
  EXPECT_EQ(plan.it.post("/api/v1/counter-offers", without).text("code"), "evaluation.ground_missing");
  EXPECT_NE(plan.it.post_as(plan.large, "/api/v1/counter-offers", plan.offer_of(200)).status, 201);
  const auto offer = plan.make(200);
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  EXPECT_EQ(offer.text("state"), "offered");
  EXPECT_EQ(offer.number("asked/blocks"), 800);
  EXPECT_EQ(offer.text("answer_by"), "2026-04-13");
  EXPECT_EQ(plan.make(100).text("code"), "counter_offer.open");
  const auto other = plan.it.apply({"small1", "나기업", 100, "h200"});
  EXPECT_NE(plan.answer(other, offer, "accept").status, 200) << "somebody else's";
  const auto taken = plan.answer(plan.large, offer, "accept");
  ASSERT_EQ(taken.text("state"), "accepted") << taken.text_body;
  EXPECT_EQ(plan.answer(plan.large, offer, "accept").text("answered_at"), taken.text("answered_at"));
  EXPECT_EQ(plan.entry_now().text("state"), "accepted");
  EXPECT_EQ(plan.award_now().text("items/0/state"), "accepted");
  EXPECT_EQ(plan.award_now().number("items/0/awarded/blocks"), 200);
  EXPECT_EQ(plan.award_now().number("items/0/requested/blocks"), 800) << "nothing is overwritten";
  const auto opened = plan.it.post("/api/v1/awards/" + taken.text("award_id") + "/allocation");
  EXPECT_EQ(opened.status, 201) << opened.text_body;
  EXPECT_EQ(opened.number("allocation/limit/blocks"), 200);
  EXPECT_EQ(audited(plan.it.centre, "counter-offers.accept"), 1);
}

TEST(CounterOffer, F11_DeclinedExpiredOrTakenBackAllIsAsBefore) {
  Counter plan;
  plan.it.build("government-gpus", "h200", 2, 1);
  const auto first = plan.make(200);
  ASSERT_EQ(first.status, 201) << first.text_body;
  EXPECT_EQ(plan.answer(plan.large, first, "decline", {{"ground", ""}}).text("code"),
            "evaluation.ground_missing");
  EXPECT_EQ(plan.answer(plan.large, first, "decline", {{"ground", "모자람"}}).text("state"), "declined");
  EXPECT_EQ(plan.entry_now().text("state"), "queued");
  EXPECT_EQ(plan.it.state_of(plan.large), "waitlisted");
  EXPECT_EQ(plan.answer(plan.large, first, "accept").text("code"), "counter_offer.answered");
  const auto second = plan.make(100);
  plan.it.advance(base::Span::days(9));
  EXPECT_EQ(plan.answer(plan.large, second, "accept").text("code"), "counter_offer.answer_late");
  plan.it.keep();
  EXPECT_EQ(plan.it.get("/api/v1/counter-offers/" + second.text("id")).text("state"), "expired");
  EXPECT_EQ(plan.entry_now().text("state"), "queued");
  const auto third = plan.make(100);
  EXPECT_EQ(plan.it.post("/api/v1/counter-offers/" + third.text("id") + "/withdraw", {{"ground", "잘못 냄"}})
                .text("state"),
            "withdrawn");
  EXPECT_TRUE(plan.award_now().body.at("items").as_array().empty());
  EXPECT_EQ(items_of(plan.it.get("/api/v1/counter-offers?state=withdrawn")).size(), 1u);
  EXPECT_EQ(items_of(plan.it.get("/api/v1/counter-offers")).size(), 3u);
  EXPECT_EQ(items_of(plan.it.centre.get("/api/v1/counter-offers", plan.large)).size(), 3u) << "his own";
  EXPECT_EQ(items_of(plan.it.centre.get("/api/v1/counter-offers")).size(), 0u) << "a visitor";
  const auto events = plan.it.get("/api/v1/events?type=counter_offer.expired");
  EXPECT_EQ(events.status, 200);
}

TEST(CounterOffer, F11_AnAwardChangesToWhatWasAcceptedAndDoesNotLapseMeanwhile) {
  Counter plan;
  plan.it.build("government-gpus", "h200", 8, 1);
  const auto matched =
      plan.it.post("/api/v1/programmes/" + plan.it.programme + "/match-demand", {{"ground", "반납분"}});
  ASSERT_EQ(matched.status, 200) << matched.text_body;
  const auto award = plan.award_now().text("items/0/id");
  json::object body = plan.offer_of(400);
  body.erase("waitlist_entry_id");
  EXPECT_EQ(plan.it.post("/api/v1/counter-offers", body).text("code"), "counter_offer.of_what");
  body["award_id"] = award;
  const auto offer = plan.it.post("/api/v1/counter-offers", body);
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  const std::string path = "/api/v1/awards/" + award;
  EXPECT_EQ(plan.it.post(path + "/allocation").text("code"), "counter_offer.open");
  EXPECT_EQ(plan.it.post_as(plan.large, path + "/accept").text("code"), "counter_offer.open");
  EXPECT_EQ(plan.answer(plan.large, offer, "accept").text("state"), "accepted");
  EXPECT_EQ(plan.award_now().text("items/0/state"), "accepted");
  EXPECT_EQ(plan.award_now().number("items/0/awarded/blocks"), 400);
  EXPECT_EQ(plan.it.post("/api/v1/counter-offers", body).text("code"), "counter_offer.the_same");
}

TEST(CounterOffer, F11_APackWithoutATimeToAnswerMakesNone) {
  Counter plan("");
  plan.it.build("government-gpus", "h200", 2, 1);
  EXPECT_EQ(plan.make(200).text("code"), "counter_offer.not_made_here");
}

TEST(CounterOffer, F11_WhatIsDeclinedTakesNothingOfTheTimeToAcceptTheAward) {
  Counter plan(std::string(kAnswerInSeven) +
               "  accept_within: {value: 10 days, source: \"시험\", confidence: chosen}\n");
  plan.it.build("government-gpus", "h200", 8, 1);
  plan.it.post("/api/v1/programmes/" + plan.it.programme + "/match-demand", {{"ground", "반납분"}});
  const auto award = plan.award_now().text("items/0/id");
  plan.it.advance(base::Span::days(9));
  json::object body = plan.offer_of(400);
  body.erase("waitlist_entry_id");
  body["award_id"] = award;
  const auto offer = plan.it.post("/api/v1/counter-offers", body);
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  plan.it.advance(base::Span::days(4));
  ASSERT_EQ(plan.answer(plan.large, offer, "decline", {{"ground", "원래대로"}}).text("state"), "declined");
  plan.it.keep();
  EXPECT_EQ(plan.award_now().text("items/0/state"), "offered") << "as it stood before";
  plan.it.advance(base::Span::days(10));
  const auto taken = plan.it.post_as(plan.large, "/api/v1/awards/" + award + "/accept");
  EXPECT_EQ(taken.text("state"), "accepted") << taken.text_body;
}

TEST(CounterOffer, F11_IfMatchIsHonoured) {
  Counter plan;
  plan.it.build("government-gpus", "h200", 2, 1);
  const auto offer = plan.make(200);
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  const std::string path = "/api/v1/counter-offers/" + offer.text("id") + "/";
  const std::string ground = R"({"ground":"g"})";
  const net::Headers stale{{"If-Match", "\"999\""}};
  EXPECT_EQ(plan.it.centre.send("POST", path + "accept", plan.large.token, "", stale).status, 412);
  EXPECT_EQ(plan.it.centre.send("POST", path + "decline", plan.large.token, ground, stale).status, 412);
  EXPECT_EQ(
      plan.it.centre.send("POST", path + "withdraw", plan.it.centre.operators.token, ground, stale).status,
      412);
}

// ---- F2

struct Running {
  explicit Running(std::int64_t blocks = 100) {
    hong = centre.admit("hong01", blocks);
    centre.report_node();  // two cards
  }
  Reply ask(json::object body) {
    body["allocation_id"] = hong.allocation;
    if (!body.contains("reason")) body["reason"] = "학습 자료가 늘어남";
    return centre.post("/api/v1/allocation-actions", hong, body);
  }
  Reply decide(const Reply& action, bool approve) {
    return centre.post("/api/v1/allocation-actions/" + action.text("id") + "/decide", centre.operators,
                       {{"approve", approve}, {"ground", "여유가 있음"}});
  }
  Reply allocation() { return centre.get("/api/v1/allocations/" + hong.allocation, hong); }

  Centre centre;
  Who hong;
};

TEST(AllocationAction, F2_MoreIsGivenWhereThePoolHasSlackAndNotBeyond) {
  Running it;
  const auto wish = it.ask({{"kind", "supplement"}, {"blocks", 100}});
  ASSERT_EQ(wish.status, 201) << wish.text_body;
  EXPECT_EQ(wish.text("state"), "checked");
  EXPECT_TRUE(wish.body.at("findings").as_array().empty()) << wish.text_body;
  EXPECT_EQ(it.allocation().number("limit/blocks"), 100) << "a wish alone changes nothing";
  const auto path = "/api/v1/allocation-actions/" + wish.text("id");
  EXPECT_EQ(it.centre.post(path + "/decide", it.hong, {{"approve", true}, {"ground", "g"}}).status, 403);
  const auto given = it.decide(wish, true);
  ASSERT_EQ(given.text("state"), "applied") << given.text_body;
  EXPECT_EQ(given.number("blocks_before"), 100);
  EXPECT_EQ(given.number("blocks_after"), 200);
  EXPECT_EQ(it.allocation().number("limit/blocks"), 200);
  EXPECT_EQ(it.decide(wish, true).number("version"), given.number("version")) << "decided once";
  EXPECT_EQ(it.allocation().number("limit/blocks"), 200);
  const auto more = it.ask({{"kind", "supplement"}, {"blocks", 100}});
  EXPECT_EQ(more.text("findings/0/code"), "allocation_action.no_slack") << "two cards are all there is";
  EXPECT_EQ(it.decide(more, true).text("code"), "allocation_action.no_slack");
  EXPECT_EQ(it.decide(more, false).text("state"), "rejected");
  EXPECT_EQ(it.allocation().number("limit/blocks"), 200);
  EXPECT_EQ(audited(it.centre, "allocation-actions.approve"), 1);
}

TEST(AllocationAction, F2_WhatOthersHaveOfThePoolIsNoSlack) {
  Running it;
  it.centre.admit("kim01", 100);
  const auto wish = it.ask({{"kind", "supplement"}, {"blocks", 100}});
  EXPECT_EQ(wish.text("findings/0/code"), "allocation_action.no_slack") << wish.text_body;
  EXPECT_EQ(it.decide(wish, true).text("code"), "allocation_action.no_slack");
}

TEST(AllocationAction, F2_F14_NeverBeyondTheCeilingNorWithoutAReason) {
  Running it;
  EXPECT_EQ(it.ask({{"kind", "supplement"}, {"blocks", 800}}).text("code"), "decision.over_ceiling")
      << "eight cards are the most of an account";
  EXPECT_EQ(it.ask({{"kind", "supplement"}, {"blocks", 100}, {"reason", ""}}).text("code"),
            "allocation_action.reason_missing");
  EXPECT_EQ(it.ask({{"kind", "supplement"}, {"blocks", 0}}).text("code"), "allocation_action.blocks_wrong");
}

TEST(AllocationAction, F2_Invariant9_TheEndMovesWithinSixMonths) {
  Centre centre;
  const Who hong = centre.file_application("hong01");
  ASSERT_EQ(centre.approve(hong.application, {{"starts_on", "2026-09-01"}, {"months", 3}}).status, 200);
  const auto award = centre.get("/api/v1/awards?application_id=" + hong.application, centre.operators);
  const auto opened =
      centre.post("/api/v1/awards/" + award.text("items/0/id") + "/allocation", centre.operators);
  ASSERT_EQ(opened.text("allocation/ends_on"), "2026-11-30") << opened.text_body;
  centre.report_node();
  const auto ask = [&](const std::string& day) {
    return centre.post("/api/v1/allocation-actions", centre.operators,
                       {{"allocation_id", opened.text("allocation/id")},
                        {"kind", "extension"},
                        {"ends_on", day},
                        {"reason", "실험이 늦어짐"}});
  };
  EXPECT_EQ(ask("2026-11-30").text("code"), "allocation_action.not_later");
  EXPECT_EQ(ask("2027-03-01").text("code"), "allocation_action.period_too_long") << "six months are the most";
  const auto wish = ask("2027-02-28");
  ASSERT_EQ(wish.status, 201) << wish.text_body;
  const auto given = centre.post("/api/v1/allocation-actions/" + wish.text("id") + "/decide",
                                 centre.operators, {{"approve", true}, {"ground", "인정"}});
  EXPECT_EQ(given.text("state"), "applied") << given.text_body;
  EXPECT_EQ(given.text("ends_on_before"), "2026-11-30");
  const auto now = centre.get("/api/v1/allocations/" + opened.text("allocation/id"), centre.operators);
  EXPECT_EQ(now.text("ends_on"), "2027-02-28");
  EXPECT_NE(
      centre.get("/api/v1/obligations/" + opened.text("obligation/id"), centre.operators).text("due_on"),
      opened.text("obligation/due_on"))
      << "the report falls due after the new end";
}

TEST(AllocationAction, F2_HoldsFromItsFirstDayOn) {
  Running it;
  const auto wish = it.ask({{"kind", "supplement"}, {"blocks", 100}, {"starts_on", "2026-09-10"}});
  ASSERT_EQ(wish.status, 201) << wish.text_body;
  EXPECT_EQ(it.decide(wish, true).text("state"), "approved");
  EXPECT_EQ(it.allocation().number("limit/blocks"), 100);
  it.centre.advance(*base::parse_instant("2026-09-10T01:00:00Z") - it.centre.clock.now());
  it.centre.turn_loops();
  const auto path = "/api/v1/allocation-actions/" + wish.text("id");
  EXPECT_EQ(it.centre.get(path, it.centre.operators).text("state"), "applied");
  EXPECT_EQ(
      it.centre.get("/api/v1/allocations/" + it.hong.allocation, it.centre.operators).number("limit/blocks"),
      200);
}

// On its day the bill of the time before cannot be made: it is rejected for that reason, and what the keeper
// does after it goes on.
TEST(AllocationAction, F2_WhatCannotBeCarriedOutOnItsDayHoldsUpNobody) {
  Running it;
  const auto wish = it.ask({{"kind", "supplement"}, {"blocks", 100}, {"starts_on", "2026-09-10"}});
  EXPECT_EQ(it.ask({{"kind", "supplement"}, {"blocks", 50}}).text("code"), "allocation_action.open");
  ASSERT_EQ(it.decide(wish, true).text("state"), "approved");
  auto prices = replaced(s0_text("sample-prices.yaml"), "layer: what-if", "layer: call");
  prices = replaced(prices, "example-any, unit: milli_gpu_hour", "example-any, unit: gpu_month");
  prices = replaced(prices, "model: a100-40gb, unit: milli_gpu_hour", "model: a100-40gb, unit: gpu_month");
  const auto loaded = load_over(it.centre, prices + R"(
  scales:
    source: "시험"
    confidence: chosen
    value:
      - {id: size, title: {ko: 규모}, figure: employees, bands: [{up_to: 50, rate_bp: 5000}, {rate_bp: 10000}]}
)");
  ASSERT_EQ(loaded.status, 201) << loaded.text_body;
  it.centre.advance(*base::parse_instant("2026-09-10T01:00:00Z") - it.centre.clock.now());
  it.centre.turn_loops();
  const auto path = "/api/v1/allocation-actions/" + wish.text("id");
  const auto now = it.centre.get(path, it.centre.operators);
  EXPECT_EQ(now.text("state"), "rejected") << now.text_body;
  EXPECT_EQ(now.text("ground"), "invoice.payer_unconfirmed");
  EXPECT_EQ(
      it.centre.get("/api/v1/allocations/" + it.hong.allocation, it.centre.operators).number("limit/blocks"),
      100);
}

TEST(AllocationAction, F2_APackWithoutTopUpGivesNone) {
  Running it;
  put_in_force(it.centre,
               s0_award("top_up", "  top_up: {value: false, source: \"시험\", confidence: chosen}"));
  EXPECT_EQ(it.ask({{"kind", "supplement"}, {"blocks", 100}}).text("code"), "allocation_action.no_top_up");
}

TEST(AllocationAction, F2_LessIsGivenBackAndAWishWithdrawn) {
  Running it(200);
  const auto less = it.ask({{"kind", "reduction"}, {"blocks", 100}});
  EXPECT_EQ(it.decide(less, true).text("state"), "applied") << less.text_body;
  EXPECT_EQ(it.allocation().number("limit/blocks"), 100);
  const auto wish = it.ask({{"kind", "supplement"}, {"blocks", 100}});
  const auto path = "/api/v1/allocation-actions/" + wish.text("id");
  EXPECT_EQ(it.centre.post(path + "/withdraw", it.hong).text("state"), "withdrawn");
  EXPECT_EQ(it.decide(wish, true).status, 409);
}

// The lists, by every filter, for who may read them.
TEST(Walk, F2_F4_TrainingsAndActions) {
  Cast cast;
  const json::object wish{
      {"allocation_id", cast.member.allocation}, {"kind", "reduction"}, {"blocks", 100}, {"reason", "r"}};
  ASSERT_EQ(cast.centre.post("/api/v1/allocation-actions", cast.member, wish).status, 201);
  expect_collection(cast, "allocation-actions", cast.auditor);
  put_in_force(cast.centre, with_training("1"));
  ASSERT_EQ(cast.centre
                .post(training_of(cast.member), cast.member,
                      {{"material", "before-use"}, {"material_version", "1"}})
                .status,
            201);
  expect_collection(cast, "training-completions", cast.auditor);
  expect_tagged(cast, training_of(cast.member), cast.member);
}

}  // namespace
}  // namespace dure::tests
