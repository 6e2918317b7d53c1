// Accounts over HTTP: who is locked out and who gets back in, what ends with a password, suspension.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/centre.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

Reply try_log_in(Centre& centre, const std::string& login, const std::string& password) {
  return centre.post("/api/v1/sessions", {}, {{"login", login}, {"password", password}});
}

void fail_log_ins(Centre& centre, const std::string& login, int times) {
  for (int i = 0; i < times; ++i) EXPECT_EQ(try_log_in(centre, login, "Wrong7!stone_K9").status, 401);
}

std::string account_path(const Who& who) {
  return "/api/v1/accounts/" + who.account;
}

TEST(Access, G4_R6_TheOperatorsLockEndsByItself) {
  Centre centre;
  fail_log_ins(centre, "operator", 5);
  const auto locked = try_log_in(centre, "operator", centre.operators.password);
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(locked.text("code"), "access.account_locked");
  centre.clock.advance(base::Span::minutes(15));
  EXPECT_EQ(try_log_in(centre, "operator", centre.operators.password).status, 201);
}

TEST(Access, G4_R6_GuessingLoginsBlocksTheAddressAndNobodyElse) {
  Centre centre;
  centre.peer = "203.0.113.9:4000";
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(try_log_in(centre, "nobody" + std::to_string(i), "Wrong7!stone_K9").status, 401);
    EXPECT_EQ(try_log_in(centre, "!" + std::to_string(i), "Wrong7!stone_K9").status, 401);
  }
  const auto blocked = try_log_in(centre, "operator", centre.operators.password);
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(blocked.text("code"), "access.address_blocked");
  centre.peer = "203.0.113.10:4000";
  EXPECT_EQ(try_log_in(centre, "operator", centre.operators.password).status, 201);
  centre.peer = "203.0.113.9:4000";
  centre.clock.advance(base::Span::minutes(15));
  EXPECT_EQ(try_log_in(centre, "operator", centre.operators.password).status, 201);
}

TEST(Access, G3_APasswordOlderThanThreeMonthsOpensNothingButItsChange) {
  Centre centre;
  const Who user = centre.admit("hong01");  // 2026-09-01
  centre.advance(base::Span::days(90));
  centre.turn_loops();
  const Who still = centre.log_in("hong01", user.password);
  EXPECT_EQ(centre.get(path_of("allocations", user.allocation), still).status, 200);
  centre.advance(base::Span::days(2));
  centre.turn_loops();
  const Who late = centre.log_in("hong01", user.password);
  const auto refused = centre.get(path_of("allocations", user.allocation), late);
  EXPECT_EQ(refused.status, 403) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "access.password_change_first");
  ASSERT_EQ(
      centre.post("/api/v1/me/password", late, {{"current", user.password}, {"new", "Meadow4?cloud_T8"}})
          .status,
      200);
  const Who again = centre.log_in("hong01", "Meadow4?cloud_T8");
  EXPECT_EQ(centre.get(path_of("allocations", user.allocation), again).status, 200);
}

TEST(Access, G3_ATemporaryPasswordEndsSessionsAndTokensAndStartsTheCountAnew) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const auto token = centre.post("/api/v1/api-tokens", user, {{"name", "script"}}).text("token");
  ASSERT_EQ(centre.send("GET", "/api/v1/allocations", token).status, 200);
  fail_log_ins(centre, "hong01", 4);
  const auto reset = centre.post(account_path(user) + "/temporary-password", centre.operators);
  ASSERT_EQ(reset.status, 200) << json::serialize(reset.body);
  EXPECT_EQ(reset.number("account/failed_logins"), 0);
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401);
  EXPECT_EQ(centre.send("GET", "/api/v1/allocations", token).status, 401);
  EXPECT_EQ(try_log_in(centre, "hong01", reset.text("temporary_password")).status, 201);
}

TEST(Access, G3_ATemporaryPasswordOpensALock) {
  Centre centre;
  const Who user = centre.admit("hong01");
  fail_log_ins(centre, "hong01", 5);
  const auto reset = centre.post(account_path(user) + "/temporary-password", centre.operators);
  EXPECT_EQ(reset.text("account/state"), "must_change_password");
}

TEST(Access, G3_ATemporaryPasswordDoesNotBringASuspendedAccountBack) {
  Centre centre;
  const Who user = centre.admit("hong01");
  ASSERT_EQ(centre.post(account_path(user) + "/suspend", centre.operators, {{"ground", "mining"}}).status,
            200);
  const auto reset = centre.post(account_path(user) + "/temporary-password", centre.operators);
  EXPECT_EQ(reset.status, 409);
  EXPECT_EQ(reset.text("code"), "access.not_in_use");
  EXPECT_EQ(centre.get(account_path(user), centre.operators).text("state"), "suspended");
}

