// The engine's contract when something dies: its service, the process that holds it, the machine.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>

#include "adapters/podman/spec.h"
#include "engine_fixture.h"
#include "net/client.h"

namespace dure::podman {
namespace {

TEST_F(EngineContract, ContainersOutliveTheServiceAndTheEngine) {
  ContainerSpec spec = spec_of("outlive");
  spec.command = {"sh", "-c", "while :; do date +%s.%N; sleep 0.1; done"};
  ContainerSpec brief = spec_of("brief");
  brief.command = {"sh", "-c", "sleep 1; exit 9"};
  run(spec);
  run(brief);
  const std::int64_t pid = status_of(spec.replica_id).pid;
  const pid_t service = engine_->service_process();
  ASSERT_GT(service, 1);
  ::kill(service, SIGKILL);
  const ContainerStatus after = status_of(spec.replica_id);  // asked while the service is gone
  EXPECT_EQ(after.state, ContainerState::kRunning);
  EXPECT_EQ(after.pid, pid);
  EXPECT_NE(engine_->service_process(), service);
  EXPECT_EQ(shell(spec.replica_id, "echo there"), "there\n");

  engine_.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // brief ends while nobody looks
  EXPECT_EQ(::kill(static_cast<pid_t>(pid), 0), 0);
  open_engine();
  ASSERT_NE(engine_, nullptr) << fault_;
  EXPECT_EQ(status_of(spec.replica_id).pid, pid);
  const ContainerStatus end = status_of(brief.replica_id);
  EXPECT_EQ(end.state, ContainerState::kExited);
  EXPECT_EQ(end.exit_code, 9);
  ASSERT_TRUE(end.started_at && end.finished_at);
  const std::int64_t length = (*end.finished_at - *end.started_at).in_ms();
  EXPECT_NEAR(static_cast<double>(length), 1000.0, 500.0);
  remove({spec, brief});
}

// Runs `work` with an engine of its own in a process that then kills itself.
void in_a_process_that_dies(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST_F(EngineContract, ContainersOutliveAProcessThatIsKilled) {
  const ContainerSpec spec = spec_of("orphan");
  engine_.reset();
  in_a_process_that_dies([&] {
    open_engine();
    if (engine_) run(spec);
  });
  open_engine();
  ASSERT_NE(engine_, nullptr) << fault_;
  EXPECT_EQ(status_of(spec.replica_id).state, ContainerState::kRunning);
  EXPECT_EQ(shell(spec.replica_id, "echo there"), "there\n");
  remove({spec});
}

// The process that started the container's first one: its attendant.
pid_t parent_of(std::int64_t process) {
  const std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
  return std::atoi(stat.c_str() + stat.rfind(')') + 4);
}

TEST_F(EngineContract, WhatARestartOfTheMachineEndedHasEnded) {
  const ContainerSpec spec = spec_of("restart");
  run(spec);
  const auto before = status_of(spec.replica_id);
  // As the power going: the attendant first, so that nobody notes the container's end.
  const pid_t attendant = parent_of(before.pid);
  ASSERT_NE(read_file("/proc/" + std::to_string(attendant) + "/cmdline").find("conmon"), std::string::npos);
  ::kill(attendant, SIGKILL);
  ::kill(static_cast<pid_t>(before.pid), SIGKILL);
  engine_.reset();
  std::ofstream(state_ + "/boot_id") << "another\n";
  open_engine();
  ASSERT_NE(engine_, nullptr) << fault_;
  const auto after = status_of(spec.replica_id);
  EXPECT_EQ(after.state, ContainerState::kExited);
  EXPECT_EQ(after.exit_code, -1);
  EXPECT_EQ(after.started_at, before.started_at);
  EXPECT_TRUE(engine_->start(spec.replica_id).ok());
  EXPECT_EQ(status_of(spec.replica_id).state, ContainerState::kExited) << "a replica is one attempt";
  remove({spec});
  // A real restart empties the runtime's memory as well.
  const std::string forget = engine_->machine().runtime + " delete --force " + before.container_id;
  EXPECT_EQ(std::system(forget.c_str()), 0);
}

// Starts a container as a service does that dies before it notes the start.
void start_unnoticed(const std::string& state, const Machine& machine, const ContainerSpec& spec,
                     const std::string& container_id) {
  net::Endpoint endpoint;
  endpoint.unix_path = Folders{state, ""}.socket();
  net::ClientRequest request;
  request.method = "POST";
  request.target = "/v4.0.0/libpod/containers/" + container_name(spec.replica_id) + "/init";
  const auto made = net::Client(endpoint).send(request);
  ASSERT_TRUE(made.ok() && made->status < 300);
  const std::string start = Folders{state, ""}.runtime(machine) + " start " + container_id;
  ASSERT_EQ(std::system(start.c_str()), 0);
}

TEST_F(EngineContract, WhatRunsUnnoticedIsTakenUp) {
  const ContainerSpec spec = spec_of("unnoticed");
  const auto created = engine_->create(spec);
  ASSERT_TRUE(created.ok()) << code_of(created);
  start_unnoticed(state_, engine_->machine(), spec, *created);
  const auto status = status_of(spec.replica_id);
  EXPECT_EQ(status.state, ContainerState::kRunning);
  EXPECT_GT(status.pid, 1);
  EXPECT_TRUE(status.started_at.has_value());
  EXPECT_EQ(shell(spec.replica_id, "echo there"), "there\n");
  EXPECT_TRUE(engine_->stop(spec.replica_id, Span::seconds(2)).ok());
  EXPECT_EQ(status_of(spec.replica_id).exit_code, 143);
  remove({spec});
}

TEST_F(EngineContract, WhatRanAndEndedUnnoticedIsNotRunAgain) {
  ContainerSpec spec = spec_of("unseen");
  spec.command = {"sh", "-c", "echo once; sleep 0.3"};
  const auto created = engine_->create(spec);
  ASSERT_TRUE(created.ok()) << code_of(created);
  start_unnoticed(state_, engine_->machine(), spec, *created);
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_TRUE(engine_->start(spec.replica_id).ok());
  const auto status = status_of(spec.replica_id);
  EXPECT_EQ(status.state, ContainerState::kExited);
  EXPECT_EQ(status.exit_code, -1);
  EXPECT_TRUE(status.started_at.has_value());
  const std::string log = read_file(spec.log_path);
  EXPECT_EQ(log.find("once"), log.rfind("once")) << log;
  remove({spec});
}

TEST_F(EngineContract, AServiceKilledAtAnyMomentLosesNothing) {
  std::int64_t longest = 0;
  for (int round = 0; round < 20; ++round) {
    const ContainerSpec spec = spec_of("kill" + std::to_string(round));
    const std::string& id = spec.replica_id;
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5 + round * 17));
      const pid_t service = engine_->service_process();
      if (service > 1) ::kill(service, SIGKILL);
    });
    const std::array<std::function<std::string()>, 4> actions{
        [&] { return code_of(engine_->create(spec)); }, [&] { return code_of(engine_->start(id)); },
        [&] { return code_of(engine_->stop(id, Span::seconds(2))); },
        [&] { return code_of(engine_->remove(id)); }};
    for (const auto& action : actions) {
      const auto began = Clock::now();
      EXPECT_EQ(action(), "ok") << "round " << round << ", action " << &action - actions.data();
      longest = std::max(longest, milliseconds_since(began));
    }
    killer.join();
    const auto gone = engine_->inspect(id);
    ASSERT_TRUE(gone.ok()) << code_of(gone);
    EXPECT_FALSE(gone->has_value());
  }
  std::cout << "engine: longest action under 20 kills of the service: " << longest << " ms" << std::endl;
}

TEST_F(EngineContract, ASecondEngineOnTheSameStateIsRefused) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto second = PodmanEngine::open({state_, images_, NetworkChoice::kAuto, Span::minutes(1)});
    ::_exit(!second.ok() && second.failure().reason.code == "engine.state_in_use" ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace dure::podman
