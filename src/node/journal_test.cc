#include "node/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include "node/testing/scratch.h"

namespace dure::node {
namespace {

using model::ObservationKind;

model::Observation seen(int replica, ObservationKind kind, std::int64_t boottime_us,
                        const std::string& boot_id = "boot-1") {
  model::Observation observation;
  observation.replica_id = model::ReplicaId(test_uuid(replica));
  observation.kind = kind;
  observation.boot_id = boot_id;
  observation.boottime_us = boottime_us;
  observation.observed_at = base::Instant{boottime_us};
  return observation;
}

std::unique_ptr<Journal> open(const std::string& path) {
  auto journal = Journal::open(journal_options(path));
  EXPECT_TRUE(journal.ok()) << (journal.ok() ? "" : journal.failure().reason.code);
  return std::move(*journal);
}

// What a journal says, for comparisons.
std::string summary(const Journal& journal) {
  std::string text;
  for (const auto& [id, history] : journal.histories()) {
    text += id.text.substr(30) + (history.intent ? " intended" : "") + (history.started ? " started" : "") +
            (history.ended ? " ended" : "") + (history.end_acknowledged ? " acknowledged" : "") + "\n";
  }
  for (const auto& each : journal.unacknowledged(1000))
    text += each.boot_id + "/" + std::to_string(each.sequence) + " " + std::string(to_text(each.kind)) + "\n";
  return text + std::to_string(journal.last_sequence("boot-1"));
}

TEST(Crc32c, IsTheOneOfRfc3720) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
}

TEST(Journal, AReplicasLifeIsKeptOnceAndInOrder) {
  const Scratch scratch;
  const auto journal = open(scratch.file("journal"));
  ASSERT_TRUE(journal->record_intent({model::ReplicaId(test_uuid(1)), "c1", "boot-1", 5, {}}).ok());
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kRunning, 9)}), 0u) << "not started yet";
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kStarted, 10)}), 1u);
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kStarted, 11)}), 0u) << "starts once";
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kRunning, 20)}), 1u);
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kEnded, 30), seen(1, ObservationKind::kEnded, 31)}),
            1u);
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kRunning, 40)}), 0u) << "is over";
  const auto pending = journal->unacknowledged(10);
  ASSERT_EQ(pending.size(), 3u);
  for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(pending[n].sequence, static_cast<std::int64_t>(n) + 1);
  EXPECT_TRUE(base::is_uuid(pending[0].id.text));
}

TEST(Journal, TwoLivesInOneCallAreNumberedApart) {
  const Scratch scratch;
  const auto journal = open(scratch.file("journal"));
  EXPECT_EQ(
      *journal->record({seen(1, ObservationKind::kStarted, 1), seen(2, ObservationKind::kStarted, 1),
                        seen(1, ObservationKind::kEnded, 2), seen(3, ObservationKind::kEnded, 2, "boot-0")}),
      4u);
  EXPECT_EQ(journal->last_sequence("boot-1"), 3);
  EXPECT_EQ(journal->last_sequence("boot-0"), 1);
}

TEST(Journal, AcknowledgedOnesAreLetGoAndNumbersAreNotReused) {
  const Scratch scratch;
  const std::string path = scratch.file("journal");
  {
    const auto journal = open(path);
    ASSERT_EQ(
        *journal->record({seen(1, ObservationKind::kStarted, 1), seen(2, ObservationKind::kStarted, 1)}), 2u);
    ASSERT_EQ(*journal->record({seen(1, ObservationKind::kEnded, 2)}), 1u);
    ASSERT_TRUE(journal->acknowledge("boot-1", 3).ok());
    EXPECT_TRUE(journal->unacknowledged(10).empty());
    EXPECT_TRUE(journal->history(model::ReplicaId(test_uuid(1))).end_acknowledged);
    EXPECT_FALSE(journal->history(model::ReplicaId(test_uuid(2))).end_acknowledged);
  }
  const auto again = open(path);
  EXPECT_TRUE(again->unacknowledged(10).empty());
  ASSERT_EQ(*again->record({seen(2, ObservationKind::kEnded, 9)}), 1u);
  EXPECT_EQ(again->unacknowledged(10).front().sequence, 4);
}