TEST(Access, G1_ANewPasswordEndsTheOtherSessionsAndNotThisOne) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const Who other = centre.log_in("hong01", kGoodPassword);
  const auto changed =
      centre.post("/api/v1/me/password", user, {{"current", kGoodPassword}, {"new", "Meadow4?cloud_T8"}});
  ASSERT_EQ(changed.status, 200) << json::serialize(changed.body);
  EXPECT_EQ(centre.get("/api/v1/me", other).status, 401);
  EXPECT_EQ(centre.get("/api/v1/me", user).text("account/login"), "hong01");
}

TEST(Access, G4_GuessingTheCurrentPasswordLocksLikeGuessingAtTheDoor) {
  Centre centre;
  const Who user = centre.admit("hong01");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(
        centre.post("/api/v1/me/password", user, {{"current", "no"}, {"new", "Meadow4?cloud_T8"}}).status,
        401);
  EXPECT_EQ(centre.get(account_path(user), centre.operators).text("state"), "locked");
  const auto right =
      centre.post("/api/v1/me/password", user, {{"current", kGoodPassword}, {"new", "Meadow4?cloud_T8"}});
  EXPECT_EQ(right.status, 401);
}

TEST(Access, G5_OnesOtherSessionsEndOneByOneOrTogether) {
  Centre centre;
  const Who user = centre.admit("hong01");
  centre.clock.advance(base::Span::seconds(1));
  const Who second = centre.log_in("hong01", kGoodPassword);
  const auto id = centre.get("/api/v1/sessions?sort=-created_at", second).text("items/0/id");
  EXPECT_EQ(centre.send("DELETE", "/api/v1/sessions/" + id, user.token).status, 200);
  EXPECT_EQ(centre.get("/api/v1/me", second).status, 401);
  const Who third = centre.log_in("hong01", kGoodPassword);
  EXPECT_EQ(centre.send("DELETE", "/api/v1/sessions/others", user.token).status, 204);
  EXPECT_EQ(centre.get("/api/v1/me", third).status, 401);
  EXPECT_EQ(centre.get("/api/v1/me", user).text("account/login"), "hong01");
}

TEST(Access, G5_AnothersSessionsAreTheOperatorsToEndAndNobodyElses) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const Who stranger = centre.admit("kim01");
  const auto id = centre.get("/api/v1/sessions", user).text("items/0/id");
  EXPECT_EQ(centre.send("DELETE", "/api/v1/sessions/" + id, stranger.token).status, 404);
  EXPECT_EQ(centre.send("DELETE", account_path(user) + "/sessions", stranger.token).status, 404);
  EXPECT_EQ(centre.get("/api/v1/me", user).text("account/login"), "hong01");
  EXPECT_EQ(centre.send("DELETE", account_path(user) + "/sessions", centre.operators.token).status, 204);
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401);
  EXPECT_EQ(centre.get("/api/v1/audit-entries?action=accounts.end_sessions", centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            1u);
}

TEST(Access, ASuspendedAccountIsOutUntilItIsReinstatedAndBothAreAudited) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const json::object ground{{"ground", "mining"}};
  EXPECT_EQ(centre.post(account_path(user) + "/suspend", centre.operators, {{"ground", ""}}).text("code"),
            "account.ground_missing");
  EXPECT_EQ(centre.post(account_path(user) + "/suspend", user, ground).status, 403);
  EXPECT_EQ(centre.post(account_path(centre.operators) + "/suspend", centre.operators, ground).text("code"),
            "account.own");
  ASSERT_EQ(centre.post(account_path(user) + "/suspend", centre.operators, ground).text("state"),
            "suspended");
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401);
  EXPECT_EQ(try_log_in(centre, "hong01", kGoodPassword).text("code"), "access.account_suspended");
  ASSERT_EQ(centre.post(account_path(user) + "/reinstate", centre.operators, ground).text("state"), "active");
  EXPECT_EQ(centre.get("/api/v1/me", user).status, 401) << "the old session does not come back";
  EXPECT_EQ(try_log_in(centre, "hong01", kGoodPassword).status, 201);
  const auto entry =
      centre.get("/api/v1/audit-entries?action=accounts.suspend", centre.operators).text("items/0/detail");
  EXPECT_NE(entry.find("mining"), std::string::npos) << entry;
}

}  // namespace
}  // namespace dure::tests
