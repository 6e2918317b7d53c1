// The container engine's contract, held against the real Podman of this machine (engine_fixture.h): what each
// action does.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <iostream>
#include <thread>

#include "engine_fixture.h"

namespace dure::podman {
namespace {

TEST_F(EngineContract, TellsWhatItIs) {
  const auto facts = engine_->describe();
  ASSERT_TRUE(facts.ok()) << code_of(facts);
  EXPECT_EQ(facts->at("engine"), "podman");
  EXPECT_FALSE(facts->at("engine_version").empty());
  EXPECT_FALSE(facts->at("runtime_version").empty());
  EXPECT_FALSE(facts->at("network").empty());
}

TEST_F(EngineContract, P31_ImagesSayWhatIsInThem) {
  const auto images = engine_->images();
  ASSERT_TRUE(images.ok()) << code_of(images);
  const auto found = std::find_if(images->begin(), images->end(),
                                  [](const ports::ImageStatus& image) { return image.reference == kImage; });
  ASSERT_NE(found, images->end());
  EXPECT_TRUE(found->digest.starts_with("sha256:"));
  EXPECT_GT(found->size_bytes, 10 * kMebibyte);
  EXPECT_EQ(found->labels.at("dure.services"), R"(["terminal"])");
  EXPECT_NE(found->labels.at("dure.software").find(R"({"name":"python3","version":"3.)"), std::string::npos);
}

TEST_F(EngineContract, TwoRunAtOnceAndListShowsBoth) {
  const ContainerSpec a = spec_of("two-a");
  ContainerSpec b = spec_of("two-b");
  b.uid = b.gid = 20002;
  run(a);
  run(b);
  const auto all = engine_->list();
  ASSERT_TRUE(all.ok()) << code_of(all);
  for (const ContainerSpec* spec : std::initializer_list<const ContainerSpec*>{&a, &b}) {
    const auto found = std::find_if(
        all->begin(), all->end(), [&](const auto& status) { return status.replica_id == spec->replica_id; });
    ASSERT_NE(found, all->end());
    EXPECT_EQ(found->state, ContainerState::kRunning);
    EXPECT_GT(found->pid, 1);
    EXPECT_TRUE(found->started_at.has_value());
    EXPECT_FALSE(found->finished_at.has_value());
  }
  remove({a, b});
}

TEST_F(EngineContract, ABatchJobEndsWithItsCodeItsStampsAndItsLog) {
  ContainerSpec spec = spec_of("job");
  spec.command = {"sh", "-c", "echo out; echo err >&2; sleep 1; exit 7"};
  spec.environment = {{"UNUSED", "1"}};
  run(spec);
  ASSERT_TRUE(eventually([&] { return ended(spec.replica_id); }));
  const ContainerStatus status = status_of(spec.replica_id);
  EXPECT_EQ(status.exit_code, 7);
  ASSERT_TRUE(status.started_at && status.finished_at);
  EXPECT_GE((*status.finished_at - *status.started_at).in_ms(), 950);
  EXPECT_LT((*status.finished_at - *status.started_at).in_ms(), 5000);
  const std::string log = read_file(spec.log_path);
  EXPECT_NE(log.find(" stdout F out"), std::string::npos) << log;
  EXPECT_NE(log.find(" stderr F err"), std::string::npos) << log;

  EXPECT_TRUE(engine_->start(spec.replica_id).ok());
  EXPECT_EQ(status_of(spec.replica_id).started_at, status.started_at) << "a replica is one attempt";
  remove({spec});
}

// Its process goes while it is looked at: that is an end, and no failure of the look.
TEST_F(EngineContract, OneThatEndsAtOnceIsSeenToEnd) {
  std::atomic<bool> over = false;
  auto looks = std::async(std::launch::async, [&] {
    int count = 0;
    for (; !over; ++count) {
      const auto all = engine_->list();
      EXPECT_TRUE(all.ok()) << code_of(all);
    }
    return count;
  });
  for (int round = 0; round < 15; ++round) {
    ContainerSpec spec = spec_of("moment" + std::to_string(round));
    spec.command = {"sh", "-c", "exit 4"};
    run(spec);
    EXPECT_TRUE(eventually([&] { return ended(spec.replica_id); }));
    EXPECT_EQ(status_of(spec.replica_id).exit_code, 4);
    remove({spec});
  }
  over = true;
  std::cout << "engine: " << looks.get() << " looks at 15 that ended at once" << std::endl;
}

TEST_F(EngineContract, EveryActionMayBeRepeated) {
  const ContainerSpec spec = spec_of("again");
  const auto first = engine_->create(spec);
  const auto second = engine_->create(spec);
  ASSERT_TRUE(first.ok() && second.ok()) << code_of(first) << code_of(second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(status_of(spec.replica_id).state, ContainerState::kCreated);
  EXPECT_TRUE(engine_->stop(spec.replica_id, Span::seconds(1)).ok()) << "one that was never started";
  ASSERT_TRUE(engine_->start(spec.replica_id).ok());
  const std::int64_t pid = status_of(spec.replica_id).pid;
  EXPECT_TRUE(engine_->start(spec.replica_id).ok());
  EXPECT_EQ(status_of(spec.replica_id).pid, pid) << "was started twice";
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(engine_->stop(spec.replica_id, Span::seconds(2)).ok());
  EXPECT_EQ(status_of(spec.replica_id).state, ContainerState::kExited);
  remove({spec, spec});
  EXPECT_TRUE(engine_->stop(spec.replica_id, Span::seconds(1)).ok());
  const auto gone = engine_->inspect(spec.replica_id);
  ASSERT_TRUE(gone.ok());
  EXPECT_FALSE(gone->has_value());
  EXPECT_EQ(engine_->start(spec.replica_id).failure().reason.code, "engine.not_found");
}

TEST_F(EngineContract, StopAsksFirstAndThenInsists) {
  ContainerSpec polite = spec_of("polite");
  polite.command = {"sh", "-c", "trap 'echo bye; exit 3' TERM; while :; do sleep 0.1; done"};
  ContainerSpec deaf = spec_of("deaf");
  deaf.command = {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"};
  run(polite);
  run(deaf);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(engine_->stop(polite.replica_id, Span::seconds(5)).ok());
  EXPECT_EQ(status_of(polite.replica_id).exit_code, 3);
  EXPECT_NE(read_file(polite.log_path).find("bye"), std::string::npos);
  EXPECT_TRUE(engine_->stop(deaf.replica_id, Span::seconds(1)).ok());
  EXPECT_EQ(status_of(deaf.replica_id).exit_code, 137);
  remove({polite, deaf});
}

TEST_F(EngineContract, ExecTellsOutputCodeAndCut) {
  const ContainerSpec spec = spec_of("exec");
  run(spec);
  const auto both = engine_->exec(spec.replica_id, {"sh", "-c", "echo $WORD; echo err >&2; exit 3"},
                                  {{"WORD", "값"}}, 1000);
  ASSERT_TRUE(both.ok()) << code_of(both);
  EXPECT_EQ(both->exit_code, 3);
  EXPECT_EQ(both->output, "값\nerr\n");
  EXPECT_FALSE(both->cut);
  const auto much = engine_->exec(spec.replica_id, {"head", "-c", "1000000", "/dev/zero"}, {}, 1000);
  ASSERT_TRUE(much.ok()) << code_of(much);
  EXPECT_EQ(much->exit_code, 0);
  EXPECT_EQ(much->output.size(), 1000U);
  EXPECT_TRUE(much->cut);
  const auto missing = engine_->exec(spec.replica_id, {"no-such-program"}, {}, 1000);
  ASSERT_TRUE(missing.ok()) << code_of(missing);
  EXPECT_EQ(missing->exit_code, 127);
  remove({spec});
  EXPECT_EQ(engine_->exec(spec.replica_id, {"true"}, {}, 10).failure().reason.code, "engine.not_found");
}

TEST_F(EngineContract, ExecInOneThatDoesNotRunIsRefused) {
  const ContainerSpec spec = spec_of("idle");
  ASSERT_TRUE(engine_->create(spec).ok());
  EXPECT_EQ(engine_->exec(spec.replica_id, {"true"}, {}, 10).failure().reason.code, "engine.not_running");
  remove({spec});
}

// Reads from a terminal until the text comes; all that was read.
std::string read_until(ports::ExecStream& terminal, const std::string& text, std::string seen) {
  const auto until = Clock::now() + std::chrono::seconds(10);
  std::array<char, 4096> buffer{};
  while (seen.find(text) == std::string::npos && Clock::now() < until) {
    struct pollfd wait {
      terminal.descriptor(), POLLIN, 0
    };
    if (::poll(&wait, 1, 100) <= 0) continue;
    const ssize_t size = ::read(terminal.descriptor(), buffer.data(), buffer.size());
    if (size <= 0) break;
    seen.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return seen;
}

void type(ports::ExecStream& terminal, const std::string& text) {
  ASSERT_EQ(::write(terminal.descriptor(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

TEST_F(EngineContract, P6_ATerminalEchoesResizesAndHangsUp) {
  const ContainerSpec spec = spec_of("terminal");
  run(spec);
  auto opened = engine_->open_terminal(spec.replica_id, {"bash"}, 100, 30);
  ASSERT_TRUE(opened.ok()) << code_of(opened);
  ports::ExecStream& terminal = **opened;
  type(terminal, "stty size; echo do''ne\n");
  std::string seen = read_until(terminal, "done", terminal.take_early_bytes());
  EXPECT_NE(seen.find("30 100"), std::string::npos) << seen;
  EXPECT_TRUE(terminal.resize(120, 40).ok());
  type(terminal, "stty size; echo ov''er\n");
  seen = read_until(terminal, "over", "");
  EXPECT_NE(seen.find("40 120"), std::string::npos) << seen;
  opened->reset();
  EXPECT_TRUE(eventually([&] { return shell(spec.replica_id, "ps -C bash -o pid=").empty(); }))
      << "a shell stays behind a closed terminal";
  remove({spec});
}

TEST_F(EngineContract, SeveralThreadsWorkOnDifferentReplicas) {
  const auto cycle = [](int number) {
    const ContainerSpec spec = spec_of("thread" + std::to_string(number));
    return engine_->create(spec).ok() && engine_->start(spec.replica_id).ok() &&
           shell(spec.replica_id, "echo " + std::to_string(number)) == std::to_string(number) + "\n" &&
           engine_->stop(spec.replica_id, Span::seconds(5)).ok() && engine_->remove(spec.replica_id).ok();
  };
  std::vector<std::future<bool>> done;
  done.reserve(6);
  for (int number = 0; number < 6; ++number) done.push_back(std::async(std::launch::async, cycle, number));
  for (auto& one : done) EXPECT_TRUE(one.get());
}

TEST_F(EngineContract, RefusesWhatCannotBe) {
  ContainerSpec spec = spec_of("wrong");
  spec.image = "localhost/dure/no-such:1";
  EXPECT_EQ(engine_->create(spec).failure().reason.code, "engine.image_missing");
  spec.image = kImage;
  spec.uid = 100'000;
  EXPECT_EQ(engine_->create(spec).failure().reason.code, "engine.spec_invalid");
  spec.uid = 20001;
  spec.command = {"no-such-program"};
  ASSERT_TRUE(engine_->create(spec).ok());
  const auto started = engine_->start(spec.replica_id);
  // With an init as first process it is the init that does not find the program.
  if (started.ok()) {
    EXPECT_TRUE(eventually([&] { return ended(spec.replica_id); }));
    EXPECT_NE(status_of(spec.replica_id).exit_code, 0);
  } else {
    EXPECT_EQ(started.failure().reason.code, "engine.start_failed");
  }
  remove({spec});
}

TEST_F(EngineContract, IsQuickAndLeavesNothingBehind) {
  const auto leftovers = [] {
    int count = 0;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator("/run/netns", failure)) {
      count += entry.path().filename().string().starts_with("netns-") ? 1 : 0;
    }
    return count;
  };
  const int before = leftovers();
  std::array<std::int64_t, 4> total{};
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const ContainerSpec spec = spec_of("quick" + std::to_string(round));
    const std::array<std::function<bool()>, 4> actions{
        [&] { return engine_->create(spec).ok(); }, [&] { return engine_->start(spec.replica_id).ok(); },
        [&] { return engine_->stop(spec.replica_id, Span::seconds(2)).ok(); },
        [&] { return engine_->remove(spec.replica_id).ok(); }};
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const auto began = Clock::now();
      EXPECT_TRUE(actions[i]()) << i;
      total[i] += milliseconds_since(began);
    }
  }
  std::cout << "engine: mean ms of " << kRounds << ": create=" << total[0] / kRounds
            << " start=" << total[1] / kRounds << " stop=" << total[2] / kRounds
            << " remove=" << total[3] / kRounds << std::endl;
  EXPECT_LE(leftovers(), before);
}

}  // namespace
}  // namespace dure::podman
