// Board: the machines as plain numbers, for choosing fast.
//
// A slot is a node: its free CPU and memory, and the free milli-GPU of each of its cards. All cards of a slot
// are of one model; a node with several models stands here as one slot for each, and the slots share its CPU
// and memory (forest.h). The order of the slots is the order of preference among equals. What is asked is a
// shape: most workloads ask for one of few.
//
// Memory is in whatever unit the owner of the board takes for all of it; that of cards counts only where
// the slot says so. A part of a card takes as much of its memory as of its compute,
// rounded down, unless the shape says otherwise.
//
// A card in MIG mode is a slot by itself, with its memory slices as its cards (slices.h).
//
// Plain values, no clock, no threads. Cluster (cluster.h) is the picture with ids, memory of cards and
// reasons; Board is what a rule looks at a million times.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace dure::placement {

inline constexpr std::int64_t kMostCardsOfSlot = 16;
inline constexpr std::int64_t kWholeCard = 1000;  // milli-GPU
inline constexpr std::int64_t kOneBlock = 10;     // milli-GPU
inline constexpr std::int64_t kMostModels = 64;
inline constexpr std::int16_t kAnyPool = -1;

// The forms in which cards are given and asked for, as bits.
inline constexpr std::uint8_t kInBlocks = 1;
inline constexpr std::uint8_t kInCards = 2;
inline constexpr std::uint8_t kInAnyForm = kInBlocks | kInCards;

struct Slot {
  std::int64_t cpu_milli = 0;                         // free
  std::int64_t memory = 0;                            // free
  std::int64_t model = 0;                             // below kMostModels
  std::int64_t cards = 0;                             // at most kMostCardsOfSlot
  std::array<std::int16_t, kMostCardsOfSlot> free{};  // milli-GPU of each card
  std::uint32_t closed = 0;                           // cards out of service: what is on them stays
  std::uint8_t forms = kInAnyForm;                    // in which its cards are given
  std::int16_t pool = 0;
  bool counts_card_memory = false;
  std::array<std::int64_t, kMostCardsOfSlot> card_memory{};  // that each has
  std::array<std::int64_t, kMostCardsOfSlot> free_memory{};
  std::uint8_t mig = 0;  // one card in MIG mode, of that kind (slices.h); 0: it is not
  std::array<std::uint8_t, kMostCardsOfSlot> instance{};  // that each slice of it is part of; 0: none
  bool operator==(const Slot&) const = default;

  bool open(std::size_t card) const { return (closed >> card & 1) == 0; }
  // Of the cards in service; of a card in MIG mode, of its slices but for idle(), which is of the card:
  std::int64_t idle() const;     // milli-GPU over all cards
  std::int64_t whole() const;    // cards with nothing on them
  std::int64_t largest() const;  // the most that is free on one card
};

// Either `cards` whole ones (milli_gpu = 1000), or milli_gpu of one (cards = 1), or none (cards = 0).
struct Shape {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  std::int64_t cards = 0;
  std::int64_t milli_gpu = 0;       // of each
  std::uint64_t models = 0;         // one bit for each model that will do; 0: any
  std::int64_t card_memory = 0;     // of a part of a card, where it shall differ from its compute
  std::int16_t pool = kAnyPool;     // where it may go: `pools` of them from this one on
  std::uint8_t forms = kInAnyForm;  // in which of them it takes its cards
  // As which profile (slices.h) it goes on a card in MIG mode, whole or milli_gpu of it. 0: it goes on none.
  std::uint8_t mig = 0;
  std::int16_t pools = 1;
  auto operator<=>(const Shape&) const = default;

  std::int64_t total_milli_gpu() const { return cards * milli_gpu; }
  bool part_of_card() const { return cards == 1 && (milli_gpu < kWholeCard || card_memory > 0); }
};

// Where a shape goes: the slot, and which of its cards as a mask.
struct Spot {
  std::size_t slot = 0;
  std::uint32_t cards = 0;
  bool operator==(const Spot&) const = default;
};

bool model_fits(const Slot& slot, const Shape& shape);
// What lies in that pool is in one of those to which the shape may go.
inline bool pool_fits(std::int16_t pool, const Shape& shape) {
  return shape.pool == kAnyPool || (pool >= shape.pool && pool < shape.pool + shape.pools);
}
// The slot's pool and form are among those that the shape may have.
bool offered(const Slot& slot, const Shape& shape);
// What the shape takes of the memory of that card; 0 where memory is not counted.
std::int64_t card_memory_of(const Slot& slot, std::size_t card, const Shape& shape);
bool fits(const Slot& slot, const Shape& shape);
// The same of just these cards of the slot.
bool cards_take(const Slot& slot, const Shape& shape, std::uint32_t cards);
// The largest part of that card, in blocks with the usual memory, that there is room for.
std::int64_t free_blocks(const Slot& slot, std::size_t card);

// The cards that the shape takes in a slot that fits it: of parts the tightest, of whole ones the first.
std::uint32_t tightest_cards(const Slot& slot, const Shape& shape);

// REQUIRES: it fits there, with these cards.
void take(Slot& slot, const Shape& shape, std::uint32_t cards);
void give_back(Slot& slot, const Shape& shape, std::uint32_t cards);

}  // namespace dure::placement
