#include "gpu/node/catalogue.h"

#include <algorithm>
#include <array>

namespace dure::gpu {
namespace {

constexpr base::Bytes gib(std::int64_t n) {
  return {n << 30};
}
constexpr base::Bytes mib(std::int64_t n) {
  return {n << 20};
}

constexpr std::array kModels{
    CardModel{"h200-141gb", "NVIDIA H200", "h200", "", gib(141), CardUnit::kGpu, true, 669},
    CardModel{"h100-80gb", "NVIDIA H100 80GB HBM3", "h100", "", gib(80), CardUnit::kGpu, true, 669},
    CardModel{"a100-80gb", "NVIDIA A100-SXM4-80GB", "a100", "80gb", gib(80), CardUnit::kGpu, true, 195},
    CardModel{"a100-40gb", "NVIDIA A100-SXM4-40GB", "a100", "40gb", gib(40), CardUnit::kGpu, true, 195},
    CardModel{"v100-32gb", "Tesla V100-SXM2-32GB", "v100", "32gb", gib(32), CardUnit::kGpu, false, 157},
    CardModel{"v100-16gb", "Tesla V100-SXM2-16GB", "v100", "16gb", gib(16), CardUnit::kGpu, false, 157},
    CardModel{"t4", "Tesla T4", " t4", "", gib(16), CardUnit::kGpu, false, 81},
    CardModel{"bow", "Graphcore Bow IPU", "bow", "ipu", mib(900), CardUnit::kIpu, false, 875},
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool fits(const CardModel& model, const std::string& product, base::Bytes memory) {
  const auto slack = model.memory.value / 8;
  return product.find(model.first_mark) != std::string::npos &&
         product.find(model.second_mark) != std::string::npos &&
         std::abs(model.memory.value - memory.value) <= slack;
}

// "nvidia geforce rtx 4090" -> "geforce-rtx-4090"
std::string slug(std::string product) {
  if (product.starts_with("nvidia ")) product.erase(0, 7);
  std::string result;
  for (const char c : product) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) result += c;
    if (!plain && !result.empty() && result.back() != '-') result += '-';
  }
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "card" : result;
}

}  // namespace

std::span<const CardModel> catalogue() {
  return kModels;
}

const CardModel* find_model(std::string_view name) {
  const auto found = std::ranges::find(kModels, name, &CardModel::name);
  return found == kModels.end() ? nullptr : &*found;
}

std::string model_name(std::string_view product, base::Bytes memory) {
  const std::string text = lower(product);
  for (const CardModel& model : kModels)
    if (fits(model, text, memory)) return std::string(model.name);
  const auto whole_gib = (memory.value + (1LL << 29)) >> 30;
  return slug(text) + "-" + std::to_string(whole_gib) + "gb";
}

}  // namespace dure::gpu
