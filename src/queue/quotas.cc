#include "queue/quotas.h"

#include "base/result.h"

namespace dure::queue {
namespace {

// What takes none of a resource is not stopped by its ceiling, even where that was lowered below the use.
template <class Limit>
bool lets_in(const std::optional<Limit>& ceiling, std::int64_t held, std::int64_t asked) {
  if (!ceiling || asked == 0) return true;
  if constexpr (requires { ceiling->value; })
    return held + asked <= ceiling->value;
  else
    return held + asked <= *ceiling;
}

bool lets_in(const Ceiling& ceiling, const Amount& held, const Amount& asked) {
  return lets_in(ceiling.runs, held.runs, asked.runs) &&
         lets_in(ceiling.gpu, held.gpu.value, asked.gpu.value) &&
         lets_in(ceiling.card_memory, held.card_memory.value, asked.card_memory.value) &&
         lets_in(ceiling.cpu_milli, held.cpu_milli, asked.cpu_milli) &&
         lets_in(ceiling.memory, held.memory.value, asked.memory.value);
}

}  // namespace

std::size_t Quotas::add(std::size_t parent, const Ceiling& ceiling) {
  DURE_ASSERT(parent < nodes_.size());
  nodes_.push_back({parent, ceiling, std::nullopt, {}});
  return nodes_.size() - 1;
}

void Quotas::take(std::size_t node, const Amount& amount) {
  for (;; node = nodes_[node].parent) {
    nodes_[node].held = nodes_[node].held + amount;
    if (node == kRoot) return;
  }
}

void Quotas::give_back(std::size_t node, const Amount& amount) {
  for (;; node = nodes_[node].parent) {
    nodes_[node].held = nodes_[node].held - amount;
    DURE_ASSERT(nodes_[node].held.runs >= 0 && nodes_[node].held.gpu.value >= 0);
    if (node == kRoot) return;
  }
}

void Quotas::take_beside(std::size_t node, const Amount& amount) {
  for (; node != kRoot; node = nodes_[node].parent) nodes_[node].held = nodes_[node].held + amount;
}

void Quotas::give_back_beside(std::size_t node, const Amount& amount) {
  for (; node != kRoot; node = nodes_[node].parent) {
    nodes_[node].held = nodes_[node].held - amount;
    DURE_ASSERT(nodes_[node].held.runs >= 0 && nodes_[node].held.gpu.value >= 0);
  }
}

std::optional<std::size_t> Quotas::binding_beside(std::size_t node, const Amount& asked) const {
  for (; node != kRoot; node = nodes_[node].parent)
    if (!lets_in_at(node, asked)) return node;
  return std::nullopt;
}

bool Quotas::lets_in_at(std::size_t node, const Amount& asked) const {
  return lets_in(nodes_[node].ceiling, nodes_[node].held, asked);
}

std::optional<std::size_t> Quotas::binding(std::size_t node, const Amount& asked) const {
  std::optional<std::size_t> full;
  for (;; node = nodes_[node].parent) {
    const Node& each = nodes_[node];
    if (!lets_in(each.ceiling, {}, asked)) return node;
    if (!full && !lets_in(each.ceiling, each.held, asked)) full = node;
    if (node == kRoot) return full;
  }
}

bool Quotas::never(std::size_t node, const Amount& asked) const {
  for (;; node = nodes_[node].parent) {
    if (!lets_in(nodes_[node].ceiling, {}, asked)) return true;
    if (node == kRoot) return false;
  }
}

}  // namespace dure::queue
