// Who comes with a token: where from, and until when.
#include <gtest/gtest.h>

#include "centre/centre.h"

namespace dure::tests {
namespace {

int look(Centre& centre, const Who& who) {
  return centre.get("/api/v1/me", who).status;
}

// G6, P16: at every request, of sessions and of API tokens. Form 1 of the example registers 203.0.113.7.
TEST(Caller, G6ComesFromARegisteredAddressAtEveryRequest) {
  Centre centre;
  Who user = centre.admit("kim");
  Who token;
  token.token = centre.post("/api/v1/api-tokens", user, {{"name", "nightly"}}).text("token");
  ASSERT_FALSE(token.token.empty());
  for (const auto& [peer, status] : {std::pair{"127.0.0.1:5", 200}, std::pair{"203.0.113.7:5", 200},
                                     std::pair{"198.51.100.9:5", 403}, std::pair{"203.0.113.7:6", 200}}) {
    centre.peer = peer;
    EXPECT_EQ(look(centre, user), status) << peer;
    EXPECT_EQ(look(centre, token), status) << peer << ", by API token";
  }
}

TEST(Caller, EndsWithTheRequestThatEndsIt) {
  Centre centre;
  Who user = centre.admit("kim");
  const auto made = centre.post("/api/v1/api-tokens", user, {{"name", "nightly"}});
  Who token;
  token.token = made.text("token");
  EXPECT_EQ(look(centre, token), 200);
  EXPECT_EQ(centre.send("DELETE", "/api/v1/api-tokens/" + made.text("api_token/id"), user.token).status, 200);
  EXPECT_EQ(look(centre, token), 401);
  EXPECT_EQ(look(centre, user), 200);
  EXPECT_EQ(centre.send("DELETE", "/api/v1/sessions/current", user.token).status, 204);
  EXPECT_EQ(look(centre, user), 401);
}

TEST(Caller, LosesARoleWithTheRequestThatEndsIt) {
  Centre centre;
  const auto auditor = centre.post("/api/v1/accounts", centre.operators, {{"login", "auditor"}});
  Who who = centre.log_in("auditor", auditor.text("temporary_password"));
  ASSERT_EQ(
      centre.post("/api/v1/me/password", who, {{"current", who.password}, {"new", "Zebra!lamp-42-Quiet"}})
          .status,
      200);
  EXPECT_EQ(centre.get("/api/v1/audit-entries", who).body.at("items").as_array().size(), 0u);
  const auto grant = centre.post("/api/v1/role-grants", centre.operators,
                                 {{"account_id", who.account}, {"role", "auditor"}, {"scope", "centre"}});
  ASSERT_EQ(grant.status, 201);
  EXPECT_GT(centre.get("/api/v1/audit-entries", who).body.at("items").as_array().size(), 0u);
  EXPECT_LT(centre.send("DELETE", "/api/v1/role-grants/" + grant.text("id"), centre.operators.token).status,
            300);
  EXPECT_EQ(centre.get("/api/v1/audit-entries", who).body.at("items").as_array().size(), 0u);
  const auto end_again = [&] {
    return centre.send("DELETE", "/api/v1/role-grants/" + grant.text("id"), centre.operators.token)
        .text("ends_at");
  };
  const auto ended_at = end_again();
  centre.advance(base::Span::hours(1));
  EXPECT_EQ(end_again(), ended_at) << "an end stays when it was";
}

}  // namespace
}  // namespace dure::tests
