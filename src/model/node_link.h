// What dure-node and dured tell each other: one request, one answer, both whole pictures.
//
// dure-node sends a NodeReport about itself at least every second and at once when something happened; dured
// answers with NodeOrders, the full list of replicas that shall exist on that node. Neither side keeps a
// conversation: any message may be lost or doubled, and the next one makes up for it.
//
// A replica is started at most once in its life. dure-node journals an Observation before it reports it, and
// repeats unacknowledged ones. A container whose replica is not in the orders is stopped, its end journalled,
// and removed; one that ended is removed when the end is acknowledged and the orders no longer list it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/fields.h"
#include "model/machine.h"
#include "model/share_use.h"
#include "model/usage.h"
#include "model/workload.h"

namespace dure::model {

// What a report may say. One that says more is refused whole: it is broken, or no node of ours sent it.
inline constexpr std::int64_t kMostCardMemory = 1LL << 42;  // bytes
inline constexpr std::int64_t kMostImageSize = 1LL << 50;   // bytes
inline constexpr std::size_t kMostObservations = 500;
inline constexpr std::size_t kMostTroubles = 10'000;
inline constexpr std::size_t kMostReadings = 16'384;
inline constexpr std::size_t kMostFindings = 1'000;

// One card as the node found it.
struct CardReport {
  CardId id;
  std::int64_t index = 0;
  std::string model;
  std::string product;
  base::Bytes memory;
  bool simulated = false;
  CardHealth health = CardHealth::kHealthy;
  bool mig = false;  // as of a card (machine.h)
};
DURE_VALUE_FIELDS(CardReport, field("id", &CardReport::id),
                  field("index", &CardReport::index, Range{0, kMostCards - 1}),
                  field("model", &CardReport::model), field("product", &CardReport::product),
                  field("memory_bytes", &CardReport::memory, Range{0, kMostCardMemory}),
                  field("simulated", &CardReport::simulated), field("health", &CardReport::health),
                  field("mig", &CardReport::mig));

struct ImageReport {
  std::string reference;
  std::string digest;
  base::Bytes size;
  std::vector<SoftwareItem> software;
  std::vector<std::string> services;
};
DURE_VALUE_FIELDS(ImageReport, field("reference", &ImageReport::reference),
                  field("digest", &ImageReport::digest),
                  field("size_bytes", &ImageReport::size, Range{0, kMostImageSize}),
                  field("software", &ImageReport::software), field("services", &ImageReport::services));

// A replica's container as the engine shows it now.
struct ReplicaReport {
  ReplicaId replica_id;
  ReplicaState state = ReplicaState::kStarting;
  std::string container_id;
};
DURE_VALUE_FIELDS(ReplicaReport, field("replica_id", &ReplicaReport::replica_id),
                  field("state", &ReplicaReport::state), field("container_id", &ReplicaReport::container_id));

// Why an ordered replica does not run yet: the last failure of the engine, or what it waits for here.
struct ReplicaTrouble {
  ReplicaId replica_id;
  base::Reason reason;
  base::Instant since;  // wall clock of the node
};
DURE_VALUE_FIELDS(ReplicaTrouble, field("replica_id", &ReplicaTrouble::replica_id),
                  field("reason", &ReplicaTrouble::reason), field("since", &ReplicaTrouble::since));

// What a replica had of one card until now: the device time and the elapsed time only grow (share_use.h).
struct ShareReading {
  ReplicaId replica_id;
  CardId card_id;
  std::int64_t device_ns = 0;
  std::int64_t elapsed_ns = 0;
  base::Bytes memory;
  base::Bytes memory_high;
  std::int64_t refused = 0;  // requests for memory that had no room
};
DURE_VALUE_FIELDS(ShareReading, field("replica_id", &ShareReading::replica_id),
                  field("card_id", &ShareReading::card_id),
                  field("device_ns", &ShareReading::device_ns, Range{0, Range{}.most}),
                  field("elapsed_ns", &ShareReading::elapsed_ns, Range{0, Range{}.most}),
                  field("memory_bytes", &ShareReading::memory, Range{0, kMostShareMemory}),
                  field("memory_high_bytes", &ShareReading::memory_high, Range{0, kMostShareMemory}),
                  field("refused", &ShareReading::refused, Range{0, Range{}.most}));

// What is found on a card now that is in nobody's books; a replica has one at most of each card, the gravest.
struct FindingReport {
  CardId card_id;
  ReplicaId replica_id;  // "": of a process of no share
  base::Reason reason;
  base::Instant found_at;  // wall clock of the node
  bool stopped = false;    // the replica is stopped for it
};
DURE_VALUE_FIELDS(FindingReport, field("card_id", &FindingReport::card_id),
                  field("replica_id", &FindingReport::replica_id), field("reason", &FindingReport::reason),
                  field("found_at", &FindingReport::found_at), field("stopped", &FindingReport::stopped));

struct NodeReport {
  std::string boot_id;
  std::int64_t boottime_us = 0;
  base::Instant reported_at;
  std::string engine;
  std::string fabric_leaf;    // as its operator configured it; "": not said
  std::string nvlink_island;  // likewise
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::vector<CardReport> cards;
  std::vector<ImageReport> images;
  std::vector<ReplicaReport> replicas;    // everything that the engine has of ours
  std::vector<Observation> observations;  // not yet acknowledged, oldest first, at most 500
  std::vector<ReplicaTrouble> troubles;   // of ordered replicas that do not run yet
  std::vector<ShareReading> readings;     // of the shares of real cards
  std::vector<FindingReport> findings;
  std::vector<std::string> erased_volumes;  // of those ordered to be erased: what is not there any more
};
DURE_VALUE_FIELDS(NodeReport, field("boot_id", &NodeReport::boot_id),
                  field("boottime_us", &NodeReport::boottime_us, Range{0, kLongestBootUs}),
                  field("reported_at", &NodeReport::reported_at), field("engine", &NodeReport::engine),
                  field("fabric_leaf", &NodeReport::fabric_leaf),
                  field("nvlink_island", &NodeReport::nvlink_island),
                  field("cpu_milli", &NodeReport::cpu_milli, Range{0, kMostCpuMilli}),
                  field("memory_bytes", &NodeReport::memory, Range{0, kMostMemory}),
                  field("cards", &NodeReport::cards), field("images", &NodeReport::images),
                  field("replicas", &NodeReport::replicas), field("observations", &NodeReport::observations),
                  field("troubles", &NodeReport::troubles), field("readings", &NodeReport::readings),
                  field("findings", &NodeReport::findings),
                  field("erased_volumes", &NodeReport::erased_volumes));

// Which part of which card a replica holds; where there is a profile, of an instance that is to be made for
// it, if it is not there yet.
struct ShareOrder {
  CardId card_id;
  base::MilliGpu milli_gpu;
  base::Bytes memory;
  std::string mig_profile;  // as of a share (workload.h)
  std::int64_t mig_start = -1;
  base::MilliGpu mig_milli_gpu;
  // How it is held to its blocks. May change while it runs; nothing is restarted for it.
  SharePolicy policy = SharePolicy::kHard;
  std::int64_t weight = 0;    // of what others leave idle; 0: as its blocks
  std::int64_t priority = 0;  // higher first; of kPriority only; below 0 counts as 0
};
DURE_VALUE_FIELDS(ShareOrder, field("card_id", &ShareOrder::card_id),
                  field("milli_gpu", &ShareOrder::milli_gpu), field("memory_bytes", &ShareOrder::memory),
                  field("mig_profile", &ShareOrder::mig_profile), field("mig_start", &ShareOrder::mig_start),
                  field("mig_milli_gpu", &ShareOrder::mig_milli_gpu), field("policy", &ShareOrder::policy),
                  field("weight", &ShareOrder::weight, Range{0, kMostShareWeight}),
                  field("priority", &ShareOrder::priority));

// A volume to mount; its folder on the node is made from the id, owned by uid and gid.
struct VolumeOrder {
  VolumeId id;
  std::string target;  // "/home/user"
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  base::Bytes quota;
};
DURE_VALUE_FIELDS(VolumeOrder, field("id", &VolumeOrder::id), field("target", &VolumeOrder::target),
                  field("uid", &VolumeOrder::uid), field("gid", &VolumeOrder::gid),
                  field("quota_bytes", &VolumeOrder::quota));

// uid, gid: the account's and the project's own numbers, as which the container's processes run on every
// node.
struct ReplicaOrder {
  ReplicaId replica_id;
  WorkloadId workload_id;
  WorkloadKind kind = WorkloadKind::kWorkspace;
  Desired desired = Desired::kRunning;
  WorkloadSpec spec;
  std::string hostname;
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::vector<ShareOrder> shares;
  std::vector<VolumeOrder> volumes;
};
DURE_VALUE_FIELDS(ReplicaOrder, field("replica_id", &ReplicaOrder::replica_id),
                  field("workload_id", &ReplicaOrder::workload_id), field("kind", &ReplicaOrder::kind),
                  field("desired", &ReplicaOrder::desired), field("spec", &ReplicaOrder::spec),
                  field("hostname", &ReplicaOrder::hostname), field("uid", &ReplicaOrder::uid),
                  field("gid", &ReplicaOrder::gid), field("shares", &ReplicaOrder::shares),
                  field("volumes", &ReplicaOrder::volumes));

struct NodeOrders {
  NodeId node_id;
  std::int64_t acknowledged = 0;  // highest sequence of this boot id that was taken; all below were, too
  std::vector<ReplicaOrder> replicas;
  std::string gateway_pass;                // signed, short-lived: with it dure-node dials dure-gateway
  std::vector<std::string> erase_volumes;  // to be destroyed with all that is in them (L1)
};
DURE_VALUE_FIELDS(NodeOrders, field("node_id", &NodeOrders::node_id),
                  field("acknowledged", &NodeOrders::acknowledged), field("replicas", &NodeOrders::replicas),
                  field("gateway_pass", &NodeOrders::gateway_pass),
                  field("erase_volumes", &NodeOrders::erase_volumes));

// What a signed ticket lets its bearer open at the gateway, without asking dured again.
struct AccessTicket {
  std::string purpose;  // "terminal", "exec", "logs", "service", "node"
  WorkloadId workload_id;
  ReplicaId replica_id;
  NodeId node_id;
  std::string service;  // for "service"
  AccountId account_id;
  base::Instant expires_at;
};
DURE_VALUE_FIELDS(AccessTicket, field("purpose", &AccessTicket::purpose),
                  field("workload_id", &AccessTicket::workload_id),
                  field("replica_id", &AccessTicket::replica_id), field("node_id", &AccessTicket::node_id),
                  field("service", &AccessTicket::service), field("account_id", &AccessTicket::account_id),
                  field("expires_at", &AccessTicket::expires_at));

}  // namespace dure::model