TEST(Journal, OnlyTheNewestRunningOfAReplicaWaits) {
  const Scratch scratch(Scratch::kMemory);
  const auto journal = open(scratch.file("journal"));
  ASSERT_TRUE(journal->record({seen(1, ObservationKind::kStarted, 1)}).ok());
  for (int n = 2; n < 500; ++n) ASSERT_EQ(*journal->record({seen(1, ObservationKind::kRunning, n)}), 1u);
  ASSERT_EQ(journal->unacknowledged(10).size(), 2u);
  EXPECT_EQ(journal->unacknowledged(10).back().boottime_us, 499);
}

TEST(Journal, WhatBoundsAnEstimateWaitsBesideTheNewestRunning) {
  const Scratch scratch(Scratch::kMemory);
  int writes = 0;
  auto options = journal_options(scratch.file("journal"));
  options.before_write = [&] {
    ++writes;
    return base::Status();
  };
  const auto journal = std::move(*Journal::open(std::move(options)));
  auto start = seen(1, ObservationKind::kStarted, 1);
  auto bound = seen(1, ObservationKind::kRunning, 2);
  start.estimated = bound.estimated = true;
  ASSERT_EQ(*journal->record({start, bound}), 2u);
  EXPECT_EQ(writes, 1) << "both or neither: a start without its bound would be of any size";
  for (int n = 3; n < 9; ++n) ASSERT_EQ(*journal->record({seen(1, ObservationKind::kRunning, n)}), 1u);
  const auto waiting = journal->unacknowledged(10);
  ASSERT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting[1].boottime_us, 2);
  EXPECT_EQ(waiting[2].boottime_us, 8);
}

TEST(Journal, ASightIsKeptForEachReplicaAndIsNotReported) {
  const Scratch scratch(Scratch::kMemory);
  const std::string path = scratch.file("journal");
  const model::ReplicaId one(test_uuid(1)), two(test_uuid(2));
  const auto check = [&](const Journal& journal) {
    ASSERT_TRUE(journal.history(one).seen);
    EXPECT_EQ(journal.history(one).seen->boottime_us, 60);
    EXPECT_FALSE(journal.history(two).seen) << "not started";
    EXPECT_EQ(journal.unacknowledged(10).size(), 1u);
  };
  {
    auto options = journal_options(path);
    options.compact_above_bytes = 3000;
    const auto journal = std::move(*Journal::open(std::move(options)));
    ASSERT_TRUE(journal->record_intent({two, "c", "boot-1", 1, {}}).ok());
    ASSERT_TRUE(journal->record({seen(1, ObservationKind::kStarted, 1)}).ok());
    for (int n = 2; n <= 60; ++n)
      ASSERT_TRUE(journal->record_sight({"boot-1", n, base::Instant{n}, {one.text, two.text}}).ok());
    EXPECT_LT(journal->size_bytes(), 5000) << "it was compacted";
    check(*journal);
  }
  check(*open(path));
}

TEST(Journal, AFinishedReplicaIsNeverStartedAgain) {
  const Scratch scratch;
  const model::ReplicaId id(test_uuid(1));
  {
    const auto journal = open(scratch.file("journal"));
    ASSERT_TRUE(journal->record({seen(1, ObservationKind::kStarted, 1)}).ok());
    ASSERT_TRUE(journal->finish(id).ok());
  }
  const auto journal = open(scratch.file("journal"));
  EXPECT_TRUE(journal->finished(id));
  EXPECT_TRUE(journal->histories().empty());
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kStarted, 2)}), 0u);
}

