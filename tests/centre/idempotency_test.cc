// Idempotency keys: a true retry gets the same answer, secrets included; nobody else does.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "commands/idempotency.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kKey = "0192f0c4-3d5e-7a61-9b8c-5f1d2e3a4b6c";

Reply send_with_key(Centre& centre, const std::string& target, const Who& who, const json::object& body,
                    const std::string& key = kKey) {
  return centre.send("POST", target, who.token, json::serialize(body), {{"Idempotency-Key", key}});
}

json::object application(const Centre& centre, const std::string& login = "hong01") {
  auto form = *wire::read_form(wire::example_form());
  form.login = login;
  return {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}};
}

// Sent twice, the second time after a lost answer: the same answer, and no second row.
Reply expect_replay(Centre& centre, const std::string& target, const Who& who, const json::object& body) {
  const auto first = send_with_key(centre, target, who, body);
  EXPECT_LT(first.status, 300) << target << ": " << first.text_body;
  EXPECT_FALSE(first.text_body.empty());
  auto again = send_with_key(centre, target, who, body);
  EXPECT_EQ(again.status, first.status) << target;
  EXPECT_EQ(again.text_body, first.text_body) << target;
  EXPECT_EQ(again.headers.get("Location"), first.headers.get("Location")) << target;
  EXPECT_EQ(again.headers.get("Idempotent-Replay"), "true");
  return again;
}

std::vector<model::IdempotencyKey> kept(Centre& centre) {
  const auto page = commands::look<ports::Page<model::IdempotencyKey>>(
      centre.world(), commands::system_caller("test"),
      [](commands::Work& work) { return work.tx.idempotency_keys().list(ports::Query{}); });
  return page.ok() ? page->rows : std::vector<model::IdempotencyKey>{};
}

TEST(Idempotency, AnAnonymousFilerGetsHisOnlyTokenAgain) {
  Centre centre;
  const auto again = expect_replay(centre, "/api/v1/applications", {}, application(centre));
  Who filer;
  filer.token = again.text("access_token");
  EXPECT_EQ(centre.get("/api/v1/applications", filer).body.at("items").as_array().size(), 1u);
  EXPECT_EQ(centre.get("/api/v1/applications", centre.operators).body.at("items").as_array().size(), 1u);
}

TEST(Idempotency, NobodyElseGetsIt) {
  Centre centre;
  const auto first = send_with_key(centre, "/api/v1/applications", {}, application(centre));
  const std::string token = first.text("access_token");
  ASSERT_FALSE(token.empty());
  // Another request, another key, another caller.
  EXPECT_EQ(send_with_key(centre, "/api/v1/applications", {}, application(centre, "kim01")).status, 409);
  const auto other = send_with_key(centre, "/api/v1/applications", {}, application(centre),
                                   "0192f0c4-3d5e-7a61-9b8c-5f1d2e3a4b6d");
  EXPECT_NE(other.text("access_token"), token);
  EXPECT_NE(send_with_key(centre, "/api/v1/applications", centre.operators, application(centre))
                .text("access_token"),
            token);
}

TEST(Idempotency, AKeyThatHasExpiredIsANewOne) {
  Centre centre;
  const auto first = send_with_key(centre, "/api/v1/applications", {}, application(centre));
  ASSERT_EQ(first.status, 201);
  centre.advance(base::Span::hours(25));
  // A file is looked for among the kept answers before anything is written.
  const auto file = centre.send("POST", "/api/v1/applications/x/documents?kind=form1&file_name=f.pdf", "",
                                "%PDF", {{"Idempotency-Key", kKey}});
  EXPECT_EQ(file.status, 404);
  const auto later = send_with_key(centre, "/api/v1/applications", {}, application(centre));
  EXPECT_EQ(later.status, 201);
  EXPECT_NE(later.text("access_token"), first.text("access_token"));
  EXPECT_EQ(kept(centre).size(), 1u);
}

// Decision 8: each look at personal data is recorded.
TEST(Idempotency, NoKeyShowsPersonalDataWithoutARecord) {
  Centre centre;
  const auto user = centre.file_application("kim");
  const std::string path = "/api/v1/applications/" + user.application + "?reveal=call-back";
  for (int look = 1; look <= 2; ++look) {
    const auto shown = centre.send("GET", path, centre.operators.token, "", {{"Idempotency-Key", kKey}});
    EXPECT_EQ(shown.text("form/applicant/name"), "홍길동");
    const auto looks = centre.get("/api/v1/audit-entries?action=applications.reveal", centre.operators);
    EXPECT_EQ(looks.body.at("items").as_array().size(), static_cast<std::size_t>(look));
  }
}

