// Every collection of reviews, suspicions, sanctions and restrictions: lists, single rows, filters, tags,
// versions, and who sees what (H9, P23, J1, C5).
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/supply_cast.h"
#include "centre/use_cast.h"
#include "centre/writes.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

struct Walk {
  Cast cast;
  Walk() {
    const auto loaded =
        post("/api/v1/programmes",
             {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", use_pack()}}}}});
    EXPECT_EQ(loaded.status, 201) << loaded.text_body;
  }
  Reply post(const std::string& target, const json::object& body = {}) {
    return cast.centre.post(target, cast.centre.operators, body);
  }
};

TEST(UseWalk, H9_H4_CriteriaAndReviews) {
  Walk walk;
  auto& cast = walk.cast;
  ASSERT_EQ(walk.post("/api/v1/review-criteria", {{"programme_id", cast.centre.programme},
                                                  {"first_review_on", "2026-10-01"},
                                                  {"criteria", "기준"}})
                .status,
            201);
  expect_collection(cast, "review-criteria", cast.member, true);
  const auto made = walk.post("/api/v1/utilisation-reviews",
                              {{"allocation_id", cast.member.allocation}, {"of", "2026-09-10"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  expect_collection(cast, "utilisation-reviews", cast.member);
  const auto path = path_of("utilisation-reviews", made.text("id"));
  expect_tagged(cast, "/api/v1/allocations/" + cast.member.allocation + "/utilisation", cast.member);
  cast.centre.advance(base::Span::days(31));
  EXPECT_EQ(change(cast, "POST", path + "/measure", path, cast.centre.operators).text("state"), "measured");
  EXPECT_EQ(change(cast, "POST", path + "/propose", path, cast.centre.operators, {{"ground", ""}}).status,
            200);
  EXPECT_EQ(change(cast, "POST", path + "/notify", path, cast.centre.operators).text("state"), "noticed");
  EXPECT_EQ(walk.post(path + "/opinions", {{"opinion", "전화로 들음"}}).text("state"), "opinion");
  const auto decided = change(cast, "POST", path + "/decide", path, cast.centre.operators,
                              {{"measure", "keep"}, {"ground", "유지"}, {"effective_on", "2026-12-01"}});
  EXPECT_EQ(decided.text("state"), "decided");
  cast.centre.advance(base::Span::days(60));
  EXPECT_EQ(change(cast, "POST", path + "/apply", path, cast.centre.operators).text("state"), "applied");
}

TEST(UseWalk, H1_WarningsAboutIdleUse) {
  Cast cast;
  const auto path = path_of("idle-warnings", plant_idle_warning(cast));
  expect_collection(cast, "idle-warnings", cast.member);
  expect_tagged(cast, "/api/v1/allocations/" + cast.member.allocation + "/idleness", cast.member);
  EXPECT_EQ(cast.centre.get("/api/v1/allocations/" + cast.member.allocation + "/idleness", cast.filer).status,
            404);
  EXPECT_EQ(cast.centre.post(path + "/dismiss", cast.member, {{"ground", "g"}}).status, 403);
  EXPECT_EQ(
      change(cast, "POST", path + "/dismiss", path, cast.centre.operators, {{"ground", "g"}}).text("state"),
      "ended");
}

TEST(UseWalk, P23_J1_C5_IncidentsSanctionsRestrictions) {
  Walk walk;
  auto& cast = walk.cast;
  const auto incident =
      walk.post("/api/v1/incidents",
                {{"allocation_id", cast.member.allocation}, {"kind", "other"}, {"report", "이상한 부하"}});
  ASSERT_EQ(incident.status, 201) << incident.text_body;
  expect_collection(cast, "incidents", cast.auditor);
  const auto made = walk.post("/api/v1/sanctions", {{"programme_id", cast.centre.programme},
                                                    {"ground", "off-purpose"},
                                                    {"facts", "사실"},
                                                    {"allocation_id", cast.member.allocation}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto path = path_of("sanctions", made.text("id"));
  expect_collection(cast, "sanctions", cast.auditor);
  EXPECT_EQ(change(cast, "POST", path + "/investigate", path, cast.centre.operators).text("state"),
            "investigating");
  EXPECT_EQ(
      change(cast, "POST", path + "/notify", path, cast.centre.operators, {{"facts", "사실"}}).text("state"),
      "noticed");
  expect_collection(cast, "sanctions", cast.member);
  EXPECT_EQ(cast.centre.post(path + "/opinions", cast.filer, {{"opinion", "x"}}).status, 404);
  const auto restricted = walk.post("/api/v1/restrictions", {{"programme_id", cast.centre.programme},
                                                             {"account_id", cast.member.account},
                                                             {"ground", "참여제한"},
                                                             {"decided_by", "장관"},
                                                             {"starts_on", "2026-09-01"}});
  ASSERT_EQ(restricted.status, 201) << restricted.text_body;
  expect_collection(cast, "restrictions", cast.auditor);
  const auto row = path_of("restrictions", restricted.text("id"));
  EXPECT_EQ(change(cast, "POST", row + "/lift", row, cast.centre.operators, {{"ground", "취소"}}).status,
            200);
}

}  // namespace
}  // namespace dure::tests
