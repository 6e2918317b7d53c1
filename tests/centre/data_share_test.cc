// K5, K6, K7, D7: the sharing of data, and surveys, over the API.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/outcome_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

struct Share {
  explicit Share(const std::string& pack_section = s1_section("outcomes")) {
    put_in_force(centre, s0_with("outcomes", pack_section));
    user = centre.admit("hong01");
    path = "/api/v1/data-shares/" +
           centre.get("/api/v1/data-shares?allocation_id=" + user.allocation, centre.operators)
               .text("items/0/id");
  }
  Reply propose(const std::string& type, const json::array& claims = {}, const std::string& mode = "free") {
    return centre.post(path + "/propose", user,
                       {{"type", type}, {"mode", mode}, {"title", "용접 영상"}, {"claims", claims}});
  }
  json::object claim(const std::string& of, const std::string& ground = "국가핵심기술 지정") {
    return {{"of", of}, {"ground", ground}, {"evidence", json::array{evidence()}}};
  }
  std::string evidence() {
    if (file.empty()) file = put_evidence(centre, user, "ground");
    return file;
  }
  Reply check(const json::array& findings) {
    return centre.post(path + "/check", centre.operators, {{"findings", findings}});
  }
  static json::object found(const std::string& of, bool holds = true) {
    return {{"of", of}, {"holds", holds}, {"ground", "확인함"}};
  }
  std::string obligation_state() {
    return centre
        .get("/api/v1/obligations?kind=data_share&allocation_id=" + user.allocation, centre.operators)
        .text("items/0/state");
  }

  Centre centre;
  Who user;
  std::string path;
  std::string file;
};

TEST(DataShare, K5_D7_TheDataOfThePlanIsSharedInAModeAfterItsDefinition) {
  Share share;
  const auto due = share.centre.get(share.path, share.user);
  EXPECT_EQ(due.text("state"), "due");
  EXPECT_EQ(due.text("due_on"), "2027-03-31") << "a month after the end";
  EXPECT_EQ(share.propose("type-1").text("code"), "data_share.definition_missing");
  put_evidence(share.centre, share.user, "data_definition");
  EXPECT_EQ(share.propose("type-1", {}, "barter").text("code"), "data_share.mode_unknown");
  EXPECT_EQ(share.propose("type-9").text("code"), "data_share.type_unknown");
  EXPECT_EQ(share.obligation_state(), "scheduled");
  EXPECT_EQ(share.propose("type-1").text("state"), "proposed");
  EXPECT_EQ(share.obligation_state(), "submitted");
  const auto back =
      share.centre.post(share.path + "/give-back", share.centre.operators, {{"ground", "정의서와 다릅니다"}});
  EXPECT_EQ(back.text("state"), "due");
  EXPECT_EQ(share.obligation_state(), "returned");
  for (const char* mode : {"free", "paid", "after_approval", "public_or_research"}) {
    EXPECT_EQ(share.propose("type-1", {}, mode).text("mode"), mode);
    share.centre.post(share.path + "/give-back", share.centre.operators, {{"ground", "g"}});
  }
  EXPECT_EQ(share.propose("type-1", {}, "negotiated_price").text("state"), "proposed");
  EXPECT_EQ(share.centre.post(share.path + "/register", share.user, {{"registration", "x"}}).text("code"),
            "state.not_from_this_state")
      << "it is checked first";
  EXPECT_EQ(share.check({}).text("state"), "checked");
  EXPECT_EQ(share.centre.post(share.path + "/register", share.centre.operators, {{"registration", "x"}})
                .text("code"),
            "data_share.by_owner");
  const auto done =
      share.centre.post(share.path + "/register", share.user, {{"registration", "portal.atops.or.kr/dxp/1"}});
  EXPECT_EQ(done.text("state"), "registered") << done.text_body;
  EXPECT_EQ(share.obligation_state(), "accepted");
  const auto status = share.centre.get("/api/v1/programmes/" + share.centre.programme + "/outcomes?year=2027",
                                       share.centre.operators);
  EXPECT_EQ(status.number("shares_done"), 1);
}

