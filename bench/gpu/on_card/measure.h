// Measures: what the tenants of a cell have of a card in each second of real time. On a real card by their
// own account: kernels of a known length, with the driver's events around them (load.cc), which spreads a
// kernel over the time from its launch to its end, the wait for its turn in it. On the fake driver by its
// books (books.h), which say when the card really gave it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bench/gpu/cell.h"
#include "bench/gpu/on_card/books.h"
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
  // Without books by the tenants' own account. REQUIRES: `stage` outlives this; books are those of its
  // driver.
  explicit Measures(Stage& stage, std::optional<Books> books = std::nullopt) : stage_(stage), books_(books) {}

  // Measured without a library: the yardstick is the same for all. Once for each length.
  Kernel kernel_of(std::uint64_t kernel_ns);

  // By tenant, then by second, in percent of the card: those of the cell, after the warm-up. Nothing where a
  // tenant failed; it has said why. REQUIRES: the cell has a second.
  std::optional<std::vector<std::vector<double>>> measure(Variant variant, const CellSpec& spec);

 private:
  using Had = std::vector<std::vector<double>>;
  static std::optional<Had> by_account(const std::vector<std::optional<boost::json::value>>& said);

  Stage& stage_;
  const std::optional<Books> books_;
  std::map<std::uint64_t, Kernel> kernels_;
};

}  // namespace dure::bench
