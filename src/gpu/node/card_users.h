// CardUsers: which processes have a context on which card, as NVML says.
//
// The driver is opened at the first look and, where there is none, looked for again from time to time: it may
// come later. One caller at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gpu/node/nvml_library.h"

namespace dure::gpu {

struct CardUser {
  std::string card;                    // UUID of the GPU or of the MIG instance
  std::int64_t pid = 0;                // of this machine
  std::optional<std::uint64_t> bytes;  // nothing: the driver does not say
};

class CardUsers {
 public:
  // `library` as dlopen takes it.
  explicit CardUsers(std::string library) : path_(std::move(library)) {}

  // A process that computes and draws is there once, with the larger of both numbers. A card that does not
  // answer has nobody. Empty without a driver.
  std::vector<CardUser> list();

 private:
  std::vector<CardUser> users_of(NvmlDevice device) const;
  std::vector<NvmlDevice> devices() const;

  const std::string path_;
  std::unique_ptr<NvmlLibrary> library_;
};

}  // namespace dure::gpu
