// Containers with shares of one card, under the real Podman of this machine: the fake driver (tests/gpu/fake)
// below the share library, mounted as dure-node mounts the real one.
#include <dlfcn.h>
#include <sys/stat.h>
#include <time.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "engine_fixture.h"
#include "gpu/fake/fake.h"
#include "gpu/node/share_watch.h"
#include "gpu/node/shares.h"

namespace dure::podman {
namespace {

constexpr char kCard[] = "GPU-face0000-0000-4000-8000-000000000001";  // the fake driver's first
constexpr char kConfiguration[] = "cards=1;memory=1GiB";

class EngineShare : public EngineContract {
 protected:
  void SetUp() override {
    EngineContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    folder = work_ + "/gpu";
    fs::create_directories(folder + "/state");
    ::chmod((folder + "/state").c_str(), 0777);
    open_shares();
  }
  void TearDown() override {
    remove(running);
    if (shares) shares->keep_only({});
    shares.reset();
  }
  void open_shares() {
    shares.reset();
    auto opened = gpu::Shares::open({.folder = folder + "/shares",
                                     .driver_folder = DURE_FAKE_DRIVER,
                                     .library_folder = DURE_SHARE_LIBRARY,
                                     .cdi_folder = folder + "/cdi",
                                     .mount_tmpfs = false,
                                     .warn = [](const std::string& text) { std::puts(text.c_str()); }});
    ASSERT_TRUE(opened.ok()) << code_of(opened);
    shares = std::move(*opened);
  }

  // A container with so many blocks of the card, and as many hundredths of its memory.
  std::string start(const std::string& name, std::int64_t blocks, std::int64_t user) {
    ContainerSpec spec = spec_of(name);
    spec.uid = spec.gid = user;
    spec.memory_bytes = 256 * kMebibyte;
    gpu::Card card;
    card.report.id = model::CardId(kCard);
    card.report.health = model::CardHealth::kHealthy;
    const auto share = shares->prepare(
        spec.replica_id, {{model::CardId(kCard), base::MilliGpu::blocks(blocks), {blocks * 10 * kMebibyte}}},
        {card});
    EXPECT_TRUE(share.ok()) << code_of(share);
    if (!share.ok()) return spec.replica_id;
    spec.mounts = share->mounts;
    spec.environment = share->environment;
    spec.mounts.push_back({DURE_SHARE_CLIENT, "/opt/client", true});
    spec.mounts.push_back({folder + "/state", "/run/fake", false});
    spec.environment["FAKE_CUDA_STATE"] = "/run/fake/state";
    spec.environment["FAKE_CUDA_CONFIG"] = kConfiguration;
    spec.environment["FAKE_CUDA_TENANT"] = name;
    run(spec);
    running.push_back(spec);
    return spec.replica_id;
  }

  // The client in the container; its lines are in `out` when it has said `last`.
  std::string hold(const std::string& replica, const std::string& what, const std::string& last) {
    shell(replica, "nohup /opt/client " + what + " > /tmp/out 2>&1 & echo $! > /tmp/pid");
    std::string out;
    eventually([&] { return (out = shell(replica, "cat /tmp/out")).find(last) != std::string::npos; });
    return out;
  }

