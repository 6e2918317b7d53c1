#include "bench/placing/load.h"

#include <array>
#include <set>

#include "placement/forest.h"
#include "placement/stranded.h"

namespace dure::bench {

using placement::Shape;
using placement::Slot;
using placement::Spot;

std::vector<Slot> equal_nodes(std::size_t count) {
  Slot node;
  node.cpu_milli = 96'000;
  node.memory = 768 * 1024;
  node.cards = 8;
  for (std::size_t i = 0; i < 8; ++i) node.free[i] = placement::kWholeCard;
  return std::vector<Slot>(count, node);
}

std::int64_t capacity_of(const std::vector<Slot>& slots) {
  std::int64_t sum = 0;
  for (const Slot& slot : slots) sum += slot.cards * placement::kWholeCard;
  return sum;
}

namespace {

constexpr std::array<std::int64_t, 5> kParts = {50, 100, 200, 250, 500};

Shape draw_shape(simulate::Dice& dice) {
  Shape shape;
  const std::size_t kind = dice.below(100);
  shape.cards = kind < 85 ? 1 : kind < 93 ? 2 : kind < 97 ? 4 : 8;
  shape.milli_gpu = kind < 60 ? kParts[dice.below(kParts.size())] : placement::kWholeCard;
  const std::int64_t quarter_cores = 8 + static_cast<std::int64_t>(dice.below(40));
  // So fine that 50,000 different ones are drawn in the same proportions as a few.
  const std::int64_t sixteenths = 128 + static_cast<std::int64_t>(dice.below(1408));
  shape.cpu_milli = quarter_cores * shape.total_milli_gpu() / 4;
  shape.memory = sixteenths * 64 * shape.total_milli_gpu() / placement::kWholeCard;
  return shape;
}

}  // namespace

std::vector<Shape> draw_shapes(std::size_t count, simulate::Dice& dice) {
  std::set<Shape> seen;
  std::vector<Shape> shapes;
  shapes.reserve(count);
  while (shapes.size() < count) {
    const Shape shape = draw_shape(dice);
    if (seen.insert(shape).second) shapes.push_back(shape);
  }
  return shapes;
}

namespace {

class ForestKernel : public Kernel {
 public:
  explicit ForestKernel(std::vector<Slot> slots) : forest_(std::move(slots)) {}
  std::optional<Spot> find(const Shape& shape) override { return forest_.find(shape); }
  void take(const Shape& shape, const Spot& spot) override { forest_.take(shape, spot); }
  void give_back(const Shape& shape, const Spot& spot) override { forest_.give_back(shape, spot); }
  const std::vector<Slot>& slots() const override { return forest_.slots(); }

 private:
  placement::Forest forest_;
};

class ScanKernel : public Kernel {
 public:
  explicit ScanKernel(std::vector<Slot> slots) : slots_(std::move(slots)) {}

  std::optional<Spot> find(const Shape& shape) override {
    const placement::Slack growth = placement::growth_of(shape);
    std::size_t best = slots_.size();
    placement::Slack least = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (!placement::fits(slots_[i], shape)) continue;
      const placement::Slack cost = placement::cost_of(placement::slack_of(slots_[i]), growth);
      if (best != slots_.size() && cost >= least) continue;
      best = i;
      least = cost;
    }
    if (best == slots_.size()) return std::nullopt;
    return Spot{best, placement::tightest_cards(slots_[best], shape)};
  }
  void take(const Shape& shape, const Spot& spot) override {
    placement::take(slots_[spot.slot], shape, spot.cards);
  }
  void give_back(const Shape& shape, const Spot& spot) override {
    placement::give_back(slots_[spot.slot], shape, spot.cards);
  }
  const std::vector<Slot>& slots() const override { return slots_; }

 private:
  std::vector<Slot> slots_;
};

}  // namespace

std::unique_ptr<Kernel> forest_kernel(std::vector<Slot> slots) {
  return std::make_unique<ForestKernel>(std::move(slots));
}

std::unique_ptr<Kernel> scan_kernel(std::vector<Slot> slots) {
  return std::make_unique<ScanKernel>(std::move(slots));
}

Churn::Churn(std::unique_ptr<Kernel> kernel, const std::vector<Shape>& shapes, std::int64_t capacity,
             std::uint64_t seed)
    : kernel_(std::move(kernel)), shapes_(shapes), capacity_(capacity), dice_(seed) {}

Churn::Churn(std::unique_ptr<Kernel> kernel, const Churn& other)
    : kernel_(std::move(kernel)),
      shapes_(other.shapes_),
      capacity_(other.capacity_),
      dice_(other.dice_),
      live_(other.live_),
      used_(other.used_) {}

void Churn::make_room(std::int64_t level_permille) {
  next_ = static_cast<std::uint32_t>(dice_.below(shapes_.size()));
  const std::int64_t wanted = shapes_[next_].total_milli_gpu();
  while (!live_.empty() && (used_ + wanted) * 1000 > capacity_ * level_permille) {
    const std::size_t at = dice_.below(live_.size());
    const Live ended = live_[at];
    live_[at] = live_.back();
    live_.pop_back();
    kernel_->give_back(shapes_[ended.shape], ended.spot);
    used_ -= shapes_[ended.shape].total_milli_gpu();
  }
}

void Churn::decide() {
  const auto spot = kernel_->find(shapes_[next_]);
  if (!spot) {
    ++unplaced_;
    return;
  }
  kernel_->take(shapes_[next_], *spot);
  used_ += shapes_[next_].total_milli_gpu();
  live_.push_back({next_, *spot});
  ++placed_;
}

}  // namespace dure::bench
