#include "packing/pattern.h"

#include <algorithm>
#include <map>

namespace dure::packing {
namespace {

using placement::Shape;

constexpr std::int64_t kUnits = 192;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Pieces of one size and one CPU: of them only the class of most worth matters.
template <class Number>
struct Piece {
  std::size_t size = 0;  // grains of one card; whole cards: how many
  std::size_t cpu = 0;   // units
  Number worth = 0;
  std::size_t index = 0;  // of the class
};

template <class Number>
class Machine {
 public:
  Machine(const Problem& problem, const Type& type, const std::vector<Number>& worth, Rounding rounding)
      : cards_(static_cast<std::size_t>(type.slot.cards)),
        grains_(static_cast<std::size_t>(placement::kWholeCard / problem.grain)),
        unit_(std::max<std::int64_t>(1, (type.slot.cpu_milli + kUnits - 1) / kUnits)),
        cpu_(static_cast<std::size_t>(type.slot.cpu_milli / unit_)) {
    std::map<std::pair<std::size_t, std::size_t>, Piece<Number>> parts, wholes;
    for (const std::size_t index : type.classes) {
      if (worth[index] <= 0) continue;
      const Shape& shape = problem.classes[index].shape;
      const std::int64_t up = rounding == Rounding::kFits ? unit_ - 1 : 0;
      const auto cpu = static_cast<std::size_t>((shape.cpu_milli + up) / unit_);
      const auto size =
          static_cast<std::size_t>(shape.part_of_card() ? shape.milli_gpu / problem.grain : shape.cards);
      auto& best = (shape.part_of_card() ? parts : wholes)[{size, cpu}];
      if (worth[index] > best.worth) best = {size, cpu, worth[index], index};
    }
    for (const auto& [key, piece] : parts) parts_.push_back(piece);
    for (const auto& [key, piece] : wholes) wholes_.push_back(piece);
  }

  Pattern<Number> fill() {
    fill_card();
    fill_machine();
    Pattern<Number> pattern{machine_[at(cards_, cpu_)].worth, {}};
    for (std::size_t cards = cards_, cpu = cpu_; cards > 0;) {
      const Choice& choice = machine_[at(cards, cpu)];
      if (choice.piece == kNone && choice.cpu == kNone) {
        --cards;
        continue;
      }
      if (choice.piece != kNone) {
        pattern.pieces.push_back(wholes_[choice.piece].index);
        cards -= wholes_[choice.piece].size;
        cpu -= wholes_[choice.piece].cpu;
        continue;
      }
      take_card(choice.cpu, pattern.pieces);
      --cards;
      cpu -= choice.cpu;
    }
    return pattern;
  }

 private:
  // Of a place in a table: its worth, and how it came about. `cpu` in the machine's table: that of a card of
  // parts.
  struct Choice {
    Number worth = 0;
    std::size_t piece = kNone;
    std::size_t cpu = kNone;
  };

  std::size_t at(std::size_t cards, std::size_t cpu) const { return cards * (cpu_ + 1) + cpu; }
  std::size_t on_card(std::size_t cpu, std::size_t room) const { return cpu * (grains_ + 1) + room; }

  // piece == kNone: the same as with a grain less (cpu == kNone), or with a unit of CPU less (cpu == 0).
  void fill_card() {
    card_.assign((cpu_ + 1) * (grains_ + 1), {});
    for (std::size_t cpu = 0; cpu <= cpu_; ++cpu) {
      for (std::size_t room = 1; room <= grains_; ++room) {
        Choice& here = card_[on_card(cpu, room)];
        here.worth = card_[on_card(cpu, room - 1)].worth;
        if (cpu > 0 && card_[on_card(cpu - 1, room)].worth > here.worth)
          here = {card_[on_card(cpu - 1, room)].worth, kNone, 0};
        for (std::size_t i = 0; i < parts_.size(); ++i) {
          const Piece<Number>& part = parts_[i];
          if (part.size > room || part.cpu > cpu) continue;
          const Number worth = card_[on_card(cpu - part.cpu, room - part.size)].worth + part.worth;
          if (worth > here.worth) here = {worth, i, kNone};
        }
      }
    }
  }

  void take_card(std::size_t cpu, std::vector<std::size_t>& pieces) const {
    for (std::size_t room = grains_; room > 0;) {
      const Choice& choice = card_[on_card(cpu, room)];
      if (choice.piece != kNone) {
        pieces.push_back(parts_[choice.piece].index);
        cpu -= parts_[choice.piece].cpu;
        room -= parts_[choice.piece].size;
      } else if (choice.cpu == 0) {
        --cpu;
      } else {
        --room;
      }
    }
  }

  // The CPUs at which a card of parts is worth more than with less.
  std::vector<std::size_t> steps() const {
    std::vector<std::size_t> list;
    Number before = 0;
    for (std::size_t cpu = 0; cpu <= cpu_; ++cpu) {
      const Number worth = card_[on_card(cpu, grains_)].worth;
      if (worth > before) list.push_back(cpu);
      before = std::max(before, worth);
    }
    return list;
  }

  void fill_machine() {
    machine_.assign((cards_ + 1) * (cpu_ + 1), {});
    const auto card_steps = steps();
    for (std::size_t cards = 1; cards <= cards_; ++cards) {
      for (std::size_t cpu = 0; cpu <= cpu_; ++cpu) {
        Choice& here = machine_[at(cards, cpu)];
        here.worth = machine_[at(cards - 1, cpu)].worth;
        for (const std::size_t step : card_steps) {
          if (step > cpu) break;
          const Number worth =
              machine_[at(cards - 1, cpu - step)].worth + card_[on_card(step, grains_)].worth;
          if (worth > here.worth) here = {worth, kNone, step};
        }
        for (std::size_t i = 0; i < wholes_.size(); ++i) {
          const Piece<Number>& whole = wholes_[i];
          if (whole.size > cards || whole.cpu > cpu) continue;
          const Number worth = machine_[at(cards - whole.size, cpu - whole.cpu)].worth + whole.worth;
          if (worth > here.worth) here = {worth, i, kNone};
        }
      }
    }
  }

  std::size_t cards_;
  std::size_t grains_;
  std::int64_t unit_;
  std::size_t cpu_;
  std::vector<Piece<Number>> parts_;
  std::vector<Piece<Number>> wholes_;
  std::vector<Choice> card_;
  std::vector<Choice> machine_;
};

}  // namespace

template <class Number>
Pattern<Number> best_pattern(const Problem& problem, const Type& type, const std::vector<Number>& worth,
                             Rounding rounding) {
  return Machine<Number>(problem, type, worth, rounding).fill();
}

template Pattern<double> best_pattern(const Problem&, const Type&, const std::vector<double>&, Rounding);
template Pattern<std::int64_t> best_pattern(const Problem&, const Type&, const std::vector<std::int64_t>&,
                                            Rounding);

}  // namespace dure::packing
