#include "node/node.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "node/testing/fake_centre.h"

namespace dure::node {
namespace {

using model::Desired;

// A node on an engine in memory, with real clocks and a dured over HTTP.
class NodeTest : public testing::Test {
 protected:
  NodeTest() : centre(scratch.file("dured.sock")) {
    state = std::make_unique<StateFolder>(*StateFolder::open(scratch.file("state")));
  }

  void rise() {
    NodeOptions options;
    options.name = "n1";
    options.centre = centre.endpoint();
    options.fabric_leaf = "leaf-1";
    options.nvlink_island = "island-2";
    options.identity_path = state->identity();
    options.enrol_token = "enrol-me";
    options.look_every = base::Span::milliseconds(20);
    options.report_every = base::Span::milliseconds(50);
    options.report_pending_every = base::Span::milliseconds(20);
    options.connect = [](pid_t, std::uint16_t, base::Span) -> base::Result<net::Fd> { return net::Fd(); };
    options.log = [](Severity, const std::string&) {};
    options.refresh_every = base::Span::milliseconds(50);
    options.on_cards = [this](const std::vector<gpu::Card>& found) {
      if (found.size() == 1 && found[0].report.simulated) ++told_of_cards;
    };
    // What is dead writes no journal either.
    options.before_journal_write = [this]() -> base::Status {
      if (!engine.killed()) return {};
      return base::error(base::ErrorKind::kUnavailable, base::Reason("node.state_unusable"));
    };
    engine.revive();
    auto started = Node::start(*state, engine, cards, clock, std::move(options));
    ASSERT_TRUE(started.ok()) << started.failure().reason.code;
    node = std::move(*started);
  }
  void fall() {
    engine.kill();
    node.reset();
  }
  bool started(int replica) {
    return centre.with([&](Books& books) { return books.started(replica).has_value(); });
  }
  bool ended(int replica) {
    return centre.with([&](Books& books) { return books.ended(replica).has_value(); });
  }