TEST(Journal, WhatHasEndedIsNotAboutToStart) {
  const Scratch scratch;
  const auto journal = open(scratch.file("journal"));
  const model::ReplicaId id(test_uuid(1));
  ASSERT_TRUE(journal->record({seen(1, ObservationKind::kEnded, 1)}).ok());
  EXPECT_FALSE(journal->record_intent({id, "c", "boot-1", 2, {}}).ok());
  ASSERT_TRUE(journal->finish(id).ok());
  EXPECT_FALSE(journal->record_intent({id, "c", "boot-1", 3, {}}).ok());
  EXPECT_TRUE(journal->record_intent({model::ReplicaId(test_uuid(2)), "c", "boot-1", 4, {}}).ok());
}

TEST(Journal, CompactingChangesNothingButTheSize) {
  const Scratch scratch(Scratch::kMemory);
  auto options = journal_options(scratch.file("journal"));
  options.compact_above_bytes = 20'000;
  std::mt19937 random(7);
  auto journal = std::move(*Journal::open(options));
  std::int64_t largest = 0;
  for (int n = 1; n < 3000; ++n) {
    const int replica = static_cast<int>(random() % 6) + n / 100 * 6;
    const auto kind = static_cast<ObservationKind>(random() % 3);
    const model::ReplicaId id(test_uuid(replica));
    bool good = true;
    // Refused where the replica has ended.
    if (random() % 4 == 0) static_cast<void>(journal->record_intent({id, "c", "boot-1", n, {}}));
    good = journal->record({seen(replica, kind, n, n % 7 == 0 ? "boot-0" : "boot-1")}).ok();
    if (random() % 3 == 0)
      good = good && journal->acknowledge("boot-1", journal->last_sequence("boot-1") - 2).ok();
    if (random() % 5 == 0) good = good && journal->finish(model::ReplicaId(test_uuid(replica - 6))).ok();
    ASSERT_TRUE(good);
    largest = std::max(largest, journal->size_bytes());
    if (n % 50 != 0) continue;
    const std::string before = summary(*journal);
    journal.reset();
    journal = std::move(*Journal::open(options));
    ASSERT_EQ(summary(*journal), before) << n;
  }
  EXPECT_LT(largest, 400'000);
}

// A crash may leave the last write half done, at any byte: what was written before it is all there.
TEST(Journal, ATornTailAtAnyByteIsCutOff) {
  const Scratch scratch(Scratch::kMemory);
  const std::string path = scratch.file("journal");
  std::vector<std::pair<std::size_t, std::string>> states;  // size of the file, what it says
  {
    const auto journal = open(path);
    states.emplace_back(0, summary(*journal));
    ASSERT_TRUE(journal->record_intent({model::ReplicaId(test_uuid(1)), "c1", "boot-1", 5, {}}).ok());
    states.emplace_back(journal->size_bytes(), summary(*journal));
    for (const auto kind : {ObservationKind::kStarted, ObservationKind::kRunning, ObservationKind::kEnded}) {
      ASSERT_TRUE(journal->record({seen(1, kind, 10 + static_cast<int>(kind))}).ok());
      states.emplace_back(journal->size_bytes(), summary(*journal));
    }
    ASSERT_TRUE(journal->acknowledge("boot-1", 2).ok());
    states.emplace_back(journal->size_bytes(), summary(*journal));
  }
  const std::string whole = content_of(path);
  ASSERT_EQ(whole.size(), states.back().first);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    for (const bool zeroes : {false, true}) {  // a file that grew but was not written reads as zeroes
      std::ofstream(path, std::ios::binary) << whole.substr(0, size) << std::string(zeroes ? 700 : 0, '\0');
      const auto journal = open(path);
      auto expected = states.begin();
      while (std::next(expected) != states.end() && std::next(expected)->first <= size) ++expected;
      ASSERT_EQ(summary(*journal), expected->second) << size;
      ASSERT_EQ(static_cast<std::size_t>(journal->size_bytes()), expected->first) << size;
      ASSERT_EQ(content_of(path).size(), expected->first);
    }
  }
}

