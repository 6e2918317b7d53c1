// The container engine's contract, held against the real Podman of this machine.
//
// DURE_TEST_ENGINE_STATE names the engine's state folder (made if need be, kept for the next run); without it
// a temporary one is made. The default image is built when it is missing (half a minute; from the folder
// DURE_TEST_ENGINE_IMAGES when that is set). Skips, with the reason, only where Podman cannot run at all:
// without root, or not installed.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <thread>

#include "adapters/podman/engine.h"
#include "adapters/podman/spec.h"
#include "net/client.h"

namespace dure::podman {
namespace {

namespace fs = std::filesystem;
using base::Span;
using ports::ContainerSpec;
using ports::ContainerState;
using ports::ContainerStatus;
using Clock = std::chrono::steady_clock;

constexpr char kImage[] = "localhost/dure/workspace:1";
constexpr std::int64_t kMebibyte = 1024 * 1024;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// "ok", or the reason as text.
template <class T>
std::string code_of(const base::Result<T>& result) {
  if (result.ok()) return "ok";
  std::string text = result.failure().reason.code;
  for (const auto& parameter : result.failure().reason.parameters) {
    const auto* value = std::get_if<std::string>(&parameter.value);
    text += " " + parameter.name + "=" + (value != nullptr ? *value : std::string("…"));
  }
  return text;
}

std::int64_t milliseconds_since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
}

bool eventually(const std::function<bool()>& condition, int seconds = 10) {
  const auto until = Clock::now() + std::chrono::seconds(seconds);
  while (Clock::now() < until) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return condition();
}

// One engine for all tests of the program: opening it again is a test of its own.
class EngineContract : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    state_ = setting("DURE_TEST_ENGINE_STATE");
    temporary_ = state_.empty();
    if (temporary_) state_ = make_temporary();
    images_ = setting("DURE_TEST_ENGINE_IMAGES");
    if (images_.empty()) images_ = state_ + "/images";
    work_ = state_ + "/test." + std::to_string(::getpid());
    fs::create_directories(work_);
    if (::geteuid() == 0) build_image();
    open_engine();
  }

  static void TearDownTestSuite() {
    if (engine_) remove_all();
    engine_.reset();
    fs::remove_all(work_);
    if (temporary_) remove_temporary();
  }

 protected:
  void SetUp() override {
    if (!skip_.empty()) GTEST_SKIP() << skip_;
    ASSERT_NE(engine_, nullptr) << fault_;
  }

  static void open_engine() {
    auto opened = PodmanEngine::open({state_, images_, NetworkChoice::kAuto, Span::minutes(2)});
    if (opened.ok()) {
      engine_ = std::move(opened).value();
      print_facts();
      return;
    }
    fault_ = code_of(opened);
    const std::string& code = opened.failure().reason.code;
    if (code == "engine.not_root" || code == "engine.not_installed")
      skip_ = "Podman cannot run here: " + fault_;
  }

  static ContainerSpec spec_of(const std::string& name) {
    ContainerSpec spec;
    spec.replica_id = name + "-" + std::to_string(::getpid());
    spec.image = kImage;
    spec.uid = 20001;
    spec.gid = 20001;
    spec.cpu_milli = 1000;
    spec.memory_bytes = 128 * kMebibyte;
    spec.pids = 64;
    spec.open_files = 256;
    spec.log_path = work_ + "/" + spec.replica_id + ".log";
    return spec;
  }

  static void run(const ContainerSpec& spec) {
    const auto created = engine_->create(spec);
    ASSERT_TRUE(created.ok()) << code_of(created);
    const auto started = engine_->start(spec.replica_id);
    ASSERT_TRUE(started.ok()) << code_of(started);
  }

  static ContainerStatus status_of(const std::string& replica_id) {
    const auto seen = engine_->inspect(replica_id);
    EXPECT_TRUE(seen.ok()) << code_of(seen);
    EXPECT_TRUE(seen.ok() && seen->has_value()) << replica_id << " is gone";
    return seen.ok() && seen->has_value() ? **seen : ContainerStatus{};
  }

  // What the shell command prints inside; its exit code is put into *code.
  static std::string shell(const std::string& replica_id, const std::string& command,
                           std::int64_t* code = nullptr) {
    const auto result = engine_->exec(replica_id, {"sh", "-c", command}, {}, 64 * 1024);
    EXPECT_TRUE(result.ok()) << code_of(result);
    if (!result.ok()) return {};
    if (code != nullptr) *code = result->exit_code;
    return result->output;
  }

  static void remove(const std::vector<ContainerSpec>& specs) {
    for (const ContainerSpec& spec : specs) {
      const auto removed = engine_->remove(spec.replica_id);
      EXPECT_TRUE(removed.ok()) << code_of(removed);
    }
  }

  static bool ended(const std::string& replica_id) {
    const auto seen = engine_->inspect(replica_id);
    return seen.ok() && seen->has_value() && (*seen)->state == ContainerState::kExited;
  }

  static void remove_all() {
    const auto all = engine_->list();
    if (!all.ok()) return;
    for (const ContainerStatus& status : *all) static_cast<void>(engine_->remove(status.replica_id).ok());
  }

  static inline std::string state_, images_, work_, skip_, fault_;
  static inline bool temporary_ = false;
  static inline std::unique_ptr<PodmanEngine> engine_;

 private:
  static std::string make_temporary() {
    std::string pattern = "/tmp/dure-engine-XXXXXX";
    return ::mkdtemp(pattern.data());
  }

  static void build_image() {
    const std::string command = "deploy/images/build '" + images_ + "' workspace";
    if (std::system(command.c_str()) != 0) fault_ = "the image could not be built; ";
  }

  static void print_facts() {
    const auto facts = engine_->describe();
    if (!facts.ok()) return;
    std::cout << "engine:";
    for (const auto& [name, value] : *facts) std::cout << ' ' << name << '=' << value << ';';
    std::cout << " state=" << state_ << std::endl;
  }

  // Attendants that are about to end may still write there.
  static void remove_temporary() {
    std::error_code failure;
    for (int attempt = 0; attempt < 50 && fs::exists(state_); ++attempt) {
      fs::remove_all(state_, failure);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
};

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

TEST_F(EngineContract, Decision16_TheWorkloadIsNotOnTheHostsRoot) {
  const ContainerSpec spec = spec_of("confined");
  run(spec);
  const std::string proc = "/proc/" + std::to_string(status_of(spec.replica_id).pid);
  struct stat owner {};
  ASSERT_EQ(::stat(proc.c_str(), &owner), 0);
  EXPECT_EQ(static_cast<std::int64_t>(owner.st_uid), host_uid(spec)) << "seen from the host";
  EXPECT_NE(read_file(proc + "/uid_map").find(std::to_string(id_base(spec.uid, spec.gid))),
            std::string::npos);

  const std::string status = shell(spec.replica_id, "cat /proc/self/status");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_NE(status.find(std::string(set) + ":\t0000000000000000"), std::string::npos) << set;
  }
  EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos);
  EXPECT_NE(status.find("Seccomp:\t2"), std::string::npos);
  EXPECT_EQ(shell(spec.replica_id, "id -u; id -g"), "20001\n20001\n");
  std::int64_t code = 0;
  shell(spec.replica_id, "mount -t tmpfs none /mnt", &code);
  EXPECT_NE(code, 0) << "may mount";
  shell(spec.replica_id, "echo x > /proc/sys/kernel/hostname", &code);
  EXPECT_NE(code, 0) << "may write to the kernel's settings";
  remove({spec});
}

