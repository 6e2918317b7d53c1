#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "centre/use_cast.h"
#include "centre/writes.h"
#include "server/loops/loops.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string made(Cast& cast, const std::string& collection, const json::object& body) {
  const auto reply = cast.centre.post("/api/v1/" + collection, cast.centre.operators, body);
  EXPECT_EQ(reply.status, 201) << collection << ": " << reply.text_body;
  return reply.text("id");
}

void make_messages(Cast& cast) {
  cast.centre.turn_loops();
  const auto lease = commands::acquire_lease(cast.centre.world(), "notices", "test", base::Span::seconds(15));
  ASSERT_TRUE(lease.ok() && *lease);
  ASSERT_TRUE(server::notice_body(cast.centre.world())(**lease).ok());
}

std::vector<Write> sanction_writes(const std::string& id, const Who* office) {
  const json::object ground{{"ground", "g"}};
  const json::object meeting{{"on", "2026-09-01"}, {"members", json::array{"위원"}}, {"minutes", "m"}};
  const std::string path = "/api/v1/sanctions/{id}/";
  return {{"POST", path + "investigate", id, office, {}},
          {"POST", path + "suspend", id, office, {{"reason", "r"}}},
          {"POST", path + "notify", id, office, {{"facts", "f"}}},
          {"POST", path + "opinions", id, office, {{"opinion", "o"}}},
          {"POST", path + "deliberate", id, office, {{"deliberation", meeting}}},
          {"POST", path + "impose", id, office, ground},
          {"POST", path + "dismiss", id, office, ground},
          {"POST", path + "appeal", id, office, {{"appeal", "a"}}},
          {"POST",
           path + "decide-appeal",
           id,
           office,
           {{"upheld", true}, {"ground", "g"}, {"deliberation", meeting}}},
          {"POST", path + "refer", id, office, {{"to", "경찰"}}}};
}

std::vector<Write> review_writes(const std::string& id, const Who* office) {
  const std::string path = "/api/v1/utilisation-reviews/{id}/";
  return {{"POST", path + "measure", id, office, {}},
          {"POST", path + "propose", id, office, {{"ground", "g"}}},
          {"POST", path + "notify", id, office, {}},
          {"POST", path + "opinions", id, office, {{"opinion", "o"}}},
          {"POST", path + "decide", id, office, {{"measure", "keep"}, {"ground", "g"}}},
          {"POST", path + "apply", id, office, {}}};
}

}  // namespace

std::string plant_idle_warning(Cast& cast) {
  const auto made = commands::run<std::string>(
      cast.centre.world(), commands::system_caller("test"),
      [&](commands::Work& work) -> base::Result<std::string> {
        DURE_LET(allocation, work.tx.allocations().get(model::AllocationId(cast.member.allocation)));
        model::IdleWarning row;
        work.stamp(row);
        row.programme_id = allocation.programme_id;
        row.project_id = allocation.project_id;
        row.allocation_id = allocation.id;
        row.no_use = true;
        row.idle_since = {2026, 9, 1};
        row.warned_on = {2026, 9, 22};
        row.last_day = {2026, 10, 2};
        DURE_TRY(work.tx.idle_warnings().insert(row));
        return row.id.text;
      });
  EXPECT_TRUE(made.ok());
  return made.ok() ? *made : std::string();
}

std::vector<Write> use_writes(Cast& cast) {
  const Who* office = &cast.centre.operators;
  const std::string programme = cast.centre.programme;
  cast.centre.post("/api/v1/programmes", *office,
                   {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", use_pack()}}}}});
  made(cast, "review-criteria",
       {{"programme_id", programme}, {"first_review_on", "2026-10-01"}, {"criteria", "기준"}});
  const auto review =
      made(cast, "utilisation-reviews", {{"allocation_id", cast.member.allocation}, {"of", "2026-09-10"}});
  const auto incident = made(
      cast, "incidents", {{"allocation_id", cast.member.allocation}, {"kind", "other"}, {"report", "부하"}});
  const auto sanction = made(cast, "sanctions",
                             {{"programme_id", programme},
                              {"ground", "off-purpose"},
                              {"facts", "사실"},
                              {"allocation_id", cast.member.allocation}});
  const auto restriction = made(cast, "restrictions",
                                {{"programme_id", programme},
                                 {"account_id", cast.member.account},
                                 {"ground", "참여제한"},
                                 {"decided_by", "장관"},
                                 {"starts_on", "2026-09-01"}});
  const auto idle = plant_idle_warning(cast);
  const auto silence = made(cast, "notice-silences",
                            {{"event", "account.*"},
                             {"programme_id", programme},
                             {"channel", "console"},
                             {"ends_at", "2026-09-02T00:00:00Z"},
                             {"ground", "g"}});
  make_messages(cast);
  const auto message =
      first_id(cast, "/api/v1/notifications?channel=console&account_id=" + cast.member.account, cast.member);
  const json::object ground{{"ground", "g"}};
  std::vector<Write> all{{"POST",
                          "/api/v1/incidents/{id}/confirm",
                          incident,
                          office,
                          {{"ground", "g"}, {"sanction_ground", "off-purpose"}}},
                         {"POST", "/api/v1/incidents/{id}/dismiss", incident, office, ground},
                         {"POST", "/api/v1/idle-warnings/{id}/dismiss", idle, office, ground},
                         {"POST", "/api/v1/idle-warnings/{id}/carry-out", idle, office, ground},
                         {"POST", "/api/v1/restrictions/{id}/lift", restriction, office, ground},
                         {"POST", "/api/v1/notice-silences/{id}/end", silence, office, {}},
                         {"POST", "/api/v1/notifications/{id}/read", message, &cast.member, {}},
                         {"POST", "/api/v1/notifications/{id}/resend", message, office, {}}};
  for (auto& write : sanction_writes(sanction, office)) all.push_back(std::move(write));
  for (auto& write : review_writes(review, office)) all.push_back(std::move(write));
  return all;
}

}  // namespace dure::tests
