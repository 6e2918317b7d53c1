// How the ledger's words are packed (struct dure_card_usage.memory, struct dure_lane). Pure arithmetic.
//
//   total    units 34 | slot 10 | lane 2 | sequence 18   the units of all, and who changed them last
//   memory   units 36 | number 28                        what a lane's changes add up to, and the last of
//   them intent   1 bit: under way | delta 36                 by how much the total is to change
//
// The units of a lane are taken modulo 2^36: memory is often reserved on one lane and released on another, so
// that a lane may be below zero; their sum is what the process has and lies between 0 and kMostUnits.
// The sequence is the low 18 bits of the change's number.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"

namespace dure::gpu::share {

inline constexpr unsigned kUnitBits = 34;  // of 512 bytes: 8 TiB
inline constexpr unsigned kSlotBits = 10;
inline constexpr unsigned kLaneBits = 2;
inline constexpr unsigned kSequenceBits = 18;
inline constexpr unsigned kLaneUnitBits = 36;
inline constexpr unsigned kNumberBits = 28;
static_assert(kUnitBits + kSlotBits + kLaneBits + kSequenceBits == 64);
static_assert(kLaneUnitBits + kNumberBits == 64 && kLaneUnitBits > kUnitBits + 1);
static_assert(DURE_MAX_PROCESSES == 1 << kSlotBits && DURE_LANES == 1 << kLaneBits);

constexpr uint64_t low_bits(uint64_t word, unsigned bits) noexcept {
  return word & ((uint64_t{1} << bits) - 1);
}

inline constexpr uint64_t kMostUnits = (uint64_t{1} << kUnitBits) - 1;

// Rounded up. More than kMostUnits comes back as kMostUnits + 1, which no limit has room for: never wrapped.
constexpr uint64_t units_of(uint64_t bytes) noexcept {
  const uint64_t units = bytes / DURE_MEMORY_UNIT + (bytes % DURE_MEMORY_UNIT != 0 ? 1 : 0);
  return units > kMostUnits ? kMostUnits + 1 : units;
}
// Of a limit: rounded down.
constexpr uint64_t limit_units_of(uint64_t bytes) noexcept {
  const uint64_t units = bytes / DURE_MEMORY_UNIT;
  return units > kMostUnits ? kMostUnits : units;
}

// Who changes a total: lane `lane` of slot `slot`.
struct Changer {
  uint32_t slot;
  uint32_t lane;
};

constexpr uint64_t pack_total(uint64_t units, Changer by, uint64_t number) noexcept {
  return units << (64 - kUnitBits) | uint64_t{by.slot} << (kLaneBits + kSequenceBits) |
         uint64_t{by.lane} << kSequenceBits | low_bits(number, kSequenceBits);
}
constexpr uint64_t total_units(uint64_t total) noexcept {
  return total >> (64 - kUnitBits);
}
constexpr Changer total_changer(uint64_t total) noexcept {
  return {static_cast<uint32_t>(low_bits(total >> (kLaneBits + kSequenceBits), kSlotBits)),
          static_cast<uint32_t>(low_bits(total >> kSequenceBits, kLaneBits))};
}
constexpr uint64_t total_sequence(uint64_t total) noexcept {
  return low_bits(total, kSequenceBits);
}
constexpr bool is_last_change(uint64_t total, Changer by, uint64_t sequence) noexcept {
  return low_bits(total ^ pack_total(0, by, sequence), 64 - kUnitBits) == 0;
}

constexpr uint64_t pack_memory(uint64_t units, uint64_t number) noexcept {
  return units << kNumberBits | low_bits(number, kNumberBits);
}
constexpr uint64_t memory_units(uint64_t memory) noexcept {
  return memory >> kNumberBits;
}
// Whether change `number`, of which it is known to be the lane's last or the one after, is in the lane's
// memory.
constexpr bool is_settled(uint64_t memory, uint64_t number) noexcept {
  return low_bits(memory ^ number, kNumberBits) == 0;
}

inline constexpr uint64_t kUnderWay = uint64_t{1} << 63;
constexpr uint64_t pack_intent(int64_t delta) noexcept {
  return kUnderWay | low_bits(static_cast<uint64_t>(delta), kLaneUnitBits);
}
// Modulo 2^36, as the lanes' units are.
constexpr uint64_t intent_delta(uint64_t intent) noexcept {
  return low_bits(intent, kLaneUnitBits);
}

}  // namespace dure::gpu::share