TEST(DataShare, K6_ALesserTypeStandsInOnlyWhereThoseBeforeArePrevented) {
  Share share;
  put_evidence(share.centre, share.user, "data_definition");
  EXPECT_EQ(share.propose("type-2a").text("code"), "data_share.claim_missing");
  const std::string opened = "planned_data_cannot_be_opened";
  EXPECT_EQ(share.propose("type-2a", {share.claim("type-1")}).text("code"), "data_share.claim_missing");
  auto unfounded = share.claim("type-1");
  unfounded["evidence"] = json::array{};
  EXPECT_EQ(share.propose("type-2a", {unfounded, share.claim(opened)}).text("code"),
            "data_share.claim_unfounded");
  EXPECT_EQ(share.propose("type-2b", {share.claim("type-1"), share.claim(opened), share.claim("weather")})
                .text("code"),
            "data_share.claim_unknown");
  EXPECT_EQ(share.propose("type-2b", {share.claim("type-1"), share.claim(opened)}).text("state"), "proposed");
  EXPECT_EQ(share.check({Share::found("type-1")}).text("code"), "data_share.finding_missing");
  EXPECT_EQ(share.check({Share::found("type-1"), Share::found(opened, false)}).text("code"),
            "data_share.not_founded");
  EXPECT_EQ(share.centre.get(share.path, share.user).text("state"), "proposed") << "nothing half done";
  const auto checked = share.check({Share::found("type-1"), Share::found(opened)});
  EXPECT_EQ(checked.text("state"), "checked") << checked.text_body;
  EXPECT_EQ(checked.text("claims/1/finding"), "확인함");
}

TEST(DataShare, K6_TheStoryIsForDataThatALawForbidsToOpenAndForWhoHasNoneOfHisOwn) {
  Share share;
  put_evidence(share.centre, share.user, "data_definition");
  json::array claims;
  for (const char* of : {"type-1", "type-2a", "type-2b", "law_forbids_opening"})
    claims.push_back(share.claim(of));
  EXPECT_EQ(share.propose("type-3", claims).text("code"), "data_share.claim_missing")
      << "no own data that may be opened";
  claims.push_back(share.claim("no_own_data_to_open"));
  EXPECT_EQ(share.propose("type-3", claims).text("state"), "proposed");
  json::array findings;
  for (const char* of : {"type-1", "type-2a", "type-2b", "law_forbids_opening", "no_own_data_to_open"})
    findings.push_back(Share::found(of));
  EXPECT_EQ(share.check(findings).text("state"), "checked");
  const auto exempted =
      share.centre.post(share.path + "/exempt", share.centre.operators, {{"ground", "법령상 불가"}});
  EXPECT_EQ(exempted.text("state"), "exempted");
  EXPECT_EQ(share.obligation_state(), "accepted");
  const auto report = share.centre.get("/api/v1/obligations?kind=data_share", share.centre.operators);
  EXPECT_EQ(share.centre
                .post("/api/v1/obligations/" + report.text("items/0/id") + "/report", share.user,
                      {{"kind", "other"}, {"title", "t"}, {"content", "c"}})
                .text("code"),
            "data_share.not_by_report");
}

json::array questions() {
  return {json::object{{"id", "overall"},
                       {"text", "전반적으로 만족하십니까?"},
                       {"choices", json::array{"아니오", "보통", "예"}}},
          json::object{{"id", "speed"}, {"text", "속도는?"}, {"choices", json::array{"느림", "빠름"}}}};
}

json::array choices(std::int64_t overall, std::int64_t speed) {
  return {json::object{{"question", "overall"}, {"choice", overall}},
          json::object{{"question", "speed"}, {"choice", speed}}};
}

