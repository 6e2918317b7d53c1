// The bookkeeper finds out a doctored book: each fault that the crash test looks for is planted once.
#include "crash/books.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <functional>

#include "crash/lives.h"
#include "crash/node_journal.h"
#include "node/record_file.h"

namespace dure::crash {
namespace {

namespace json = boost::json;

constexpr std::int64_t kStartUs = 5'000'000;
const base::Instant kStart = *base::parse_instant("2026-09-01T00:00:05Z");

json::object observation(const char* kind, std::int64_t sequence, std::int64_t boottime_us) {
  return {{"boot_id", "boot-1"},
          {"sequence", sequence},
          {"replica_id", "r1"},
          {"kind", kind},
          {"boottime_us", boottime_us},
          {"observed_at", base::to_text(kStart + base::Span{boottime_us - kStartUs})},
          {"estimated", false}};
}

json::object entry(std::int64_t from, std::int64_t to) {
  return {{"share_id", "s1"},
          {"replica_id", "r1"},
          {"kind", "observed"},
          {"milli_gpu", 300},
          {"from_ms", from},
          {"to_ms", to},
          {"milli_gpu_ms", 300 * (to - from)}};
}

// One job that ran for 3250 ms, and nothing wrong with it.
Evidence good() {
  Evidence made;
  made.replicas = {json::object{
      {"id", "r1"}, {"workload_id", "w"}, {"state", "ended"}, {"lost", false}, {"exit_code", 0}}};
  made.shares = {json::object{{"id", "s1"},
                              {"replica_id", "r1"},
                              {"card_id", "c1"},
                              {"milli_gpu", 300},
                              {"created_at", "2026-09-01T00:00:00Z"},
                              {"released_at", "2026-09-01T00:00:09Z"}}};
  made.workloads = {json::object{{"id", "w"}, {"kind", "job"}, {"name", "w1"}}};
  made.told = {"w1"};
  made.journal = {observation("started", 1, kStartUs), observation("ended", 2, kStartUs + 3'250'999)};
  made.observations = made.journal;
  made.entries = {entry(0, 2000), entry(2000, 3250)};
  made.engine["r1"] = {
      {"container"}, {{"container", kStart.us}}, kStart, kStart + base::Span{3'250'000}, std::nullopt};
  made.own["r1"] = {1, 5'040, 8'200};
  made.settled = made.audit_intact = true;
  made.containers_left = 0;
  made.audit_entries = 12;
  return made;
}

// The second piece becomes a marked estimate of that error.
void mark_the_end(Evidence& book, std::int64_t error_ms) {
  auto& last = book.entries[1].as_object();
  last["kind"] = "estimated";
  last["reason"] =
      json::object{{"code", "ledger.end_estimated"}, {"parameters", json::object{{"error_ms", error_ms}}}};
  for (auto* rows : {&book.journal, &book.observations}) (*rows)[1].as_object()["estimated"] = true;
}

TEST(Books, AGoodBookHolds) {
  const Figures figures = judge(good());
  EXPECT_EQ(faults(figures), "");
  EXPECT_EQ(figures.ran, 1);
  EXPECT_EQ(figures.own_starts, 1);
  EXPECT_EQ(figures.engine_judged, 2);
  EXPECT_EQ(figures.ledger_off_ms, 0);
  EXPECT_EQ(line(figures).find('\n'), std::string::npos);
}

struct Planted {
  const char* fault;  // what the bookkeeper says
  std::function<void(Evidence&)> doctor;
};

std::ostream& operator<<(std::ostream& out, const Planted& planted) {
  return out << planted.fault;
}

class Doctored : public testing::TestWithParam<Planted> {};

TEST_P(Doctored, IsFoundOut) {
  Evidence book = good();
  GetParam().doctor(book);
  EXPECT_EQ(faults(judge(book)), GetParam().fault);
}

json::object& row(json::array& rows, std::size_t n) {
  return rows[n].as_object();
}

void end_earlier(Evidence& book, std::int64_t us) {
  for (auto* rows : {&book.journal, &book.observations})
    row(*rows, 1)["boottime_us"] = row(*rows, 1)["boottime_us"].as_int64() - us;
}

INSTANTIATE_TEST_SUITE_P(
    Books, Doctored,
    testing::Values(
        Planted{"not everything came to an end", [](Evidence& b) { b.settled = false; }},
        Planted{"unknown replicas", [](Evidence& b) { b.engine["r9"].containers = {"x"}; }},
        Planted{"unknown replicas", [](Evidence& b) { b.own["r9"].starts = 1; }},
        Planted{"containers left", [](Evidence& b) { b.containers_left = 1; }},
        Planted{"containers left", [](Evidence& b) { b.containers_left = -1; }},
        Planted{"started twice", [](Evidence& b) { b.own["r1"].starts = 2; }},
        Planted{"started twice",
                [](Evidence& b) {
                  b.engine["r1"].stamps_of_starts.insert({"other", kStart.us + 1});
                }},
        Planted{"nothing was at work, succeeded without having run", [](Evidence& b) { b.own.clear(); }},
        Planted{"not ended", [](Evidence& b) { row(b.replicas, 0)["state"] = "running"; }},
        Planted{"lost", [](Evidence& b) { row(b.replicas, 0)["lost"] = true; }},
        Planted{"workloads missing", [](Evidence& b) { b.told.insert("w2"); }},
        Planted{"workloads doubled", [](Evidence& b) { b.workloads.push_back(b.workloads[0]); }},
        Planted{"shares not released", [](Evidence& b) { row(b.shares, 0)["released_at"] = nullptr; }},
        Planted{"a card beyond itself",
                [](Evidence& b) {
                  json::object other = row(b.shares, 0);
                  other["id"] = "s2";
                  other["replica_id"] = "r2";
                  other["milli_gpu"] = 701;
                  b.shares.push_back(other);
                }},
        Planted{"the ledger is not what dure-node recorded",
                [](Evidence& b) {
                  b.entries[1] = entry(2000, 3251);  // by one millisecond
                }},
        Planted{"the ledger is not what dure-node recorded, booked for less than it ran",
                [](Evidence& b) { b.entries.pop_back(); }},
        Planted{"the ledger is not what dure-node recorded",
                [](Evidence& b) { b.entries.push_back(b.entries[1]); }},
        Planted{"wrong usage", [](Evidence& b) { row(b.entries, 1)["milli_gpu_ms"] = 1; }},
        Planted{"wrong usage", [](Evidence& b) { row(b.shares, 0)["milli_gpu"] = 310; }},
        Planted{"recorded and not stored",
                [](Evidence& b) { row(b.observations, 1)["boottime_us"] = kStartUs + 3'250'998; }},
        Planted{"recorded and not stored", [](Evidence& b) { b.observations.pop_back(); }},
        Planted{"an estimate beyond 1 s", [](Evidence& b) { mark_the_end(b, 1001); }},
        // The mark says little, and yet more than a second was booked on it.
        Planted{"an estimate beyond 1 s", [](Evidence& b) { mark_the_end(b, 10); }},
        Planted{"an estimate without bounds",
                [](Evidence& b) {
                  mark_the_end(b, 10);
                  row(b.entries, 1)["reason"].as_object()["parameters"] = json::object{};
                }},
        Planted{"an estimate without a mark",
                [](Evidence& b) {
                  for (auto* rows : {&b.journal, &b.observations}) row(*rows, 0)["estimated"] = true;
                }},
        Planted{"booked for less than it ran", [](Evidence& b) { b.own["r1"].ended_ms = 9'300; }},
        Planted{"the engine says otherwise",
                [](Evidence& b) { b.engine["r1"].finished = kStart + base::Span{4'260'000}; }},
        Planted{"the engine says otherwise",
                [](Evidence& b) { b.engine["r1"].started = kStart - base::Span{1'001'000}; }},
        Planted{"too few of the engine's stamps", [](Evidence& b) { b.engine["r1"].finished.reset(); }},
        Planted{"the audit chain is broken", [](Evidence& b) { b.audit_intact = false; }},
        Planted{"the audit chain is broken", [](Evidence& b) { b.audit_entries = 0; }}));

TEST(Books, AnEstimateWithinASecondHoldsAndIsCounted) {
  Evidence book = good();
  mark_the_end(book, 10);
  book.entries = {entry(0, 2000), entry(2000, 3240), entry(3240, 3250)};
  row(book.entries, 2)["kind"] = "estimated";
  row(book.entries, 2)["reason"] =
      json::object{{"code", "ledger.end_estimated"}, {"parameters", json::object{{"error_ms", 10}}}};
  const Figures figures = judge(book);
  EXPECT_EQ(faults(figures), "");
  EXPECT_EQ(figures.estimates, 1);
  EXPECT_EQ(figures.largest_estimate_ms, 10);
}

// Podman was killed before it noted the start, and stamped it when it took the container up.
TEST(Books, AStampOfATakingUpGivesWayToTheWorkloadsOwnLine) {
  Evidence book = good();
  book.engine["r1"].started = kStart + base::Span{2'000'000};
  const Figures figures = judge(book);
  EXPECT_EQ(faults(figures), "");
  EXPECT_EQ(figures.taken_up, 1);
  EXPECT_EQ(figures.engine_off_ms, 40);
  book.own["r1"].started_ms = 6'900;  // the line came no earlier: the stamp stands
  EXPECT_EQ(faults(judge(book)), "the engine says otherwise");
}

TEST(Books, AStampOfATakingUpGivesWayToTheRuntimes) {
  Evidence book = good();
  book.own["r1"].started_ms = 6'900;  // the line came late
  book.engine["r1"].let_go = kStart + base::Span{25'000};
  book.engine["r1"].started = kStart + base::Span{2'000'000};
  EXPECT_EQ(faults(judge(book)), "");
  EXPECT_EQ(judge(book).taken_up, 1);
  EXPECT_EQ(judge(book).engine_off_ms, 25);
  book.engine["r1"].let_go = kStart + base::Span{900'000};
  EXPECT_EQ(judge(book).engine_off_ms, 900) << "the moment itself, not one between it and the stamp";
  book.engine["r1"].let_go = kStart + base::Span{1'300'000};
  book.engine["r1"].started = kStart + base::Span{1'400'000};
  EXPECT_EQ(faults(judge(book)), "the engine says otherwise") << "not taken up: the stamp stands";
}

// Podman was killed before the container's process became the workload: that process's end is not the
// workload's.
TEST(Books, AnEndBeforeTheStartIsNotTheWorkloads) {
  Evidence book = good();
  book.engine["r1"].finished = kStart - base::Span{300'000};
  EXPECT_EQ(judge(book).engine_off_ms, judge(good()).engine_off_ms);
  EXPECT_EQ(judge(book).engine_judged, judge(good()).engine_judged - 1);
  book.engine["r1"].started.reset();
  EXPECT_EQ(judge(book).engine_judged, 0) << "its first line came after that end as well";
  book.own.clear();
  EXPECT_EQ(judge(book).engine_judged, 1) << "nothing says that it had not begun";
  EXPECT_GT(judge(book).engine_off_ms, 1000);
}

TEST(Books, AJournalThatSaysOtherwiseThanTheLedgerIsBelieved) {
  Evidence book = good();
  end_earlier(book, 1'000'000);
  EXPECT_EQ(judge(book).ledger_off_ms, 1000);
}

TEST(Lives, AnAccountIsReadLineByLine) {
  const OwnLife life = parse_life("start 123.45\nend 130.01\n");
  EXPECT_EQ(life.starts, 1);
  EXPECT_EQ(life.started_ms, 123'450);
  EXPECT_EQ(life.ended_ms, 130'010);
  EXPECT_EQ(parse_life("start 1.00\nstart 2.00\n").starts, 2);
  EXPECT_FALSE(parse_life("start 1.00\n").ended_ms);
}

TEST(NodeJournal, OnlyWholeFramesAreRead) {
  const auto frame = [](const std::string& payload) {
    std::string bytes;
    const auto put = [&](std::uint32_t value) {
      for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((value >> shift) & 0xff);
    };
    put(static_cast<std::uint32_t>(payload.size()));
    put(node::crc32c(payload));
    return bytes + payload;
  };
  const std::string whole = frame("{\"a\":1}") + frame("{}");
  EXPECT_EQ(whole_frames(whole).payloads, (std::vector<std::string>{"{\"a\":1}", "{}"}));
  const auto torn = whole_frames(whole.substr(0, whole.size() - 1));
  EXPECT_EQ(torn.payloads.size(), 1u);
  EXPECT_EQ(torn.bytes, frame("{\"a\":1}").size());
}

}  // namespace
}  // namespace dure::crash