TEST(Journal, AFlippedBitEndsTheJournalThere) {
  const Scratch scratch;
  const std::string path = scratch.file("journal");
  {
    const auto journal = open(path);
    ASSERT_TRUE(journal->record({seen(1, ObservationKind::kStarted, 1)}).ok());
    ASSERT_TRUE(journal->record({seen(2, ObservationKind::kStarted, 2)}).ok());
  }
  std::string bytes = content_of(path);
  bytes[bytes.size() - 5] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  const auto journal = open(path);
  EXPECT_EQ(journal->histories().size(), 1u);
  EXPECT_GT(journal->cut_bytes(), 0);
  EXPECT_EQ(static_cast<std::int64_t>(content_of(path + ".cut").size()), journal->cut_bytes());
}

TEST(Journal, WhatTheDiskDoesNotTakeDidNotHappen) {
  const Scratch scratch;
  auto options = journal_options(scratch.file("journal"));
  bool full = false;
  options.before_write = [&]() -> base::Status {
    if (!full) return {};
    return base::error(base::ErrorKind::kUnavailable, base::Reason("node.state_unusable"));
  };
  const auto journal = std::move(*Journal::open(options));
  full = true;
  EXPECT_FALSE(journal->record({seen(1, ObservationKind::kStarted, 1)}).ok());
  EXPECT_FALSE(journal->record_intent({model::ReplicaId(test_uuid(1)), "c", "boot-1", 1, {}}).ok());
  EXPECT_TRUE(journal->histories().empty() || !journal->history(model::ReplicaId(test_uuid(1))).started);
  full = false;
  EXPECT_EQ(*journal->record({seen(1, ObservationKind::kStarted, 1)}), 1u);
  EXPECT_EQ(journal->unacknowledged(1).front().sequence, 1);
}

// The child tells the parent of each observation after record() has returned, until it is killed.
[[noreturn]] void write_until_killed(const std::string& path, int pipe) {
  auto options = journal_options(path);
  options.compact_above_bytes = 30'000;
  auto journal = Journal::open(options);
  if (!journal.ok()) _exit(3);
  for (int n = 0;; ++n) {
    const auto sequence = (*journal)->last_sequence("boot-1") + 1;
    const auto replica = static_cast<int>(sequence);
    if (!(*journal)->record({seen(replica, ObservationKind::kStarted, sequence)}).ok()) _exit(4);
    if (::write(pipe, &sequence, sizeof sequence) != sizeof sequence) _exit(5);
    if (n % 10 == 9 && !(*journal)->acknowledge("boot-1", sequence - 3).ok()) _exit(6);
  }
}

TEST(Journal, KillNineLosesNothingThatWasConfirmed) {
  const Scratch scratch;
  const std::string path = scratch.file("journal");
  std::mt19937 random(11);
  std::int64_t confirmed = 0;
  for (int kill = 0; kill < 40; ++kill) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(path, ends[1]);
    ::close(ends[1]);
    std::int64_t first = 0;  // it is at work: from here on any moment will do
    ASSERT_EQ(::read(ends[0], &first, sizeof first), static_cast<ssize_t>(sizeof first));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30000));
    ::kill(child, SIGKILL);
    confirmed = first;
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    for (std::int64_t sequence = 0; ::read(ends[0], &sequence, sizeof sequence) == sizeof sequence;)
      confirmed = sequence;
    ::close(ends[0]);
    const auto journal = open(path);
    // What was confirmed is there, and at most the one write more that nobody was told of.
    ASSERT_GE(journal->last_sequence("boot-1"), confirmed);
    ASSERT_LE(journal->last_sequence("boot-1"), confirmed + 1);
    ASSERT_EQ(static_cast<std::int64_t>(journal->histories().size()), journal->last_sequence("boot-1"));
    confirmed = journal->last_sequence("boot-1");
  }
  EXPECT_GE(confirmed, 40);
}

}  // namespace
}  // namespace dure::node
