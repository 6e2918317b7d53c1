// K1 to K4, K8: reports with their evidence, outcomes and the acknowledgement over the API.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "centre/outcome_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string obligation_of(Centre& centre, const Who& user, const std::string& kind) {
  return centre
      .get("/api/v1/obligations?allocation_id=" + user.allocation + "&kind=" + kind, centre.operators)
      .text("items/0/id");
}

json::object outcome(const Who& user, const std::string& kind, const std::string& on,
                     const json::array& evidence) {
  return {{"allocation_id", user.allocation}, {"kind", kind},      {"title", "용접 결함 탐지"},
          {"content", "국제 학술대회"},       {"produced_on", on}, {"evidence", evidence}};
}

TEST(Report, K1_K4_TheFormIsFilledInAndCarriesTheSentenceWithTheYear) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + user.obligation + "/form";
  const auto mine = centre.get(path, user);
  ASSERT_EQ(mine.status, 200) << mine.text_body;
  EXPECT_EQ(mine.text("form"), "form2");
  EXPECT_EQ(mine.text("login"), "hong01");
  EXPECT_EQ(mine.text("starts_on"), "2026-09-01");
  EXPECT_EQ(mine.text("ends_on"), "2027-02-28");
  EXPECT_EQ(mine.text("months"), "6");
  for (const char* field : {"name", "organisation", "email", "mobile", "address", "organisation_class"})
    EXPECT_FALSE(mine.text(std::string("applicant/") + field).empty()) << field;
  EXPECT_EQ(mine.text("grant_number"), "2021RIS-003");
  EXPECT_NE(mine.text("acknowledgement_ko").find("2027년도 교육부의 재원으로"), std::string::npos);
  EXPECT_NE(mine.text("acknowledgement_ko").find("(2021RIS-003)"), std::string::npos);
  EXPECT_NE(mine.text("acknowledgement_en").find("Regional Innovation Strategy (RIS)"), std::string::npos);
  EXPECT_NE(centre.get(path + "?year=2026", user).text("acknowledgement_ko").find("2026년도"),
            std::string::npos);
  EXPECT_EQ(centre.get(path + "?year=x", user).text("code"), "outcome.year_wanted");
  const auto theirs = centre.get(path, centre.operators);
  EXPECT_NE(theirs.text("applicant/name"), mine.text("applicant/name")) << "masked";
  EXPECT_EQ(centre.get(path).status, 401);
}

TEST(Report, K2_OfUseThatEndsInDecemberItIsDueInNovember) {
  Centre centre;
  ask_as_s1(centre);
  const Who filer = centre.file_application("hong01");
  centre.approve(filer.application, {{"months", 4}});
  const auto award =
      centre.get("/api/v1/awards?application_id=" + filer.application, centre.operators).text("items/0/id");
  const auto opened = centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
  ASSERT_EQ(opened.text("allocation/ends_on"), "2026-12-31") << opened.text_body;
  const auto due = centre.get("/api/v1/obligations?kind=result_report", centre.operators);
  EXPECT_EQ(due.text("items/0/due_on"), "2026-11-30");
  const auto other = centre.admit("kim01");
  EXPECT_EQ(
      centre.get("/api/v1/obligations/" + obligation_of(centre, other, "result_report"), centre.operators)
          .text("due_on"),
      "2027-03-31");
}

TEST(Report, K2_K3_IsHandedInWithEvidenceReturnedWithTheReasonAndAccepted) {
  Centre centre;
  ask_as_s1(centre);
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + obligation_of(centre, user, "result_report");
  json::object report{{"kind", "patent"}, {"title", "결과"}, {"content", "내용"}};
  EXPECT_EQ(centre.post(path + "/report", user, report).text("code"), "outcome.evidence_missing");
  report["attachments"] = json::array{"01900000-0000-7000-8000-000000000000"};
  EXPECT_EQ(centre.post(path + "/report", user, report).text("code"), "outcome.no_such_row");
  const auto file = put_evidence(centre, user, "report");
  report["attachments"] = json::array{file};
  EXPECT_EQ(centre.post(path + "/report", user, report).text("state"), "submitted");
  EXPECT_EQ(centre.post(path + "/return", centre.operators, {{"ground", " "}}).text("code"),
            "outcome.text_missing");
  const auto returned = centre.post(path + "/return", centre.operators, {{"ground", "증빙이 흐립니다"}});
  EXPECT_EQ(returned.text("state"), "returned");
  EXPECT_EQ(centre.get(path + "/form", user).text("ground"), "증빙이 흐립니다");
  const json::array evidence{put_evidence(centre, user, "patent")};
  auto told = outcome(user, "patent", "2026-09-01", evidence);
  told["obligation_id"] = obligation_of(centre, user, "result_report");
  EXPECT_EQ(centre.post("/api/v1/outcomes", user, told).status, 201);
  told["evidence"] = json::array{};
  EXPECT_EQ(centre.post("/api/v1/outcomes", user, told).text("code"), "outcome.evidence_missing");
  EXPECT_EQ(centre.post(path + "/report", user, report).text("state"), "submitted");
  told["evidence"] = evidence;
  EXPECT_EQ(centre.post("/api/v1/outcomes", user, told).text("code"), "outcome.report_closed");
  EXPECT_EQ(centre.post(path + "/accept", centre.operators).text("state"), "accepted");
  EXPECT_EQ(centre.get("/api/v1/outcomes", user).text("items/0/state"), "accepted")
      << "what came with the report goes with it";
}

