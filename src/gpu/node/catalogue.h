// The accelerator models that Dure knows by name (requirements P2, P21): data, no behaviour.
//
// A model is a resource of its own: requests, prices and tables name it ("a100-40gb"), never the product's
// text as the driver spells it. Real cards are matched to a model by product and memory; a card of no known
// model gets a name made from its product, so that it can be used too. Figures are those of the makers' data
// sheets: memory as sold (binary), FP32 throughput in tenths of a teraflops. The throughput of a BOW is that
// of one card in the offer of the shared pool (87.5 TF, seed S1).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/quantity.h"

namespace dure::gpu {

enum class CardUnit { kGpu, kIpu };

struct CardModel {
  std::string_view name;     // "a100-40gb"
  std::string_view product;  // as the driver names it, for a simulated card
  // Marks that a product's text has, in lower case, all of them: "a100". "" for no more.
  std::string_view first_mark;
  std::string_view second_mark;
  base::Bytes memory;
  CardUnit unit = CardUnit::kGpu;
  bool can_split = false;  // has MIG
  std::int64_t tera_flops_tenths = 0;
};

// All models, the ones with narrower marks first.
std::span<const CardModel> catalogue();

// The model of that name, or nullptr.
const CardModel* find_model(std::string_view name);

// The model's name for a card that the driver calls `product` and that has so much memory: of the catalogue
// where its marks fit and its memory is within an eighth (a driver keeps some back), else made from both:
// "NVIDIA GeForce RTX 4090", 24564 MiB -> "geforce-rtx-4090-24gb".
std::string model_name(std::string_view product, base::Bytes memory);

}  // namespace dure::gpu
