#include "simulate/fill.h"

#include <algorithm>
#include <numeric>

#include "simulate/dice.h"

namespace dure::simulate {
namespace {

// The seed's draws for the order of the nodes are others than those for the pods and for the rule.
constexpr std::uint64_t kNodes = 1'000'003;
constexpr std::uint64_t kRule = 2'000'003;

std::vector<std::size_t> indices(std::size_t count) {
  std::vector<std::size_t> list(count);
  std::iota(list.begin(), list.end(), std::size_t{0});
  return list;
}

std::vector<placement::Slot> ordered_slots(const Trace& trace, std::uint64_t seed) {
  std::vector<placement::Slot> slots = trace.slots;
  Dice dice(seed * kNodes);
  dice.shuffle(slots);
  return slots;
}

// `part` of `whole` in per cent, to the nearest.
std::int64_t percent_of(std::int64_t part, std::int64_t whole) {
  return (part * 200 + whole) / (2 * whole);
}

std::int64_t capacity_of(const Trace& trace) {
  return std::max<std::int64_t>(trace.milli_gpu(), 1);
}

// The figures by what has arrived, in per cent.
class Curve {
 public:
  explicit Curve(std::int64_t capacity) : capacity_(capacity) {}

  void arrive(std::int64_t milli_gpu, bool placed) {
    arrived_ += milli_gpu;
    if (placed) allocated_ += milli_gpu;
    const auto percent = static_cast<std::size_t>(percent_of(arrived_, capacity_));
    if (percent >= sums_.size()) sums_.resize(percent + 1);
    sums_[percent].first += allocated_;
    ++sums_[percent].second;
  }

  std::vector<std::optional<double>> percents() const {
    std::vector<std::optional<double>> list;
    list.reserve(sums_.size());
    for (const auto& [sum, count] : sums_) {
      std::optional<double> mean;
      if (count > 0)
        mean = 100.0 * static_cast<double>(sum) / static_cast<double>(count) / static_cast<double>(capacity_);
      list.push_back(mean);
    }
    return list;
  }

 private:
  std::int64_t capacity_;
  std::int64_t arrived_ = 0;
  std::int64_t allocated_ = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> sums_;  // of what was allocated; how many moments
};

}  // namespace

std::optional<double> Filled::at(std::size_t percent) const {
  return percent < allocated_pct.size() ? allocated_pct[percent] : std::nullopt;
}

std::vector<std::size_t> arrivals(const Trace& trace, const Filling& filling) {
  auto order = indices(trace.pods.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return trace.pods[a].name < trace.pods[b].name; });
  Dice dice(filling.seed);
  dice.shuffle(order);
  const auto asked = [&](std::size_t i) { return trace.pods[i].shape.total_milli_gpu(); };
  const std::int64_t wanted = trace.milli_gpu() / 1000 * filling.inflate_milli;
  std::int64_t sum = 0;
  for (const std::size_t i : order) sum += asked(i);
  const bool too_many = sum > wanted;
  while (sum > wanted) {
    const std::size_t out = dice.below(order.size());
    sum -= asked(order[out]);
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(out));
  }
  if (too_many || sum == 0) return order;  // 0: nobody asks for a card, of that there is no more
  while (true) {
    const std::size_t next = dice.below(trace.pods.size());
    if (sum + asked(next) > wanted) return order;
    sum += asked(next);
    order.push_back(next);
  }
}

std::vector<placement::Shape> arrived_until(const Trace& trace, const Filling& filling,
                                            std::int64_t percent) {
  std::vector<placement::Shape> shapes;
  std::int64_t sum = 0;
  for (const std::size_t i : arrivals(trace, filling)) {
    sum += trace.pods[i].shape.total_milli_gpu();
    if (percent_of(sum, capacity_of(trace)) > percent) break;
    shapes.push_back(trace.pods[i].shape);
  }
  return shapes;
}

base::Result<Fill> Fill::prepare(const Trace& trace, std::string_view rule_name, const Filling& filling) {
  Setting setting{ordered_slots(trace, filling.seed), {}, filling.seed * kRule, filling.placements_per_move};
  setting.typical.reserve(trace.pods.size());
  for (const Pod& pod : trace.pods) setting.typical.push_back(pod.shape);
  DURE_LET(rule, make_rule(rule_name, std::move(setting)));
  return Fill(trace, arrivals(trace, filling), std::move(rule));
}

Filled Fill::run() {
  Filled filled;
  Curve curve(capacity_of(*trace_));
  for (const std::size_t i : arrivals_) {
    const placement::Shape& shape = trace_->pods[i].shape;
    const auto spot = rule_->choose(shape);
    if (spot) rule_->take(shape, *spot);
    ++filled.arrived;
    if (!spot) ++filled.failed;
    curve.arrive(shape.total_milli_gpu(), spot.has_value());
  }
  filled.moves = rule_->moves();
  filled.allocated_pct = curve.percents();
  return filled;
}

}  // namespace dure::simulate
