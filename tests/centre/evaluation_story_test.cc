// B3, E1 to E5, E11, E14: AICA's call of 2024 (S1; governance 6.7), from the round to the awards, over HTTP.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"
#include "selection/select.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// Five applications of four cards each, with the points of the worked example: C, B, A, E; D is out.
struct Aica {
  explicit Aica(std::int64_t cards = 16, int members = 7) : it("s1-aica-2024", kMarch) {
    for (const char* name : {"A", "B", "C", "D", "E"})
      who[name] = it.apply({std::string("app") + static_cast<char>(name[0] - 'A' + 'a'), name, 400, "bow"});
    round = it.cut_off("2024-03-15");
    panel = it.seat_panel(round, members);
    it.evaluate(round);
    const std::map<std::string, std::vector<std::int64_t>> points{{"A", {25, 26, 16, 13}},
                                                                  {"B", {26, 25, 14, 15}},
                                                                  {"C", {26, 25, 15, 14}},
                                                                  {"D", {15, 15, 15, 14}},
                                                                  {"E", {18, 18, 12, 12}}};
    for (const auto& [name, given] : points) it.score(round, who[name], given);
    capacity = cards;
  }
  Reply rank() { return it.rank(round, "shared-bow", capacity, "gpu"); }

  Evaluation it;
  std::map<std::string, Who> who;
  std::string round;
  std::string panel;
  std::int64_t capacity = 0;
};

TEST(EvaluationStory, E1_E2_E3_E4_E5_TheWorkedExampleOfAicaFromThePanelToTheAwards) {
  Aica aica;
  auto& it = aica.it;
  const auto ranking = aica.rank();
  ASSERT_EQ(ranking.status, 201) << ranking.text_body;
  EXPECT_EQ(ranking.number("selected"), 4);
  EXPECT_EQ(ranking.number("ranked"), 4) << "D has 59 points";
  const auto early = it.confirm(ranking.text("id"));
  EXPECT_EQ(early.text("code"), "evaluation.minutes_missing") << "nothing is confirmed without minutes";
  EXPECT_EQ(it.get("/api/v1/awards?programme_id=" + it.programme).body.at("items").as_array().size(), 0u);
  EXPECT_EQ(it.minutes(aica.panel).status, 200);
  const auto confirmed = it.confirm(ranking.text("id"));
  ASSERT_EQ(confirmed.text("state"), "confirmed") << confirmed.text_body;
  EXPECT_EQ(it.told(aica.round),
            "C selected 400; B selected 400; A selected 400; E selected 400; D below_threshold 0");
  EXPECT_EQ(it.get("/api/v1/rounds/" + aica.round).text("state"), "decided");
  EXPECT_EQ(it.state_of(aica.who["A"]), "selected");
  EXPECT_EQ(it.state_of(aica.who["D"]), "not_selected");
  EXPECT_EQ(it.confirm(ranking.text("id")).text("id"), ranking.text("id")) << "a second time it does nothing";
  EXPECT_EQ(it.get("/api/v1/awards?programme_id=" + it.programme).body.at("items").as_array().size(), 4u);
}

TEST(EvaluationStory, E4_E5_OnlyTheFirstByRankGetWhatThereIs) {
  Aica aica(8, 3);
  auto& it = aica.it;
  const auto ranking = aica.rank();
  EXPECT_EQ(ranking.number("selected"), 2) << ranking.text_body;
  it.minutes(aica.panel);
  it.confirm(ranking.text("id"));
  EXPECT_EQ(it.told(aica.round),
            "C selected 400; B selected 400; A not_selected 0; E not_selected 0; D "
            "below_threshold 0")
      << "the pack keeps no waiting list";
  const auto results = it.centre.get("/api/v1/rounds/" + aica.round + "/results");
  EXPECT_EQ(results.status, 200) << "everybody may see them";
  EXPECT_EQ(results.body.at("items").as_array().size(), 5u);
  EXPECT_EQ(results.text_body.find("홍길동"), std::string::npos) << "no names";
  EXPECT_EQ(results.text_body.find("\"A\""), std::string::npos) << "nor organisations";
}