TEST(Idempotency, WithoutALogInTheKeyMustBeLongAndRandom) {
  Centre centre;
  for (const std::string key :
       {"k1", "0192f0c4-3d5e-7a61-9b8c-5f1d2e3", "00000000000000000000000000000000000",
        "abcabcabcabcabcabcabcabcabcabcabcabc"}) {
    const auto reply = send_with_key(centre, "/api/v1/applications", {}, application(centre), key);
    EXPECT_EQ(reply.status, 400) << key;
    EXPECT_EQ(reply.text("code"), "http.idempotency_key_weak") << key;
  }
  EXPECT_EQ(send_with_key(centre, "/api/v1/applications", {}, application(centre), std::string(201, 'k'))
                .text("code"),
            "http.idempotency_key");
  EXPECT_EQ(send_with_key(centre, "/api/v1/applications", centre.operators, application(centre), "k1").status,
            201);
}

TEST(Idempotency, G3_TokensAndTemporaryPasswordsComeAgain) {
  Centre centre;
  const auto account = expect_replay(centre, "/api/v1/accounts", centre.operators, {{"login", "new01"}});
  EXPECT_EQ(centre.log_in("new01", account.text("temporary_password")).account, account.text("account/id"));
  const std::string path = "/api/v1/accounts/" + account.text("account/id") + "/temporary-password";
  const auto reset = send_with_key(centre, path, centre.operators, {}, "reset");
  EXPECT_EQ(send_with_key(centre, path, centre.operators, {}, "reset").text_body, reset.text_body);
  EXPECT_FALSE(centre.log_in("new01", reset.text("temporary_password")).token.empty());
  const json::object wish{{"name", "ci"}};
  const auto token = send_with_key(centre, "/api/v1/api-tokens", centre.operators, wish, "token");
  EXPECT_EQ(send_with_key(centre, "/api/v1/api-tokens", centre.operators, wish, "token").text("token"),
            token.text("token"));
}

TEST(Idempotency, ANodeGetsItsTokenAgain) {
  Centre centre;
  Who machine;
  machine.token = *commands::make_enrol_token(centre.world());
  const auto again =
      expect_replay(centre, "/node/v1/enrolment", machine, {{"name", "n1"}, {"pool", "gpu-server"}});
  Who node;
  node.token = again.text("token");
  EXPECT_EQ(centre.post("/node/v1/report", node, {{"boot_id", "boot-1"}}).status, 200);
}

TEST(Idempotency, ATicketComesAgain) {
  Cast cast;
  const std::string ticket = "/api/v1/workloads/" + cast.workload + "/access";
  expect_replay(cast.centre, ticket, cast.member, {{"purpose", "terminal"}});
}

TEST(Idempotency, WhatIsKeptIsSealedAndForgotten) {
  Centre centre;
  const auto first = send_with_key(centre, "/api/v1/applications", {}, application(centre));
  const auto rows = kept(centre);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].body.empty());
  for (const std::string& secret : {first.text("access_token"), std::string("홍길동")})
    EXPECT_EQ((rows[0].body + rows[0].headers).find(secret), std::string::npos) << secret;
  centre.advance(base::Span::hours(25));
  const auto late = send_with_key(centre, "/api/v1/applications", {}, application(centre));
  EXPECT_EQ(late.status, 201);
  EXPECT_NE(late.text("access_token"), first.text("access_token")) << "a new request by then";
}

TEST(Idempotency, AnAnswerThatCanNoLongerBeOpenedIsRefusedAndNotDoneTwice) {
  Centre centre;
  send_with_key(centre, "/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  const auto spoilt = commands::run<bool>(centre.world(), commands::system_caller("test"),
                                          [](commands::Work& work) -> base::Result<bool> {
                                            DURE_LET(row, work.tx.idempotency_keys().first(ports::Query{}));
                                            row->body = work.world.secrets.seal("{}", "something else");
                                            DURE_TRY(work.save(work.tx.idempotency_keys(), *row));
                                            return true;
                                          });
  ASSERT_TRUE(spoilt.ok());
  const auto again = send_with_key(centre, "/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.text("code"), "http.idempotency_lost");
  EXPECT_EQ(centre.get("/api/v1/outages", centre.operators).body.at("items").as_array().size(), 1u);
}

TEST(Idempotency, ALogInNeverGivesATokenASecondTime) {
  Centre centre;
  const json::object command{{"login", "operator"}, {"password", centre.operators.password}};
  const auto first = send_with_key(centre, "/api/v1/sessions", {}, command);
  const auto again = send_with_key(centre, "/api/v1/sessions", {}, command);
  EXPECT_EQ(again.status, 201);
  EXPECT_NE(again.text("token"), first.text("token"));
  EXPECT_EQ(kept(centre).size(), 0u);
}

}  // namespace
}  // namespace dure::tests
