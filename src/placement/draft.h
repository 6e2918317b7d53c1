// Draft: the board and its tenants as they would be after some moves, to think moves through.
//
// A tenant is lifted off its spot and put on another; every step can be undone back to a mark. Cards can be
// kept: nothing is offered a kept card, so that what was cleared stays clear. Where a shape could go is found
// in ordered sets, one for each model: cards by what is free on them, slots by their whole cards. So the
// tightest come first, and a look-up among 80,000 cards does not see most of them.
//
// Cards in MIG mode are left as they are: nothing is offered one, and none is cleared.
//
// A copy: what it was made of is not changed. Single-threaded; the owner of the draft owns it.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "placement/forest.h"
#include "placement/tenants.h"
#include "placement/tighten.h"

namespace dure::placement {

class Draft {
 public:
  struct Guest {
    Tenant tenant;  // as it was found
    Spot spot;      // where it is now, or was last
    bool off = false;
    bool moved() const { return off || spot != tenant.spot; }
  };
  // To take `guest` off makes room on that spot, of its own slot.
  struct Ejection {
    std::size_t guest = 0;
    Spot spot;
  };

  // REQUIRES: `tenants` are those of the forest.
  Draft(const Forest& forest, const Tenants& tenants);

  const std::vector<Slot>& slots() const { return slots_; }
  bool in_service(std::size_t slot) const { return in_service_[slot]; }
  const Guest& guest(std::size_t number) const { return guests_[number]; }
  // By their numbers as guests.
  std::span<const std::size_t> on(std::size_t slot) const { return on_[slot]; }

  std::int64_t whole_cards() const { return whole_cards_; }  // with nothing on them
  std::int64_t whole_nodes() const { return whole_nodes_; }  // slots with cards, all of them whole
  std::size_t moved() const { return moved_; }               // tenants that are not where they were found
  std::int64_t cost() const { return cost_; }                // of those
  std::vector<std::size_t> moved_guests() const;
  std::vector<Move> moves() const;

  // REQUIRES: it is not off.
  void lift(std::size_t guest);
  // REQUIRES: it is off, and fits there.
  void put(std::size_t guest, const Spot& spot);
  // Nothing goes to these any more; nothing at all to a slot of which all cards are kept.
  void keep(std::size_t slot, std::uint32_t cards);
  std::uint32_t kept(std::size_t slot) const { return kept_[slot]; }
  // Nothing goes to these, whether or not something leaves them: somebody else was promised them. Not undone.
  void shut(std::size_t slot, std::uint32_t cards) { shut_[slot] |= cards; }

  std::size_t mark() const { return journal_.size(); }
  void undo_to(std::size_t mark);

  // Where the shape fits, the tightest first, at most so many: a part on the card with the least free, whole
  // cards and none on the slot with the fewest whole ones. A part goes on an empty card only where
  // `empty_ones`. Not all are seen: at most kMostLooks of each model.
  std::vector<Spot> spots_for(const Shape& shape, bool empty_ones, std::size_t most);
  // Where the shape, which is that guest's, would fit without one that is easier to place; those first that
  // are moved already, then the smaller.
  std::vector<Ejection> ejections_for(std::size_t guest, bool empty_ones, std::size_t most);

  // Cards and slots that were looked at so far.
  std::uint64_t looks() const { return looks_; }

 private:
  static constexpr std::size_t kMostLooks = 256;
  using CardKey = std::tuple<std::int64_t, std::size_t, std::size_t>;  // free, slot, card
  using SlotKey = std::pair<std::int64_t, std::size_t>;                // whole cards, slot
  struct OfModel {
    std::set<CardKey> cards;  // with something free
    std::set<SlotKey> slots;
  };
  struct Entry {
    enum class Kind { kLift, kPut, kKeep } kind = Kind::kLift;
    std::size_t number = 0;    // of the guest or the slot
    Spot spot;                 // of the guest before
    std::uint32_t before = 0;  // what was kept
  };

  void change(std::size_t guest, const Spot& spot, bool off);
  void enlist(std::size_t slot, std::int64_t sign);
  std::uint32_t barred(std::size_t slot) const { return kept_[slot] | shut_[slot]; }
  Slot offered(std::size_t slot) const;  // without the barred cards
  bool all_barred(std::size_t slot) const;
  void add_card_spots(const OfModel& of, const Shape& shape, bool empty_ones, std::size_t most,
                      std::vector<Spot>& found);
  void add_slot_spots(const OfModel& of, const Shape& shape, std::size_t most, std::vector<Spot>& found);
  bool easier(const Guest& one, const Guest& than) const;
  void add_card_ejections(const OfModel& of, const Guest& out, bool empty_ones, std::vector<Ejection>& found);
  void add_slot_ejections(const OfModel& of, const Guest& out, std::vector<Ejection>& found);

  std::vector<Slot> slots_;
  std::vector<bool> in_service_;
  std::vector<std::uint32_t> kept_;
  std::vector<std::uint32_t> shut_;
  std::vector<Guest> guests_;
  std::vector<std::vector<std::size_t>> on_;
  std::vector<OfModel> of_model_;
  std::vector<Entry> journal_;
  std::int64_t whole_cards_ = 0;
  std::int64_t whole_nodes_ = 0;
  std::size_t moved_ = 0;
  std::int64_t cost_ = 0;
  std::uint64_t looks_ = 0;
};

}  // namespace dure::placement