// E13: what there is goes whole to the best tasks, those with more effect first, and is not spread over all.
TEST(EvaluationStory, E13_TheTaskWithTheGreaterEffectGetsAllItNeedsBeforeAnyOtherGetsAPart) {
  const auto told = [](std::int64_t outcomes_of_a, std::int64_t outcomes_of_b) {
    Evaluation it("s1-aica-2024", kMarch);
    const auto a = it.apply({"appa", "A", 800, "bow"});
    const auto b = it.apply({"appb", "B", 800, "bow"});
    const auto c = it.apply({"appc", "C", 100, "bow"});
    const auto round = it.cut_off("2024-03-15");
    const auto panel = it.seat_panel(round, 3);
    it.evaluate(round);
    it.score(round, a, {25, 25, 15, outcomes_of_a});
    it.score(round, b, {25, 25, 15, outcomes_of_b});
    it.score(round, c, {22, 22, 14, 14});
    it.minutes(panel);
    it.confirm(it.rank(round, "shared-bow", 8, "gpu").text("id"));
    return it.told(round);
  };
  EXPECT_EQ(told(20, 15), "A selected 800; B not_selected 0; C not_selected 0");
  EXPECT_EQ(told(15, 20), "B selected 800; A not_selected 0; C not_selected 0");
}

TEST(EvaluationStory, Invariant6_TheInputsGiveTheSameRankingByteForByte) {
  Aica aica(16, 3);
  auto& it = aica.it;
  const auto ranking = aica.rank();
  const std::string path = "/api/v1/rankings/" + ranking.text("id");
  const auto inputs = it.get(path + "/inputs");
  const auto kept = it.get(path + "/result");
  ASSERT_EQ(inputs.status, 200);
  EXPECT_EQ(policy::sha256_hex(inputs.text_body), ranking.text("inputs_hash"));
  EXPECT_EQ(it.pack.hash(), ranking.text("policy_hash"));
  EXPECT_EQ(inputs.text_body.find("gildong"), std::string::npos) << "no personal data goes in";
  // As dure select reads it: every member must be there.
  const auto request = wire::read_json<model::SelectionRequest>(inputs.text_body, {{}, false});
  ASSERT_TRUE(request.ok());
  const auto rules = selection::rules_of(it.pack, request->pool);
  ASSERT_TRUE(rules.ok());
  auto again = selection::select(*request, *rules);
  ASSERT_TRUE(again.ok());
  again->inputs_hash = policy::sha256_hex(inputs.text_body);
  EXPECT_EQ(wire::json_text(*again), kept.text_body);
  EXPECT_EQ(aica.rank().text("inputs_hash"), ranking.text("inputs_hash")) << "computed anew, the same";
  EXPECT_EQ(it.get(path).text("state"), "superseded");
}

TEST(EvaluationStory, Invariant6_ARankingIsNotConfirmedOnceItsInputsHaveChanged) {
  Aica aica(16, 3);
  auto& it = aica.it;
  const auto ranking = aica.rank();
  it.minutes(aica.panel);
  EXPECT_EQ(
      it.post_as(aica.who["A"], "/api/v1/applications/" + aica.who["A"].application + "/withdraw").status,
      200);
  EXPECT_EQ(it.confirm(ranking.text("id")).text("code"), "evaluation.ranking_stale");
  EXPECT_EQ(it.state_of(aica.who["B"]), "under_review") << "and nothing was done";
  const auto anew = aica.rank();
  EXPECT_EQ(it.confirm(anew.text("id")).text("state"), "confirmed");
  EXPECT_EQ(it.told(aica.round).substr(0, 28), "C selected 400; B selected 4");
  EXPECT_EQ(it.state_of(aica.who["A"]), "withdrawn");
}

