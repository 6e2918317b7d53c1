// G7: accounts are made and cared for by the centre; G8 as far as it is there: roles by project, hashed
// secrets, masked output, volumes apart. (Single sign-on is not: nothing here is about it.) Over the API.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/cast.h"
#include "centre/supply_cast.h"
#include "centre/tenant.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

struct CareStage {
  CareStage() {
    owner = centre.admit("hong01");
    project = centre.get(path_of("allocations", owner.allocation), owner).text("project_id");
  }
  Reply open(const json::object& body) { return centre.post("/api/v1/accounts", centre.operators, body); }
  // Somebody of the owner's project, with his first password.
  Reply open_member(const std::string& login) {
    return open({{"login", login},
                 {"project_id", project},
                 {"name", "이몽룡"},
                 {"email", "mongryong@example.kr"},
                 {"mobile", "010-1111-2222"}});
  }
  Reply enter(const std::string& login, const std::string& password) {
    return centre.post("/api/v1/sessions", {}, {{"login", login}, {"password", password}});
  }
  Reply step(const std::string& account, const std::string& name, const json::object& body = {}) {
    return centre.post(path_of("accounts", account) + "/" + name, centre.operators, body);
  }
  std::size_t audited(const std::string& action, const std::string& account) {
    return centre
        .get("/api/v1/audit-entries?action=" + action + "&resource=accounts/" + account, centre.operators)
        .body.at("items")
        .as_array()
        .size();
  }

  Centre centre;
  Who owner;
  std::string project;
};

TEST(AccountCare, G7_TheCentreOpensAnAccountForAMemberWithAPasswordThatIsChangedFirst) {
  CareStage stage;
  auto& centre = stage.centre;
  const auto made = stage.open_member("lee01");
  ASSERT_EQ(made.status, 201) << made.text_body;
  EXPECT_EQ(made.text("account/programme_id"), centre.programme) << "his project's rules hold";
  EXPECT_NE(made.text("account/person_id"), "");
  const auto first = made.text("temporary_password");
  const Who lee = centre.log_in("lee01", first);
  const auto allocation = path_of("allocations", stage.owner.allocation);
  const auto early = centre.get(allocation, lee);
  EXPECT_EQ(early.status, 403);
  EXPECT_EQ(early.text("code"), "access.password_change_first");
  ASSERT_EQ(centre.post("/api/v1/me/password", lee, {{"current", first}, {"new", kGoodPassword}}).status,
            200);
  EXPECT_EQ(stage.enter("lee01", first).status, 401) << "the first password was for once";
  EXPECT_EQ(centre.get(allocation, centre.log_in("lee01", kGoodPassword)).status, 200)
      << "he works on the project at once";
  EXPECT_EQ(stage.audited("accounts.create", lee.account), 1u);
  EXPECT_EQ(stage.audited("role_grants.create", lee.account), 1u);
}

TEST(AccountCare, G7_WhatIsWrongWithANewAccountIsSaidAndNothingIsMade) {
  CareStage stage;
  auto& centre = stage.centre;
  EXPECT_EQ(stage.open({{"login", "lee01"}, {"name", "이몽룡"}}).text("code"), "account.project_missing");
  EXPECT_EQ(
      stage.open({{"login", "lee01"}, {"project_id", stage.project}, {"email", "a@example.kr"}}).text("code"),
      "account.name_missing");
  EXPECT_EQ(stage
                .open({{"login", "lee01"},
                       {"project_id", stage.project},
                       {"programme_id", "01900000-0000-7000-8000-000000000000"}})
                .text("code"),
            "account.project_elsewhere");
  EXPECT_EQ(stage.open({{"login", "lee01"}, {"project_id", "01900000-0000-7000-8000-000000000000"}}).status,
            404);
  EXPECT_EQ(stage.open({{"login", "lee01"}, {"project_id", stage.project}, {"name", "900101-1234568"}})
                .text("code"),
            "form.resident_number")
      << "no resident number anywhere";
  EXPECT_GE(centre.post("/api/v1/accounts", stage.owner, {{"login", "lee01"}, {"project_id", stage.project}})
                .status,
            403);
  EXPECT_EQ(centre.get("/api/v1/accounts?login=lee01", centre.operators).body.at("items").as_array().size(),
            0u);
}

