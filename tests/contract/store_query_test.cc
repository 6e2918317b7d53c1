// The contract of ports/query.h: what a query finds, in which order, page by page. Each answer is compared
// with the same question asked of a plain vector.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store_fixture.h"

namespace dure::store_test {
namespace {

using model::Outage;
using ports::Access;
using ports::Compare;
using ports::Condition;
using ports::Query;
using ports::Scalar;

class StoreQuery : public StoreContract {
 protected:
  void insert(std::vector<Outage> rows) {
    ASSERT_OK(write([&](auto& tx) -> base::Status {
      for (const auto& row : rows) DURE_TRY(tx.outages().insert(row));
      return {};
    }));
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  }
  // Few values, so that there are ties, and some rows without an end.
  Outage make_outage() {
    static const std::vector<std::string> kCauses{"",   "a",    "a%", "a_b", "ab", "b",
                                                  "가", "가나", "각", "😀",   "Z"};
    auto row = make<Outage>(random_, {});
    row.cause = kCauses[static_cast<std::size_t>(random_.below(std::ssize(kCauses)))];
    row.started_at.us = random_.below(6) - 3 + (random_.one_in(3) ? (1LL << 53) : 0);
    row.ended_at.reset();
    if (!random_.one_in(3)) row.ended_at = base::Instant{random_.below(5)};
    return row;
  }
  std::vector<Outage> rows_;
  Random& random() { return random_; }
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreQuery, testing::ValuesIn(kEngines),
                         [](const auto& each) { return name_of(each.param); });

// ---- The same question asked of a vector

const std::vector<std::string> kFields{"id", "cause", "started_at", "ended_at", "given_back"};

std::optional<Scalar> value_of(const Outage& row, const std::string& field) {
  if (field == "id") return row.id.text;
  if (field == "cause") return row.cause;
  if (field == "started_at") return row.started_at.us;
  if (field == "given_back") return std::int64_t{row.given_back};
  if (!row.ended_at) return std::nullopt;
  return row.ended_at->us;
}

bool holds(const Outage& row, const Condition& condition) {
  const auto value = value_of(row, condition.field);
  if (condition.compare == Compare::kIsNull) return !value;
  if (condition.compare == Compare::kIsNotNull) return value.has_value();
  if (!value) return false;
  const auto& given = condition.values;
  switch (condition.compare) {
    case Compare::kEqual:
      return *value == given[0];
    case Compare::kNotEqual:
      return *value != given[0];
    case Compare::kLess:
      return *value < given[0];
    case Compare::kAtMost:
      return *value <= given[0];
    case Compare::kGreater:
      return *value > given[0];
    case Compare::kAtLeast:
      return *value >= given[0];
    case Compare::kIn:
      return std::find(given.begin(), given.end(), *value) != given.end();
    default:
      return std::get<std::string>(*value).starts_with(std::get<std::string>(given[0]));
  }
}

bool holds(const Outage& row, const Query& query) {
  const auto group_holds = [&](const std::vector<Condition>& group) {
    return std::all_of(group.begin(), group.end(), [&](const auto& each) { return holds(row, each); });
  };
  return group_holds(query.all) &&
         (query.any.empty() || std::any_of(query.any.begin(), query.any.end(), group_holds));
}

std::vector<std::string> expected_ids(const std::vector<Outage>& rows, const Query& query) {
  std::vector<Outage> found;
  for (const auto& row : rows)
    if (holds(row, query)) found.push_back(row);
  std::sort(found.begin(), found.end(), [&](const Outage& a, const Outage& b) {
    const auto left = std::pair(value_of(a, query.order_by), a.id.text);
    const auto right = std::pair(value_of(b, query.order_by), b.id.text);
    return query.descending ? left > right : left < right;
  });
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const auto& row : found) ids.push_back(row.id.text);
  return ids;
}

// All pages of the query, one after the other.
base::Result<std::vector<std::string>> paged_ids(ports::Transaction& tx, Query query) {
  std::vector<std::string> ids;
  do {
    DURE_LET(page, tx.outages().list(query));
    EXPECT_LE(std::ssize(page.rows), query.limit);
    EXPECT_TRUE(page.next.empty() || std::ssize(page.rows) == query.limit);
    for (const auto& row : page.rows) ids.push_back(row.id.text);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return ids;
}

Condition random_condition(Random& random, const std::vector<Outage>& rows) {
  Condition condition;
  condition.field = kFields[static_cast<std::size_t>(random.below(std::ssize(kFields)))];
  condition.compare = static_cast<Compare>(random.below(10));
  if (condition.compare == Compare::kIsNull || condition.compare == Compare::kIsNotNull) return condition;
  const bool text = condition.field == "id" || condition.field == "cause";
  if (condition.compare == Compare::kPrefix && !text) condition.compare = Compare::kEqual;
  for (std::int64_t i = condition.compare == Compare::kIn ? random.below(6) : 1; i > 0; --i) {
    const auto& row = rows[static_cast<std::size_t>(random.below(std::ssize(rows)))];
    condition.values.push_back(value_of(row, condition.field).value_or(Scalar(std::int64_t{2})));
  }
  return condition;
}

Query random_query(Random& random, const std::vector<Outage>& rows) {
  Query query;
  for (std::int64_t i = random.below(3); i > 0; --i) query.all.push_back(random_condition(random, rows));
  for (std::int64_t i = random.one_in(2) ? 0 : random.below(4); i > 0; --i) {
    query.any.emplace_back();
    for (std::int64_t j = random.below(3); j > 0; --j)
      query.any.back().push_back(random_condition(random, rows));
  }
  query.order_by = kFields[static_cast<std::size_t>(random.below(std::ssize(kFields)))];
  query.descending = random.one_in(2);
  query.limit = 1 + random.below(7);
  return query;
}

TEST_P(StoreQuery, FindsWhatAVectorWouldInTheSameOrder) {
  std::vector<Outage> rows;
  rows.reserve(60);
  for (int i = 0; i < 60; ++i) rows.push_back(make_outage());
  insert(rows);
  auto tx = begin(Access::kRead);
  std::size_t found = 0;
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Query query = random_query(random(), rows_);
    const auto expected = expected_ids(rows_, query);
    const auto paged = paged_ids(*tx, query);
    ASSERT_OK(paged);
    ASSERT_EQ(*paged, expected) << query.order_by << (query.descending ? " down" : " up");
    ASSERT_EQ(*tx->outages().count(query), std::ssize(expected));
    const auto first = tx->outages().first(query);
    ASSERT_OK(first);
    ASSERT_EQ(first->has_value(), !expected.empty());
    if (!expected.empty()) {
      ASSERT_EQ((*first)->id.text, expected[0]);
    }
    found += expected.size();
  }
  EXPECT_GT(found, 1000u);  // the questions were not all empty ones
}

TEST_P(StoreQuery, SumsWhatTheQueryFinds) {
  std::vector<Outage> rows;
  rows.reserve(20);
  for (int i = 0; i < 20; ++i) rows.push_back(make_outage());
  insert(rows);
  const Query query =
      Query{}.where("cause", "a", Compare::kNotEqual).where("started_at", 100, Compare::kLess);
  std::int64_t expected = 0;
  for (const auto& row : rows_)
    if (holds(row, query)) expected += row.started_at.us;
  EXPECT_EQ(*begin(Access::kRead)->outages().sum("started_at", query), expected);
}

// Rows that come and go between two pages are shown or not; every other row is shown exactly once.
TEST_P(StoreQuery, F_PagesStayRightWhileRowsComeAndGo) {
  for (const std::string& order : kFields) {
    for (const bool down : {false, true}) {
      SCOPED_TRACE(order + (down ? " down" : " up"));
      std::vector<Outage> staying;
      std::vector<Outage> going;
      staying.reserve(15);
      for (int i = 0; i < 15; ++i) staying.push_back(make_outage());
      going.reserve(10);
      for (int i = 0; i < 10; ++i) going.push_back(make_outage());
      const auto mark = [&](auto& rows) {
        for (auto& row : rows) row.note = order + (down ? "-" : "+");
      };
      mark(staying), mark(going);
      insert(staying), insert(going);
      std::multiset<std::string> seen;
      Query query = Query{}.where("note", staying[0].note).ordered(order, down).at_most(4);
      do {
        const auto page = begin(Access::kRead)->outages().list(query);
        ASSERT_OK(page);
        for (const auto& row : page->rows) seen.insert(row.id.text);
        query.cursor = page->next;
        if (!going.empty()) {
          ASSERT_OK(write([&](auto& tx) { return tx.outages().remove(going.back().id); }));
          going.pop_back();
        }
        std::vector<Outage> coming{make_outage()};
        mark(coming);
        ASSERT_OK(write([&](auto& tx) { return tx.outages().insert(coming[0]); }));
      } while (!query.cursor.empty() && seen.size() < 200);
      for (const auto& row : staying) EXPECT_EQ(seen.count(row.id.text), 1u);
    }
  }
}

TEST_P(StoreQuery, RefusesACursorThatIsNotOfThisList) {
  std::vector<Outage> rows;
  rows.reserve(5);
  for (int i = 0; i < 5; ++i) rows.push_back(make_outage());
  insert(rows);
  auto tx = begin(Access::kRead);
  const std::string next = tx->outages().list(Query{}.ordered("cause").at_most(2))->next;
  ASSERT_FALSE(next.empty());
  const auto with = [](Query query, std::string cursor) {
    query.cursor = std::move(cursor);
    return query;
  };
  EXPECT_CODE(tx->outages().list(with(Query{}.ordered("cause", true), next)), "cursor.other_list");
  EXPECT_CODE(tx->outages().list(with(Query{}.ordered("started_at"), next)), "cursor.other_list");
  EXPECT_CODE(tx->outages().list(with(Query{}.ordered("cause"), next + "x")), "cursor.malformed");
  EXPECT_CODE(tx->outages().list(with(Query{}, "'; DROP TABLE outages")), "cursor.malformed");
  ASSERT_OK(tx->outages().list(with(Query{}.ordered("cause"), next)));  // and the transaction still serves
}

TEST_P(StoreQuery, KeepsServingWhenManyDifferentQuestionsAreAsked) {
  insert({make_outage(), make_outage()});
  auto tx = begin(Access::kRead);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 700; ++i) {  // more texts than a session keeps prepared
      Query query;
      for (int j = 0; j <= i % 30; ++j)
        query.all.push_back({"started_at", j % 2 ? Compare::kLess : Compare::kAtMost, {std::int64_t{i}}});
      for (int j = 0; j <= i / 30; ++j) query.any.push_back({{"cause", Compare::kIsNotNull, {}}});
      ASSERT_OK(tx->outages().list(query));
    }
  }
}

TEST_P(StoreQuery, TakesAThousandValuesAndAThousandRows) {
  std::vector<Outage> rows;
  std::vector<Scalar> ids;
  for (int i = 0; i < 1001; ++i) {
    rows.push_back(make_outage());
    if (i < 1000) ids.push_back(rows.back().id.text);
  }
  insert(rows);
  const auto page = begin(Access::kRead)->outages().list(Query{}.where_in("id", ids).at_most(1000));
  ASSERT_OK(page);
  EXPECT_EQ(page->rows.size(), 1000u);
  EXPECT_TRUE(page->next.empty());
  EXPECT_FALSE(begin(Access::kRead)->outages().list(Query{}.at_most(1000))->next.empty());
}

}  // namespace
}  // namespace dure::store_test