TEST_F(EngineContract, ContainerRootIsNobodyOnTheHost) {
  ContainerSpec spec = spec_of("as-root");
  spec.uid = spec.gid = 0;
  run(spec);
  struct stat owner {};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(status_of(spec.replica_id).pid)).c_str(), &owner), 0);
  EXPECT_EQ(static_cast<std::int64_t>(owner.st_uid), kFirstHostId);
  remove({spec});
}

TEST_F(EngineContract, TheNetworkIsNeverTheHosts) {
  const ContainerSpec spec = spec_of("net");
  run(spec);
  const std::string pid = std::to_string(status_of(spec.replica_id).pid);
  EXPECT_NE(fs::read_symlink("/proc/" + pid + "/ns/net"), fs::read_symlink("/proc/self/ns/net"));
  EXPECT_NE(shell(spec.replica_id, "cat /proc/net/dev").find("lo:"), std::string::npos);
  const char* echo =
      "import socket as s\n"
      "a = s.create_server(('127.0.0.1', 4000)); b = s.create_connection(('127.0.0.1', 4000))\n"
      "a.accept()[0].send(b'there'); print(b.recv(9).decode())";
  const auto loopback = engine_->exec(spec.replica_id, {"python3", "-c", echo}, {}, 1000);
  ASSERT_TRUE(loopback.ok()) << code_of(loopback);
  EXPECT_EQ(loopback->output, "there\n");
  remove({spec});
}

// Prints how many processes could be started, and waits for their end.
constexpr char kForkUntilRefused[] = R"(python3 -c '
import os, time
n = 0
try:
    while n < 200:
        n += 1
        if os.fork() == 0:
            time.sleep(1)
            os._exit(0)
