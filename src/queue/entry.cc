#include "queue/entry.h"

namespace dure::queue {

Amount operator+(const Amount& a, const Amount& b) {
  return {a.runs + b.runs, a.gpu + b.gpu, a.card_memory + b.card_memory, a.cpu_milli + b.cpu_milli,
          a.memory + b.memory};
}

Amount operator-(const Amount& a, const Amount& b) {
  return {a.runs - b.runs, a.gpu - b.gpu, a.card_memory - b.card_memory, a.cpu_milli - b.cpu_milli,
          a.memory - b.memory};
}

Amount amount_of(const placement::Request& request, base::Bytes whole_card_memory) {
  const std::int64_t n = request.replicas;
  const base::Bytes of_blocks = placement::memory_of_blocks(whole_card_memory, request.blocks);
  const std::int64_t card_memory = request.cards > 0 ? request.cards * whole_card_memory.value
                                                     : request.card_memory.value_or(of_blocks).value;
  return {1,
          {placement::milli_gpu_per_replica(request).value * n},
          {card_memory * n},
          request.cpu_milli * n,
          {request.memory.value * n}};
}

}  // namespace dure::queue