  Scratch scratch;
  FakeCentre centre;
  std::unique_ptr<StateFolder> state;
  SystemBootClock clock;
  ports::MemoryEngine engine{[this] { return clock.now().wall; }};
  gpu::SimulatedCards cards = *gpu::SimulatedCards::parse("t4", "n1");
  std::atomic<int> told_of_cards = 0;
  std::unique_ptr<Node> node;
};

TEST_F(NodeTest, EnrolsOnceAndKeepsItsTokenToItself) {
  rise();
  ASSERT_TRUE(comes([&] { return centre.reports > 2; }));
  fall();
  struct stat facts {};
  ASSERT_EQ(::stat(state->identity().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const int before = centre.reports;
  rise();
  ASSERT_TRUE(comes([&] { return centre.reports > before + 2; }));
  EXPECT_EQ(centre.enrolments, 1);
}

TEST_F(NodeTest, WhoWantsToKnowTheCardsIsToldBeforeAnythingElseAndAgain) {
  rise();
  EXPECT_GE(told_of_cards, 1);
  EXPECT_TRUE(comes([&] { return told_of_cards > 2; }));
}

TEST_F(NodeTest, ASecondProcessOnTheSameStateIsRefused) {
  EXPECT_EQ(StateFolder::open(scratch.file("state")).failure().reason.code, "node.state_in_use");
}

TEST_F(NodeTest, LostAnswersDoubleNothing) {
  centre.lose_every = 2;
  rise();
  for (int n = 1; n <= 5; ++n) centre.with([&](Books& books) { books.order(n); });
  ASSERT_TRUE(comes([&] { return started(1) && started(2) && started(3) && started(4) && started(5); }));
  for (int n = 1; n <= 5; ++n) centre.with([&](Books& books) { books.edit(n).desired = Desired::kStopped; });
  ASSERT_TRUE(comes([&] { return ended(1) && ended(2) && ended(3) && ended(4) && ended(5); }));
  for (int n = 1; n <= 5; ++n) EXPECT_EQ(engine.starts(test_uuid(n)), 1);
  EXPECT_TRUE(comes([&] { return !engine.spec(test_uuid(1)) && !engine.spec(test_uuid(5)); }));
}

TEST_F(NodeTest, WhileDuredIsAwayWhatRunsRunsAndWhatEndsIsToldLater) {
  rise();
  centre.with([](Books& books) {
    books.order(1);
    books.order(2);
  });
  ASSERT_TRUE(comes([&] { return started(1) && started(2); }));
  centre.fall();
  engine.finish(test_uuid(1), 7);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(engine.running(), 1u);
  centre.rise();
  ASSERT_TRUE(comes([&] { return ended(1); }));
  const auto end = centre.with([](Books& books) { return *books.ended(1); });
  EXPECT_EQ(end.exit_code, 7);
  EXPECT_FALSE(end.estimated);
  EXPECT_LE(std::abs((end.observed_at - *engine.real_end(test_uuid(1))).us), base::Span::seconds(1).us);
  EXPECT_EQ(engine.running(), 1u);
}

TEST_F(NodeTest, ItSaysWhatItHas) {
  engine.set_images({{"localhost/dure/workspace:1",
                      "sha256:aa",
                      5,
                      {{"dure.services", R"(["terminal","lab"])"},
                       {"dure.software", R"([{"name":"python","version":"3.11"}])"}}}});
  rise();
  const auto report = node->keeper().report();
  ASSERT_EQ(report.cards.size(), 1u);
  EXPECT_TRUE(report.cards[0].simulated);
  ASSERT_EQ(report.images.size(), 1u);
  EXPECT_EQ(report.images[0].services, (std::vector<std::string>{"terminal", "lab"}));
  EXPECT_EQ(report.images[0].software[0].version, "3.11");
  EXPECT_GT(report.cpu_milli, 0);
  net::Endpoint local;
  local.unix_path = state->socket();
  const auto answer = net::Client(local).send({.target = "/status"});
  ASSERT_TRUE(answer.ok());
  const auto told = wire::read_json<model::NodeReport>(answer->body);
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->fabric_leaf, "leaf-1");
  EXPECT_EQ(told->nvlink_island, "island-2");
}

// Node, dured and both at once, again and again, while replicas come and go.
TEST_F(NodeTest, FallingAndRisingAtRandomCostsNothingButARetry) {
  std::mt19937 random(5);
  rise();
  constexpr int kReplicas = 30;
  for (int n = 1; n <= kReplicas; ++n) {
    centre.with([&](Books& books) { books.order(n); });
    if (n > 3) {
      if (n % 2 == 0) comes([&] { return engine.starts(test_uuid(n - 3)) > 0; });
      centre.with([&](Books& books) {
        if (!books.ended(n - 3)) books.edit(n - 3).desired = Desired::kStopped;
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
    const auto what = random() % 4;
    if (what == 0) centre.fall();
    if (what == 0 || what == 1) fall();
    if (what == 0) centre.rise();
    if (what == 0 || what == 1) rise();
  }
  for (int n = kReplicas - 3; n <= kReplicas; ++n)
    centre.with([&](Books& books) {
      if (!books.ended(n)) books.edit(n).desired = Desired::kStopped;
    });
  for (int n = 1; n <= kReplicas; ++n) ASSERT_TRUE(comes([&] { return ended(n); })) << n;
  ASSERT_TRUE(comes([&] { return engine.running() == 0; }));
  for (int n = 1; n <= kReplicas; ++n) {
    ASSERT_LE(engine.starts(test_uuid(n)), 1) << n;
    if (engine.starts(test_uuid(n)) == 0) continue;
    const auto start = centre.with([&](Books& books) { return books.started(n); });
    const auto end = centre.with([&](Books& books) { return books.ended(n); });
    ASSERT_TRUE(start && end) << n;
    const auto length = end->boottime_us - start->boottime_us;
    const auto real = (*engine.real_end(test_uuid(n)) - *engine.real_start(test_uuid(n))).us;
    const bool estimated = start->estimated || end->estimated;
    // What was seen is right within one look at the engine (threads of a busy machine read the clocks at
    // different moments); what was estimated, within the second that is promised.
    EXPECT_LE(std::abs(length - real), estimated ? 1'000'000 : 250'000) << n;
  }
}

}  // namespace
}  // namespace dure::node
