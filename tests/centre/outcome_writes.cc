#include <boost/json/array.hpp>

#include "centre/outcome_cast.h"
#include "centre/writes.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string told_outcome(Cast& cast, const Who& user) {
  return cast.centre
      .post("/api/v1/outcomes", user,
            {{"allocation_id", user.allocation},
             {"kind", "other"},
             {"title", "t"},
             {"produced_on", "2026-09-01"},
             {"evidence", json::array{put_evidence(cast.centre, user, "other")}}})
      .text("id");
}

std::string survey_of(Cast& cast) {
  const json::array questions{json::object{{"id", "q"}, {"text", "?"}, {"choices", json::array{"a", "b"}}}};
  return cast.centre
      .post("/api/v1/user-surveys", cast.centre.operators,
            {{"programme_id", cast.centre.programme}, {"title", "t"}, {"questions", questions}})
      .text("id");
}

// Of an account that works nowhere any more.
std::string deletion_of(Cast& cast, const Who& gone) {
  auto& centre = cast.centre;
  const auto grant =
      centre.get("/api/v1/role-grants?account_id=" + gone.account, centre.operators).text("items/0/id");
  centre.send("DELETE", "/api/v1/role-grants/" + grant, centre.operators.token);
  return centre.post("/api/v1/accounts/" + gone.account + "/offboard", centre.operators, {{"ground", "g"}})
      .text("id");
}

}  // namespace

std::vector<Write> outcome_writes(Cast& cast) {
  static Who user;
  auto& centre = cast.centre;
  const Who* office = &centre.operators;
  ask_as_s1(centre);
  user = centre.admit("share01");
  const auto share =
      centre.get("/api/v1/data-shares?allocation_id=" + user.allocation, *office).text("items/0/id");
  const auto outcome = told_outcome(cast, user);
  const auto survey = survey_of(cast);
  const Who gone = centre.admit("gone01");
  const auto job = deletion_of(cast, gone);
  const auto hold = centre
                        .post("/api/v1/deletion-jobs/" + job + "/hold", *office,
                              {{"law", "l"}, {"ground", "g"}, {"kinds", json::array{"person"}}})
                        .text("id");
  const auto question =
      centre
          .post("/api/v1/questions", user,
                {{"programme_id", centre.programme}, {"desk", ""}, {"title", "t"}, {"text", "x"}})
          .text("id");
  const auto version =
      centre.get("/api/v1/programmes/" + centre.programme, *office).text("policy_version_id");
  const json::object ground{{"ground", "g"}};
  return {{"POST", "/api/v1/projects/{id}/evidence", project_of(centre, user), &user, {{"any", "file"}}},
          {"POST", "/api/v1/obligations/{id}/return", user.obligation, office, ground},
          {"POST", "/api/v1/obligations/{id}/escalate", user.obligation, office, ground},
          {"POST", "/api/v1/outcomes/{id}/accept", outcome, office, {}},
          {"POST", "/api/v1/outcomes/{id}/return", outcome, office, ground},
          {"POST",
           "/api/v1/outcomes/{id}/acknowledgement",
           outcome,
           office,
           {{"evidence_document_id", "x"}, {"present", true}}},
          {"POST",
           "/api/v1/data-shares/{id}/propose",
           share,
           &user,
           {{"type", "type-1"}, {"mode", "free"}, {"title", "t"}}},
          {"POST", "/api/v1/data-shares/{id}/check", share, office, {{"findings", json::array{}}}},
          {"POST", "/api/v1/data-shares/{id}/give-back", share, office, ground},
          {"POST", "/api/v1/data-shares/{id}/register", share, &user, {{"registration", "r"}}},
          {"POST", "/api/v1/data-shares/{id}/exempt", share, office, ground},
          {"POST", "/api/v1/user-surveys/{id}/close", survey, office, {}},
          {"POST", "/api/v1/user-surveys/{id}/answers", survey, &user, {{"choices", json::array{}}}},
          {"POST", "/api/v1/deletion-jobs/{id}/hold", job, office, {{"law", "l"}, {"ground", "g"}}},
          {"POST", "/api/v1/deletion-jobs/{id}/cancel", job, office, ground},
          {"POST", "/api/v1/retention-holds/{id}/release", hold, office, ground},
          {"POST", "/api/v1/accounts/{id}/offboard", gone.account, office, ground},
          {"POST",
           "/api/v1/programmes/{id}/end",
           centre.programme,
           office,
           {{"ends_on", "2030-12-31"}, {"ground", "g"}}},
          {"POST",
           "/api/v1/policy-versions/{id}/end",
           version,
           office,
           {{"ends_on", "2030-12-31"}, {"ground", "g"}}},
          {"POST", "/api/v1/questions/{id}/answer", question, office, {{"answer", "a"}}},
          {"POST", "/api/v1/questions/{id}/decline", question, office, {{"request", "write_code"}}},
          {"POST", "/api/v1/questions/{id}/close", question, &user, {}}};
}

}  // namespace dure::tests
