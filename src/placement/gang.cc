#include "placement/gang.h"

#include "base/result.h"
#include "placement/count.h"

namespace dure::placement {
namespace {

struct Gang {
  std::int64_t replicas = 0;
  bool apart = false;
};

// How many replicas of a shape fit, of every stretch of whole machines.
class GangRoom {
 public:
  GangRoom(const Forest& forest, const Shape& shape, bool apart) : shape_(shape) {
    const std::vector<Slot>& slots = forest.slots();
    sums_.reserve(slots.size() + 1);
    sums_.push_back(0);
    while (sums_.size() <= slots.size()) {
      const Forest::Machine machine = forest.machine_of(sums_.size() - 1);
      // Not cut off at the gang's size: what is left over decides.
      const std::int64_t count = count_on_machine(forest, slots, machine, shape, apart ? 1 : kMostOfGang);
      sums_.resize(machine.second + 1, sums_.back() + count);
    }
  }

  const Shape& shape() const { return shape_; }
  std::int64_t within(const Domain& domain) const { return sums_[domain.end] - sums_[domain.first]; }

 private:
  Shape shape_;
  std::vector<std::int64_t> sums_;  // over the slots before; a machine counts with its first
};

struct Choice {
  Domain domain;
  Shape shape;
};

// Of these domains the one with the least room left over.
std::optional<Choice> tightest(const std::vector<Domain>& domains, const std::vector<GangRoom>& rooms,
                               std::int64_t replicas) {
  std::optional<Choice> chosen;
  std::int64_t least = 0;
  for (const Domain& domain : domains)
    for (const GangRoom& room : rooms) {
      const std::int64_t left = room.within(domain) - replicas;
      if (left < 0 || (chosen && left >= least)) continue;
      chosen = Choice{domain, room.shape()};
      least = left;
    }
  return chosen;
}

std::optional<Choice> narrowest(const Topology& topology, const Domain& all,
                                const std::vector<GangRoom>& rooms, std::int64_t replicas) {
  for (std::size_t level = topology.levels(); level-- > 0;)
    if (const auto found = tightest(topology.domains(level), rooms, replicas)) return found;
  return tightest({all}, rooms, replicas);
}

// The models of cards on the board that the shape may have.
std::uint64_t models_for(const Forest& forest, const Shape& shape) {
  std::uint64_t models = 0;
  if (shape.cards == 0) return models;
  for (const Slot& slot : forest.slots())
    if (slot.cards > 0 && model_fits(slot, shape)) models |= std::uint64_t{1} << slot.model;
  return models;
}

std::optional<Choice> choose(const Forest& forest, const Topology& topology, const Shape& shape,
                             const Gang& gang) {
  const Domain all{0, forest.slots().size()};
  const GangRoom any(forest, shape, gang.apart);
  if (any.within(all) < gang.replicas) return std::nullopt;
  const std::uint64_t models = models_for(forest, shape);
  std::vector<GangRoom> of_one;
  const bool several = (models & (models - 1)) != 0;
  for (std::uint64_t left = several ? models : 0; left != 0; left &= left - 1) {
    Shape single = shape;
    single.models = left & -left;
    GangRoom room(forest, single, gang.apart);
    if (room.within(all) >= gang.replicas) of_one.push_back(std::move(room));
  }
  if (of_one.empty()) of_one.push_back(any);
  return narrowest(topology, all, of_one, gang.replicas);
}

// Puts replicas on the forest, and takes all of them off again at its end.
class Trial {
 public:
  Trial(Forest& forest, const Shape& shape) : forest_(forest), shape_(shape) {}
  ~Trial() {
    for (const std::size_t slot : closed_) forest_.set_service(slot, true);
    for (const Spot& spot : spots_) forest_.give_back(shape_, spot);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  void put(const Spot& spot) {
    forest_.take(shape_, spot);
    spots_.push_back(spot);
  }
  // Nothing more goes there.
  void close(const Forest::Machine& machine) {
    for (std::size_t slot = machine.first; slot < machine.second; ++slot) {
      if (!forest_.in_service(slot)) continue;
      forest_.set_service(slot, false);
      closed_.push_back(slot);
    }
  }
  const std::vector<Spot>& spots() const { return spots_; }

 private:
  Forest& forest_;
  const Shape& shape_;
  std::vector<Spot> spots_;
  std::vector<std::size_t> closed_;
};

}  // namespace

std::optional<std::vector<Spot>> place_gang(Forest& forest, const Topology& topology, const Shape& shape,
                                            std::int64_t replicas, bool apart) {
  DURE_ASSERT(replicas >= 1 && replicas <= kMostOfGang);
  if (!forest.find(shape)) return std::nullopt;
  const auto choice = choose(forest, topology, shape, {replicas, apart});
  if (!choice) return std::nullopt;
  Trial trial(forest, choice->shape);
  for (std::int64_t number = 0; number < replicas; ++number) {
    const auto spot = forest.find_within(choice->shape, choice->domain.first, choice->domain.end);
    DURE_ASSERT(spot.has_value());
    trial.put(*spot);
    if (apart) trial.close(forest.machine_of(spot->slot));
  }
  return trial.spots();
}

}  // namespace dure::placement
