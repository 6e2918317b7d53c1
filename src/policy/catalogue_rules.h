// What a pack says about what runs on what: accelerators, software that goes together, services (B10, B11,
// P15, P19, P21, P29 to P32).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "policy/text.h"

namespace dure::policy {

// A model of accelerator; what is not stated is 0.
struct Accelerator {
  std::string model;  // "t4": as in offer.pools
  Text title;
  std::string maker;
  std::int64_t milli_teraflops = 0;  // of one card, as its programme counts them: 87500 = 87.5 TF
  base::Bytes memory;                // of one card
  std::int64_t mig_instances = 0;    // most, where the card can be divided in hardware
  std::int64_t per_server = 0;       // cards of a server
  std::string source;
  bool operator==(const Accelerator&) const = default;
};

enum class SoftwareDelivery { kServer, kContainer };  // server (an operating system is chosen), container

// An operating system that may be chosen, from that version on ("20.04").
struct OperatingSystem {
  std::string name;
  Text title;
  std::string at_least;  // "" = any
  bool operator==(const OperatingSystem&) const = default;
};

// library: built for its `cuda` and `cudnn`, so that two which name different ones do not go together.
// driver: `cuda` is the newest that it runs. manager: comes with its `cuda` and installs others, binds
// nobody.
enum class PartRole { kLibrary, kDriver, kManager };

// A part of a stack.
struct SoftwarePart {
  std::string name;     // "pytorch"
  std::string version;  // "" = as the image has it
  std::string cuda;
  std::string cudnn;
  PartRole role = PartRole::kLibrary;
  bool not_in_every_image = false;
  bool operator==(const SoftwarePart&) const = default;
};

// What goes together on one accelerator.
struct SoftwareStack {
  std::string accelerator;  // model
  SoftwareDelivery delivery = SoftwareDelivery::kContainer;
  std::vector<OperatingSystem> operating_systems;  // one of them, where delivery is server
  std::vector<SoftwarePart> parts;
  std::string source;
  bool operator==(const SoftwareStack&) const = default;
};

// ai_service (P15), developer_tool, data_service (P30), security (P32).
enum class ServiceKind { kAiService, kDeveloperTool, kDataService, kSecurity };

struct CatalogueService {
  std::string id;
  Text title;
  ServiceKind kind = ServiceKind::kAiService;
  std::vector<std::string> pools;  // ids of offer.pools; empty: all of them
  std::string provider;
  bool operator==(const CatalogueService&) const = default;
};

struct Catalogue {
  std::vector<Accelerator> accelerators;
  std::vector<SoftwareStack> software;
  std::vector<CatalogueService> services;
  bool operator==(const Catalogue&) const = default;
};

}  // namespace dure::policy
