// kill -9 of a writing process, again and again: every commit that was acknowledged is there, and no half of
// one.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "store_fixture.h"

namespace dure::store_test {
namespace {

using ports::Access;
using ports::Query;

// Each transaction writes a node and a card of it; the name of the node is acknowledged on the pipe.
void write_pairs(ports::Store& store, int pipe, std::uint64_t seed) {
  Random random(seed);
  for (;;) {
    auto node = make<model::Node>(random, {});
    node.name = node.id.text;
    auto card = make<model::Card>(random, {});
    card.node_id = node.id;
    const auto written = write_to(store, [&](auto& tx) -> base::Status {
      DURE_TRY(tx.nodes().insert(node));
      DURE_TRY(tx.next_number("pairs", 1));
      return tx.cards().insert(card);
    });
    if (!written.ok() || write(pipe, node.name.data(), 36) != 36) _exit(1);
  }
}

[[noreturn]] void be_the_writer(const std::string& url, int pipe, std::uint64_t seed) {
  auto store = sql::open_store(url);
  if (!store.ok()) _exit(2);
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] { write_pairs(**store, pipe, seed * 10 + i); });
  threads[0].join();
  _exit(1);
}

// Appends what the pipe holds, up to its end or until there is at least one whole id.
void read_some(int pipe, std::string& all, bool to_the_end) {
  char buffer[4096];
  while (to_the_end || all.size() < 36) {
    const ssize_t got = read(pipe, buffer, sizeof buffer);
    if (got <= 0) return;
    all.append(buffer, static_cast<std::size_t>(got));
  }
}

// Kills the writer so long after its first commit; the ids that it acknowledged.
std::set<std::string> run_and_kill(const std::string& url, std::uint64_t seed,
                                   std::chrono::milliseconds after) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    be_the_writer(url, ends[1], seed);
  }
  close(ends[1]);
  std::string all;
  read_some(ends[0], all, false);
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  read_some(ends[0], all, true);
  close(ends[0]);
  std::set<std::string> ids;
  for (std::size_t at = 0; at + 36 <= all.size(); at += 36) ids.insert(all.substr(at, 36));
  return ids;
}

void expect_whole(const std::string& url, const std::set<std::string>& acknowledged) {
  auto store = sql::open_store(url);
  ASSERT_OK(store);
  auto tx = std::move(*(*store)->begin(Access::kRead));
  for (const auto& id : acknowledged) EXPECT_TRUE(tx->nodes().find(model::NodeId(id))->has_value()) << id;
  EXPECT_EQ(*tx->nodes().count(Query{}), *tx->cards().count(Query{}));
  EXPECT_GE(*tx->nodes().count(Query{}), std::ssize(acknowledged));
}

void survive(const std::string& name, const std::string& url, int kills) {
  std::set<std::string> acknowledged;
  std::mt19937_64 bits(7);
  for (int i = 0; i < kills; ++i) {
    const std::chrono::milliseconds after(bits() % 120);
    acknowledged.merge(run_and_kill(url, static_cast<std::uint64_t>(i) + 1, after));
    expect_whole(url, acknowledged);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_FALSE(acknowledged.empty());
  std::cout << name << ": " << kills << " kills, " << acknowledged.size()
            << " acknowledged commits, all there, none half" << std::endl;
}

TEST(StoreCrash, SqliteKeepsEveryAcknowledgedCommitThroughKills) {
  Folder folder;
  survive("SQLite", "sqlite:" + folder.file("crash.db"), 25);
}

TEST(StoreCrash, PostgresKeepsEveryAcknowledgedCommitThroughKills) {
  if (!have_postgres()) GTEST_SKIP() << "DURE_TEST_POSTGRES is not set";
  const Database database;
  survive("PostgreSQL", database.url(), 8);
}

}  // namespace
}  // namespace dure::store_test
