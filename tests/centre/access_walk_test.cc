// Every operation of the contract on people and what they leave behind: sessions, accounts, tokens, roles,
// the audit, events.
#include <gtest/gtest.h>

#include "centre/cast.h"

namespace dure::tests {
namespace {

TEST(Walk, HealthAndVersionAreForAnybody) {
  Cast cast;
  EXPECT_EQ(cast.centre.get("/health").text("status"), "ok");
  EXPECT_FALSE(cast.centre.get("/api/v1/version").text("store").empty());
  EXPECT_EQ(cast.centre.get("/health?zzz=1").text("code"), "http.parameter_unknown");
  EXPECT_EQ(cast.centre.get("/api/v1/no-such-thing").status, 404);
  EXPECT_EQ(cast.centre.send("DELETE", "/health").status, 405);
}

TEST(Walk, G5_Sessions) {
  Cast cast;
  expect_list(cast, "sessions", cast.member);
  const auto wrong = cast.centre.post("/api/v1/sessions", {}, {{"login", "hong01"}, {"password", "x"}});
  EXPECT_EQ(wrong.status, 401);
  const Who again = cast.centre.log_in("hong01", kGoodPassword);
  change(cast, "DELETE", "/api/v1/sessions/current", "/api/v1/sessions?sort=-id", again);
  EXPECT_EQ(cast.centre.get("/api/v1/me", again).status, 401);
  EXPECT_EQ(cast.centre.send("DELETE", "/api/v1/sessions/current", cast.filer.token).status, 409);
}

TEST(Walk, Me) {
  Cast cast;
  expect_tagged(cast, "/api/v1/me", cast.member);
  EXPECT_EQ(cast.centre.get("/api/v1/me").text("actor"), "anonymous");
  const std::string own = "/api/v1/accounts/" + cast.member.account;
  const boost::json::object command{{"current", kGoodPassword}, {"new", "Mountain4?lake_Q2"}};
  change(cast, "POST", "/api/v1/me/password", own, cast.member, command);
  EXPECT_EQ(cast.centre.post("/api/v1/me/password", cast.member, command).status, 401);
}

TEST(Walk, ApiTokens) {
  Cast cast;
  const auto made = cast.centre.post("/api/v1/api-tokens", cast.member, {{"name", "ci"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(cast.centre.post("/api/v1/api-tokens", cast.member).text("errors/0/pointer"), "/name");
  EXPECT_EQ(cast.centre.post("/api/v1/api-tokens", cast.visitor, {{"name", "ci"}}).status, 401);
  expect_list(cast, "api-tokens", cast.member);
  Who program;
  program.token = made.text("token");
  EXPECT_EQ(cast.centre.get("/api/v1/me", program).text("account/id"), cast.member.account);
  const std::string path = "/api/v1/api-tokens/" + made.text("api_token/id");
  EXPECT_EQ(cast.centre.send("DELETE", path, cast.reviewer.token).status, 404);
  change(cast, "DELETE", path, "/api/v1/api-tokens?sort=-id", cast.member);
  EXPECT_EQ(cast.centre.get("/api/v1/me", program).status, 401);
}

TEST(Walk, G3_G4_Accounts) {
  Cast cast;
  expect_collection(cast, "accounts", cast.auditor);
  EXPECT_EQ(cast.centre.post("/api/v1/accounts", cast.auditor, {{"login", "new01"}}).status, 403);
  EXPECT_EQ(cast.centre.post("/api/v1/accounts", cast.centre.operators, {{"login", "hong01"}}).status, 409);
  const std::string path = "/api/v1/accounts/" + cast.member.account;
  EXPECT_EQ(cast.centre.post(path + "/unlock", cast.centre.operators).status, 409);
  for (int i = 0; i < 5; ++i)
    cast.centre.post("/api/v1/sessions", {}, {{"login", "hong01"}, {"password", "Wrong7!stone_K9"}});
  change(cast, "POST", path + "/unlock", path, cast.centre.operators);
  const auto reset = change(cast, "POST", path + "/temporary-password", path, cast.centre.operators);
  EXPECT_FALSE(reset.text("temporary_password").empty());
  EXPECT_EQ(cast.centre.post(path + "/temporary-password", cast.auditor).status, 403);
}

TEST(Walk, RoleGrants) {
  Cast cast;
  expect_list(cast, "role-grants", cast.auditor);
  const boost::json::object command{
      {"account_id", cast.member.account}, {"role", "auditor"}, {"scope", "centre"}};
  const auto made = cast.centre.post("/api/v1/role-grants", cast.centre.operators, command);
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_GE(cast.centre.post("/api/v1/role-grants", cast.member, command).status, 403);
  const std::string path = "/api/v1/role-grants/" + made.text("id");
  change(cast, "DELETE", path, "/api/v1/role-grants?id=" + made.text("id"), cast.centre.operators);
  EXPECT_GE(cast.centre.send("DELETE", path, cast.auditor.token).status, 403);
}

TEST(Walk, TheAudit) {
  Cast cast;
  expect_list(cast, "audit-entries", cast.auditor);
  EXPECT_EQ(cast.centre.get("/api/v1/audit/verification", cast.auditor).text("intact"), "true");
  EXPECT_GE(cast.centre.get("/api/v1/audit/verification", cast.member).status, 403);
}

TEST(Walk, Events) {
  Cast cast;
  expect_list(cast, "events", cast.member);
  const auto stream = cast.centre.get("/api/v1/events/stream?after=0", cast.member);
  EXPECT_EQ(stream.status, 200);
  EXPECT_TRUE(stream.headers.get("Content-Type").starts_with("text/event-stream"));
  EXPECT_EQ(cast.centre.get("/api/v1/events/stream").status, 401);
  EXPECT_EQ(cast.centre.get("/api/v1/events/stream?after=x", cast.member).text("parameters/parameter"),
            "after");
}

}  // namespace
}  // namespace dure::tests
