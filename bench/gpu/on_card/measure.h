// Measures: what the tenants of a cell have of a card in each second of real time, by their own account:
// kernels of a known length, with the driver's events around them (load.cc).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bench/gpu/cell.h"
#include "bench/gpu/on_card/stage.h"

namespace dure::bench {

constexpr unsigned kWarmUp = 2;  // seconds that do not count

struct Kernel {
  std::uint64_t rounds = 0;  // 0: it could not be measured
  double ns = 0;             // as it was measured
};

// A member of the object that a tenant printed; -1: it has none.
double number(const boost::json::value& said, const char* member);

class Measures {
 public:
  // REQUIRES: `stage` outlives this.
  explicit Measures(Stage& stage) : stage_(stage) {}

  // Measured without a library: the yardstick is the same for all. Once for each length.
  Kernel kernel_of(std::uint64_t kernel_ns);

  // By tenant, then by second, in percent of the card: those of the cell, after the warm-up. Nothing where a
  // tenant failed; it has said why. REQUIRES: the cell has a second.
  std::optional<std::vector<std::vector<double>>> measure(Variant variant, const CellSpec& spec);

 private:
  Stage& stage_;
  std::map<std::uint64_t, Kernel> kernels_;
};

}  // namespace dure::bench
