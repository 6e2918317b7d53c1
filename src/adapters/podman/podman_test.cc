// The pure parts of the adapter: what Podman is told, and what its answers mean.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "adapters/podman/config.h"
#include "adapters/podman/frames.h"
#include "adapters/podman/json.h"
#include "adapters/podman/memory_kill.h"
#include "adapters/podman/probe.h"
#include "adapters/podman/spec.h"
#include "adapters/podman/status.h"

namespace dure::podman {
namespace {

using ports::ContainerSpec;
using ports::ContainerState;

Machine full_machine() {
  Machine machine;
  machine.controllers = {"cpu", "memory", "pids"};
  machine.swap_limit = true;
  machine.open_files = 20000;
  machine.processes = 96365;
  machine.network = Network::kSlirp;
  machine.storage = "overlay";
  return machine;
}

ContainerSpec workspace() {
  ContainerSpec spec;
  spec.replica_id = "r1";
  spec.image = "localhost/dure/workspace:1";
  spec.uid = 20001;
  spec.gid = 30002;
  spec.cpu_milli = 1500;
  spec.memory_bytes = 256LL << 20;
  spec.environment = {{"A", "b"}};
  spec.mounts = {{"/srv/v1", "/home/user", false}, {"/srv/lib", "/usr/lib/dure", true}};
  spec.log_path = "/srv/log/r1";
  return spec;
}

boost::json::value body_of(const ContainerSpec& spec, const Machine& machine) {
  return boost::json::parse(to_create_body(spec, machine));
}

TEST(CreateBody, Decision16_NoContainerIsOnTheHostsRoot) {
  const auto body = body_of(workspace(), full_machine());
  EXPECT_EQ(text_of(body.at("userns"), "nsmode"), "private");
  const auto& map = body.at_pointer("/idmappings/UIDMap/0");
  EXPECT_EQ(number_of(map, "container_id"), 0);
  EXPECT_EQ(number_of(map, "size"), 65536);
  EXPECT_EQ(number_of(map, "host_id"), id_base(20001, 30002));
  EXPECT_GE(number_of(map, "host_id"), kFirstHostId);
  EXPECT_EQ(body.at_pointer("/idmappings/GIDMap"), body.at_pointer("/idmappings/UIDMap"));
  EXPECT_EQ(boost::json::serialize(body.at("cap_drop")), R"(["all"])");
  EXPECT_TRUE(flag_of(body, "no_new_privileges"));
  EXPECT_FALSE(flag_of(body, "privileged"));
}

TEST(CreateBody, NoNamespaceIsTheHosts) {
  for (const Network network : {Network::kNone, Network::kSlirp}) {
    Machine machine = full_machine();
    machine.network = network;
    const auto body = body_of(workspace(), machine);
    EXPECT_EQ(text_of(body.at("netns"), "nsmode"), name_of(network));
    for (const char* name : {"pidns", "ipcns", "utsns", "cgroupns"}) {
      EXPECT_EQ(text_of(body.at(name), "nsmode"), "private") << name;
    }
  }
}

TEST(CreateBody, LimitsAreWhatTheMachineCanEnforce) {
  const auto body = body_of(workspace(), full_machine());
  EXPECT_EQ(body.at_pointer("/resource_limits/cpu/quota").as_int64(), 150'000);
  EXPECT_EQ(body.at_pointer("/resource_limits/cpu/period").as_int64(), 100'000);
  EXPECT_EQ(body.at_pointer("/resource_limits/memory/limit").as_int64(), 256LL << 20);
  EXPECT_EQ(body.at_pointer("/resource_limits/memory/swap").as_int64(), 256LL << 20);
  EXPECT_EQ(body.at_pointer("/resource_limits/pids/limit").as_int64(), 512);

  Machine bare = full_machine();
  bare.controllers = {};
  const auto without = body_of(workspace(), bare);
  EXPECT_TRUE(without.at("resource_limits").as_object().empty());
  EXPECT_EQ(without.at_pointer("/r_limits/1/hard").as_int64(), 512) << "processes are counted per user then";
}

TEST(CreateBody, FilesAreCappedAtTheServersOwnHardLimit) {
  ContainerSpec spec = workspace();
  spec.open_files = 1'000'000;
  const auto body = body_of(spec, full_machine());
  EXPECT_EQ(text_of(body.at_pointer("/r_limits/0"), "type"), "nofile");
  EXPECT_EQ(body.at_pointer("/r_limits/0/soft").as_int64(), 20000);
  EXPECT_EQ(body.at_pointer("/r_limits/0/hard").as_int64(), 20000);
}

TEST(CreateBody, CarriesWhatTheSpecificationSays) {
  ContainerSpec spec = workspace();
  spec.labels = {{"dure.workload", "w1"}};
  spec.devices = {"/dev/nvidia0"};
  const auto body = body_of(spec, full_machine());
  EXPECT_EQ(text_of(body, "name"), "dure-r1");
  EXPECT_EQ(text_of(body, "user"), "20001:30002");
  EXPECT_EQ(text_of(body.at("labels"), "dure.replica"), "r1");
  EXPECT_EQ(text_of(body.at("labels"), "dure.workload"), "w1");
  EXPECT_EQ(text_of(body.at("env"), "A"), "b");
  EXPECT_EQ(boost::json::serialize(body.at("command")), R"(["sleep","infinity"])");
  EXPECT_EQ(boost::json::serialize(body.at("entrypoint")), R"([""])");
  EXPECT_EQ(text_of(body.at_pointer("/devices/0"), "path"), "/dev/nvidia0");
  EXPECT_EQ(text_of(body.at("log_configuration"), "path"), "/srv/log/r1");
  EXPECT_EQ(text_of(body.at("log_configuration"), "driver"), "k8s-file");
}

TEST(CreateBody, MountsKeepTheirSidesAndRights) {
  const auto body = body_of(workspace(), full_machine());
  EXPECT_EQ(text_of(body.at_pointer("/mounts/0"), "source"), "/srv/v1");
  EXPECT_EQ(text_of(body.at_pointer("/mounts/0"), "destination"), "/home/user");
  EXPECT_EQ(boost::json::serialize(body.at_pointer("/mounts/0/options")),
            R"(["rbind","rw","nosuid","nodev","rprivate"])");
  EXPECT_EQ(boost::json::serialize(body.at_pointer("/mounts/1/options")),
            R"(["rbind","ro","nosuid","nodev","rprivate"])");
  EXPECT_EQ(text_of(body.at_pointer("/mounts/2"), "destination"), "/dev/shm");
}

TEST(CreateBody, ALabelCannotTakeTheReplicasPlace) {
  ContainerSpec spec = workspace();
  spec.labels = {{"dure.replica", "another"}};
  EXPECT_EQ(text_of(body_of(spec, full_machine()).at("labels"), "dure.replica"), "r1");
}

TEST(IdRange, GroupsAreDisjointAndUsersUniqueOnTheHost) {
  std::set<std::int64_t> bases;
  for (std::int64_t group = 0; group < kRanges; ++group)
    bases.insert(id_base(20000, group == 0 ? kRanges : group));
  EXPECT_EQ(bases.size(), static_cast<std::size_t>(kRanges));
  EXPECT_EQ(*bases.begin(), kFirstHostId);
  EXPECT_LT(*bases.rbegin() + kIdsPerRange, 1LL << 31);

  std::set<std::int64_t> owners;
  ContainerSpec spec;
  for (spec.uid = 1; spec.uid <= kLastId; ++spec.uid) owners.insert(host_uid(spec));
  EXPECT_EQ(owners.size(), static_cast<std::size_t>(kLastId)) << "each user has an id of its own";
}

TEST(IdRange, MembersOfAProjectShareItsRange) {
  EXPECT_EQ(id_base(20001, 30002), id_base(20002, 30002));
  EXPECT_NE(id_base(20001, 30002), id_base(20001, 30003));
}

std::string pointer_of(const base::Status& status) {
  return status.ok() ? "ok" : status.failure().details.front().pointer;
}

TEST(SpecCheck, SaysWhichFieldCannotBeUsed) {
  EXPECT_EQ(pointer_of(check(workspace())), "ok");
  const auto with = [](auto change) {
    ContainerSpec spec = workspace();
    change(spec);
    return pointer_of(check(spec));
  };
  EXPECT_EQ(with([](auto& s) { s.replica_id = "../x"; }), "/replica_id");
  EXPECT_EQ(with([](auto& s) { s.replica_id = ""; }), "/replica_id");
  EXPECT_EQ(with([](auto& s) { s.image = ""; }), "/image");
  EXPECT_EQ(with([](auto& s) { s.uid = 65536; }), "/uid");
  EXPECT_EQ(with([](auto& s) { s.gid = -1; }), "/gid");
  EXPECT_EQ(with([](auto& s) { s.cpu_milli = 9; }), "/cpu_milli");
  EXPECT_EQ(with([](auto& s) { s.memory_bytes = 1; }), "/memory_bytes");
  EXPECT_EQ(with([](auto& s) { s.pids = 0; }), "/pids");
  EXPECT_EQ(with([](auto& s) { s.open_files = 0; }), "/open_files");
  EXPECT_EQ(with([](auto& s) { s.mounts[0].source = "srv"; }), "/mounts/0/source");
  EXPECT_EQ(with([](auto& s) { s.mounts[1].target = "/a/../b"; }), "/mounts/1/target");
  EXPECT_EQ(with([](auto& s) { s.mounts[1].target = s.mounts[0].target; }), "/mounts/1/target");
  EXPECT_EQ(with([](auto& s) { s.environment["x=y"] = "1"; }), "/environment");
  EXPECT_EQ(with([](auto& s) { s.log_path = "log"; }), "/log_path");
}

TEST(Stamp, ReadsNanosecondsAndKnowsNever) {
  EXPECT_EQ(parse_stamp("2026-11-22T09:57:25.955501483Z")->us, 1795341445955501);
  EXPECT_EQ(parse_stamp("2026-11-22T18:57:25.955501483+09:00")->us, 1795341445955501);
  EXPECT_FALSE(parse_stamp("0001-01-01T00:00:00Z").has_value());
  EXPECT_FALSE(parse_stamp("").has_value());
}

std::string inspect_body(const std::string& state) {
  return R"({"Id":"abc","State":{)" + state +
         R"(},"Config":{"Labels":{"dure.replica":"r1"}},"NetworkSettings":{"SandboxKey":"/run/netns/netns-1"}})";
}

TEST(Inspect, RunningHasAPidAndNoEnd) {
  const auto seen = parse_inspect(inspect_body(
      R"("Status":"running","Pid":42,"ExitCode":0,"StartedAt":"2026-11-22T09:57:25.5Z","FinishedAt":"0001-01-01T00:00:00Z")"));
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->status.state, ContainerState::kRunning);
  EXPECT_EQ(seen->status.replica_id, "r1");
  EXPECT_EQ(seen->status.pid, 42);
  EXPECT_TRUE(seen->status.started_at.has_value());
  EXPECT_FALSE(seen->status.finished_at.has_value());
  EXPECT_EQ(seen->network_namespace, "/run/netns/netns-1");
}

TEST(Inspect, ExitedHasACodeAndAnEnd) {
  for (const char* word : {"exited", "stopped"}) {
    const auto seen = parse_inspect(inspect_body(
        std::string(R"("Status":")") + word +
        R"(","Pid":0,"ExitCode":137,"OOMKilled":true,"StartedAt":"2026-11-22T09:57:25.5Z","FinishedAt":"2026-11-22T09:58:25.5Z")"));
    ASSERT_TRUE(seen.ok());
    EXPECT_EQ(seen->status.state, ContainerState::kExited) << word;
    EXPECT_EQ(seen->status.exit_code, 137);
    EXPECT_TRUE(seen->status.out_of_memory);
    EXPECT_EQ(seen->status.finished_at->us - seen->status.started_at->us, 60'000'000);
  }
}

TEST(Inspect, CreatedHasNeverRun) {
  const auto seen = parse_inspect(inspect_body(
      R"("Status":"created","StartedAt":"0001-01-01T00:00:00Z","FinishedAt":"0001-01-01T00:00:00Z")"));
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->status.state, ContainerState::kCreated);
}

TEST(Inspect, OneThatRanBeforeTheMachineRestartedHasEnded) {
  const auto seen = parse_inspect(inspect_body(
      R"("Status":"created","ExitCode":0,"StartedAt":"2026-11-22T09:57:25.5Z","FinishedAt":"0001-01-01T00:00:00Z")"));
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->status.state, ContainerState::kExited);
  EXPECT_EQ(seen->status.exit_code, -1);
  EXPECT_FALSE(seen->status.finished_at.has_value());
}

TEST(Inspect, RefusesWhatIsNoContainer) {
  for (const char* body :
       {"", "[]", "{}", R"({"Id":"x"})", R"({"State":{"Status":"running"}})", "{\"Id\":"}) {
    const auto seen = parse_inspect(body);
    ASSERT_FALSE(seen.ok()) << body;
    EXPECT_EQ(seen.failure().reason.code, "engine.answer_malformed");
  }
}

TEST(List, TakesOnlyDuresOwn) {
  const auto list = parse_list(
      R"([{"Id":"a","Labels":{"dure.replica":"r1"},"State":"running","Pid":7,"StartedAt":1795341509,"ExitedAt":-62135596800},
          {"Id":"b","Labels":{},"State":"running"},{"Id":"c","Labels":null,"State":"exited"}])");
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ(list->front().replica_id, "r1");
  EXPECT_EQ(list->front().pid, 7);
  EXPECT_EQ(list->front().started_s, 1795341509);
}

TEST(Images, P31_LabelsSayWhatAnImageHas) {
  const auto images = parse_images(
      R"([{"Id":"1","RepoTags":["localhost/dure/workspace:1"],"Digest":"sha256:3d","Size":200979070,
           "Labels":{"dure.services":"[\"terminal\"]"}},{"Id":"2","RepoTags":null,"Size":1}])");
  ASSERT_TRUE(images.ok());
  ASSERT_EQ(images->size(), 1U);
  EXPECT_EQ(images->front().reference, "localhost/dure/workspace:1");
  EXPECT_EQ(images->front().digest, "sha256:3d");
  EXPECT_EQ(images->front().size_bytes, 200979070);
  EXPECT_EQ(images->front().labels.at("dure.services"), R"(["terminal"])");
}