  std::string folder;
  std::unique_ptr<gpu::Shares> shares;
  std::vector<ContainerSpec> running;
};

bool says(const std::string& out, const std::string& line) {
  return ("\n" + out).find("\n" + line + "\n") != std::string::npos;
}

TEST_F(EngineShare, P3_TheShareLibraryIsTheDriverThatTheContainerSees) {
  const std::string a = start("gpu-a", 30, 20001);
  const std::string out = shell(a, "/opt/client look 2>&1");
  EXPECT_TRUE(says(out, "ours=1")) << out;
  EXPECT_TRUE(says(out, std::string("uuid=") + kCard)) << out << "the driver below it answers";
  EXPECT_EQ(shell(a, "echo $DURE_BLOCKS"), "30\n");
  std::int64_t code = 0;
  shell(a, "LD_LIBRARY_PATH= python3 -c 'import ctypes; ctypes.CDLL(\"libcuda.so\").cuInit(0)'", &code);
  EXPECT_EQ(code, 0) << "by the other name, with no environment";
}

TEST_F(EngineShare, P3_AContainerCannotWriteItsLimitsNorRemoveItsFiles) {
  const std::string a = start("gpu-a", 30, 20001);
  for (const char* command :
       {"echo x >> /run/dure/share/limits", "rm -f /run/dure/share/limits", "rm -f /run/dure/share/usage",
        "mv /run/dure/share/limits /tmp/", "chmod 666 /run/dure/share/limits",
        "echo x >> /run/dure/driver/libcuda.so.1", "cp /bin/true /usr/lib/x86_64-linux-gnu/libcuda.so.1"}) {
    std::int64_t code = 0;
    shell(a, command, &code);
    EXPECT_NE(code, 0) << command;
  }
  std::int64_t code = 1;
  shell(a, "dd if=/run/dure/share/usage of=/dev/null bs=4096 count=1 && : >> /run/dure/share/usage", &code);
  EXPECT_EQ(code, 0) << "its own books it can write";
}

TEST_F(EngineShare, P3_EachSeesItsOwnShareAndKillFreesIt) {
  const std::string a = start("gpu-a", 30, 20001);
  const std::string b = start("gpu-b", 10, 20002);
  const std::string in_a = hold(a, "slot", "milli=");
  const std::string in_b = hold(b, "slot", "milli=");
  EXPECT_TRUE(says(in_a, "milli=300") && says(in_a, "memory=" + std::to_string(300 * kMebibyte))) << in_a;
  EXPECT_TRUE(says(in_b, "milli=100") && says(in_b, "slot=0")) << in_b << "books of its own";
  const auto processes = [&](const std::string& replica) {
    const auto pages = gpu::SharePages::open(folder + "/shares/" + replica);
    return pages.ok() ? pages->processes() : 99;
  };
  EXPECT_EQ(processes(a), 1u);
  open_shares();  // dure-node is killed and comes again
  shell(a, "kill -9 $(cat /tmp/pid)");
  EXPECT_TRUE(eventually([&] { return processes(a) == 0; })) << "the dead are reaped by dure-node";
  EXPECT_EQ(processes(b), 1u) << "the neighbour's lives";
}

TEST_F(EngineShare, ALimitChangesInARunningContainer) {
  const std::string a = start("gpu-a", 30, 20001);
  shares->follow(a, {{model::CardId(kCard), base::MilliGpu::blocks(50), {500 * kMebibyte}}});
  const std::string out = hold(a, "slot", "milli=");
  EXPECT_TRUE(says(out, "milli=500") && says(out, "memory=" + std::to_string(500 * kMebibyte))) << out;
}

TEST_F(EngineShare, P3_AGreedyTenantCannotTakeMemoryFromItsNeighbour) {
  const std::string a = start("gpu-a", 30, 20001);
  const std::string b = start("gpu-b", 10, 20002);
  const std::string seen = shell(a, "/opt/client look 2>&1");
  EXPECT_TRUE(says(seen, "cuda_total=" + std::to_string(300 * kMebibyte))) << seen;
  EXPECT_TRUE(says(seen, "nvml_total=" + std::to_string(300 * kMebibyte))) << seen;
  const std::string greedy = hold(a, "hold 2000", "result=");
  EXPECT_TRUE(says(greedy, "result=2")) << greedy << "CUDA_ERROR_OUT_OF_MEMORY";
  EXPECT_TRUE(says(greedy, "held=300")) << greedy;
  EXPECT_TRUE(says(hold(b, "hold 100", "result="), "held=100")) << "the neighbour has all of its own";
  shell(a, "kill -9 $(cat /tmp/pid)");
  EXPECT_TRUE(eventually([&] { return says(hold(a, "hold 300", "result="), "held=300"); }))
      << "it is free again";
}

// What two tenants got of the card, in percent, by the driver's books, in a window of 2 s.
class CardTime {
 public:
  explicit CardTime(const std::string& state) {
    setenv("FAKE_CUDA_STATE", state.c_str(), 1);
    setenv("FAKE_CUDA_CONFIG", kConfiguration, 1);
    void* driver = dlopen(DURE_FAKE_CUDA, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(driver, nullptr) << dlerror();
    if (driver != nullptr) ask_ = reinterpret_cast<Ask*>(dlsym(driver, "fake_tenant_work"));
  }
  struct Got {
    double greedy, modest;
  };
  Got measure() const {
    const auto began = Clock::now();
    const double greedy = device_ms("gpu-a"), modest = device_ms("gpu-b");
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const double length = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    return {(device_ms("gpu-a") - greedy) * 100 / length, (device_ms("gpu-b") - modest) * 100 / length};
  }
  // A machine with much else to do keeps programs from launching what they may, and what they could not have
  // then they have later: another window, a few times.
  Got measure_until(const std::function<bool(const Got&)>& as_it_should_be) const {
    Got got = measure();
    for (int i = 0; i < 4 && !as_it_should_be(got); ++i) got = measure();
    return got;
  }

 private:
  using Ask = int(const char*, int, fake_work*);
  double device_ms(const char* tenant) const {
    fake_work work = {};
    EXPECT_TRUE(ask_ != nullptr && ask_(tenant, 0, &work) == 0) << tenant;
    return static_cast<double>(work.device_ns) / 1e6;
  }
  Ask* ask_ = nullptr;
};

TEST_F(EngineShare, P3_AGreedyTenantCannotTakeTimeFromItsNeighbour) {
  const std::string a = start("gpu-a", 30, 20001);
  const std::string b = start("gpu-b", 50, 20002);
  ASSERT_TRUE(says(hold(b, "modest 2000", "running"), "running"));
  ASSERT_TRUE(says(hold(a, "greedy 1000", "running"), "running"));
  const CardTime card(folder + "/state/state");
  using Got = CardTime::Got;
  const auto near = [](double got, double promised) { return std::abs(got - promised) <= 3; };
  const Got both =
      card.measure_until([&](const Got& got) { return near(got.greedy, 30) && near(got.modest, 50); });
  EXPECT_NEAR(both.greedy, 30, 3) << "its blocks, in whatever way it launches";
  EXPECT_NEAR(both.modest, 50, 3) << "what it was promised";
  shell(a, "kill -9 $(cat /tmp/pid)");
  const Got alone =
      card.measure_until([&](const Got& got) { return got.greedy == 0 && near(got.modest, 50); });
  EXPECT_EQ(alone.greedy, 0);
  EXPECT_NEAR(alone.modest, 50, 3) << "its cap is hard: what the other leaves is not its own";
  model::ShareOrder order{model::CardId(kCard), base::MilliGpu::blocks(50), {500 * kMebibyte}};
  order.policy = model::SharePolicy::kBorrow;
  shares->follow(b, {order});
  const Got borrowing = card.measure_until([](const Got& got) { return got.modest >= 65; });
  EXPECT_GE(borrowing.modest, 65) << "it may borrow what is idle";
  // The greedy one comes back, and has its own again; the borrower keeps what it was promised.
  ASSERT_TRUE(says(hold(a, "greedy 1000", "running"), "running"));
  const Got again =
      card.measure_until([&](const Got& got) { return near(got.greedy, 30) && got.modest >= 47; });
  EXPECT_NEAR(again.greedy, 30, 3);
  EXPECT_GE(again.modest, 47);
  EXPECT_GT(shares->rounds(), 500u) << "all this with dure-node's rounds";
  std::printf("greedy %.1f%% and modest %.1f%%; alone %.1f%%, borrowing %.1f%%; again %.1f%% and %.1f%%\n",
              both.greedy, both.modest, alone.modest, borrowing.modest, again.greedy, again.modest);
}

// As an image does that has a driver library of its own; here it is the driver's, by its place.
TEST_F(EngineShare, P3_AProgramThatPassesTheLibraryByIsFoundAndItsNeighbourIsNot) {
  const std::string a = start("gpu-a", 30, 20001);
  const std::string b = start("gpu-b", 10, 20002);
  EXPECT_TRUE(says(hold(a, "hold 100", "result="), "held=100"));
  shell(b,
        "LD_LIBRARY_PATH=/run/dure/driver nohup /opt/client hold 200 > /tmp/out 2>&1 & echo $! > /tmp/pid");
  std::string out;
  ASSERT_TRUE(eventually([&] {
    return (out = shell(b, "cat /tmp/out")).find("held=200") != std::string::npos;
  })) << out
      << "twice its share";
  setenv("FAKE_CUDA_STATE", (folder + "/state/state").c_str(), 1);
  setenv("FAKE_CUDA_CONFIG", kConfiguration, 1);
  gpu::ShareWatch watch(*shares, {.nvml = DURE_FAKE_NVML,
                                  .every = base::Span::milliseconds(50),
                                  .tolerance = 0,
                                  .now = [] { return base::Instant{}; },
                                  .warn = [](const std::string& text) { std::puts(text.c_str()); }});
  std::vector<gpu::WatchedContainer> containers;
  for (const std::string& replica : {a, b}) {
    const ContainerStatus status = status_of(replica);
    containers.push_back({replica, status.container_id, status.pid});
  }
  watch.watch(containers);
  ASSERT_TRUE(eventually([&] { return !watch.findings().empty(); }));
  const auto found = watch.findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].replica_id, b);
  EXPECT_EQ(found[0].reason.code, "share.memory_over_limit");
  shell(b, "kill -9 $(cat /tmp/pid)");
  EXPECT_TRUE(eventually([&] { return watch.findings().empty(); }));
}

}  // namespace
}  // namespace dure::podman
