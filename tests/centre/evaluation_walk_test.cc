// B3, E1, E14: every collection of an evaluation with its lists, single rows, tags and who may see it; and
// the steps that no story takes.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <tuple>

#include "centre/evaluation_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// The list, its filter by id, and the single row with its tag; what a visitor and a stranger see of it.
void expect_rows(Evaluation& it, const std::string& name, const Who& reader, const Who& stranger,
                 bool open_to_all = false) {
  const std::string list = "/api/v1/" + name;
  const auto page = it.centre.get(list, reader);
  ASSERT_EQ(page.status, 200) << list << ": " << page.text_body;
  ASSERT_FALSE(items_of(page).empty()) << list;
  const auto id = page.text("items/0/id");
  EXPECT_EQ(items_of(it.centre.get(list + "?id=" + id, reader)).size(), 1u) << list;
  EXPECT_EQ(it.centre.get(list + "?zzz=1", reader).text("code"), "http.parameter_unknown") << list;
  const auto row = it.centre.get(list + "/" + id, reader);
  ASSERT_EQ(row.status, 200) << list;
  const std::string tag(row.headers.get("ETag"));
  EXPECT_EQ(it.centre.send("GET", list + "/" + id, reader.token, "", {{"If-None-Match", tag}}).status, 304)
      << list;
  EXPECT_EQ(items_of(it.centre.get(list)).empty(), !open_to_all) << list << " as a visitor";
  EXPECT_EQ(items_of(it.centre.get(list, stranger)).empty(), !open_to_all) << list << " as a stranger";
  EXPECT_EQ(it.centre.get(list + "/" + id, stranger).status, open_to_all ? 200 : 404) << list;
}

// Every write of a row refuses another version than the stored one, before it looks at anything else.
void expect_preconditions(Evaluation& it, const std::string& round, const std::string& panel,
                          const Who& loser, const std::string& claim) {
  const Who& office = it.centre.operators;
  const Who& chair = it.people["r1"];
  const auto first = [&](const std::string& list) { return it.get("/api/v1/" + list).text("items/0/id"); };
  const auto own = first("reviews?account_id=" + chair.account);
  const auto seat = first("panel-members?account_id=" + chair.account);
  const auto award = it.get("/api/v1/awards?programme_id=" + it.programme);
  const Who winner{.token = it.centre.operators.token};
  const json::object ground{{"ground", "x"}};
  const json::object amount{{"amount", json::object{{"count", 1}, {"unit", "server"}}}, {"ground", "x"}};
  const std::map<std::string, std::tuple<std::string, const Who*, json::object>> writes{
      {"calls/{id}/close-early", {it.call, &office, {{"closes_on", "2026-12-31"}, {"ground", "x"}}}},
      {"rounds/{id}/cut-off", {round, &office, {}}},
      {"rounds/{id}/evaluate", {round, &office, {}}},
      {"rounds/{id}/cancel", {round, &office, ground}},
      {"rounds/{id}/entries", {round, &office, {{"application_id", loser.application}, {"ground", "x"}}}},
      {"rounds/{id}/assign", {round, &office, {}}},
      {"round-entries/{id}/recommend", {first("round-entries"), &chair, amount}},
      {"panels/{id}/resize", {panel, &office, {{"size", 9}, {"ground", "x"}}}},
      {"panels/{id}/members", {panel, &office, {{"account_id", chair.account}, {"organisation", "x"}}}},
      {"panels/{id}/minutes",
       {panel,
        &office,
        {{"text", "x"}, {"held_on", "2026-05-01"}, {"signed_by", json::array{chair.account}}}}},
      {"panel-members/{id}/respond", {seat, &chair, {{"accept", true}}}},
      {"panel-members/{id}/release", {seat, &office, ground}},
      {"reviews/{id}/accept", {own, &chair, {}}},
      {"reviews/{id}/decline", {own, &chair, ground}},
      {"reviews/{id}/start", {own, &chair, {}}},
      {"reviews/{id}/draft", {own, &chair, scores_of(it.pack, {1})}},
      {"reviews/{id}/submit", {own, &chair, scores_of(it.pack, {1, 1, 1})}},
      {"reviews/{id}/lock", {own, &chair, {}}},
      {"reviews/{id}/reopen", {own, &chair, ground}},
      {"conflicts-of-interest/{id}/resolve",
       {first("conflicts-of-interest"), &office, {{"outcome", "dismissed"}, {"ground", "x"}}}},
      {"rankings/{id}/confirm", {first("rankings"), &office, {}}},
      {"applications/{id}/screening", {loser.application, &office, {{"answers", json::array{}}}}},
      {"bonus-claims/{id}/decide", {claim, &office, {{"granted", true}, {"ground", "x"}}}},
      {"awards/{id}/accept", {award.text("items/0/id"), &winner, {}}},
      {"awards/{id}/decline", {award.text("items/0/id"), &winner, ground}},
      {"awards/{id}/agreement", {award.text("items/0/id"), &office, {}}},
      {"programmes/{id}/match-demand", {it.programme, &office, {{"ground", "x"}}}},
      {"waitlist-entries/{id}/withdraw", {first("waitlist-entries"), &office, ground}},
      {"appeals/{id}/withdraw", {first("appeals"), &office, {}}},
      {"appeals/{id}/decide", {first("appeals"), &office, {{"upheld", false}, {"ground", "x"}}}}};
  for (const auto& pattern : evaluation_writes()) {
    const auto found = writes.find(pattern.substr(std::string("/api/v1/").size()));
    ASSERT_NE(found, writes.end()) << pattern;
    const auto& [id, who, body] = found->second;
    auto target = pattern;
    target.replace(target.find("{id}"), 4, id);
    const auto reply = it.centre.send("POST", target, who->token, body.empty() ? "" : json::serialize(body),
                                      {{"If-Match", "\"999\""}});
    EXPECT_EQ(reply.status, 412) << pattern << ": " << reply.text_body;
    EXPECT_EQ(reply.text("code"), "http.version_mismatch") << pattern;
  }
}

