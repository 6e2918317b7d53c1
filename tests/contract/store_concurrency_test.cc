// The contract of ports/store.h where several transactions run at once.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace dure::store_test {
namespace {

using ports::Access;
using ports::Query;
using std::chrono::milliseconds;

class StoreConcurrency : public StoreContract {
 protected:
  static void together(int threads, const std::function<void(int)>& body) {
    std::vector<std::thread> running;
    running.reserve(threads);
    for (int i = 0; i < threads; ++i) running.emplace_back(body, i);
    for (auto& each : running) each.join();
  }
};

// In memory there is one transaction at a time, and on SQLite one writing one.
class StoreSnapshots : public StoreConcurrency {};
class StoreTurns : public StoreConcurrency {};
class StoreServer : public StoreConcurrency {};

std::string engine_name(const testing::TestParamInfo<Engine>& info) {
  return name_of(info.param);
}
INSTANTIATE_TEST_SUITE_P(Engines, StoreConcurrency, testing::ValuesIn(kEngines), engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, StoreSnapshots, testing::Values(Engine::kSqliteFile, Engine::kPostgres),
                         engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, StoreTurns, testing::Values(Engine::kSqliteFile, Engine::kSqliteMemory),
                         engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, StoreServer, testing::Values(Engine::kPostgres), engine_name);

TEST_P(StoreSnapshots, AReaderSeesOneMomentHoweverLongItReads) {
  const Family family = new_family();
  auto reader = begin(Access::kRead);
  EXPECT_EQ(reader->nodes().get(family.node.id)->pool, family.node.pool);
  model::Node changed = family.node;
  changed.pool = "changed";
  auto writer = begin();
  ASSERT_OK(writer->nodes().update(changed));
  EXPECT_EQ(begin(Access::kRead)->nodes().get(family.node.id)->pool, family.node.pool);  // not committed yet
  ASSERT_OK(writer->nodes().insert(make<model::Node>(random_, family)));
  ASSERT_OK(writer->commit());
  EXPECT_EQ(reader->nodes().get(family.node.id)->pool, family.node.pool);
  EXPECT_EQ(*reader->nodes().count(Query{}), 1);
  reader.reset();
  EXPECT_EQ(begin(Access::kRead)->nodes().get(family.node.id)->pool, "changed");
  EXPECT_EQ(*begin(Access::kRead)->nodes().count(Query{}), 2);
}

TEST_P(StoreConcurrency, TwoWritersLoseNothing) {
  const Family family = new_family();
  constexpr int kThreads = 4;
  constexpr int kEach = 40;
  std::atomic<int> done = 0;
  together(kThreads, [&](int) {
    for (int i = 0; i < kEach; ++i) {
      const auto written = write([&](auto& tx) -> base::Status {
        DURE_LET(node, tx.nodes().get(family.node.id));
        node.last_sequence = (node.version == 1 ? 0 : node.last_sequence) + 1;
        return tx.nodes().update(node);
      });
      if (written.ok()) ++done;
    }
  });
  EXPECT_EQ(done, kThreads * kEach);
  const auto node = begin(Access::kRead)->nodes().get(family.node.id);
  EXPECT_EQ(node->last_sequence, kThreads * kEach);
  EXPECT_EQ(node->version, kThreads * kEach + 1);
}

// Two schedulers that both see room on a card must not both fill it (write skew).
TEST_P(StoreConcurrency, NoCardIsGivenTwice) {
  const Family family = new_family();
  std::atomic<int> granted = 0;
  together(4, [&](int thread) {
    Random random(static_cast<std::uint64_t>(thread) + 1);
    for (int i = 0; i < 6; ++i) {
      model::Replica replica = make<model::Replica>(random, family);
      model::Share share = make<model::Share>(random, family);
      replica.number = 1000 + thread * 100 + i;
      share.replica_id = replica.id;
      share.milli_gpu = {300};
      share.released_at.reset();
      bool took = false;
      const auto written = write([&](auto& tx) -> base::Status {
        took = false;
        const auto held = Query{}.where("card_id", share.card_id).where_null("released_at");
        DURE_LET(used, tx.shares().sum("milli_gpu", held));
        if (used + 300 > 1000) return {};
        DURE_TRY(tx.replicas().insert(replica));
        DURE_TRY(tx.shares().insert(share));
        took = true;
        return {};
      });
      EXPECT_TRUE(succeeded(written));
      if (took) ++granted;
    }
  });
  EXPECT_EQ(granted, 3);
  const auto held = Query{}.where("card_id", family.other_card.id).where_null("released_at");
  EXPECT_EQ(*begin(Access::kRead)->shares().sum("milli_gpu", held), 900);
}

TEST_P(StoreConcurrency, NoNumberIsGivenTwice) {
  constexpr int kThreads = 4;
  std::mutex mutex;
  std::multiset<std::int64_t> kept;
  together(kThreads, [&](int thread) {
    Random random(static_cast<std::uint64_t>(thread) + 77);
    for (int i = 0; i < 30; ++i) {
      std::int64_t number = 0;
      const bool give_up = random.one_in(3);
      const auto written = write([&](auto& tx) -> base::Status {
        DURE_LET(next, tx.next_number("receipt/s0/2026", 5));
        number = next;
        if (give_up) return base::error(base::ErrorKind::kInternal, base::Reason("test.given_up"));
        auto row = make<model::Organisation>(random, {});
        return tx.organisations().insert(row);
      });
      EXPECT_EQ(written.ok(), !give_up);
      const std::lock_guard lock(mutex);
      if (written.ok()) kept.insert(number);
    }
  });
  EXPECT_EQ(std::set<std::int64_t>(kept.begin(), kept.end()).size(), kept.size());
  EXPECT_GE(*kept.begin(), 5);
  EXPECT_LE(*kept.rbegin(), 5 + kThreads * 30 * 20);
  auto tx = begin();
  EXPECT_EQ(*tx->next_number("uid", 20000), 20000);
  EXPECT_EQ(*tx->next_number("uid", 20000), 20001);
  EXPECT_EQ(*tx->next_number("gid", 30000), 30000);
  EXPECT_GT(*tx->next_number("receipt/s0/2026", 5), *kept.rbegin());
  EXPECT_CODE(tx->next_number(std::string("a\0b", 3), 1), "store.text");
}

TEST_P(StoreTurns, AWriterThatWaitsTooLongIsToldSo) {
  Folder folder;
  const std::string url = in_memory() ? "sqlite::memory:" : "sqlite:" + folder.file("busy.db");
  auto opened = sql::open_store(url, {.wait = milliseconds(50)});
  ASSERT_OK(opened);
  auto& one = **opened;
  auto holder = std::move(*one.begin(Access::kWrite));
  const auto late = one.begin(Access::kWrite);
  EXPECT_CODE(late, "store.busy");
  EXPECT_EQ(late.failure().kind, base::ErrorKind::kUnavailable);
  holder.reset();
  ASSERT_OK(one.begin(Access::kWrite));
}

TEST_P(StoreSnapshots, ReadersWaitForAPlaceAndNoLonger) {
  Folder folder;
  const std::string url = on_postgres() ? database().url() : "sqlite:" + folder.file("readers.db");
  auto opened = sql::open_store(url, {.wait = milliseconds(50), .readers = 2});
  ASSERT_OK(opened);
  auto& two = **opened;
  auto first = two.begin(Access::kRead);
  auto second = two.begin(Access::kRead);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_CODE(two.begin(Access::kRead), "store.busy");
  first->reset();
  ASSERT_OK(two.begin(Access::kRead));
}

// Group commit (sqlite_writer.h): writers that come together share a commit, and one that gives up, or is
// refused at its end, takes nobody with it.
TEST_P(StoreConcurrency, WritersThatGiveUpTakeNobodyWithThem) {
  const Family family = new_family();
  std::mutex mutex;
  std::set<std::string> kept;
  std::set<std::string> gone;
  together(8, [&](int thread) {
    Random random(static_cast<std::uint64_t>(thread) + 500);
    for (int i = 0; i < 25; ++i) {
      const auto node = make<model::Node>(random, family);
      const auto fate = random.below(4);
      const auto written = write([&](auto& tx) -> base::Status {
        DURE_TRY(tx.nodes().insert(node));
        if (fate == 0) return base::error(base::ErrorKind::kInternal, base::Reason("test.given_up"));
        if (fate != 1) return {};
        auto programme = make<model::Programme>(random, family);  // refused at the commit
        programme.policy_version_id = model::PolicyVersionId(random.uuid());
        return tx.programmes().insert(programme);
      });
      EXPECT_EQ(written.ok(), fate > 1);
      const std::lock_guard lock(mutex);
      (written.ok() ? kept : gone).insert(node.id.text);
      if (!written.ok()) continue;
      EXPECT_TRUE(begin(Access::kRead)->nodes().find(node.id)->has_value());  // what I committed, I see
    }
  });
  EXPECT_GT(kept.size(), 50u);
  EXPECT_GT(gone.size(), 50u);
  auto tx = begin(Access::kRead);
  for (const auto& id : kept) EXPECT_TRUE(tx->nodes().find(model::NodeId(id))->has_value());
  for (const auto& id : gone) EXPECT_FALSE(tx->nodes().find(model::NodeId(id))->has_value());
  EXPECT_EQ(*tx->programmes().count(Query{}), 1);
}

TEST_P(StoreServer, ComesBackAfterTheServerDroppedItsConnections) {
  const Family family = new_family();
  ASSERT_OK(begin()->next_number("uid", 1));
  auto reading = begin(Access::kRead);
  ASSERT_OK(reading->nodes().get(family.node.id));
  auto writing = begin();
  ASSERT_OK(writing->nodes().insert(make<model::Node>(random_, family)));
  database().disconnect_all();
  EXPECT_CODE(reading->nodes().get(family.node.id), "store.unavailable");
  EXPECT_CODE(writing->commit(), "store.unavailable");
  reading.reset();
  writing.reset();
  for (int i = 0; i < 6; ++i) {  // more than the pools hold
    ASSERT_OK(begin(Access::kRead)->nodes().get(family.node.id));
    ASSERT_OK(write([&](auto& tx) -> base::Status {
      DURE_TRY(tx.next_number("uid", 1));
      return tx.nodes().insert(make<model::Node>(random_, family));
    }));
    if (i == 2) database().disconnect_all();
  }
  EXPECT_EQ(*begin(Access::kRead)->nodes().count(Query{}), 7);
}

}  // namespace
}  // namespace dure::store_test
