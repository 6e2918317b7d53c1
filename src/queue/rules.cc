#include "queue/rules.h"

namespace dure::queue {

Ceiling ceiling_of(const model::ResourceAmount& limit) {
  Ceiling ceiling;
  ceiling.gpu = base::MilliGpu::blocks(limit.blocks);
  if (limit.cpu_cores > 0) ceiling.cpu_milli = limit.cpu_cores * 1000;
  if (limit.memory.value > 0) ceiling.memory = limit.memory;
  return ceiling;
}

Ceiling with_borrowed(const Ceiling& ceiling, std::int64_t percent) {
  const auto more = [&](std::int64_t value) { return base::multiply_divide(value, 100 + percent, 100); };
  Ceiling most = ceiling;
  // Whole blocks, as they are asked for.
  if (ceiling.gpu) most.gpu = base::MilliGpu::blocks(more(ceiling.gpu->value) / 10);
  if (ceiling.card_memory) most.card_memory = base::Bytes{more(ceiling.card_memory->value)};
  if (ceiling.cpu_milli) most.cpu_milli = more(*ceiling.cpu_milli);
  if (ceiling.memory) most.memory = base::Bytes{more(ceiling.memory->value)};
  return most;
}

namespace {

template <class Choose>
Ceiling each_dimension(const Ceiling& a, const Ceiling& b, const Choose& choose) {
  return {choose(a.runs, b.runs), choose(a.gpu, b.gpu), choose(a.card_memory, b.card_memory),
          choose(a.cpu_milli, b.cpu_milli), choose(a.memory, b.memory)};
}

}  // namespace

Ceiling tighter(const Ceiling& a, const Ceiling& b) {
  return each_dimension(a, b, [](const auto& one, const auto& other) {
    if (!one || !other) return one ? one : other;
    return *other < *one ? other : one;
  });
}

Ceiling first_said(const Ceiling& first, const Ceiling& other) {
  return each_dimension(first, other, [](const auto& one, const auto& two) { return one ? one : two; });
}

bool may_run(model::AllocationState state) {
  return state == model::AllocationState::kActive || state == model::AllocationState::kSetupGrace ||
         state == model::AllocationState::kEnding;
}

bool may_run_later(model::AllocationState state) {
  return state == model::AllocationState::kPlanned || state == model::AllocationState::kSuspended;
}

namespace {

struct Dimension {
  const char* resource;
  std::optional<std::int64_t> limit;
  std::int64_t used;
  std::int64_t asked;
};

// Blocks rather than milli-GPU, because that is what people ask for.
std::optional<std::int64_t> blocks(const std::optional<base::MilliGpu>& gpu) {
  if (!gpu) return std::nullopt;
  return gpu->value / 10;
}

std::optional<std::int64_t> bytes(const std::optional<base::Bytes>& size) {
  if (!size) return std::nullopt;
  return size->value;
}

base::Reason reason_of_limit(const Dimension& dimension, const std::string& scope) {
  const bool alone = dimension.asked > *dimension.limit;
  return base::Reason(alone ? "queue.over_ceiling" : "queue.ceiling")
      .with("scope", scope)
      .with("resource", dimension.resource)
      .with("used", dimension.used)
      .with("asked", dimension.asked)
      .with("limit", *dimension.limit);
}

}  // namespace

std::optional<base::Reason> passed(const Ceiling& ceiling, const Amount& used, const Amount& asked,
                                   const std::string& scope) {
  const Dimension dimensions[] = {
      {"gpu_blocks", blocks(ceiling.gpu), used.gpu.value / 10, asked.gpu.value / 10},
      {"card_memory_bytes", bytes(ceiling.card_memory), used.card_memory.value, asked.card_memory.value},
      {"cpu_milli", ceiling.cpu_milli, used.cpu_milli, asked.cpu_milli},
      {"memory_bytes", bytes(ceiling.memory), used.memory.value, asked.memory.value},
      {"runs", ceiling.runs, used.runs, asked.runs},
  };
  const Dimension* waiting = nullptr;
  for (const Dimension& dimension : dimensions) {
    // What takes none of a resource is not stopped by its ceiling, even where that was lowered below the use.
    if (!dimension.limit || dimension.asked == 0) continue;
    if (dimension.asked > *dimension.limit) return reason_of_limit(dimension, scope);
    if (waiting == nullptr && dimension.used + dimension.asked > *dimension.limit) waiting = &dimension;
  }
  if (waiting == nullptr) return std::nullopt;
  return reason_of_limit(*waiting, scope);
}

}  // namespace dure::queue