// Form 2 ends with its day, its writer and his signature (S0).
TEST(Report, K1_SaysWhoSignedItAndWhen) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + user.obligation;
  json::object report{{"kind", "patent"}, {"title", "결과"}, {"content", "내용"}};
  const auto today = base::to_text(centre.clock.now()).substr(0, 10);
  report["signed_on"] = "2999-01-01";
  const auto early = centre.post(path + "/report", user, report);
  EXPECT_EQ(early.status, 422) << early.text_body;
  EXPECT_EQ(early.text("code"), "obligation.signed_in_the_future");
  report["signed_on"] = nullptr;
  report["signer"] = "900101-1234567";
  EXPECT_EQ(centre.post(path + "/report", user, report).text("errors/0/code"), "obligation.resident_number");
  report["signer"] = "";
  const auto own = centre.post(path + "/report", user, report);
  ASSERT_EQ(own.status, 200) << own.text_body;
  EXPECT_EQ(own.text("report/signer"), "홍*동");
  EXPECT_EQ(own.text("report/signed_on"), today);
  EXPECT_EQ(centre.get(path + "/form", user).text("signer"), "홍길동") << "whose account handed it in";
  EXPECT_EQ(centre.get(path + "/form", centre.operators).text("signer"), "홍*동");
  centre.post(path + "/return", centre.operators, {{"ground", "날짜를 고쳐 주십시오"}});
  report["signer"] = "김서명";
  report["signed_on"] = "2026-08-01";
  const auto told = centre.post(path + "/report", user, report);
  EXPECT_EQ(told.text("report/signed_on"), "2026-08-01") << told.text_body;
  EXPECT_EQ(centre.get(path + "/form", user).text("signer"), "김서명");
  EXPECT_EQ(centre.get(path + "/form", user).text("signed_on"), "2026-08-01");
}

TEST(Outcome, K3_ElevenKindsAreTakenAndNoOther) {
  Centre centre;
  ask_as_s1(centre);
  const Who user = centre.admit("hong01");
  const json::array evidence{put_evidence(centre, user, "award")};
  const char* const kinds[] = {
      "trained_model", "paper",      "technology_transfer", "software", "patent",
      "sales_growth",  "new_hiring", "commercial_service",  "award",    "data_provision",
      "other"};
  for (const char* kind : kinds)
    EXPECT_EQ(centre.post("/api/v1/outcomes", user, outcome(user, kind, "2026-09-01", evidence)).status, 201)
        << kind;
  const auto other = centre.post("/api/v1/outcomes", user, outcome(user, "poem", "2026-09-01", evidence));
  EXPECT_EQ(other.text("code"), "obligation.kind_unknown");
  const auto status =
      centre.get("/api/v1/programmes/" + centre.programme + "/outcomes?year=2026", centre.operators);
  EXPECT_EQ(status.number("outcomes"), 11) << status.text_body;
  EXPECT_EQ(centre.get("/api/v1/programmes/" + centre.programme + "/outcomes", user).status, 404);
}

TEST(Outcome, K4_APersonLooksForTheSentenceInTheEvidenceBeforeItIsAccepted) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + user.obligation;
  const auto file = put_evidence(centre, user, "paper");
  const auto stray = put_evidence(centre, user, "paper");
  auto told = outcome(user, "paper", "2026-09-01", {file});
  told["obligation_id"] = user.obligation;
  const auto made = centre.post("/api/v1/outcomes", user, told);
  ASSERT_EQ(made.status, 201) << made.text_body;
  const std::string look = "/api/v1/outcomes/" + made.text("id") + "/acknowledgement";
  centre.post(path + "/report", user,
              {{"kind", "paper"}, {"title", "논문"}, {"content", "내용"}, {"acknowledged", true}});
  EXPECT_EQ(centre.post(path + "/accept", centre.operators).text("code"),
            "outcome.acknowledgement_unchecked");
  EXPECT_EQ(
      centre.post(look, centre.operators, {{"evidence_document_id", stray}, {"present", true}}).text("code"),
      "outcome.not_its_evidence");
  EXPECT_EQ(centre.post(look, user, {{"evidence_document_id", file}, {"present", true}}).status, 403);
  centre.post(look, centre.operators, {{"evidence_document_id", file}, {"present", false}});
  centre.clock.advance(base::Span::seconds(1));  // the later look counts
  EXPECT_EQ(centre.post(path + "/accept", centre.operators).text("code"), "outcome.acknowledgement_absent");
  const auto check =
      centre.post(look, centre.operators,
                  {{"evidence_document_id", file}, {"present", true}, {"cited", "(2021RIS-003)"}});
  EXPECT_EQ(check.status, 201) << check.text_body;
  EXPECT_EQ(check.text("checked_by"), "accounts/" + centre.operators.account);
  EXPECT_EQ(centre.post(path + "/accept", centre.operators).text("state"), "accepted");
  EXPECT_EQ(centre.get("/api/v1/acknowledgement-checks", user).body.at("items").as_array().size(), 2u)
      << "both looks are kept";
}

