// The centre's half over HTTP: who may do what, what is refused and why, what is kept.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "centre/centre.h"
#include "cli/api.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// D13: filed and submitted over HTTP.
TEST(Application, D1_D2_C1_IsScreenedAtOnceWithAReasonPerRule) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const auto reply = centre.get("/api/v1/applications/" + filer.application, filer);
  EXPECT_EQ(reply.text("state"), "eligible");
  EXPECT_EQ(reply.text("receipt_number"), "S0-2026-000001");
  ASSERT_FALSE(reply.body.at("screening").as_array().empty());
  for (const auto& item : reply.body.at("screening").as_array()) {
    EXPECT_FALSE(cli::text_at(item, "rule").empty());
    EXPECT_FALSE(cli::text_at(item, "reason/code").empty());
  }
}

// Nobody has looked for a restriction: no application is approved before somebody has, with the ground.
TEST(Application, C5_WhoIsUnderARestrictionIsForAPersonToSay) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const std::string path = "/api/v1/applications/" + filer.application;
  const std::string rule = "eligibility.person_decides.former-misuse";
  const auto screened = centre.get(path, centre.operators);
  std::string result;
  for (const auto& item : screened.body.at("screening").as_array())
    if (cli::text_at(item, "rule") == rule) result = cli::text_at(item, "result");
  EXPECT_EQ(result, "needs_person");
  const auto refused =
      centre.post(path + "/decision", centre.operators, {{"verdict", "approve"}, {"ground", "fit"}});
  EXPECT_EQ(refused.text("code"), "decision.person_must_decide") << json::serialize(refused.body);
  const json::array answers{json::object{{"rule", rule}, {"met", true}, {"ground", "no record"}}};
  const auto decided = centre.post(path + "/decision", centre.operators,
                                   {{"verdict", "approve"}, {"ground", "fit"}, {"answers", answers}});
  EXPECT_EQ(decided.text("state"), "selected") << json::serialize(decided.body);
}

// A pack's own fields are answered with the form, and a second application differs in title.
TEST(Application, D2_C6_AnswersToThePacksFieldsAndTitlesThatDiffer) {
  Centre centre;
  std::ifstream file("policies/s0-regional-centre/policy.yaml");
  std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string section = "\napplication:\n";
  ASSERT_NE(text.find(section), std::string::npos);
  text.replace(
      text.find(section), section.size(),
      section +
          "  distinct_titles: {value: true, source: test, confidence: chosen}\n"
          "  fields: {source: test, confidence: chosen, value: [{id: ai_model, title: {ko: 모델}, type: "
          "text, need: required}]}\n");
  const auto loaded =
      centre.post("/api/v1/programmes", centre.operators,
                  {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
  ASSERT_LT(loaded.status, 300) << json::serialize(loaded.body);
  const auto filed = [&](const std::string& model, const std::string& title) {
    auto form = *wire::read_form(wire::example_form());
    form.plan.title = title;
    if (!model.empty()) form.answers.emplace()["ai_model"] = {model};
    const auto created =
        centre.post("/api/v1/applications", {},
                    {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
    Who filer;
    filer.token = created.text("access_token");
    const std::string path = "/api/v1/applications/" + created.text("application/id");
    centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", filer.token,
                "%PDF-1.4\ntrailer\n%%EOF\n");
    return centre.post(path + "/submit", filer);
  };
  const auto codes = [](const Reply& reply) {
    std::string all = reply.text("state");
    for (const auto& item : reply.body.at("screening").as_array())
      if (cli::text_at(item, "result") == "not_met") all += " " + cli::text_at(item, "reason/code");
    return all;
  };
  EXPECT_EQ(codes(filed("", "가")), "returned answer.missing");
  const auto first = filed("영상 분류", "나");
  EXPECT_EQ(codes(first), "eligible");
  EXPECT_EQ(first.text("form/answers/ai_model/0"), "영상 분류") << "as its filer sees it";
  EXPECT_EQ(codes(filed("음성 인식", " 나 ")), "returned answer.title_taken");
  EXPECT_EQ(codes(filed("음성 인식", "다")), "eligible");
}

TEST(Application, C1_AnApplicantOfAnotherRegionIsIneligible) {
  Centre centre;
  auto form = *wire::read_form(wire::example_form());
  form.applicant.region = "seoul";
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  Who filer;
  filer.token = created.text("access_token");
  const std::string path = "/api/v1/applications/" + created.text("application/id");
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", filer.token,
              "%PDF-1.4\ntrailer\n%%EOF\n");
  EXPECT_EQ(centre.post(path + "/submit", filer).text("state"), "ineligible");
  EXPECT_EQ(centre.post(path + "/decision", centre.operators, {{"verdict", "approve"}}).status, 409);
}

TEST(Application, C7_D3_WithoutItsDocumentItIsReturnedAndAFileOfAnotherTypeIsRefused) {
  Centre centre;
  auto form = *wire::read_form(wire::example_form());
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  const std::string path = "/api/v1/applications/" + created.text("application/id");
  const std::string token = created.text("access_token");
  // Content decides, not the name.
  const auto script =
      centre.send("POST", path + "/documents?kind=form1&file_name=form.pdf", token, "#!/bin/sh\nrm -rf /\n");
  EXPECT_EQ(script.status, 400) << json::serialize(script.body);
  EXPECT_EQ(script.text("code"), "document.type_refused");
  EXPECT_EQ(centre.send("POST", path + "/submit", token).text("state"), "returned");
}

TEST(Application, P17_PersonalDataIsMaskedForTheCentreAndALookIsRecorded) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const std::string path = "/api/v1/applications/" + filer.application;
  EXPECT_EQ(centre.get(path, filer).text("form/applicant/name"), "홍길동");
  EXPECT_EQ(centre.get(path, centre.operators).text("form/applicant/name"), "홍*동");
  EXPECT_EQ(centre.get(path + "?reveal=call-back", centre.operators).text("form/applicant/name"), "홍길동");
  const auto looks = centre.get("/api/v1/audit-entries?action=applications.reveal", centre.operators);
  ASSERT_EQ(looks.body.at("items").as_array().size(), 1u);
  EXPECT_EQ(looks.text("items/0/subject"), "applications/" + filer.application);  // whose data (R1)
}

TEST(Access, StrangersSeeNothingAndCannotTellHiddenFromMissing) {
  Centre centre;
  const Who mine = centre.file_application("hong01");
  const Who other = centre.file_application("kim01");
  EXPECT_EQ(centre.get("/api/v1/applications/" + mine.application, other).status, 404);
  const auto missing = centre.get("/api/v1/applications/01900000-0000-7000-8000-000000000000", other);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.text("code"), centre.get("/api/v1/applications/" + mine.application, other).text("code"));
  const auto list = centre.get("/api/v1/applications", other);
  ASSERT_EQ(list.body.at("items").as_array().size(), 1u);
  EXPECT_EQ(list.text("items/0/id"), other.application);
  EXPECT_EQ(centre.get("/api/v1/applications").body.at("items").as_array().size(), 0u);
}