except OSError:
    print(n)
try:
    while True: os.wait()
except OSError: pass')";

// The process that started the container's first one: its attendant.
pid_t parent_of(std::int64_t process) {
  const std::string stat = read_file("/proc/" + std::to_string(process) + "/stat");
  return std::atoi(stat.c_str() + stat.rfind(')') + 4);
}

TEST_F(EngineContract, P7_LimitsAreInForce) {
  ContainerSpec spec = spec_of("limits");
  spec.cpu_milli = 300;
  run(spec);
  const Machine& machine = engine_->machine();
  EXPECT_EQ(shell(spec.replica_id, "ulimit -Hn"), "256\n");
  std::int64_t code = 0;
  if (machine.can_limit("pids")) {
    const std::string forks = shell(spec.replica_id, kForkUntilRefused);
    EXPECT_GT(std::atoi(forks.c_str()), 30) << forks;
    EXPECT_LE(std::atoi(forks.c_str()), 64) << forks;
  }
  if (machine.can_limit("memory")) {
    shell(spec.replica_id, "python3 -c 'bytearray(300<<20)'", &code);
    EXPECT_EQ(code, 137) << "more memory than the limit was had";
  }
  if (machine.can_limit("cpu")) {
    const std::string used = shell(spec.replica_id,
                                   "python3 -c '\nimport time\nt=time.time()\nwhile time.time()-t<2: pass\n"
                                   "print(int(time.process_time()*1000))'");
    EXPECT_LT(std::atoi(used.c_str()), 1000) << "0.3 of a core gives 600 ms in 2 s";
  }
  remove({spec});
}

TEST_F(EngineContract, SaysWhenTheMemoryWasTheEnd) {
  if (!engine_->machine().can_limit("memory")) GTEST_SKIP() << "this machine cannot limit memory";
  ContainerSpec spec = spec_of("oom");
  spec.command = {"python3", "-c", "bytearray(300<<20)"};
  run(spec);
  ASSERT_TRUE(eventually([&] { return ended(spec.replica_id); }));
  EXPECT_EQ(status_of(spec.replica_id).exit_code, 137);
  EXPECT_TRUE(status_of(spec.replica_id).out_of_memory);
  remove({spec});

  ContainerSpec killed = spec_of("no-oom");
  killed.command = {"sh", "-c", "kill -9 $$"};
  run(killed);
  ASSERT_TRUE(eventually([&] { return ended(killed.replica_id); }));
  EXPECT_EQ(status_of(killed.replica_id).exit_code, 137);
  EXPECT_FALSE(status_of(killed.replica_id).out_of_memory);
  remove({killed});
}

TEST_F(EngineContract, P10_AVolumeSurvivesItsContainer) {
  ContainerSpec spec = spec_of("volume");
  const std::string folder = work_ + "/volume";
  fs::create_directories(folder);
  ::chmod(folder.c_str(), 0700);
  spec.mounts = {{folder, "/home/user", false}, {"/etc/debian_version", "/opt/shown", true}};
  run(spec);
  std::int64_t code = 0;
  EXPECT_EQ(shell(spec.replica_id, "echo kept > /home/user/file; cat /home/user/file; echo $HOME", &code),
            "kept\n/home/user\n");
  shell(spec.replica_id, "echo x > /opt/shown", &code);
  EXPECT_NE(code, 0) << "a read-only mount was written to";
  struct stat owner {};
  ASSERT_EQ(::stat((folder + "/file").c_str(), &owner), 0);
  EXPECT_EQ(static_cast<std::int64_t>(owner.st_uid), host_uid(spec));
  ASSERT_TRUE(engine_->remove(spec.replica_id).ok());

  spec.replica_id += "-again";
  run(spec);
  EXPECT_EQ(shell(spec.replica_id, "cat /home/user/file; echo more >> /home/user/file"), "kept\n");
  remove({spec});
}

TEST_F(EngineContract, P17_AnothersVolumeCannotBeRead) {
  ContainerSpec owner = spec_of("owner");
  const std::string folder = work_ + "/secret";
  fs::create_directories(folder);
  ::chmod(folder.c_str(), 0700);
  owner.mounts = {{folder, "/data", false}};
  run(owner);
  shell(owner.replica_id, "echo mine > /data/file");
  ContainerSpec other = spec_of("other");
  other.uid = other.gid = 20009;
  other.mounts = {{folder, "/data", false}};  // even if it were mounted by mistake
  run(other);
  std::int64_t code = 0;
  shell(other.replica_id, "cat /data/file", &code);
  EXPECT_NE(code, 0);
  remove({owner, other});
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
