#include "packing/master.h"

#include <algorithm>
#include <coin/ClpSimplex.hpp>
#include <map>

namespace dure::packing {

struct Master::Program {
  explicit Program(const Problem& of) : problem(of) {}
  const Problem& problem;
  ClpSimplex simplex;
  std::vector<Filling> columns;
};

Master::Master(const Problem& problem) : program_(std::make_unique<Program>(problem)) {
  const auto classes = static_cast<int>(problem.classes.size());
  ClpSimplex& simplex = program_->simplex;
  simplex.setLogLevel(0);
  simplex.resize(classes + static_cast<int>(problem.types.size()), 0);
  simplex.setOptimizationDirection(-1);
  for (int i = 0; i < simplex.numberRows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double most = i < classes
                            ? static_cast<double>(problem.classes[at].count)
                            : static_cast<double>(problem.types[at - problem.classes.size()].slots.size());
    simplex.setRowBounds(i, -COIN_DBL_MAX, most);
  }
}

Master::~Master() = default;

void Master::add(std::size_t type, const std::vector<std::size_t>& pieces) {
  std::map<int, double> entries;
  double value = 0;
  for (const std::size_t i : pieces) {
    entries[static_cast<int>(i)] += 1;
    value += static_cast<double>(program_->problem.classes[i].shape.total_milli_gpu());
  }
  entries[static_cast<int>(program_->problem.classes.size() + type)] = 1;
  std::vector<int> rows;
  std::vector<double> amounts;
  for (const auto& [row, amount] : entries) {
    rows.push_back(row);
    amounts.push_back(amount);
  }
  program_->simplex.addColumn(static_cast<int>(rows.size()), rows.data(), amounts.data(), 0, COIN_DBL_MAX,
                              value);
  program_->columns.push_back({type, pieces, 0});
}

// CLP does not take a program without columns.
void Master::solve() {
  if (!program_->columns.empty()) program_->simplex.primal(1);
}

double Master::value() const {
  return program_->simplex.objectiveValue();
}

namespace {

std::vector<double> part_of(const double* prices, std::size_t first, std::size_t count) {
  std::vector<double> list(prices + first, prices + first + count);
  for (double& price : list) price = std::max(0.0, price);
  return list;
}

}  // namespace

std::vector<double> Master::prices() const {
  return part_of(program_->simplex.dualRowSolution(), 0, program_->problem.classes.size());
}

std::vector<double> Master::machine_prices() const {
  return part_of(program_->simplex.dualRowSolution(), program_->problem.classes.size(),
                 program_->problem.types.size());
}

std::vector<Filling> Master::fillings() const {
  std::vector<Filling> used;
  const double* amounts = program_->simplex.primalColumnSolution();
  for (std::size_t i = 0; i < program_->columns.size(); ++i) {
    if (amounts[i] < 1e-7) continue;
    used.push_back(program_->columns[i]);
    used.back().machines = amounts[i];
  }
  return used;
}

}  // namespace dure::packing