TEST(AccountCare, G7_TheCentreLocksOpensResetsAndClosesAndEachStepIsAudited) {
  CareStage stage;
  auto& centre = stage.centre;
  const auto made = stage.open_member("lee01");
  const auto account = made.text("account/id");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(stage.enter("lee01", "Wrong7!stone_K9").status, 401);
  centre.peer = "127.0.0.2:50000";  // the former address is blocked too
  EXPECT_EQ(stage.enter("lee01", made.text("temporary_password")).text("code"), "access.account_locked");
  EXPECT_EQ(stage.step(account, "unlock").status, 200);
  const auto reset = stage.step(account, "temporary-password");
  ASSERT_EQ(reset.status, 200) << reset.text_body;
  EXPECT_NE(reset.text("temporary_password"), made.text("temporary_password"));
  EXPECT_EQ(stage.enter("lee01", made.text("temporary_password")).status, 401);
  const Who lee = centre.log_in("lee01", reset.text("temporary_password"));
  const json::object ground{{"ground", "퇴사"}};
  EXPECT_EQ(stage.step(account, "suspend", ground).text("state"), "suspended");
  EXPECT_EQ(stage.step(account, "reinstate", ground).text("state"), "must_change_password");
  const Who again = centre.log_in("lee01", reset.text("temporary_password"));
  EXPECT_EQ(stage.step(account, "close", {{"ground", ""}}).text("code"), "account.ground_missing");
  EXPECT_EQ(centre.post(path_of("accounts", account) + "/close", stage.owner, ground).status, 404);
  EXPECT_EQ(stage.step(centre.operators.account, "close", ground).text("code"), "account.own");
  EXPECT_EQ(stage.step(account, "close", ground).text("state"), "disabled");
  EXPECT_EQ(centre.get("/api/v1/me", again).status, 401) << "his session has ended";
  EXPECT_EQ(stage.enter("lee01", reset.text("temporary_password")).text("code"), "access.account_disabled");
  EXPECT_EQ(stage.step(account, "close", ground).text("code"), "access.not_in_use");
  EXPECT_EQ(stage.step(account, "temporary-password").status, 409) << "closed is for good";
  for (const char* action :
       {"accounts.create", "accounts.locked", "accounts.unlock", "accounts.reset_password",
        "accounts.suspend", "accounts.reinstate", "accounts.disable"})
    EXPECT_EQ(stage.audited(action, account), 1u) << action;
}

// Who can enter no more could not stop what he started either, and would hold the blocks until the end of
// use.
TEST(AccountCare, G7_WhatAClosedAccountStartedIsStopped) {
  Centre centre;
  const Who left = centre.admit("lee01"), stays = centre.admit("kim01");
  centre.report_node();
  const auto start = [&](const Who& who) {
    return "/api/v1/workloads/" +
           centre.post("/api/v1/workloads", who, workspace(who, "w", 10)).text("workload/id");
  };
  const auto his = start(left), other = start(stays);
  centre.turn_loops();
  ASSERT_EQ(centre.get(his, centre.operators).text("workload/desired"), "running");
  ASSERT_EQ(centre.post(path_of("accounts", left.account) + "/close", centre.operators, {{"ground", "퇴사"}})
                .status,
            200);
  const auto stopped = centre.get(his, centre.operators);
  EXPECT_EQ(stopped.text("workload/desired"), "stopped") << stopped.text_body;
  EXPECT_EQ(stopped.text("run/state"), "stopping");
  EXPECT_EQ(centre.get(other, centre.operators).text("workload/desired"), "running");
}

