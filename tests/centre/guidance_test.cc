// L2, M1, M2, M3, M5, M6, M7 over the API: the end of a programme and of its rules, what the rules leave
// open, desks, emergencies, and that nobody of the centre enters what a user runs.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "access/permission.h"
#include "centre/cast.h"
#include "centre/outcome_cast.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

Reply file(Centre& centre) {
  return centre.post(
      "/api/v1/applications", {},
      {{"call_id", centre.call},
       {"form", wire::to_json(*wire::read_form(wire::example_form()), wire::Out{.personal = true})}});
}

std::string version_of(Centre& centre) {
  return centre.get("/api/v1/programmes/" + centre.programme, centre.operators).text("policy_version_id");
}

TEST(Guideline, M7_NoDecisionCitesAVersionThatHasEnded) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const std::string path = "/api/v1/policy-versions/" + version_of(centre) + "/end";
  const json::object end{{"ends_on", "2026-09-01"}, {"event", "사업의 종료"}, {"ground", "협약 해지"}};
  EXPECT_EQ(centre.post(path, filer, end).status / 100, 4);
  auto early = end;
  early["ends_on"] = "2020-01-01";
  EXPECT_EQ(centre.post(path, centre.operators, early).text("code"), "policy.ends_too_early");
  const auto ended = centre.post(path, centre.operators, end);
  EXPECT_EQ(ended.text("ends_on"), "2026-09-01") << ended.text_body;
  EXPECT_EQ(centre.post(path, centre.operators, end).text("version"), ended.text("version")) << "once";
  auto other = end;
  other["ends_on"] = "2026-09-02";
  EXPECT_EQ(centre.post(path, centre.operators, other).text("code"), "policy.ended_otherwise");
  move_to(centre, "2026-09-01T14:59:00Z");
  EXPECT_EQ(centre.approve(filer.application).status, 200) << "its last day, 23:59 in Seoul";
  const Who late = centre.file_application("kim01");
  move_to(centre, "2026-09-01T15:00:00Z");
  const auto refused = centre.approve(late.application);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.text("code"), "policy.version_ended") << refused.text_body;
  EXPECT_EQ(refused.text("parameters/event"), "사업의 종료");
  const auto award =
      centre.get("/api/v1/awards?application_id=" + filer.application, centre.operators).text("items/0/id");
  EXPECT_EQ(centre.post("/api/v1/awards/" + award + "/allocation", centre.operators).text("code"),
            "policy.version_ended");
  EXPECT_EQ(centre
                .post("/api/v1/applications/" + filer.application + "/payer", centre.operators,
                      {{"ground", "원본을 봄"}})
                .text("code"),
            "policy.version_ended")
      << "nor is a payer confirmed by it";
  auto renewed = s0_text();
  const std::string version = "version: {value: \"2022-11-21\"";
  ASSERT_NE(renewed.find(version), std::string::npos);
  renewed.replace(renewed.find(version), version.size(), "version: {value: \"2026-09-02\"");
  put_in_force(centre, renewed);
  EXPECT_EQ(centre.approve(late.application, {{"starts_on", "2026-09-03"}}).status, 200)
      << "under the version that follows";
}

