#include "server/list_query.h"

#include <gtest/gtest.h>

#include "model/workload.h"
#include "net/url.h"
#include "server/parameters.h"

namespace dure::server {
namespace {

net::Request ask(const std::string& query, const std::string& path = "/api/v1/runs") {
  net::Request request;
  request.method = "GET";
  request.path = path;
  request.target = path + "?" + query;
  request.query = *net::parse_query(query);
  return request;
}

// As the edge and the route do it.
base::Result<ports::Query> read(const net::Request& request) {
  const auto fields = filter_fields<model::Run>();
  DURE_TRY(check_parameters(request, list_parameters(fields)));
  return read_list_query(request, fields);
}

// "code parameter" of the refusal, "" where there is none.
std::string refusal(const std::string& query) {
  const auto result = read(ask(query));
  if (result.ok()) return "";
  const auto& reason = result.failure().reason;
  const auto* parameter = reason.find("parameter");
  return reason.code + " " + (parameter ? std::get<std::string>(*parameter) : "");
}

TEST(ListQuery, TakesWhatTheFieldTableHas) {
  EXPECT_EQ(refusal("state=queued,running&attempt.from=2&sort=-queued_at&limit=500"), "");
  const auto query = read(ask("state=queued,running&attempt.from=2&attempt.to=4"));
  ASSERT_TRUE(query.ok());
  ASSERT_EQ(query->all.size(), 3u);
  EXPECT_EQ(query->all[0].compare, ports::Compare::kIn);
  EXPECT_EQ(query->all[1].compare, ports::Compare::kAtLeast);
  EXPECT_EQ(query->all[2].compare, ports::Compare::kLess);
}

TEST(ListQuery, RefusesAStateThatThereIsNotAndNamesTheNearest) {
  const auto result = read(ask("state=queud"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure().reason.code, "http.filter_choice_near");
  EXPECT_EQ(std::get<std::string>(*result.failure().reason.find("near")), "queued");
  EXPECT_NE(std::get<std::string>(*result.failure().reason.find("allowed")).find("running"),
            std::string::npos);
  EXPECT_EQ(refusal("state=queued,zzz"), "http.filter_choice state");
  EXPECT_EQ(refusal("state="), "http.filter_choice state");
}

TEST(ListQuery, RefusesWithTheParametersName) {
  EXPECT_EQ(refusal("stat=queued"), "http.parameter_unknown_near stat");
  EXPECT_EQ(refusal("zzz=1"), "http.parameter_unknown zzz");
  EXPECT_EQ(refusal("state.from=queued"), "http.parameter_unknown state.from");
  EXPECT_EQ(refusal("state=queued&state=running"), "http.parameter_repeated state");
  EXPECT_EQ(refusal("limit=5&limit=6"), "http.parameter_repeated limit");
  EXPECT_EQ(refusal("attempt=two"), "http.filter_value attempt");
  EXPECT_EQ(refusal("attempt=1,"), "http.filter_value attempt");
  EXPECT_EQ(refusal("attempt.from=1,2"), "http.filter_value attempt.from");
  EXPECT_EQ(refusal("created_at.from=yesterday"), "http.filter_value created_at.from");
  EXPECT_EQ(refusal("sort=zzz"), "http.filter_unknown sort");
  for (const char* limit : {"0", "501", "-1", "x", ""})
    EXPECT_EQ(refusal("limit=" + std::string(limit)), "http.limit limit") << limit;
}

TEST(ListQuery, RefusesWhatContradictsItself) {
  EXPECT_EQ(refusal("attempt=2&attempt.from=1"), "http.filter_contradiction attempt");
  EXPECT_EQ(refusal("attempt.to=3&attempt=2,3"), "http.filter_contradiction attempt");
  EXPECT_EQ(refusal("attempt.from=3&attempt.to=3"), "http.filter_contradiction attempt.from");
  EXPECT_EQ(refusal("created_at.from=2026-09-02T00:00:00Z&created_at.to=2026-09-01T00:00:00Z"),
            "http.filter_contradiction created_at.from");
}

TEST(ListQuery, ACursorHoldsForItsListFiltersAndOrderOnly) {
  const auto given = ask("state=queued&sort=-created_at&limit=2");
  const std::string cursor = cursor_prefix(given) + "abc";
  const auto next = read(ask("limit=9&sort=-created_at&state=queued&cursor=" + cursor));
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->cursor, "abc");
  EXPECT_EQ(refusal("state=running&sort=-created_at&cursor=" + cursor), "cursor.other_list cursor");
  EXPECT_EQ(refusal("state=queued&cursor=" + cursor), "cursor.other_list cursor");
  EXPECT_EQ(refusal("cursor=abc"), "cursor.other_list cursor");
  EXPECT_NE(cursor_prefix(ask("state=queued", "/api/v1/workloads")), cursor_prefix(ask("state=queued")));
}

}  // namespace
}  // namespace dure::server
