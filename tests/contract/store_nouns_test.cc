// The contract of ports/store.h: every noun's rows come back as they went in.
#include <gtest/gtest.h>

#include "adapters/sql/nouns.h"
#include "store_fixture.h"
#include "store_rows.h"

namespace dure::store_test {
namespace {

using ports::Access;

template <class Noun>
constexpr bool kAppendOnly =
    std::is_same_v<Noun, model::LedgerEntry> || std::is_same_v<Noun, model::Observation> ||
    std::is_same_v<Noun, model::Decision> || std::is_same_v<Noun, model::AuditEntry>;

template <class Noun>
void change_and_remove(ports::Store& store, Noun row, Random& random, const Family& family) {
  Noun changed = make<Noun>(random, family);
  changed.id = row.id;
  adopt(changed, family);
  ASSERT_OK(write_to(store, [&](auto& tx) { return rows_of<Noun>(tx).update(changed); }));
  EXPECT_EQ(changed.version, 2);
  expect_stored(store, changed);
  ASSERT_OK(write_to(store, [&](auto& tx) { return rows_of<Noun>(tx).remove(changed.id); }));
  auto tx = std::move(*store.begin(Access::kRead));
  const auto found = rows_of<Noun>(*tx).find(changed.id);
  ASSERT_OK(found);
  EXPECT_FALSE(found->has_value());
}

// Not inlined: eighty of them in one function took a minute to compile.
template <class Noun>
[[gnu::noinline]] void live_through(ports::Store& store, Random& random, const Family& family) {
  SCOPED_TRACE(model::Fields<Noun>::kTable);
  const Noun row = make<Noun>(random, family);
  ASSERT_OK(write_to(store, [&](auto& tx) { return rows_of<Noun>(tx).insert(row); }));
  expect_stored(store, row);
  if constexpr (!kAppendOnly<Noun>) change_and_remove(store, row, random, family);
}

TEST_P(StoreContract, EveryNounComesBackAsItWentIn) {
  for (int round = in_memory() ? 12 : 4; round > 0; --round) {
    const Family family = new_family();
#define DURE_TEST_LIFE(Noun, name) live_through<model::Noun>(store(), random_, family);
    DURE_SQL_NOUNS(DURE_TEST_LIFE)
#undef DURE_TEST_LIFE
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace dure::store_test
