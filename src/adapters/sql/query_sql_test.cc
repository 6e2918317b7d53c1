#include "adapters/sql/query_sql.h"

#include <gtest/gtest.h>

#include "adapters/sql/noun_table.h"
#include "model/award.h"
#include "wire/cursor.h"

namespace dure::sql {
namespace {

using ports::Compare;
using ports::Query;

const NounTable& outages() {
  return noun_table<model::Outage>();
}

// What follows the list of columns.
std::string tail(const Query& query, Dialect dialect = Dialect::kSqlite) {
  const auto sql = build_list(outages(), dialect, query);
  if (!sql.ok()) return sql.failure().reason.code;
  EXPECT_TRUE(sql->text.starts_with(outages().select));
  return sql->text.substr(outages().select.size());
}

Query after(Query query, const wire::Cursor& cursor) {
  query.cursor = wire::encode_cursor(cursor);
  return query;
}

TEST(NounTable, FollowsTheFieldTable) {
  const NounTable& table = outages();
  EXPECT_EQ(table.name, "outages");
  EXPECT_EQ(table.column("started_at").kind, CellKind::kNumber);
  EXPECT_TRUE(table.column("ended_at").nullable);
  EXPECT_TRUE(table.column("node_ids").nested);
  EXPECT_EQ(table.get, table.select + " WHERE id = :p1");
  EXPECT_EQ(
      table.update,
      "UPDATE \"outages\" SET \"version\" = :p1, \"created_at\" = :p2, \"updated_at\" = :p3, \"cause\" = "
      ":p4, "
      "\"note\" = :p5, \"node_ids\" = :p6, \"started_at\" = :p7, \"ended_at\" = :p8, \"given_back\" = :p9 "
      "WHERE id = :p10 AND version = :p11");
}

TEST(QuerySql, WritesNoValueIntoTheText) {
  const auto query =
      Query{}.where("cause", "'; DROP TABLE outages; --").where("started_at", 7, Compare::kAtLeast);
  const auto sql = build_list(outages(), Dialect::kSqlite, query);
  ASSERT_TRUE(sql.ok());
  EXPECT_EQ(tail(query), " WHERE \"cause\" = :p1 AND \"started_at\" >= :p2 ORDER BY id LIMIT :p3");
  ASSERT_EQ(sql->binds.size(), 3u);
  EXPECT_EQ(std::get<std::string>(sql->binds[0]), "'; DROP TABLE outages; --");
  EXPECT_EQ(std::get<std::int64_t>(sql->binds[2]), 101);  // one more, to know whether there is a next page
}

TEST(QuerySql, FillsAListOfValuesUpToAPowerOfTwo) {
  EXPECT_EQ(tail(Query{}.where_in("cause", {})), " WHERE 1 = 0 ORDER BY id LIMIT :p1");
  EXPECT_EQ(tail(Query{}.where_in("cause", {"a"})), " WHERE \"cause\" IN (:p1) ORDER BY id LIMIT :p2");
  EXPECT_EQ(tail(Query{}.where_in("cause", {"a", "b", "c"})),
            tail(Query{}.where_in("cause", {"a", "b", "c", "d"})));
  const auto sql = build_count(outages(), Query{}.where_in("cause", {"a", "b", "c"}));
  EXPECT_EQ(std::get<std::string>(sql->binds[3]), "c");
}

TEST(QuerySql, JoinsGroupsByOr) {
  Query query;
  query.any = {{{"cause", Compare::kEqual, {"a"}}, {"ended_at", Compare::kIsNull, {}}}, {}};
  EXPECT_EQ(tail(query),
            " WHERE 1 = 1 AND ((\"cause\" = :p1 AND \"ended_at\" IS NULL) OR (1 = 1)) ORDER BY id LIMIT :p2");
}

TEST(QuerySql, OrdersNullBeforeEveryValueOnBothEngines) {
  EXPECT_EQ(tail(Query{}.ordered("ended_at")), " ORDER BY \"ended_at\", id LIMIT :p1");
  EXPECT_EQ(tail(Query{}.ordered("ended_at"), Dialect::kPostgres),
            " ORDER BY \"ended_at\" NULLS FIRST, id LIMIT :p1");
  EXPECT_EQ(tail(Query{}.ordered("ended_at", true), Dialect::kPostgres),
            " ORDER BY \"ended_at\" DESC NULLS LAST, id DESC LIMIT :p1");
  EXPECT_EQ(tail(Query{}.ordered("started_at", true), Dialect::kPostgres),
            " ORDER BY \"started_at\" DESC, id DESC LIMIT :p1");
}

TEST(QuerySql, GoesOnAfterTheCursor) {
  EXPECT_EQ(tail(after(Query{}, {"id", std::nullopt, "x"})),
            " WHERE 1 = 1 AND id > :p1 ORDER BY id LIMIT :p2");
  EXPECT_EQ(tail(after(Query{}.ordered("cause", true), {"-cause", "a", "x"})),
            " WHERE 1 = 1 AND (\"cause\", id) < (:p1, :p2) ORDER BY \"cause\" DESC, id DESC LIMIT :p3");
  EXPECT_EQ(tail(after(Query{}.ordered("ended_at"), {"ended_at", std::int64_t{5}, "x"})),
            " WHERE 1 = 1 AND (\"ended_at\" > :p1 OR (\"ended_at\" = :p2 AND id > :p3)) "
            "ORDER BY \"ended_at\", id LIMIT :p4");
}

TEST(QuerySql, RefusesACursorThatCannotBeAPlaceInTheList) {
  EXPECT_EQ(tail(after(Query{}, {"cause", "a", "x"})), "cursor.other_list");
  EXPECT_EQ(tail(after(Query{}.ordered("cause"), {"cause", std::int64_t{1}, "x"})), "cursor.malformed");
  EXPECT_EQ(tail(after(Query{}.ordered("cause"), {"cause", std::nullopt, "x"})), "cursor.malformed");
  EXPECT_EQ(tail(after(Query{}.ordered("started_at"), {"started_at", "1", "x"})), "cursor.malformed");
  EXPECT_EQ(tail(after(Query{}, {"id", "x", "x"})), "cursor.malformed");
}

TEST(QuerySql, FindsTheEndOfAPrefix) {
  EXPECT_EQ(after_prefix(""), "");
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\x7F"), "a\xC2\x80");
  EXPECT_EQ(after_prefix("가"), "각");
  EXPECT_EQ(after_prefix("\xDF\xBF"), "\xE0\xA0\x80");
  EXPECT_EQ(after_prefix("\xED\x9F\xBF"), "\xEE\x80\x80");  // over the surrogates
  EXPECT_EQ(after_prefix("\xEF\xBF\xBF"), "\xF0\x90\x80\x80");
  EXPECT_EQ(after_prefix("a\xF4\x8F\xBF\xBF"), "b");
  EXPECT_EQ(after_prefix("\xF4\x8F\xBF\xBF"), "");
}

TEST(QuerySqlDeathTest, AnUnknownFieldIsABrokenPromise) {
  EXPECT_DEATH(static_cast<void>(tail(Query{}.where("no_such_field", 1))), "broken promise");
  EXPECT_DEATH(static_cast<void>(tail(Query{}.where("cause", 1))), "broken promise");
  EXPECT_DEATH(static_cast<void>(tail(Query{}.ordered("node_ids"))), "broken promise");
}

}  // namespace
}  // namespace dure::sql