TEST(Guideline, M3_AVersionOfALaterDayWaitsForIt) {
  Centre centre;
  const auto before = version_of(centre);
  auto text = s0_text();
  const auto at = text.find("effective_from:");
  ASSERT_NE(at, std::string::npos);
  text.replace(text.find("2022-11-21", at), 10, "2026-10-01");
  put_in_force(centre, text);
  EXPECT_EQ(version_of(centre), before);
  const auto row = centre.get("/api/v1/programmes/" + centre.programme, centre.operators);
  const auto next = row.text("next_policy_version_id");
  EXPECT_NE(next, "") << row.text_body;
  auto today = s0_text();
  const std::string version = "version: {value: \"2022-11-21\"";
  today.replace(today.find(version), version.size(), "version: {value: \"2026-09-01\"");
  put_in_force(centre, today);
  const auto between = version_of(centre);
  EXPECT_NE(between, before);
  EXPECT_EQ(
      centre.get("/api/v1/programmes/" + centre.programme, centre.operators).text("next_policy_version_id"),
      next)
      << "what waits for its day stays";
  move_to(centre, "2026-09-30T14:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(version_of(centre), between);
  move_to(centre, "2026-09-30T15:10:00Z");
  centre.turn_loops();
  EXPECT_EQ(version_of(centre), next);
}

TEST(ProgrammeEnd, L2_M7_IsAnnouncedByItsDayThenSupportEnds) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const Who filer = centre.file_application("kim01");
  const std::string path = "/api/v1/programmes/" + centre.programme + "/end";
  EXPECT_EQ(centre.post(path, user, {{"ends_on", "2026-12-31"}, {"ground", "g"}}).status, 403);
  EXPECT_EQ(centre.post(path, centre.operators, {{"ends_on", "2026-08-01"}, {"ground", "g"}}).text("code"),
            "programme.end_past");
  const auto announced =
      centre.post(path, centre.operators, {{"ends_on", "2026-12-31"}, {"ground", "사업 기간 만료"}});
  EXPECT_EQ(announced.text("ends_on"), "2026-12-31") << announced.text_body;
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, user).text("ends_on"), "2026-12-31")
      << "no use beyond it";
  centre.turn_loops();
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, user).text("ends_on"), "2026-12-31");
  EXPECT_EQ(centre.approve(filer.application, {{"months", 6}}).status, 200) << "until then all goes on";
  const auto award =
      centre.get("/api/v1/awards?application_id=" + filer.application, centre.operators).text("items/0/id");
  const auto opened = centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
  EXPECT_EQ(opened.text("allocation/ends_on"), "2026-12-31") << opened.text_body;
  move_to(centre, "2026-12-31T15:10:00Z");
  centre.turn_loops();
  const auto programme = centre.get("/api/v1/programmes/" + centre.programme, centre.operators);
  EXPECT_NE(programme.text("ended_at"), "") << programme.text_body;
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"), "ended");
  EXPECT_EQ(centre.get("/api/v1/calls/" + centre.call, centre.operators).text("state"), "closed");
  EXPECT_EQ(file(centre).text("code"), "call.not_open");
  EXPECT_EQ(centre.post("/api/v1/calls", centre.operators, {{"programme_id", centre.programme}}).status, 409);
  const auto version = centre.get("/api/v1/policy-versions/" + version_of(centre), centre.operators);
  EXPECT_EQ(version.text("ends_on"), "2026-12-31") << "the rules end with it, as they say";
  EXPECT_NE(version.text("end_event").find("지역혁신플랫폼사업의 종료"), std::string::npos);
  EXPECT_EQ(centre.post(path, centre.operators, {{"ends_on", "2027-12-31"}, {"ground", "g"}}).text("code"),
            "programme.ended");
}

TEST(Determination, M2_AMeetingChairedByTheHeadDecidesAndADecisionCitesIt) {
  Centre centre;
  json::object body{{"programme_id", centre.programme},
                    {"question", "공동 연구자의 계정을 몇 개까지 두는가"},
                    {"met_on", "2026-08-28"},
                    {"chair", "김센터"},
                    {"chair_office", "사무국장"},
                    {"members", json::array{"김센터", "이팀장"}},
                    {"minutes", "신청 건의 규모에 비추어 두 개로 한다"},
                    {"decision", "두 개"}};
  EXPECT_EQ(centre.post("/api/v1/determinations", centre.operators, body).text("code"),
            "determination.chair");
  body["chair_office"] = "스마트제조 ICT 사업단 AI 서버지원센터장";
  body["met_on"] = "2026-10-01";
  EXPECT_EQ(centre.post("/api/v1/determinations", centre.operators, body).text("code"),
            "outcome.in_the_future");
  body["met_on"] = "2026-08-28";
  body["members"] = json::array{};
  EXPECT_EQ(centre.post("/api/v1/determinations", centre.operators, body).text("code"),
            "determination.members_missing");
  body["members"] = json::array{"김센터", "이팀장"};
  const auto made = centre.post("/api/v1/determinations", centre.operators, body);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("policy_hash"),
            centre.get("/api/v1/policy-versions/" + version_of(centre), centre.operators).text("hash"));
  const Who filer = centre.file_application("hong01");
  EXPECT_EQ(centre.approve(filer.application, {{"determination_ids", json::array{"nothing"}}}).text("code"),
            "determination.no_such");
  EXPECT_EQ(centre.approve(filer.application, {{"determination_ids", json::array{made.text("id")}}}).status,
            200);
  const auto decided =
      centre.get("/api/v1/decisions?kind=decision&application_id=" + filer.application, centre.operators);
  EXPECT_EQ(decided.text("items/0/determination_ids/0"), made.text("id"));
  put_in_force(centre, s0_with("determination", ""));
  EXPECT_EQ(centre.post("/api/v1/determinations", centre.operators, body).text("code"),
            "determination.section_off");
}