// What of a secret anybody can read afterwards: nothing.
TEST(AccountCare, G7_G8_NoPasswordAndNoTokenIsInAListAnEventAnAuditEntryOrTheStore) {
  CareStage stage;
  auto& centre = stage.centre;
  const auto made = stage.open_member("lee01");
  const Who lee = centre.log_in("lee01", made.text("temporary_password"));
  centre.post("/api/v1/me/password", lee,
              {{"current", made.text("temporary_password")}, {"new", "Meadow4?cloud_T8"}});
  const Who back = centre.log_in("lee01", "Meadow4?cloud_T8");
  const auto token = centre.post("/api/v1/api-tokens", back, {{"name", "script"}}).text("token");
  ASSERT_FALSE(token.empty());
  centre.turn_loops();
  const std::vector<std::string> secrets{made.text("temporary_password"), "Meadow4?cloud_T8", token,
                                         back.token};
  for (const char* list : {"accounts", "audit-entries?limit=500", "events?limit=500", "sessions",
                           "api-tokens", "role-grants", "notifications"}) {
    const auto page = centre.get("/api/v1/" + std::string(list), centre.operators);
    ASSERT_EQ(page.status, 200) << list;
    for (const auto& secret : secrets) EXPECT_EQ(page.text_body.find(secret), std::string::npos) << list;
    EXPECT_EQ(page.text_body.find("_hash\":\"$"), std::string::npos) << list;
    EXPECT_EQ(page.text_body.find("argon2"), std::string::npos) << list;
  }
  const auto read = commands::look<bool>(
      centre.world(), commands::system_caller("test"), [&](commands::Work& work) -> base::Result<bool> {
        DURE_LET(account, work.tx.accounts().get(model::AccountId(lee.account)));
        EXPECT_TRUE(account.password_hash.starts_with("$argon2id$")) << account.password_hash;
        for (const auto& former : account.former_password_hashes)
          EXPECT_TRUE(former.starts_with("$argon2id$"));
        DURE_LET(tokens,
                 work.tx.api_tokens().list(ports::Query{}.where("account_id", account.id).at_most(9)));
        EXPECT_EQ(tokens.rows.size(), 1u);
        for (const auto& row : tokens.rows) EXPECT_EQ(row.token_hash.find(token), std::string::npos);
        DURE_LET(sessions,
                 work.tx.sessions().list(ports::Query{}.where("account_id", account.id).at_most(9)));
        EXPECT_FALSE(sessions.rows.empty());
        for (const auto& row : sessions.rows) EXPECT_EQ(row.token_hash.find(back.token), std::string::npos);
        return true;
      });
  EXPECT_TRUE(read.ok());
}

TEST(AccountCare, G8_ARoleHoldsInItsProjectUntilItEndsAndVolumesAreApart) {
  CareStage stage;
  auto& centre = stage.centre;
  const Who other = centre.admit("kim01");
  centre.report_node();
  for (const Who* who : std::initializer_list<const Who*>{&stage.owner, &other})
    ASSERT_EQ(centre.post("/api/v1/workloads", *who, workspace(*who, "w", 10)).status, 201);
  centre.turn_loops();
  const auto mine = path_of("allocations", stage.owner.allocation);
  EXPECT_EQ(centre.get(mine, other).status, 404) << "a member of another project";
  const auto volumes = centre.get("/api/v1/volumes", stage.owner);
  ASSERT_GE(volumes.body.at("items").as_array().size(), 1u);
  EXPECT_EQ(centre.get(path_of("volumes", volumes.text("items/0/id")), other).status, 404);
  const auto theirs = centre.get("/api/v1/volumes", other);
  EXPECT_EQ(theirs.text_body.find(volumes.text("items/0/id")), std::string::npos);
  const auto grant = centre.post(
      "/api/v1/role-grants", centre.operators,
      {{"account_id", other.account}, {"role", "member"}, {"scope", "project"}, {"scope_id", stage.project}});
  ASSERT_EQ(grant.status, 201) << grant.text_body;
  EXPECT_EQ(centre.get(mine, other).status, 200);
  EXPECT_EQ(centre.send("DELETE", path_of("role-grants", grant.text("id")), centre.operators.token).status,
            200);
  EXPECT_EQ(centre.get(mine, other).status, 404) << "an end counts from the next request on";
}

TEST(AccountCare, G8_PersonalDataIsMaskedOnTheWayOut) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const auto path = path_of("applications", filer.application);
  const auto own = centre.get(path, filer);
  const auto seen = centre.get(path, centre.operators);
  for (const char* field : {"name", "email", "mobile"}) {
    const auto at = "form/applicant/" + std::string(field);
    ASSERT_NE(own.text(at), "");
    EXPECT_NE(seen.text(at), own.text(at)) << field;
    EXPECT_NE(seen.text(at).find('*'), std::string::npos) << field;
  }
  EXPECT_EQ(
      centre.get("/api/v1/applications", centre.operators).text_body.find(own.text("form/applicant/email")),
      std::string::npos);
}

}  // namespace
}  // namespace dure::tests