TEST(EvaluationStory, E11_PanelAndResultsAreDueTwoAndThreeWeeksAfterTheCutOff) {
  Evaluation it("s1-aica-2024", kMarch);
  it.apply({"appa", "A", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const auto row = it.get("/api/v1/rounds/" + round);
  EXPECT_EQ(row.text("panel_by"), "2024-03-29");
  EXPECT_EQ(row.text("result_by"), "2024-04-05");
  const std::string path = "/api/v1/rounds/" + round + "/progress";
  EXPECT_EQ(it.get(path).text("panel_overdue"), "false");
  it.advance(base::Span::days(14));
  it.keep();
  it.keep();
  EXPECT_EQ(it.get(path).text("panel_overdue"), "true") << it.get(path).text_body;
  EXPECT_EQ(it.get(path).text("result_overdue"), "false");
  it.advance(base::Span::days(7));
  it.keep();
  EXPECT_EQ(it.get(path).text("result_overdue"), "true");
  const auto count = [&](const std::string& type) {
    const auto told = commands::look<std::int64_t>(
        it.centre.world(), commands::system_caller("test"),
        [&](commands::Work& work) { return work.tx.events().count(ports::Query{}.where("type", type)); });
    return *told;
  };
  EXPECT_EQ(count("round.panel_overdue"), 1) << "told once";
  EXPECT_EQ(count("round.result_overdue"), 1);
}

TEST(EvaluationStory, B3_AQuarterWantsARoundAndItIsToldInTimeAndNotLeftOut) {
  Evaluation it("s1-aica-2024", kMarch);
  const std::string duty = "/api/v1/calls/" + it.call + "/round-duty";
  EXPECT_EQ(it.get(duty).number("missing"), 1);
  EXPECT_EQ(it.get(duty).text("quarter_ends_on"), "2024-03-31");
  it.keep();
  it.keep();
  const auto told = commands::look<std::int64_t>(
      it.centre.world(), commands::system_caller("test"), [&](commands::Work& work) {
        return work.tx.events().count(ports::Query{}.where("type", "call.round_missing"));
      });
  EXPECT_EQ(*told, 1) << "once a quarter";
  const auto first = it.post("/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2024-03-15"}});
  EXPECT_EQ(it.get(duty).number("missing"), 0);
  const std::string path = "/api/v1/rounds/" + first.text("id") + "/cancel";
  EXPECT_EQ(it.post(path, {{"ground", "신청이 없음"}}).text("code"), "evaluation.round_wanted");
  const auto second = it.post("/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2024-03-29"}});
  EXPECT_EQ(second.number("number"), 2) << "a rolling call has many";
  EXPECT_EQ(it.post(path, {{"ground", "둘째로 갈음함"}}).text("state"), "cancelled");
  EXPECT_EQ(it.post("/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2024-03-01"}}).text("code"),
            "evaluation.cutoff_wrong");
  EXPECT_EQ(it.post("/api/v1/rounds", {{"call_id", it.call}}).text("code"), "evaluation.cutoff_needed");
  EXPECT_EQ(it.post("/api/v1/rounds/" + second.text("id") + "/cut-off").text("code"),
            "evaluation.cutoff_not_yet");
}

TEST(EvaluationStory, B3_WhatIsFiledAfterTheCutOffIsOfTheNextRoundAndTheCallStaysOpen) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto early = it.apply({"appa", "A", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const auto late = it.apply({"appb", "B", 400, "bow"});
  EXPECT_EQ(it.get("/api/v1/round-entries?round_id=" + round).body.at("items").as_array().size(), 1u);
  EXPECT_EQ(it.get("/api/v1/calls/" + it.call).text("state"), "open");
  const auto next = it.cut_off("2024-03-29");
  const auto entries = it.get("/api/v1/round-entries?round_id=" + next);
  EXPECT_EQ(entries.body.at("items").as_array().size(), 1u);
  EXPECT_EQ(entries.text("items/0/application_id"), late.application);
}

TEST(EvaluationStory, B2_ACallIsAnnouncedOpensAndClosesEarlyAfterThreeWeeksNotice) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto later =
      it.post("/api/v1/calls",
              {{"programme_id", it.programme}, {"title", "2차"}, {"opens_at", "2024-03-10T00:00:00Z"}});
  EXPECT_EQ(later.text("state"), "announced");
  const std::string path = "/api/v1/calls/" + later.text("id");
  EXPECT_EQ(it.post(path + "/close-early", {{"closes_on", "2024-06-01"}, {"ground", "소진"}}).status, 409);
  it.advance(base::Span::days(7));
  it.keep();
  EXPECT_EQ(it.get(path).text("state"), "open");
  // Today is 11 March: three whole weeks lie between it and 2 April.
  const auto short_notice = it.post(path + "/close-early", {{"closes_on", "2024-04-01"}, {"ground", "소진"}});
  EXPECT_EQ(short_notice.text("code"), "call.notice_too_short") << short_notice.text_body;
  EXPECT_EQ(short_notice.text("parameters/earliest"), "2024-04-02");
  EXPECT_EQ(it.post(path + "/close").text("code"), "call.needs_notice") << "not at once, either";
  const auto closing = it.post(path + "/close-early", {{"closes_on", "2024-04-02"}, {"ground", "자원 소진"}});
  ASSERT_EQ(closing.text("state"), "closing_early") << closing.text_body;
  it.call = later.text("id");
  it.apply({"appz", "Z", 400, "bow"});  // until then it takes applications
  it.advance(base::Span::days(23));
  it.keep();
  EXPECT_EQ(it.get(path).text("state"), "closed");
}