TEST(Question, M5_IsFiledToADeskOfThePackAnsweredAndClosed) {
  Centre centre;
  put_in_force(centre, s0_with("contact", s1_section("contact")));
  const Who user = centre.admit("hong01");
  const auto desks = centre.get("/api/v1/programmes/" + centre.programme + "/desks");
  ASSERT_EQ(desks.body.at("items").as_array().size(), 4u) << desks.text_body;
  EXPECT_EQ(desks.text("items/1/topic"), "technical_support");
  json::object body{{"programme_id", centre.programme},
                    {"desk", "cafeteria"},
                    {"title", "접속"},
                    {"text", "접속이 안 됩니다"}};
  EXPECT_EQ(centre.post("/api/v1/questions", user, body).text("code"), "question.desk_unknown");
  body["desk"] = "technical_support";
  const auto asked = centre.post("/api/v1/questions", user, body);
  ASSERT_EQ(asked.status, 201) << asked.text_body;
  EXPECT_EQ(asked.text("state"), "open");
  const std::string path = "/api/v1/questions/" + asked.text("id");
  const Who other = centre.admit("kim01");
  EXPECT_EQ(centre.get(path, other).status, 404) << "a question is its asker's";
  EXPECT_EQ(centre.post(path + "/answer", other, {{"answer", "a"}}).status, 404);
  EXPECT_EQ(centre.post(path + "/answer", user, {{"answer", "a"}}).status, 403);
  EXPECT_EQ(
      centre.post(path + "/answer", centre.operators, {{"answer", "방화벽을 열었습니다"}}).text("state"),
      "answered");
  EXPECT_EQ(centre.get(path, user).text("answer"), "방화벽을 열었습니다");
  EXPECT_EQ(centre.post(path + "/answer", centre.operators, {{"answer", "b"}}).text("code"),
            "question.not_open");
  EXPECT_EQ(centre.post(path + "/close", user).text("state"), "closed");
}

TEST(Question, M6_WritingOrDebuggingCodeIsDeclinedWithTheTextOfThePack) {
  Centre centre;
  const Who user = centre.admit("hong01");
  json::object body{{"programme_id", centre.programme},
                    {"desk", ""},
                    {"request", "debug_code"},
                    {"title", "오류"},
                    {"text", "train.py가 멈춥니다"}};
  const auto asked = centre.post("/api/v1/questions", user, body);
  ASSERT_EQ(asked.status, 201) << asked.text_body;
  EXPECT_EQ(asked.text("state"), "declined");
  EXPECT_NE(asked.text("answer").find("디버깅하지 않습니다"), std::string::npos);
  body["request"] = "make_coffee";
  EXPECT_EQ(centre.post("/api/v1/questions", user, body).text("code"), "question.request_unknown");
  body["request"] = "";
  const auto open = centre.post("/api/v1/questions", user, body);
  EXPECT_EQ(open.text("state"), "open");
  const auto declined = centre.post("/api/v1/questions/" + open.text("id") + "/decline", centre.operators,
                                    {{"request", "write_code"}});
  EXPECT_EQ(declined.text("state"), "declined");
  EXPECT_NE(declined.text("answer").find("작성하지 않습니다"), std::string::npos);
}

