// What the fake cards are: parsed from one line or file of "key=value" pairs (README.md lists the keys).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dure::gpu::fake {

constexpr int kMaxDevices = 32;

// One CUDA device: a whole card, or an instance of a MIG card.
struct DeviceConfig {
  int card = 0;              // the physical card, for NVML
  int instance = -1;         // of a MIG card: its index among that card's; -1: a whole card
  std::string profile;       // "1g.10gb"; "" for a whole card
  std::uint64_t memory = 0;  // bytes
  int multiprocessors = 0;
};

struct Config {
  int cards = 1;
  std::string name = "Fake H100 80GB";
  std::uint64_t memory = 80ull << 30;
  int multiprocessors = 132;
  int compute_major = 9, compute_minor = 0;
  std::uint64_t context = 0;                // bytes that a context costs beyond what is allocated
  std::uint64_t module = 0;                 // bytes that a module costs beyond its globals and its code
  std::uint64_t granule = 512;              // a linear allocation counts as a multiple of this
  std::uint64_t pool_granule = 2ull << 20;  // a pool grows and shrinks by multiples of this
  int concurrent = 128;                     // kernels of one context at once
  int queue = 1024;                         // launches in one stream at once; the next one blocks
  std::uint64_t copy_gbps = 0;              // of copies and fills, 10^9 bytes/s; 0: they take no time
  std::uint64_t launch_cost = 0;            // real time: how long a launch keeps the caller busy, ns
  int driver = 13000;                       // what cuDriverGetVersion says
  std::string driver_version = "580.65.06";
  int compute_mode = 0;               // of every card: 3 is exclusive
  int process_memory = 1;             // 0: NVML lists processes and does not say what they hold
  std::vector<DeviceConfig> devices;  // in the order of the CUDA devices

  // Nothing if a key or a value is not understood. `text`: pairs separated by ';' or newlines, '#' to the end
  // of a line is a comment.
  static std::optional<Config> parse(const std::string& text);
};

}  // namespace dure::gpu::fake