std::string frame(char kind, const std::string& text) {
  std::string head(8, '\0');
  head[0] = kind;
  head[6] = static_cast<char>(text.size() >> 8);
  head[7] = static_cast<char>(text.size() & 0xff);
  return head + text;
}

TEST(Frames, JoinsOutputAndErrorInOrderWhateverTheCuts) {
  const std::string stream =
      frame(1, "one ") + frame(2, "two ") + frame(1, "") + frame(1, std::string(300, 'x'));
  for (std::size_t piece = 1; piece <= stream.size(); piece += 7) {
    FrameReader frames(10'000);
    for (std::size_t at = 0; at < stream.size(); at += piece) frames.feed(stream.substr(at, piece));
    EXPECT_EQ(frames.take(), "one two " + std::string(300, 'x')) << "in pieces of " << piece;
    EXPECT_FALSE(frames.cut());
  }
}

TEST(Frames, CutsAtTheLimitAndReadsOn) {
  FrameReader frames(5);
  frames.feed(frame(1, "abcdefgh") + frame(2, "ij"));
  EXPECT_TRUE(frames.cut());
  EXPECT_EQ(frames.take(), "abcde");
  FrameReader exact(5);
  exact.feed(frame(1, "abcde"));
  EXPECT_FALSE(exact.cut());
}

TEST(MemoryKill, KnowsTheContainerByItsGroup) {
  const std::string record =
      "6,1,946,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/libpod_parent/libpod-1764da,"
      "task_memcg=/libpod_parent/libpod-1764da,task=python3,pid=1";
  EXPECT_TRUE(tells_memory_kill(record, "1764da"));
  EXPECT_FALSE(tells_memory_kill(record, "other"));
  EXPECT_FALSE(tells_memory_kill(record, ""));
  EXPECT_FALSE(tells_memory_kill("6,1,946,-;libpod-1764da started", "1764da"));
  EXPECT_FALSE(tells_memory_kill("oom-kill:constraint=NONE,oom_memcg=/,task_memcg=/libpod-1764da,", "1764da"))
      << "the machine ran out, not the container";
}

TEST(Probe, ReadsTheControllersOfBothVersions) {
  const auto v1 = controllers_v1(
      "30 25 0:26 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
      "31 25 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
      "32 25 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
      "33 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n");
  EXPECT_EQ(v1, (std::set<std::string>{"cpu", "cpuacct", "pids"}));
  EXPECT_EQ(controllers_v2("cpuset cpu memory pids\n"),
            (std::set<std::string>{"cpuset", "cpu", "memory", "pids"}));
}

TEST(Probe, CrunIsForVersionTwoOnly) {
  EXPECT_EQ(choose_runtime(true, "/usr/bin/crun", "/usr/sbin/runc"), "/usr/bin/crun");
  EXPECT_EQ(choose_runtime(true, "", "/usr/sbin/runc"), "/usr/sbin/runc");
  EXPECT_EQ(choose_runtime(false, "/usr/bin/crun", "/usr/sbin/runc"), "/usr/sbin/runc");
  EXPECT_EQ(choose_runtime(false, "/usr/bin/crun", ""), "");
}

TEST(Config, LongFoldersGetAShortSocket) {
  const Folders near{"/var/lib/dure/engine", ""};
  EXPECT_EQ(near.socket(), "/var/lib/dure/engine/podman.sock");
  const Folders far{"/" + std::string(120, 'a'), ""};
  EXPECT_LE(far.socket().size(), 100U);
  EXPECT_NE(far.socket(), (Folders{"/" + std::string(121, 'a'), ""}.socket()));
}

TEST(Config, QuotesWhatIsInAFoldersName) {
  const Folders odd{"/srv/a\"b", ""};
  EXPECT_NE(storage_conf(odd, full_machine()).find("graphroot = \"/srv/a\\\"b/root\""), std::string::npos);
  EXPECT_NE(containers_conf(odd, full_machine()).find("nofile=20000:20000"), std::string::npos);
}

TEST(Status, WhatAnInspectTellsOfTheContainerIsToldFromOtherFailures) {
  const auto of = [](int status, const std::string& why) {
    return presence_of(status, R"({"cause":"x","message":")" + why + R"(","response":500})");
  };
  EXPECT_EQ(of(200, ""), Presence::kThere);
  EXPECT_EQ(of(404, "no such container"), Presence::kGone);
  EXPECT_EQ(of(404, "container not known"), Presence::kGone);
  EXPECT_EQ(of(500, "container 62a8 does not exist in database: no such container"), Presence::kGone);
  EXPECT_EQ(of(500, "getting container from store \\\"abc\\\": container not known"), Presence::kHalfMade);
  EXPECT_EQ(of(500, "reading information about layer \\\"8c05\\\": layer not known"), Presence::kHalfMade);
  EXPECT_EQ(of(500, "read /proc/25017/cgroup: no such process"), Presence::kEnding);
  EXPECT_EQ(of(500, "open /proc/25017/cgroup: no such file or directory"), Presence::kEnding);
  EXPECT_EQ(of(500, "read /proc/25017/cgroup: permission denied"), Presence::kUnknown);
  EXPECT_EQ(of(500, "open /var/lib/x: no such file or directory"), Presence::kUnknown);
  EXPECT_EQ(of(500, "database is locked"), Presence::kUnknown);
  EXPECT_EQ(of(409, "no such container"), Presence::kUnknown);
}

}  // namespace
}  // namespace dure::podman