TEST(EvaluationWalk, E1_E14_EveryCollectionIsSeenByWhoMayAndByNobodyElse) {
  Evaluation it("s3-research-2026", "2026-04-06T00:00:00Z", kProof);
  it.build("leased-servers", "h200", 1, 8);
  const auto one = it.apply({"one1", "가대", 800, "h200", "general"});
  const auto two = it.apply({"two1", "나대", 800, "h200", "general"});
  const auto stranger = it.apply({"three1", "다대", 800, "h200", "general"});
  const auto document = it.get("/api/v1/documents?application_id=" + two.application);
  EXPECT_EQ(it.post_as(two, "/api/v1/bonus-claims",
                       {{"application_id", two.application},
                        {"rule", "outside-the-capital"},
                        {"evidence", json::array{document.text("items/0/id")}}})
                .status,
            201);
  const auto round = it.cut_off("2026-04-30");
  EXPECT_EQ(it.post_as(stranger, "/api/v1/applications/" + stranger.application + "/withdraw").status, 200);
  const auto panel = it.seat_panel(round, 3);
  it.evaluate(round);
  // Of three, one declines, one is released, and the chair's alone are locked.
  const auto review = [&](const Who& who, const std::string& login) {
    return "/api/v1/reviews/" + it.review_of(round, who, it.people[login]);
  };
  EXPECT_EQ(
      it.post_as(it.people["r2"], review(one, "r2") + "/decline", {{"ground", "시간이 없음"}}).text("state"),
      "declined");
  EXPECT_EQ(it.post_as(it.people["r2"], "/api/v1/conflicts-of-interest",
                       {{"application_id", two.application}, {"round_id", round}, {"kind", "other"}})
                .text("severity"),
            "slight");
  EXPECT_EQ(it.post_as(it.people["r3"], review(two, "r3") + "/accept").text("state"), "accepted");
  EXPECT_EQ(it.post_as(it.people["r3"], review(two, "r3") + "/start").text("state"), "in_progress");
  EXPECT_EQ(it.rank(round, "leased-servers", 1, "server").text("code"), "evaluation.reviews_open");
  for (const char* login : {"r2", "r3"}) {
    const auto member =
        it.get("/api/v1/panel-members?account_id=" + it.people[login].account).text("items/0/id");
    EXPECT_EQ(it.post("/api/v1/panel-members/" + member + "/release", {{"ground", "해촉"}}).text("state"),
              "released");
  }
  EXPECT_EQ(it.get(review(two, "r3")).text("state"), "declined");
  for (const Who* who : {&one, &two}) {
    const auto path = review(*who, "r1");
    it.submit(path.substr(path.rfind('/') + 1), it.people["r1"], {2000, 1500, 1500});
    EXPECT_EQ(it.post_as(it.people["r1"], path + "/lock").text("state"), "locked");
  }
  it.minutes(panel);
  const auto ranking = it.rank(round, "leased-servers", 1, "server");
  EXPECT_EQ(it.confirm(ranking.text("id")).text("state"), "confirmed");
  const auto& loser = it.state_of(one) == "selected" ? two : one;
  EXPECT_EQ(it.post_as(loser, "/api/v1/appeals", {{"application_id", loser.application}, {"ground", "다시"}})
                .status,
            201);
  const auto claim = it.get("/api/v1/bonus-claims").text("items/0/id");
  expect_preconditions(it, round, panel, loser, claim);
  const Who auditor = it.hire("audit1", "auditor");
  for (const char* name : {"round-entries", "panels", "panel-members", "reviews", "conflicts-of-interest",
                           "rankings", "waitlist-entries", "appeals"}) {
    expect_rows(it, name, it.centre.operators, stranger);
    expect_rows(it, name, auditor, stranger);
  }
  expect_rows(it, "bonus-claims", it.centre.operators, stranger);
  expect_rows(it, "rounds", it.centre.operators, stranger, true);
  for (const char* name : {"waitlist-entries", "appeals"})
    EXPECT_EQ(items_of(it.centre.get(std::string("/api/v1/") + name, loser)).size(), 1u)
        << name << ": his own";
}

