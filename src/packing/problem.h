// What is to be packed: shapes that are alike as one class, empty machines that are alike as one type.
#pragma once

#include <cstdint>
#include <vector>

#include "placement/board.h"

namespace dure::packing {

// Shapes without cards are left out: they give out nothing.
struct Class {
  placement::Shape shape;
  std::int64_t count = 0;
};

struct Type {
  placement::Slot slot;              // empty
  std::vector<std::size_t> slots;    // which of the list
  std::vector<std::size_t> classes;  // that fit one of them
};

struct Problem {
  std::vector<Class> classes;
  std::vector<Type> types;
  std::int64_t grain = 1;  // milli-GPU: of every part of a card a multiple, and of a card a divisor
};

Problem problem_of(const std::vector<placement::Slot>& slots, const std::vector<placement::Shape>& shapes);

// Milli-GPU of all cards, and of all that is asked for.
std::int64_t capacity_of(const Problem& problem);
std::int64_t asked_of(const Problem& problem);

}  // namespace dure::packing
