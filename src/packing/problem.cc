#include "packing/problem.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace dure::packing {

using placement::Shape;
using placement::Slot;

namespace {

std::vector<Class> classes_of(const std::vector<Shape>& shapes) {
  std::map<Shape, std::int64_t> counts;
  for (const Shape& shape : shapes)
    if (shape.total_milli_gpu() > 0) ++counts[shape];
  std::vector<Class> classes;
  classes.reserve(counts.size());
  for (const auto& [shape, count] : counts) classes.push_back({shape, count});
  return classes;
}

}  // namespace

Problem problem_of(const std::vector<Slot>& slots, const std::vector<Shape>& shapes) {
  Problem problem{classes_of(shapes), {}, placement::kWholeCard};
  for (const Class& each : problem.classes) problem.grain = std::gcd(problem.grain, each.shape.milli_gpu);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto alike = std::find_if(problem.types.begin(), problem.types.end(),
                              [&](const Type& type) { return type.slot == slots[i]; });
    if (alike == problem.types.end()) alike = problem.types.insert(alike, {slots[i], {}, {}});
    alike->slots.push_back(i);
  }
  for (Type& type : problem.types)
    for (std::size_t i = 0; i < problem.classes.size(); ++i)
      if (placement::fits(type.slot, problem.classes[i].shape)) type.classes.push_back(i);
  return problem;
}

std::int64_t capacity_of(const Problem& problem) {
  std::int64_t sum = 0;
  for (const Type& type : problem.types)
    sum += static_cast<std::int64_t>(type.slots.size()) * type.slot.cards * placement::kWholeCard;
  return sum;
}

std::int64_t asked_of(const Problem& problem) {
  std::int64_t sum = 0;
  for (const Class& each : problem.classes) sum += each.count * each.shape.total_milli_gpu();
  return sum;
}

}  // namespace dure::packing
