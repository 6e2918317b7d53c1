// For tests: a digest of decisions, and boards and rooms whose draws are made one by one, since compilers
// differ in the order in which they make arguments.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "placement/alternatives.h"
#include "placement/naive_fixture.h"
#include "placement/partition_fixture.h"
#include "placement/placed.h"
#include "placement/plan.h"
#include "placement/tenants_fixture.h"
#include "placement/tighten.h"

namespace dure::placement {

// Everything that was said, as one number (FNV-1a over 64 bits), and what of it one can read.
class Digest {
 public:
  void add(std::int64_t number) {
    for (int byte = 0; byte < 8; ++byte) {
      value_ ^= static_cast<std::uint64_t>(number) >> (8 * byte) & 0xff;
      value_ *= 0x100000001b3ULL;
    }
  }
  void add(std::size_t number) { add(static_cast<std::int64_t>(number)); }
  void add(std::uint32_t number) { add(std::int64_t{number}); }
  void add(const std::string& text) {
    add(text.size());
    for (const char c : text) add(std::int64_t{static_cast<unsigned char>(c)});
  }
  void add(const Spot& spot) {
    add(spot.slot);
    add(spot.cards);
  }
  void add(const std::vector<Spot>& spots) {
    add(spots.size());
    for (const Spot& spot : spots) add(spot);
  }
  void add(const std::vector<Move>& moves) {
    add(moves.size());
    for (const Move& move : moves) {
      add(move.tenant);
      add(move.from);
      add(move.to);
    }
  }
  void add(const Plan& plan) {
    for (const PlannedReplica& replica : plan.replicas) {
      add(replica.node_id.text);
      for (const PlannedShare& share : replica.shares) {
        add(share.card_id.text);
        add(share.milli_gpu.value);
        add(share.memory.value);
        add(share.mig_profile);
        add(share.mig_start);
      }
    }
  }
  void add(const base::Reason& reason) {
    add(reason.code);
    for (const base::ReasonParameter& each : reason.parameters) {
      add(each.name);
      std::visit([this](const auto& value) { add(value); }, each.value);
    }
  }
  void add(const Refusal& refusal) {
    add(static_cast<std::int64_t>(refusal.kind));
    add(refusal.reason);
    const Counts& counts = refusal.counts;
    for (const std::int64_t count : {counts.looked_at, counts.node_unavailable, counts.unhealthy, counts.busy,
                                     counts.node_cpu, counts.node_memory, counts.node_cards, counts.fits})
      add(count);
  }
  void add(const std::vector<Alternative>& list) {
    for (const Alternative& each : list) {
      add(static_cast<std::int64_t>(each.kind));
      add(each.model);
      add(each.amount);
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

// What an area decided: so much, and all of it in its digest.
struct Decided {
  std::int64_t asked = 0;
  std::int64_t granted = 0;
  std::int64_t amount = 0;  // of what the area counts: moves, victims, microseconds
  std::uint64_t digest = 0;
  bool operator==(const Decided&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Decided& d) {
    return out << '{' << d.asked << ", " << d.granted << ", " << d.amount << ", 0x" << std::hex << d.digest
               << std::dec << "ULL}";
  }
};

class Draws : public Dice {
 public:
  using Dice::Dice;

  Slot slot() {
    const std::int64_t cards = roll(0, 9) == 0 ? 0 : roll(1, 8);
    const std::int64_t cpus = roll(4, 12) * (cards + 1);
    const std::int64_t model = roll(0, 2);
    Slot made = machine(cards, cpus, model);
    made.memory = roll(1, 4) * (cards + 1) * 400;
    made.pool = static_cast<std::int16_t>(one_in(5) ? 1 : 0);
    if (one_in(6)) made.forms = static_cast<std::uint8_t>(roll(1, 2));
    if (one_in(6)) made.closed = static_cast<std::uint32_t>(roll(0, (1 << cards) - 1));
    if (one_in(2) || cards == 0) return made;
    made.counts_card_memory = true;
    for (std::int64_t card = 0; card < cards; ++card) {
      const auto at = static_cast<std::size_t>(card);
      made.card_memory[at] = roll(1, 3) * 1'111;
      made.free_memory[at] = made.card_memory[at];
    }
    return made;
  }
  // Every eighth slot or so is one machine with the next.
  Forest forest(std::int64_t count) {
    std::vector<Slot> slots;
    std::vector<Forest::Machine> joined;
    while (static_cast<std::int64_t>(slots.size()) < count) {
      slots.push_back(slot());
      if (!one_in(8)) continue;
      Slot twin = slot();
      twin.cpu_milli = slots.back().cpu_milli;
      twin.memory = slots.back().memory;
      twin.pool = slots.back().pool;
      slots.push_back(twin);
      joined.emplace_back(slots.size() - 2, slots.size());
    }
    Forest made(slots);
    made.join_machines(joined);
    for (std::size_t at = 0; at < slots.size(); ++at)
      if (one_in(15)) made.set_service(at, false);
    return made;
  }
  Shape shape() {
    Shape made;
    made.cpu_milli = roll(0, 6) * 1'000;
    made.memory = roll(0, 5) * 100;
    const std::int64_t kind = roll(0, 9);
    if (kind > 0) made.cards = kind >= 8 ? roll(2, 5) : 1;
    if (kind > 0) made.milli_gpu = kind < 7 ? roll(1, 99) * kOneBlock : kWholeCard;
    if (kind > 0 && one_in(3)) made.models = static_cast<std::uint64_t>(roll(1, 7));
    if (one_in(4)) made.pool = static_cast<std::int16_t>(roll(0, 1));
    if (kind > 0) made.forms = made.part_of_card() ? kInBlocks : kInCards;
    if (made.part_of_card() && one_in(6)) made.card_memory = roll(1, 1'500);
    return made;
  }
};

}  // namespace dure::placement
