// The engine's contract: what a workload cannot do, have or see.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/podman/spec.h"
#include "engine_fixture.h"

namespace dure::podman {
namespace {

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
  EXPECT_FALSE(fs::exists("oom")) << "its attendant's note lies where we work";

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

}  // namespace
}  // namespace dure::podman
