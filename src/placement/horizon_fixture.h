// For tests: a horizon as somebody sees it who keeps a list of holds and, for every instant of a short time,
// works out anew what each slot has free. It knows nothing of changes, windows and steps.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "placement/horizon.h"

namespace dure::placement {

// Nothing changes from this instant on, and nothing starts for the first time.
inline constexpr std::int64_t kNaiveEnd = 48;

struct NaiveHold {
  enum class Kind : std::uint8_t { kRun, kReservation, kBlock };
  Horizon::Key key = 0;
  Kind kind = Kind::kRun;
  std::vector<Placed> parts;  // of a block: one, for its slot
  base::Instant starts;       // of a run: no matter
  base::Instant ends;
  Heed heed = Heed::kAll;  // of a block
};

struct NaiveRoom {
  Slot free;
  bool closed = false;
};

struct NaiveHorizon {
  std::vector<Slot> present;
  std::vector<bool> in_service;
  std::vector<NaiveHold> holds;
  std::optional<base::Instant> now;

  // What is free on the slot at that instant, for a question about `from` and later.
  NaiveRoom at(std::size_t slot, base::Instant from, base::Instant instant, bool endless) const {
    NaiveRoom room{present[slot], !in_service[slot]};
    for (const NaiveHold& hold : holds) {
      const bool within = hold.starts <= instant && instant < hold.ends;
      const bool back = hold.ends > now.value_or(from) && hold.ends <= instant;
      for (const Placed& part : hold.parts) {
        if (part.spot.slot != slot) continue;
        const bool heeded = hold.heed == Heed::kAll || !endless;
        if (hold.kind == NaiveHold::Kind::kBlock) room.closed |= within && heeded;
        if (hold.kind == NaiveHold::Kind::kReservation && within) put(room.free, part, -1);
        if (hold.kind == NaiveHold::Kind::kRun && back) put(room.free, part, 1);
      }
    }
    return room;
  }

  static void put(Slot& slot, const Placed& part, std::int64_t sign) {
    slot.cpu_milli += sign * part.shape.cpu_milli;
    slot.memory += sign * part.shape.memory;
    for (std::size_t i = 0; i < slot.free.size(); ++i) {
      if ((part.spot.cards >> i & 1) == 0) continue;
      slot.free[i] = static_cast<std::int16_t>(slot.free[i] + sign * part.shape.milli_gpu);
      const std::int64_t of_compute = slot.card_memory[i] * part.shape.milli_gpu / kWholeCard;
      const std::int64_t memory = part.shape.card_memory > 0 ? part.shape.card_memory : of_compute;
      if (slot.counts_card_memory) slot.free_memory[i] += sign * memory;
    }
  }

  // The least of everything in [start, start + length).
  NaiveRoom least(std::size_t slot, base::Instant from, base::Instant start, base::Span length) const {
    const bool endless = length == kForever;
    NaiveRoom room = at(slot, from, start, endless);
    const std::int64_t end = endless ? kNaiveEnd : std::min(kNaiveEnd, start.us + length.us);
    for (std::int64_t us = start.us + 1; us < end; ++us) {
      const NaiveRoom other = at(slot, from, {us}, endless);
      room.closed |= other.closed;
      room.free.cpu_milli = std::min(room.free.cpu_milli, other.free.cpu_milli);
      room.free.memory = std::min(room.free.memory, other.free.memory);
      for (std::size_t i = 0; i < room.free.free.size(); ++i) {
        room.free.free[i] = std::min(room.free.free[i], other.free.free[i]);
        room.free.free_memory[i] = std::min(room.free.free_memory[i], other.free.free_memory[i]);
      }
    }
    return room;
  }

  // One after the other where it costs least, or nothing where not all find a place.
  static std::optional<std::vector<Spot>> choose(std::vector<NaiveRoom> rooms, const Shape& shape,
                                                 std::int64_t replicas, bool apart) {
    std::vector<Spot> spots;
    for (; replicas > 0; --replicas) {
      std::optional<std::size_t> best;
      Slack least = 0;
      for (std::size_t slot = 0; slot < rooms.size(); ++slot) {
        if (rooms[slot].closed || !fits(rooms[slot].free, shape)) continue;
        const Slack cost = cost_of(slack_of(rooms[slot].free), growth_of(shape));
        if (best && cost >= least) continue;
        best = slot;
        least = cost;
      }
      if (!best) return std::nullopt;
      NaiveRoom& room = rooms[*best];
      spots.push_back({*best, tightest_cards(room.free, shape)});
      take(room.free, shape, spots.back().cards);
      room.closed |= apart;
    }
    return spots;
  }

  std::optional<Horizon::Opening> earliest(const Shape& shape, std::int64_t replicas, bool apart,
                                           base::Instant from, base::Span length, base::Instant before,
                                           const std::vector<std::size_t>* only = nullptr) const {
    for (std::int64_t us = from.us; us <= kNaiveEnd && us < before.us; ++us) {
      std::vector<NaiveRoom> rooms;
      for (std::size_t slot = 0; slot < present.size(); ++slot) {
        rooms.push_back(least(slot, from, {us}, length));
        if (only && std::ranges::find(*only, slot) == only->end()) rooms.back().closed = true;
      }
      if (const auto spots = choose(std::move(rooms), shape, replicas, apart))
        return Horizon::Opening{{us}, *spots};
    }
    return std::nullopt;
  }

  bool open(const std::vector<Placed>& parts, base::Instant from, base::Span length) const {
    std::vector<NaiveRoom> rooms;
    for (std::size_t slot = 0; slot < present.size(); ++slot)
      rooms.push_back(least(slot, from, from, length));
    for (const Placed& part : parts) {
      NaiveRoom& room = rooms[part.spot.slot];
      if (room.closed || !(part.shape.cards == 0 || model_fits(room.free, part.shape))) return false;
      put(room.free, part, -1);
      if (room.free.cpu_milli < 0 || room.free.memory < 0) return false;
      for (std::size_t i = 0; i < room.free.free.size(); ++i)
        if ((part.spot.cards >> i & 1) != 0 && (room.free.free[i] < 0 || room.free.free_memory[i] < 0))
          return false;
    }
    return true;
  }
};

}  // namespace dure::placement
