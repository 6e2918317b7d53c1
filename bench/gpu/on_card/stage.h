// Stage: starts tenants on a card (dure-card-load), with no library, with the share library held by the
// node's own code, or with a peer's library, and gathers what each printed.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gpu/node/shares.h"

namespace dure::bench {

enum class Variant { kNone, kDure, kPeer };

struct StageOptions {
  std::string folder;            // for what it makes; exists
  std::string load;              // the program
  std::string driver_folder;     // "": where the driver usually lies
  std::string library_folder;    // of libdure-cuda.so, libdure-nvml.so and their flavours for tests
  std::string card;              // UUID; "": the first that is healthy
  std::string peer;              // a library to preload; "": none
  std::string peer_environment;  // "NAME=VALUE;…"; {percent}, {bytes} and {tenant} are put in
  bool fake = false;             // the fake driver
};

// What a tenant has of the card, and what it runs.
struct Tenant {
  std::int64_t blocks = 100;
  std::vector<std::string> words;
};

class Stage {
 public:
  // Errors: those of the driver and of Shares::open.
  static base::Result<std::unique_ptr<Stage>> open(StageOptions options);

  // All at once. Nothing for one that failed; it has said why on standard error.
  std::vector<std::optional<boost::json::value>> run(Variant variant, const std::vector<Tenant>& tenants);

  // Under which the fake driver books what the tenant has.
  static std::string tenant_name(std::size_t tenant) { return "tenant-" + std::to_string(tenant); }

  const gpu::Card& card() const { return card_; }
  const std::string& driver() const { return driver_; }
  // Whether tenants get the library that ships, at its own place, in a mount namespace; else its flavour for
  // tests, which can be told where to look.
  bool ships() const { return ships_; }

 private:
  explicit Stage(StageOptions options) : options_(std::move(options)) {}
  base::Status find_card();
  base::Status open_shares();
  std::string prepare(std::size_t tenant, std::int64_t blocks);
  [[noreturn]] void become(Variant variant, std::size_t tenant, const Tenant& what, const std::string& run);
  void become_peer(std::size_t tenant, const Tenant& what) const;
  bool enter_place(const std::string& run) const;

  const StageOptions options_;
  gpu::Card card_;
  std::string driver_;
  bool ships_ = false;
  std::unique_ptr<gpu::Shares> shares_;
};

}  // namespace dure::bench