TEST(Survey, K7_IsAnsweredOnceAndCountedWithoutNamesAndToldOnceItIsClosed) {
  Share share;
  auto& centre = share.centre;
  const Who other = centre.admit("kim01");
  const std::string status = "/api/v1/programmes/" + centre.programme + "/outcomes?year=2026";
  EXPECT_EQ(centre.get(status, centre.operators).number("surveys_wanted"), 1);
  EXPECT_EQ(centre.get(status, centre.operators).text("survey_by"), "2026-12-31");
  json::object survey{
      {"programme_id", centre.programme}, {"title", "2026년 만족도 조사"}, {"questions", questions()}};
  EXPECT_EQ(centre.post("/api/v1/user-surveys", share.user, survey).status, 403);
  const auto opened = centre.post("/api/v1/user-surveys", centre.operators, survey);
  ASSERT_EQ(opened.status, 201) << opened.text_body;
  EXPECT_EQ(centre.get(status, centre.operators).number("surveys_held"), 1);
  EXPECT_EQ(centre.get(status, centre.operators).text("survey_by"), "");
  const std::string path = "/api/v1/user-surveys/" + opened.text("id");
  const auto answer = [&](const Who& who, const json::array& what) {
    return centre.post(path + "/answers", who, {{"choices", what}});
  };
  EXPECT_EQ(answer(share.user, choices(3, 0)).text("code"), "survey.choice_unknown");
  EXPECT_EQ(answer(share.user, {json::object{{"question", "overall"}, {"choice", 1}}}).text("code"),
            "survey.choice_unknown");
  EXPECT_EQ(answer(share.user, choices(2, 1)).text("answered"), "true");
  EXPECT_EQ(answer(share.user, choices(0, 0)).text("code"), "survey.answered_already");
  EXPECT_EQ(answer(other, choices(2, 0)).status, 200);
  EXPECT_EQ(answer(centre.operators, choices(0, 0)).status, 404) << "no user of the programme";
  const auto row = centre.get(path, centre.operators);
  EXPECT_EQ(row.number("answers"), 2);
  EXPECT_EQ(row.text_body.find("counts"), std::string::npos) << "who answered when is known";
  EXPECT_EQ(centre.get(path + "/results", centre.operators).text("code"), "survey.still_open");
  EXPECT_EQ(centre.post(path + "/close", centre.operators).text("state"), "closed");
  EXPECT_EQ(answer(other, choices(1, 0)).text("code"), "survey.closed");
  const auto results = centre.get(path + "/results", share.user);
  ASSERT_EQ(results.body.at("counts").as_array().size(), 5u) << results.text_body;
  EXPECT_EQ(results.number("counts/0/count"), 0);
  EXPECT_EQ(results.number("counts/2/count"), 2);
  EXPECT_EQ(results.number("counts/3/count"), 1);
  EXPECT_EQ(results.text_body.find("hong01"), std::string::npos);
  EXPECT_EQ(results.text_body.find(share.user.account), std::string::npos);
}

TEST(Survey, K7_FurtherOnesAreThePacksToAllowAndFaultyQuestionsAreRefused) {
  Centre centre;  // of the regional centre, which knows none
  json::object survey{
      {"programme_id", centre.programme}, {"kind", "further"}, {"title", "수요"}, {"questions", questions()}};
  EXPECT_EQ(centre.post("/api/v1/user-surveys", centre.operators, survey).text("code"), "survey.further_off");
  survey["kind"] = "satisfaction";
  survey["closes_at"] = "2026-01-01T00:00:00Z";
  EXPECT_EQ(centre.post("/api/v1/user-surveys", centre.operators, survey).text("code"), "survey.closes_past");
  survey["closes_at"] = nullptr;
  survey["questions"] =
      json::array{json::object{{"id", "a"}, {"text", "t"}, {"choices", json::array{"예", "예"}}}};
  EXPECT_EQ(centre.post("/api/v1/user-surveys", centre.operators, survey).text("code"),
            "survey.question_faulty");
}

TEST(Walk, K1_to_K8_EveryCollection) {
  Cast cast;
  const Who& user = cast.member;
  const auto file = put_evidence(cast.centre, user, "paper");
  const auto told = cast.centre.post("/api/v1/outcomes", user,
                                     {{"allocation_id", user.allocation},
                                      {"kind", "paper"},
                                      {"title", "t"},
                                      {"produced_on", "2026-09-01"},
                                      {"evidence", json::array{file}}});
  cast.centre.post("/api/v1/outcomes/" + told.text("id") + "/acknowledgement", cast.centre.operators,
                   {{"evidence_document_id", file}, {"present", true}});
  for (const char* name : {"evidence-documents", "outcomes", "acknowledgement-checks"}) {
    expect_collection(cast, name, user);
    expect_collection(cast, name, cast.auditor);
  }
  cast.centre.post("/api/v1/user-surveys", cast.centre.operators,
                   {{"programme_id", cast.centre.programme}, {"title", "t"}, {"questions", questions()}});
  expect_collection(cast, "user-surveys", user);
  expect_tagged(cast, "/api/v1/obligations/" + user.obligation + "/form", user);
  expect_tagged(cast, "/api/v1/programmes/" + cast.centre.programme + "/outcomes", cast.auditor);
}

TEST(Walk, K5_DataShares) {
  Cast cast;
  ask_as_s1(cast.centre);
  const Who user = cast.centre.admit("park01");
  expect_collection(cast, "data-shares", user);
  expect_collection(cast, "data-shares", cast.auditor);
}

}  // namespace
}  // namespace dure::tests
