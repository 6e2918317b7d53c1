// Master: the linear program over the patterns that are known so far (bound.h), solved by CLP.
#pragma once

#include <memory>
#include <vector>

#include "packing/bound.h"

namespace dure::packing {

class Master {
 public:
  explicit Master(const Problem& problem);
  ~Master();

  void add(std::size_t type, const std::vector<std::size_t>& pieces);
  void solve();

  double value() const;
  std::vector<double> prices() const;          // of a piece of each class, >= 0
  std::vector<double> machine_prices() const;  // of a machine of each type, >= 0
  std::vector<Filling> fillings() const;       // those used

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace dure::packing