TEST(Access, G4_TheFifthWrongPasswordLocksAndTheRightOneIsThenRefusedToo) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const json::object wrong{{"login", "hong01"}, {"password", "Wrong7!stone_K9"}};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(centre.post("/api/v1/sessions", {}, wrong).status, 401);
  const json::object right{{"login", "hong01"}, {"password", kGoodPassword}};
  EXPECT_EQ(centre.post("/api/v1/sessions", {}, right).status, 429);
  EXPECT_EQ(centre.get("/api/v1/accounts/" + user.account, centre.operators).text("state"), "locked");
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401) << "a locked account's sessions end";
}

TEST(Access, G1_G3_TheTemporaryPasswordMustBeChangedAndTheRulesHold) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  centre.approve(filer.application);
  const auto award =
      centre.get("/api/v1/awards?application_id=" + filer.application, centre.operators).text("items/0/id");
  const auto opened = centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
  ASSERT_EQ(opened.status, 201) << json::serialize(opened.body);
  const Who user = centre.log_in("hong01", opened.text("temporary_password"));
  const auto early = centre.get("/api/v1/allocations/" + opened.text("allocation/id"), user);
  EXPECT_EQ(early.status, 403);
  EXPECT_EQ(early.text("code"), "access.password_change_first");
  const auto weak = centre.post("/api/v1/me/password", user,
                                {{"current", opened.text("temporary_password")}, {"new", "Abcde54321!!"}});
  EXPECT_EQ(weak.status, 422);
  EXPECT_EQ(weak.text("errors/0/pointer"), "/new");
}

TEST(Access, G5_TheSixthSessionIsRefusedAndTheFifthGoesOn) {
  Centre centre;
  const Who user = centre.admit("hong01");  // one session is open
  Who last;
  for (int i = 0; i < 4; ++i) last = centre.log_in("hong01", kGoodPassword);
  const auto sixth = centre.post("/api/v1/sessions", {}, {{"login", "hong01"}, {"password", kGoodPassword}});
  EXPECT_EQ(sixth.status, 429);
  EXPECT_EQ(centre.get("/api/v1/me", last).text("account/login"), "hong01");
  EXPECT_EQ(centre.get("/api/v1/me", user).text("account/login"), "hong01");
}

