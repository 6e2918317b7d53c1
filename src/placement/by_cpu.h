// ByCpu: how many cards stand beside how much free CPU.
//
// The histograms of the forest say how many cards would do; whether their machines have the CPU for it is
// counted here, card by card and machine by machine, under the CPU that is free there. Only what is in
// service is told of. An update costs a look at the slot's cards; a question the number of different figures
// of free CPU, which are as many as a machine has cores, not as there are machines.
//
// Plain value. Single-threaded; the index (index.h) owns it and keeps it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>

#include "placement/board.h"

namespace dure::placement {

class ByCpu {
 public:
  void add(const Slot& slot) { count(slot, 1); }
  void remove(const Slot& slot) { count(slot, -1); }
  void add_machine(std::int16_t pool, std::int64_t cpu_milli) { count_machine(pool, cpu_milli, 1); }
  void remove_machine(std::int16_t pool, std::int64_t cpu_milli) { count_machine(pool, cpu_milli, -1); }

  // Of the cards on slots that the shape would fit by its cards alone: those beside less CPU than it asks
  // for. Of a shape without cards: machines. REQUIRES: its memory of a card is the usual (card_memory 0).
  std::int64_t short_of_cpu(const Shape& shape) const;
  // The most CPU beside such cards, or of such machines; 0 where there are none. REQUIRES: as above.
  std::int64_t most_cpu(const Shape& shape) const;
  // In service, in the shape's pool.
  std::int64_t machines(const Shape& shape) const;

 private:
  using Kind = std::tuple<std::int16_t, std::int64_t, std::uint8_t>;  // pool, model, forms
  struct Row {
    std::int64_t slots = 0;
    std::array<std::int32_t, kWholeCard / kOneBlock + 1> by_blocks{};  // cards, by the blocks they have free
    std::array<std::int32_t, kMostCardsOfSlot + 1> slots_by_whole{};   // slots, by their whole cards
  };

  void count(const Slot& slot, std::int32_t sign);
  void count_machine(std::int16_t pool, std::int64_t cpu_milli, std::int64_t sign);
  static bool may_hold(const Kind& kind, const Shape& shape);
  static std::int64_t cards(const Row& row, const Shape& shape);

  std::map<Kind, std::map<std::int64_t, Row>> rows_;                       // by free CPU
  std::map<std::int16_t, std::map<std::int64_t, std::int64_t>> machines_;  // by pool, free CPU
};

}  // namespace dure::placement
