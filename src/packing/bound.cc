#include "packing/bound.h"

#include <algorithm>
#include <cmath>

#include "base/quantity.h"
#include "packing/master.h"
#include "packing/pattern.h"

namespace dure::packing {
namespace {

constexpr std::int64_t kScale = 1 << 20;  // of a milli-GPU, in the whole numbers of the proof

// The formula of the header, in whole numbers; in milli-GPU, rounded up.
std::int64_t proven(const Problem& problem, const std::vector<double>& prices) {
  std::vector<std::int64_t> worth;
  worth.reserve(problem.classes.size());
  base::Wide sum = 0;
  for (std::size_t i = 0; i < problem.classes.size(); ++i) {
    const Class& each = problem.classes[i];
    const std::int64_t price = std::llround(prices[i] * static_cast<double>(kScale));
    worth.push_back(each.shape.total_milli_gpu() * kScale - price);
    sum += static_cast<base::Wide>(each.count) * price;
  }
  for (const Type& type : problem.types)
    sum += static_cast<base::Wide>(type.slots.size()) *
           best_pattern<std::int64_t>(problem, type, worth, Rounding::kBounds).worth;
  return static_cast<std::int64_t>((sum + kScale - 1) / kScale);
}

// Between the prices of the best bound so far and those of the last linear program: nearer to the former,
// which keeps the prices from swinging (Wentges, 1997).
std::vector<double> between(const std::vector<double>& best, const std::vector<double>& last) {
  std::vector<double> list(best.size());
  for (std::size_t i = 0; i < best.size(); ++i) list[i] = 0.7 * best[i] + 0.3 * last[i];
  return list;
}

class Search {
 public:
  Search(const Problem& problem, const Effort& effort)
      : problem_(problem), effort_(effort), master_(problem) {
    best_.assign(problem.classes.size(), 0.0);
    bound_ = proven(problem, best_);
  }

  Bound run() {
    add_columns(best_);
    const double close = effort_.close_enough * static_cast<double>(capacity_of(problem_));
    for (std::int64_t round = 0; round < effort_.rounds; ++round) {
      master_.solve();
      const auto last = master_.prices();
      const auto middle = between(best_, last);
      const bool added_middle = add_columns(middle);
      const bool added = add_columns(last) || added_middle;
      look_at(middle);
      if (round % 5 == 0 || !added) look_at(last);
      if (!added || static_cast<double>(bound_) - master_.value() < close) break;
    }
    return {bound_, master_.fillings()};
  }

 private:
  void look_at(const std::vector<double>& prices) {
    const std::int64_t here = proven(problem_, prices);
    if (here >= bound_) return;
    bound_ = here;
    best_ = prices;
  }

  // Those that better the linear program at these prices. False where there is none.
  bool add_columns(const std::vector<double>& prices) {
    std::vector<double> worth;
    worth.reserve(prices.size());
    for (std::size_t i = 0; i < prices.size(); ++i)
      worth.push_back(static_cast<double>(problem_.classes[i].shape.total_milli_gpu()) - prices[i]);
    const auto machines = master_.machine_prices();
    const auto last = master_.prices();
    bool added = false;
    for (std::size_t t = 0; t < problem_.types.size(); ++t) {
      const auto pattern = best_pattern<double>(problem_, problem_.types[t], worth, Rounding::kFits);
      double gain = -machines[t];
      for (const std::size_t i : pattern.pieces)
        gain += static_cast<double>(problem_.classes[i].shape.total_milli_gpu()) - last[i];
      if (pattern.pieces.empty() || gain < 1e-6) continue;
      master_.add(t, pattern.pieces);
      added = true;
    }
    return added;
  }

  const Problem& problem_;
  const Effort& effort_;
  Master master_;
  std::vector<double> best_;  // prices
  std::int64_t bound_ = 0;
};

}  // namespace

Bound bound_of(const Problem& problem, const Effort& effort) {
  Bound bound = Search(problem, effort).run();
  bound.milli_gpu = std::min({bound.milli_gpu, asked_of(problem), capacity_of(problem)});
  return bound;
}

}  // namespace dure::packing
