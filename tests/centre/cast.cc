#include "centre/cast.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/workspace.h"
#include "cli/api.h"
#include "net/url.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kNobodysId = "01900000-0000-7000-8000-000000000000";

const json::array& items_or_none(const Reply& reply) {
  static const json::array none;
  const auto* object = reply.body.if_object();
  const auto* list = object ? object->if_contains("items") : nullptr;
  return list && list->is_array() ? list->get_array() : none;
}

bool holds(const Reply& page, const std::string& id) {
  for (const auto& item : items_or_none(page))
    if (cli::text_at(item, "id") == id) return true;
  return false;
}

// Every member of the row that can be filtered by finds the row, by its own value.
void expect_filters(Cast& cast, const std::string& list, const Who& reader, const json::object& row) {
  const std::string id = cli::text_at(row, "id");
  int filters = 0;
  for (const auto& [name, value] : row) {
    const std::string text = cli::text_at(row, name);
    if (value.is_structured() || value.is_null() || text.empty() || text.find(',') != std::string::npos)
      continue;
    const auto page = cast.centre.get(
        list + "?" + std::string(name) + "=" + net::percent_encode(text) + "&sort=-id&limit=500", reader);
    if (page.status == 200) {
      ++filters;
      EXPECT_TRUE(holds(page, id)) << list << " by " << name << "=" << text;
    } else {
      EXPECT_TRUE(page.text("code").starts_with("http.parameter_unknown"))
          << list << " by " << name << ": " << page.text_body;
    }
  }
  EXPECT_GE(filters, 4) << list << ": id, version, created_at, updated_at at least";
}

void expect_refusals(Cast& cast, const std::string& list, const Who& reader) {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"zzz=1", "http.parameter_unknown"}, {"limit=0", "http.limit"},
      {"limit=501", "http.limit"},         {"limit=1&limit=2", "http.parameter_repeated"},
      {"sort=zzz", "http.filter_unknown"}, {"created_at=now", "http.filter_value"},
      {"cursor=zzz", "cursor.other_list"}};
  for (const auto& [query, code] : refused) {
    const auto reply = cast.centre.get(list + "?" + query, reader);
    EXPECT_EQ(reply.status, 400) << list << "?" << query;
    EXPECT_EQ(reply.text("code"), code) << list << "?" << query;
    EXPECT_EQ(reply.text("parameters/parameter"), query.substr(0, query.find('='))) << list << "?" << query;
  }
}

}  // namespace

Cast::Cast() {
  member = centre.admit("hong01", 400);
  filer = centre.file_application("kim01");
  auditor = hire("audit01", "auditor");
  reviewer = hire("review01", "reviewer", "programme", centre.programme);
  centre.report_node();
  node.token = centre.node_token;
  workload = start("first", 30);
  ended = start("second", 20);
  const auto view = centre.get("/api/v1/workloads/" + workload, member);
  run = view.text("run/id");
  const auto other = centre.get("/api/v1/workloads/" + ended, member).text("replicas/0/id");
  centre.report_node({{"observations", json::array{observation(view.text("replicas/0/id"), "started", 1),
                                                   observation(other, "started", 2),
                                                   observation(other, "ended", 3, 15'250'000)}}});
  centre.post("/api/v1/workloads/" + ended + "/stop", member);
  centre.turn_loops();
}

Who Cast::hire(const std::string& login, const std::string& role, const std::string& scope,
               const std::string& scope_id) {
  const auto made = centre.post("/api/v1/accounts", centre.operators, {{"login", login}});
  const std::string temporary = made.text("temporary_password");
  centre.post("/api/v1/me/password", centre.log_in(login, temporary),
              {{"current", temporary}, {"new", kGoodPassword}});
  centre.post(
      "/api/v1/role-grants", centre.operators,
      {{"account_id", made.text("account/id")}, {"role", role}, {"scope", scope}, {"scope_id", scope_id}});
  return centre.log_in(login, kGoodPassword);
}

std::string Cast::start(const std::string& name, std::int64_t blocks) {
  return start_workspace(centre, member, name, blocks).id;
}

std::string first_id(Cast& cast, const std::string& list, const Who& who) {
  return cast.centre.get(list, who).text("items/0/id");
}

void expect_list(Cast& cast, const std::string& name, const Who& reader, bool open_to_all) {
  const std::string list = "/api/v1/" + name;
  const auto page = cast.centre.get(list, reader);
  ASSERT_EQ(page.status, 200) << list << ": " << page.text_body;
  ASSERT_FALSE(items_or_none(page).empty()) << list;
  expect_filters(cast, list, reader, items_or_none(page).front().as_object());
  expect_refusals(cast, list, reader);
  EXPECT_EQ(items_or_none(cast.centre.get(list)).empty(), !open_to_all) << list << " as a visitor";
}

void expect_collection(Cast& cast, const std::string& name, const Who& reader, bool open_to_all) {
  expect_list(cast, name, reader, open_to_all);
  const std::string list = "/api/v1/" + name;
  const std::string row = list + "/" + first_id(cast, list, reader);
  expect_tagged(cast, row, reader);
  EXPECT_EQ(cast.centre.get(list + "/" + kNobodysId, reader).status, 404) << list;
  EXPECT_EQ(cast.centre.get(row + "?zzz=1", reader).text("code"), "http.parameter_unknown") << row;
  const auto stranger = cast.centre.get(row);
  EXPECT_EQ(stranger.status == 200, open_to_all) << row << " as a visitor: " << stranger.status;
}

void expect_tagged(Cast& cast, const std::string& target, const Who& who) {
  const auto reply = cast.centre.get(target, who);
  ASSERT_EQ(reply.status, 200) << target << ": " << reply.text_body;
  const std::string tag(reply.headers.get("ETag"));
  ASSERT_FALSE(tag.empty()) << target;
  const auto again = cast.centre.send("GET", target, who.token, "", {{"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304) << target;
  EXPECT_TRUE(again.text_body.empty()) << target;
  EXPECT_EQ(again.headers.get("ETag"), tag) << target;
  EXPECT_EQ(cast.centre.send("GET", target, who.token, "", {{"If-None-Match", "\"0\""}}).status, 200)
      << target;
}

Reply change(Cast& cast, const std::string& method, const std::string& target, const std::string& row,
             const Who& who, const json::object& body) {
  auto& centre = cast.centre;
  const auto before = centre.get(row, who);
  const auto page = items_or_none(before);
  const std::string tag = page.empty() ? std::string(before.headers.get("ETag"))
                                       : "\"" + cli::text_at(page.front(), "version") + "\"";
  const std::string text = body.empty() ? "" : json::serialize(body);
  const auto stale = centre.send(method, target, who.token, text, {{"If-Match", "\"999\""}});
  EXPECT_EQ(stale.status, 412) << method << " " << target << ": " << stale.text_body;
  EXPECT_EQ(stale.text("code"), "http.version_mismatch") << method << " " << target;
  EXPECT_EQ(centre.get(row, who).text_body, before.text_body) << method << " " << target << " changed it";
  auto reply = centre.send(method, target, who.token, text, {{"If-Match", tag}});
  EXPECT_LT(reply.status, 300) << method << " " << target << ": " << reply.text_body;
  return reply;
}

}  // namespace dure::tests