// B2: what ends by itself is closed early by an earlier day alone, and why is told to no stranger.
TEST(EvaluationStory, B2_ACallOfAFixedDayClosesEarlyOnAnEarlierDayAndTheGroundIsNoEvent) {
  Evaluation it("s1-aica-2024", kMarch);
  // Until the end of 30 April in Seoul.
  const auto made = it.post("/api/v1/calls", {{"programme_id", it.programme},
                                              {"title", "마감일이 있는 공고"},
                                              {"opens_at", "2024-03-01T00:00:00Z"},
                                              {"closes_at", "2024-04-30T15:00:00Z"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  const std::string path = "/api/v1/calls/" + made.text("id");
  const auto close_on = [&](const std::string& day) {
    return it.post(path + "/close-early", {{"closes_on", day}, {"ground", "홍길동 실장의 요청"}});
  };
  for (const char* day : {"2024-05-20", "2024-04-30"}) {
    const auto later = close_on(day);
    EXPECT_EQ(later.status, 422) << day << ": " << later.text_body;
    EXPECT_EQ(later.text("code"), "call.not_early") << day;
    EXPECT_EQ(later.text("parameters/last"), "2024-04-29");
    EXPECT_EQ(later.text("errors/0/pointer"), "/closes_on");
  }
  EXPECT_EQ(it.get(path).text("closes_at"), "2024-04-30T15:00:00Z");
  const auto closing = close_on("2024-04-29");
  ASSERT_EQ(closing.text("state"), "closing_early") << closing.text_body;
  EXPECT_EQ(closing.text("closes_at"), "2024-04-29T15:00:00Z");
  it.keep();
  const auto events = it.get("/api/v1/events?type=call.closing_early");
  ASSERT_EQ(events.status, 200) << events.text_body;
  EXPECT_NE(events.text_body.find("2024-04-29"), std::string::npos) << events.text_body;
  EXPECT_EQ(events.text_body.find("홍길동"), std::string::npos) << events.text_body;
  const auto audit = it.get("/api/v1/audit-entries?action=calls.close_early");
  EXPECT_NE(audit.text_body.find("홍길동 실장의 요청"), std::string::npos) << audit.text_body;
  EXPECT_NE(audit.text_body.find("2024-04-29"), std::string::npos) << "the day, too";
}

// F11 (S1): nothing of what was asked for is left, and another resource takes its place.
TEST(EvaluationStory, F11_WhereNoBowIsLeftT4IsOfferedAndOpened) {
  Aica aica;
  auto& it = aica.it;
  const auto ranking = aica.rank();
  it.minutes(aica.panel);
  ASSERT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  it.build("shared-bow", "bow", 12, 1);
  it.build("dedicated-t4", "t4", 1, 2);
  const auto award_of = [&](const char* name) {
    return it.get("/api/v1/awards?application_id=" + aica.who[name].application).text("items/0/id");
  };
  const auto open = [&](const char* name) {
    return it.post("/api/v1/awards/" + award_of(name) + "/allocation");
  };
  for (const char* name : {"A", "B", "C"})
    ASSERT_EQ(it.post_as(aica.who[name], "/api/v1/awards/" + award_of(name) + "/accept").status, 200) << name;
  for (const char* name : {"A", "B"}) ASSERT_EQ(open(name).status, 201) << name;
  const auto first = open("C");
  ASSERT_EQ(first.status, 201) << first.text_body;
  EXPECT_EQ(first.text("allocation/pool"), "shared-bow");
  const json::object more{{"award_id", award_of("E")},
                          {"resources", json::object{{"model", "bow"}, {"blocks", 200}}},
                          {"ground", "g"}};
  EXPECT_EQ(it.post("/api/v1/counter-offers", more).text("code"), "supply.no_capacity")
      << "twelve cards are given";
  const auto offer =
      it.post("/api/v1/counter-offers", {{"award_id", award_of("E")},
                                         {"resources", json::object{{"model", "t4"}, {"blocks", 200}}},
                                         {"ground", "BOW는 남지 않음"}});
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  EXPECT_EQ(offer.text("pool"), "dedicated-t4");
  EXPECT_EQ(offer.text("asked/model"), "bow");
  const auto taken = it.post_as(aica.who["E"], "/api/v1/counter-offers/" + offer.text("id") + "/accept");
  ASSERT_EQ(taken.text("state"), "accepted") << taken.text_body;
  const auto opened = open("E");
  ASSERT_EQ(opened.status, 201) << opened.text_body;
  EXPECT_EQ(opened.text("allocation/pool"), "dedicated-t4");
  EXPECT_EQ(opened.text("allocation/limit/model"), "t4");
  EXPECT_EQ(opened.number("allocation/limit/blocks"), 200);
}

}  // namespace
}  // namespace dure::tests