TEST(Question, M6_NoOfficialEntersWhatAUserRunsNorCreatesItNorReadsItsVolume) {
  using access::Permission;
  for (const auto permission : {Permission::kWorkloadEnter, Permission::kWorkloadCreate}) {
    const auto& row = access::row(permission);
    EXPECT_EQ(row.open, access::Open::kNobody);
    for (const auto& [role, name] : model::EnumNames<model::Role>::kAll)
      EXPECT_EQ(access::reach(row, role),
                role == model::Role::kMember ? access::Reach::kOwn : access::Reach::kNone)
          << row.name << " " << name;
  }
  Cast cast;
  auto& centre = cast.centre;
  for (const char* purpose : {"terminal", "exec", "service"})
    for (const Who* who : {&centre.operators, &cast.auditor, &cast.reviewer})
      EXPECT_GE(
          centre.post("/api/v1/workloads/" + cast.workload + "/access", *who, {{"purpose", purpose}}).status,
          403)
          << purpose;
  EXPECT_EQ(centre.post("/api/v1/workloads/" + cast.workload + "/access", cast.member, {{"purpose", "exec"}})
                    .status /
                100,
            2);
  for (const auto& route : centre.routes().table()) {
    const bool inside =
        route.pattern.find("/volumes/") != std::string::npos && route.pattern != "/api/v1/volumes/{id}";
    EXPECT_FALSE(inside) << route.pattern << ": what lies in a volume is nobody's but its owner's";
  }
}

TEST(Outage, M1_AnEmergencyStopComesWithoutNoticeAndIsToldAfterwards) {
  Cast cast;
  auto& centre = cast.centre;
  const auto begun = centre.post("/api/v1/outages", centre.operators,
                                 {{"cause", "emergency"}, {"note", "침수로 전원을 내렸습니다"}});
  ASSERT_EQ(begun.status, 201) << "no notice before it";
  centre.advance(base::Span::hours(5));
  const auto ended = centre.post("/api/v1/outages/" + begun.text("id") + "/end", centre.operators);
  EXPECT_EQ(ended.status, 200) << ended.text_body;
  centre.turn_loops();
  const Who user = again(centre, cast.member);
  const auto told = centre.get("/api/v1/outages", user);
  EXPECT_EQ(told.text("items/0/note"), "침수로 전원을 내렸습니다") << "the user reads what it was";
  EXPECT_NE(told.text("items/0/ended_at"), "");
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, user).text("ends_on"), "2027-03-01")
      << "and has the day back";
}

TEST(Walk, M2_M5_DeterminationsAndQuestions) {
  Cast cast;
  auto& centre = cast.centre;
  centre.post("/api/v1/determinations", centre.operators,
              {{"programme_id", centre.programme},
               {"question", "q"},
               {"met_on", "2026-08-28"},
               {"chair", "c"},
               {"chair_office", "Head of the AI Server Support Centre"},
               {"members", json::array{"m"}},
               {"minutes", "m"},
               {"decision", "d"}});
  expect_collection(cast, "determinations", cast.auditor);
  const auto heard = centre.get("/api/v1/determinations", cast.auditor);
  const auto told = centre.get("/api/v1/determinations", cast.member);
  EXPECT_EQ(heard.text("items/0/minutes"), "m");
  EXPECT_EQ(told.text("items/0/decision"), "d") << told.text_body;
  EXPECT_EQ(told.text("items/0/minutes"), "") << "what was said is for the centre";
  EXPECT_EQ(centre.get("/api/v1/determinations/" + told.text("items/0/id"), cast.member).text("minutes"), "");
  centre.post("/api/v1/questions", cast.member,
              {{"programme_id", centre.programme}, {"desk", ""}, {"title", "t"}, {"text", "x"}});
  expect_collection(cast, "questions", cast.member);
  expect_collection(cast, "questions", cast.auditor);
}

}  // namespace
}  // namespace dure::tests
