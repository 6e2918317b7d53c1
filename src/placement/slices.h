// Slices: a MIG card as a slot of the board, so that all that plans on a board plans instances too.
//
// The "cards" of such a slot are the memory slices of one card, in their order (mig.h: 8, or 4), and one more
// for the media extensions, which are there once. An instance takes the slices of its mask, whole or, where
// it is asked for in blocks, so many milli-GPU of each: what is free on each of its slices is what is free in
// the instance. Of each slice the slot knows the instance that it is part of; a slice of which nothing is
// taken is part of none, so that an instance is there as long as somebody is in it. Instances that begin at
// the same place with the same slices may be of two profiles (3g and 4g), and a board looked at over a time
// (timeline.h) may have had one after the other there: who goes into an instance finds it, all of that time,
// of his own profile or not there.
//
// Placements of one profile do not overlap (mig.cc proves it while it is compiled). So replicas of one
// shape get in each other's way only by number, here as everywhere on the board (count.h).
//
// The memory of an instance goes with its slices and blocks, and is not counted beside them.
//
// Pure functions of plain values.
#pragma once

#include <cstdint>

#include "placement/board.h"
#include "placement/mig.h"

namespace dure::placement {

// Slot::instance of a slice that had instances of more than one kind: nobody goes there.
inline constexpr std::uint8_t kSeveralInstances = 255;

// Slot::mig of the model's cards.
std::uint8_t mig_kind(const MigModel& model);
// Shape::mig of the profile: the same for all sizes of memory.
std::uint8_t mig_number(const MigName& name);

// True where that kind of card has the profile.
bool fits_kind(std::uint8_t kind, std::uint8_t number);

// The slices of an instance that begins there. REQUIRES: the profile may begin there.
std::uint32_t slices_of(std::uint8_t number, std::size_t start);
// Slot::instance of the instance with these slices.
std::uint8_t instance_code(std::uint8_t number, std::uint32_t slices);
// REQUIRES: the code is of one instance.
std::uint8_t number_of_instance(std::uint8_t instance);
std::size_t start_of_instance(std::uint8_t instance);

// A card with nothing on it, in service.
Slot empty_slices(const MigModel& model);
// Slices that are not wholly free, or are out of service.
std::uint32_t used_slices(const Slot& slot);
// The instance on these slices holds so much more, or (below 0) less.
void change_slices(Slot& slot, std::uint8_t instance, std::uint32_t slices, std::int64_t taken);
// `least` becomes what both have.
void lower_slices(Slot& least, const Slot& other);

// REQUIRES of all: slot.mig > 0.
bool slices_fit(const Slot& slot, const Shape& shape);
// How many of the shape, at most `most`.
std::int64_t count_slices(const Slot& slot, const Shape& shape, std::int64_t most);
// Where the shape goes: into the instance of its profile that has least left and room for it, else into a new
// one with the least loss (mig.h). None where it does not fit.
std::uint32_t tightest_slices(const Slot& slot, const Shape& shape);
// What to compare cards by, the least first: 0 for who goes into an instance that is there, else 1 and the
// loss. REQUIRES: it fits.
std::int64_t loss_of_slices(const Slot& slot, const Shape& shape);
// The same of a new instance on a card with these slices used; -1: none has room.
std::int64_t loss_of_new(std::uint8_t number, std::uint32_t used);

}  // namespace dure::placement
