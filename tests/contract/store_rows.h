// Each noun's rows of a transaction by the noun's type, for tests that ask the same of every noun.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "adapters/sql/nouns.h"
#include "store_fixture.h"
#include "wire/json.h"

namespace dure::store_test {

template <class Noun>
ports::Repository<Noun>& rows_of(ports::Transaction& tx);
#define DURE_TEST_ROWS(Noun, name)                                                       \
  template <>                                                                            \
  inline ports::Repository<model::Noun>& rows_of<model::Noun>(ports::Transaction & tx) { \
    return tx.name();                                                                    \
  }
DURE_SQL_NOUNS(DURE_TEST_ROWS)
#undef DURE_TEST_ROWS

// The row comes back alike by its id, by a list and as a list's text.
template <class Noun>
void expect_stored(ports::Store& store, const Noun& row) {
  auto tx = std::move(*store.begin(ports::Access::kRead));
  const auto got = rows_of<Noun>(*tx).get(row.id);
  ASSERT_OK(got);
  EXPECT_TRUE(equal(*got, row)) << model::Fields<Noun>::kTable << " get";
  const auto listed = rows_of<Noun>(*tx).list(ports::Query{}.where("id", row.id));
  ASSERT_OK(listed);
  ASSERT_EQ(listed->rows.size(), 1u);
  EXPECT_TRUE(equal(listed->rows[0], row)) << model::Fields<Noun>::kTable << " list";
  std::string text = "before:";
  ASSERT_OK(rows_of<Noun>(*tx).list_text(ports::Query{}.where("id", row.id), text));
  EXPECT_EQ(text, "before:" + wire::json_text(row)) << model::Fields<Noun>::kTable << " list_text";
}

}  // namespace dure::store_test
