#include "placement/request.h"

namespace dure::placement {

bool model_will_do(const Request& request, std::string_view model) {
  for (std::string_view list = request.model; !model.empty();) {
    const auto bar = list.find('|');
    if (list.substr(0, bar) == model) return true;
    if (bar == std::string_view::npos) return false;
    list.remove_prefix(bar + 1);
  }
  return false;
}

std::optional<MigName> named_instance(const Request& request) {
  for (std::string_view list = request.model; !list.empty();) {
    const auto bar = list.find('|');
    if (const auto name = parse_mig_model(list.substr(0, bar))) return name;
    if (bar == std::string_view::npos) break;
    list.remove_prefix(bar + 1);
  }
  return std::nullopt;
}

std::optional<MigName> made_instance(const Request& request) {
  if (request.cards > 1 || request.card_memory) return std::nullopt;
  return named_instance(request);
}

Request request_of(const model::WorkloadSpec& spec, const std::string& pool) {
  Request request;
  request.model = spec.model;
  request.blocks = spec.blocks;
  request.cards = spec.cards;
  request.cpu_milli = spec.cpu_milli;
  request.memory = spec.memory;
  request.pool = pool;
  request.replicas = spec.replicas;
  return request;
}

base::MilliGpu milli_gpu_per_replica(const Request& request) {
  const auto name = named_instance(request);
  const base::MilliGpu blocks = base::MilliGpu::blocks(request.blocks);
  if (!name || blocks.value < 0 || blocks > base::MilliGpu::cards(1) || request.cards < 0)
    return blocks + base::MilliGpu::cards(request.cards);
  return {milli_gpu_of(*name, blocks).value + request.cards * milli_gpu_of(*name).value};
}

base::Bytes memory_of_blocks(base::Bytes card_memory, std::int64_t blocks) {
  return {base::multiply_divide(card_memory.value, blocks, 100)};
}

}  // namespace dure::placement
