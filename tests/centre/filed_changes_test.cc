// D1: a change is always filed. What an allocation gives (limit, model, pool, end) and where its account may
// come from change by an application of the kind "change", by an action on the allocation that was asked for
// and approved, or by what a review of its use decided: by no other write, whoever asks.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "centre/cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

bool begins(const std::string& text, const std::string& with) {
  return text.rfind(with, 0) == 0;
}

// Every write that stands below accounts, allocations, projects, awards, or oneself.
std::set<std::string> writes_around_allocations(const Centre& centre) {
  std::set<std::string> found;
  for (const auto& row : centre.routes().table()) {
    if (row.method == "GET") continue;
    for (const char* place : {"accounts", "allocations", "allocation-actions", "awards", "projects", "me"})
      if (begins(row.pattern + "/", std::string("/api/v1/") + place + "/"))
        found.insert(row.method + " " + row.pattern);
  }
  return found;
}

// What they do. A new one is added here by who can say why it is no way around a filed change.
const std::set<std::string>& known_writes() {
  static const std::set<std::string> kKnown{
      // The ways of a change: an approved application, and an approved action.
      "POST /api/v1/awards/{id}/allocation", "POST /api/v1/allocation-actions",
      "POST /api/v1/allocation-actions/{id}/decide", "POST /api/v1/allocation-actions/{id}/withdraw",
      // Answers to an offer.
      "POST /api/v1/awards/{id}/accept", "POST /api/v1/awards/{id}/decline",
      "POST /api/v1/awards/{id}/agreement",
      // Who comes in, not what he has.
      "POST /api/v1/accounts", "POST /api/v1/accounts/{id}/temporary-password",
      "POST /api/v1/accounts/{id}/unlock", "POST /api/v1/accounts/{id}/suspend",
      "POST /api/v1/accounts/{id}/reinstate", "POST /api/v1/accounts/{id}/close",
      "POST /api/v1/accounts/{id}/offboard", "DELETE /api/v1/accounts/{id}/sessions",
      "POST /api/v1/me/password", "PUT /api/v1/me/notice-preference",
      // Records.
      "POST /api/v1/allocations/{id}/training", "POST /api/v1/projects/{id}/evidence"};
  return kKnown;
}

TEST(FiledChanges, D1_TheWritesAroundAnAllocationAreKnown) {
  Centre centre;
  EXPECT_EQ(writes_around_allocations(centre), known_writes());
}

std::string what_it_gives(Cast& cast) {
  const auto row = cast.centre.get("/api/v1/allocations/" + cast.member.allocation, cast.centre.operators);
  EXPECT_EQ(row.status, 200) << row.text_body;
  std::string text;
  for (const char* field : {"limit", "pool", "starts_on", "ends_on", "agreed_ends_on"})
    text += json::serialize(row.body.at(field)) + " ";
  const auto account = cast.centre.get("/api/v1/accounts/" + cast.member.account, cast.centre.operators);
  EXPECT_EQ(account.status, 200) << account.text_body;
  return text + json::serialize(account.body.at("allowed_addresses"));
}

// Each body names more of everything.
json::object more_of_everything() {
  return {{"limit", json::object{{"model", "h200"}, {"blocks", 800}, {"cpu_cores", 64}}},
          {"awarded", json::object{{"model", "h200"}, {"blocks", 800}}},
          {"blocks", 800},
          {"model", "h200"},
          {"pool", "another"},
          {"ends_on", "2027-12-31"},
          {"agreed_ends_on", "2027-12-31"},
          {"allowed_addresses", json::array{"0.0.0.0/0"}},
          {"public_ip", "198.51.100.7"},
          {"ground", "더 필요함"}};
}

TEST(FiledChanges, D1_NeitherMemberNorOperatorChangesAnAllocationWithoutFiling) {
  Cast cast;
  const auto before = what_it_gives(cast);
  const auto body = json::serialize(more_of_everything());
  const std::string allocation = "/api/v1/allocations/" + cast.member.allocation;
  const std::string account = "/api/v1/accounts/" + cast.member.account;
  for (const auto& path : {allocation, account})
    for (const char* method : {"PUT", "PATCH", "POST", "DELETE"})
      for (const Who* who : {&cast.member, &cast.centre.operators})
        EXPECT_EQ(cast.centre.send(method, path, who->token, body).status, 405) << method << " " << path;
  // What stands below them takes no such member, whoever sends it.
  for (const auto& write : known_writes()) {
    const auto space = write.find(' ');
    auto path = write.substr(space + 1);
    const bool of_account = begins(path, "/api/v1/accounts/{id}/");
    if (!of_account && !begins(path, "/api/v1/allocations/{id}/") && !begins(path, "/api/v1/me/")) continue;
    // These end what he has.
    if (path.find("/close") != std::string::npos || path.find("/offboard") != std::string::npos) continue;
    if (const auto at = path.find("{id}"); at != std::string::npos)
      path.replace(at, 4, of_account ? cast.member.account : cast.member.allocation);
    cast.centre.unpromised = true;  // most of these take no body
    for (const Who* who : {&cast.member, &cast.centre.operators})
      cast.centre.send(write.substr(0, space), path, who->token, body);
    cast.centre.unpromised = false;
  }
  EXPECT_EQ(what_it_gives(cast), before);
  // An award that was given already opens nothing more.
  const auto again = cast.centre.send("POST", "/api/v1/awards/" + cast.member.award + "/allocation",
                                      cast.centre.operators.token, body);
  EXPECT_GE(again.status, 400) << again.text_body;
  EXPECT_EQ(what_it_gives(cast), before);
}

TEST(FiledChanges, D1_AnActionThatNobodyApprovedChangesNothing) {
  Cast cast;
  const auto before = what_it_gives(cast);
  const auto asked = cast.centre.post("/api/v1/allocation-actions", cast.member,
                                      {{"allocation_id", cast.member.allocation},
                                       {"kind", "reduction"},
                                       {"blocks", 100},
                                       {"reason", "덜 필요함"}});
  ASSERT_EQ(asked.status, 201) << asked.text_body;
  EXPECT_EQ(what_it_gives(cast), before);
  const std::string decide = "/api/v1/allocation-actions/" + asked.text("id") + "/decide";
  EXPECT_EQ(cast.centre.post(decide, cast.member, {{"approve", true}, {"ground", "x"}}).status, 403);
  EXPECT_EQ(what_it_gives(cast), before) << "he does not approve it himself";
  EXPECT_EQ(cast.centre.post(decide, cast.centre.operators, {{"approve", true}, {"ground", "확인함"}}).status,
            200);
  EXPECT_NE(what_it_gives(cast), before);
}

}  // namespace
}  // namespace dure::tests