TEST(Allocation, F5_SixMonthsByTheCalendarAndF6_AnOutageIsGivenBack) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const auto before = centre.get("/api/v1/allocations/" + user.allocation, user);
  EXPECT_EQ(before.text("starts_on"), "2026-09-01");
  EXPECT_EQ(before.text("ends_on"), "2027-02-28");
  const auto outage = centre.post("/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  centre.advance(base::Span::hours(30));
  centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("ends_on"),
            "2027-03-02");
}

TEST(Obligation, K1_TheResultsReportFallsDueAndIsTaken) {
  Centre centre;
  const Who user = centre.admit("hong01");
  EXPECT_FALSE(centre.get("/api/v1/obligations/" + user.obligation, user).text("due_on").empty());
  centre.advance(*base::parse_instant("2027-03-01T00:00:00Z") - centre.clock.now());
  centre.turn_loops();
  EXPECT_EQ(centre.get("/api/v1/obligations/" + user.obligation, centre.operators).text("state"), "due");
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"), "ended");
}

TEST(Writes, AnIdempotencyKeyDoesItOnceAndRefusesAnotherRequest) {
  Centre centre;
  const std::string body = json::serialize(json::object{{"cause", "maintenance"}});
  const auto first =
      centre.send("POST", "/api/v1/outages", centre.operators.token, body, {{"Idempotency-Key", "k1"}});
  const auto again =
      centre.send("POST", "/api/v1/outages", centre.operators.token, body, {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.text("id"), first.text("id"));
  EXPECT_EQ(centre.get("/api/v1/outages", centre.operators).body.at("items").as_array().size(), 1u);
  const auto other =
      centre.send("POST", "/api/v1/outages", centre.operators.token,
                  json::serialize(json::object{{"cause", "emergency"}}), {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.text("code"), "http.idempotency_reused");
}

TEST(Reads, AnEtagSavesTheBodyAndAnOldOneIsRefusedOnWrite) {
  Centre centre;
  const auto created = centre.post(
      "/api/v1/applications", {},
      {{"call_id", centre.call},
       {"form", wire::to_json(*wire::read_form(wire::example_form()), wire::Out{.personal = true})}});
  const std::string path = "/api/v1/applications/" + created.text("application/id");
  const std::string token = created.text("access_token");
  const std::string etag(created.headers.get("ETag"));
  EXPECT_EQ(centre.send("GET", path, token, "", {{"If-None-Match", etag}}).status, 304);
  const auto form =
      json::serialize(wire::to_json(*wire::read_form(wire::example_form()), wire::Out{.personal = true}));
  EXPECT_EQ(centre.send("PUT", path + "/form", token, form, {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(centre.send("PUT", path + "/form", token, form, {{"If-Match", etag}}).status, 412);
}

TEST(Reads, ListsFilterSortAndPageAndRefuseWhatTheyDoNotKnow) {
  Centre centre;
  for (const char* login : {"aaa1", "bbb1", "ccc1"}) centre.file_application(login);
  const auto first =
      centre.get("/api/v1/applications?state=eligible&sort=-created_at&limit=2", centre.operators);
  ASSERT_EQ(first.body.at("items").as_array().size(), 2u);
  const auto rest =
      centre.get("/api/v1/applications?state=eligible&sort=-created_at&limit=2&cursor=" + first.text("next"),
                 centre.operators);
  EXPECT_EQ(rest.body.at("items").as_array().size(), 1u);
  EXPECT_EQ(rest.text("next"), "");
  EXPECT_EQ(centre.get("/api/v1/applications?no_such=1", centre.operators).status, 400);
  EXPECT_EQ(centre.get("/api/v1/accounts?password_hash=x", centre.operators).status, 400)
      << "a secret is no filter";
  EXPECT_EQ(centre.get("/api/v1/applications?limit=0", centre.operators).status, 400);
}

TEST(Audit, TheChainIsIntactAndEveryCommandIsInIt) {
  Centre centre;
  centre.admit("hong01");
  centre.turn_loops();
  const auto verdict = centre.get("/api/v1/audit/verification", centre.operators);
  EXPECT_EQ(verdict.text("intact"), "true");
  EXPECT_GT(verdict.number("entries"), 5);
  EXPECT_EQ(centre.get("/api/v1/audit/verification").status, 401);
}

}  // namespace
}  // namespace dure::tests