TEST(Outcome, K8_WhatIsFoundLaterIsToldToTheCentreWithinAMonth) {
  Centre centre;
  Who user = centre.admit("hong01");
  move_to(centre, "2027-03-02T01:00:00Z");
  centre.turn_loops();
  user = again(centre, user);
  EXPECT_EQ(centre.post("/api/v1/outcomes", user, outcome(user, "paper", "2027-03-03", {})).text("code"),
            "outcome.in_the_future");
  const auto told = centre.post("/api/v1/outcomes", user, outcome(user, "other", "2027-03-01", {}));
  ASSERT_EQ(told.status, 201) << told.text_body;
  EXPECT_EQ(told.text("notify_by"), "2027-04-01");
  EXPECT_EQ(told.text("obligation_id"), "");
  const std::string path = "/api/v1/outcomes/" + told.text("id");
  const auto returned = centre.post(path + "/return", centre.operators, {{"ground", "제목이 없습니다"}});
  EXPECT_EQ(returned.text("state"), "returned");
  EXPECT_EQ(centre.post(path + "/accept", centre.operators).text("code"), "outcome.decided");
  const auto next = centre.post("/api/v1/outcomes", user, outcome(user, "other", "2027-03-01", {}));
  EXPECT_EQ(centre.post("/api/v1/outcomes/" + next.text("id") + "/accept", centre.operators).text("state"),
            "accepted");
  EXPECT_EQ(
      centre.post("/api/v1/outcomes", user, outcome(user, "other", "2027-03-01", {})).text("allocation_id"),
      user.allocation);
  auto named = outcome(user, "other", "2027-03-01", {});
  named["title"] = "900101-1234568";
  EXPECT_EQ(centre.post("/api/v1/outcomes", user, named).text("code"), "form.resident_number");
}

TEST(Report, J4_K2_AnOverdueOneIsEscalatedWithTheReason) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + user.obligation;
  EXPECT_EQ(centre.post(path + "/escalate", centre.operators, {{"ground", "g"}}).text("code"),
            "state.not_from_this_state");
  move_to(centre, "2027-04-02T00:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "overdue");
  const auto status =
      centre.get("/api/v1/programmes/" + centre.programme + "/outcomes?year=2027", centre.operators);
  EXPECT_EQ(status.number("reports_overdue"), 1);
  const auto escalated =
      centre.post(path + "/escalate", centre.operators, {{"ground", "두 번 알렸으나 내지 않음"}});
  EXPECT_EQ(escalated.text("state"), "escalated");
  EXPECT_EQ(centre.get("/api/v1/events?type=obligation.escalated", centre.operators).status, 200);
  const Who back = again(centre, user);
  EXPECT_EQ(centre.post(path + "/report", back, {{"kind", "paper"}, {"title", "t"}, {"content", "c"}})
                .text("state"),
            "submitted")
      << "late is better than never";
}

TEST(Evidence, K2_R3_LooksAreRecordedAndTheCentreGivesAGround) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const auto id = put_evidence(centre, user, "paper");
  const std::string path = "/api/v1/evidence-documents/" + id;
  EXPECT_EQ(centre.get(path + "/content", user).text_body, kPdfFile);
  EXPECT_EQ(centre.get(path + "/content", centre.operators).text("code"), "document.ground_missing");
  const auto shown = centre.get(path + "/content?ground=check", centre.operators);
  EXPECT_EQ(shown.status, 200);
  const std::string tag(shown.headers.get("ETag"));
  EXPECT_EQ(centre.send("GET", path + "/content", user.token, "", {{"If-None-Match", tag}}).status, 304);
  const auto looks = centre.get("/api/v1/audit-entries?action=evidence-documents.open", centre.operators);
  EXPECT_EQ(looks.body.at("items").as_array().size(), 2u);
  const Who other = centre.admit("kim01");
  EXPECT_EQ(centre.get(path, other).status, 404);
  EXPECT_EQ(centre.get(path + "/content", other).status, 404);
  EXPECT_EQ(centre
                .send("POST",
                      "/api/v1/projects/" + project_of(centre, user) + "/evidence?kind=paper&file_name=b.pdf",
                      other.token, kPdfFile)
                .status,
            404);
}

}  // namespace
}  // namespace dure::tests
