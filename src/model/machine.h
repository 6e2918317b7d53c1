// What the machine room has: nodes, cards, images, volumes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// kLost: no report within the time that the settings allow. kDraining: keeps what runs, takes nothing new.
enum class NodeState { kReady, kDraining, kDrained, kLost };
DURE_ENUM(NodeState, DURE_NAME(kReady, "ready"), DURE_NAME(kDraining, "draining"),
          DURE_NAME(kDrained, "drained"), DURE_NAME(kLost, "lost"));

struct Node {
  NodeId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string name;
  NodeState state = NodeState::kReady;
  bool drain = false;  // wanted by an operator; it outlives a loss
  std::string pool;
  std::string fabric_leaf;    // the InfiniBand leaf switch that it is below; "": not said
  std::string nvlink_island;  // of that leaf, the island that it shares with other nodes; "": none
  std::string boot_id;
  std::int64_t boottime_us = 0;    // CLOCK_BOOTTIME of its last report
  std::int64_t last_sequence = 0;  // of the observations of this boot id
  base::Instant last_report_at;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  std::string engine;      // "podman 4.3.1, runc 1.1.5"
  bool simulated = false;  // its cards are simulated (said plainly wherever they show)
};
DURE_FIELDS(Node, "nodes", field("id", &Node::id), field("version", &Node::version),
            field("created_at", &Node::created_at), field("updated_at", &Node::updated_at),
            field("name", &Node::name), field("state", &Node::state), field("drain", &Node::drain),
            field("pool", &Node::pool), field("fabric_leaf", &Node::fabric_leaf),
            field("nvlink_island", &Node::nvlink_island), field("boot_id", &Node::boot_id),
            field("boottime_us", &Node::boottime_us), field("last_sequence", &Node::last_sequence),
            field("last_report_at", &Node::last_report_at), field("cpu_milli", &Node::cpu_milli),
            field("memory_bytes", &Node::memory), field("engine", &Node::engine),
            field("simulated", &Node::simulated));

enum class CardHealth { kHealthy, kUnhealthy, kMissing };
DURE_ENUM(CardHealth, DURE_NAME(kHealthy, "healthy"), DURE_NAME(kUnhealthy, "unhealthy"),
          DURE_NAME(kMissing, "missing"));

struct Card {
  CardId id;  // GPU or MIG UUID; "SIM-…" for a simulated one
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  NodeId node_id;
  std::int64_t index = 0;  // on its node
  std::string model;       // catalogue name: "t4", "a100-40gb", "h100-80gb", "h200-141gb", "bow"
  std::string product;     // as the driver names it
  base::Bytes memory;
  bool simulated = false;
  CardHealth health = CardHealth::kHealthy;
  bool mig = false;  // in MIG mode, and Dure may make instances on it: it is given out in these alone
};
DURE_FIELDS(Card, "cards", field("id", &Card::id), field("version", &Card::version),
            field("created_at", &Card::created_at), field("updated_at", &Card::updated_at),
            field("node_id", &Card::node_id), field("index", &Card::index), field("model", &Card::model),
            field("product", &Card::product), field("memory_bytes", &Card::memory),
            field("simulated", &Card::simulated), field("health", &Card::health), field("mig", &Card::mig));

struct SoftwareItem {
  std::string name;
  std::string version;
  bool operator==(const SoftwareItem&) const = default;
};
DURE_VALUE_FIELDS(SoftwareItem, field("name", &SoftwareItem::name), field("version", &SoftwareItem::version));

// An image says what is in it and what runs in it; nothing else is offered (P31).
struct Image {
  ImageId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string reference;  // "localhost/dure/workspace:1"
  std::string digest;
  base::Bytes size;
  std::vector<SoftwareItem> software;
  std::vector<std::string> services;  // "terminal", "notebook", "lab", "vscode"
  std::vector<std::string> node_ids;  // where it was seen
};
DURE_FIELDS(Image, "images", field("id", &Image::id), field("version", &Image::version),
            field("created_at", &Image::created_at), field("updated_at", &Image::updated_at),
            field("reference", &Image::reference), field("digest", &Image::digest),
            field("size_bytes", &Image::size), field("software", &Image::software),
            field("services", &Image::services), field("node_ids", &Image::node_ids));

// A directory that outlives the workloads that mount it. One per account and project at first; isolated by
// uid, gid.
struct Volume {
  VolumeId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AccountId account_id;
  std::string name;
  base::Bytes quota;
  std::optional<NodeId> node_id;           // where it lies
  std::optional<base::Instant> erase_at;   // it is to be destroyed, and is mounted no more
  std::optional<base::Instant> erased_at;  // it is; whoever had it said so
};
DURE_FIELDS(Volume, "volumes", field("id", &Volume::id), field("version", &Volume::version),
            field("created_at", &Volume::created_at), field("updated_at", &Volume::updated_at),
            field("programme_id", &Volume::programme_id), field("project_id", &Volume::project_id),
            field("account_id", &Volume::account_id), field("name", &Volume::name),
            field("quota_bytes", &Volume::quota), field("node_id", &Volume::node_id),
            field("erase_at", &Volume::erase_at), field("erased_at", &Volume::erased_at));

}  // namespace dure::model