TEST(EvaluationWalk, E1_OfTwoAtOnceOneIsRefusedAndWhoMayNotDoesNothing) {
  Evaluation it("s1-aica-2024", "2024-03-04T00:00:00Z");
  const auto one = it.apply({"appa", "A", 400, "bow"});
  const auto round = it.cut_off("2024-03-15");
  const std::string path = "/api/v1/rounds/" + round;
  const auto& token = it.centre.operators.token;
  EXPECT_EQ(
      it.centre.send("POST", path + "/cancel", token, R"({"ground":"x"})", {{"If-Match", "\"1\""}}).status,
      412)
      << "it was cut off meanwhile";
  const auto reviewer = it.hire("r1");
  for (const Who* who : std::vector<const Who*>{&one, &reviewer}) {
    EXPECT_NE(it.post_as(*who, path + "/evaluate").status, 200);
    EXPECT_NE(it.post_as(*who, "/api/v1/panels", {{"round_id", round}}).status, 201);
    EXPECT_NE(it.post_as(*who, "/api/v1/rounds", {{"call_id", it.call}, {"cutoff_on", "2024-04-15"}}).status,
              201);
  }
  EXPECT_EQ(it.get(path).text("state"), "cutoff");
  const std::string body = json::serialize(json::object{{"round_id", round}});
  const net::Headers once{{"Idempotency-Key", "panel-1"}};
  const auto first = it.centre.send("POST", "/api/v1/panels", token, body, once);
  EXPECT_EQ(first.status, 201) << first.text_body;
  EXPECT_EQ(it.centre.send("POST", "/api/v1/panels", token, body, once).text_body, first.text_body);
}

TEST(EvaluationWalk, B5_ATrackThatTheCallDoesNotHaveIsRefused) {
  Evaluation it("s3-research-2026", "2026-04-06T00:00:00Z");
  const auto one = it.apply({"one1", "가대", 800, "h200", "general", "연구실"});
  const auto page = it.centre.get("/api/v1/applications/" + one.application, one);
  auto form = page.body.at("form").as_object();
  form["track"] = "no-such-track";
  const auto refused = it.post("/api/v1/applications", {{"call_id", it.call}, {"form", form}});
  EXPECT_EQ(refused.text("code"), "application.track_unknown") << refused.text_body;
}

}  // namespace
}  // namespace dure::tests
