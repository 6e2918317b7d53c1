// The model of a MIG instance as a node reports it, from raw bytes, and a card that is split at will.
//
// What must hold: a name that is taken is written again as it came, and lies within its table. The bytes
// behind the first line's end split a card of that model: each asks for a profile where the rule puts it, or
// takes out what begins at a slot. The slots that are taken are those of what stands there, no slot twice, no
// more compute slices than the card has, and all of it counts as at most one card.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "placement/mig.h"

namespace {

using dure::placement::MigCard;
using dure::placement::MigModel;

void check_card(const MigCard& card) {
  const MigModel& model = card.model();
  unsigned taken = 0;
  std::int64_t milli_gpu = 0;
  for (std::size_t start = 0; start < dure::placement::kMostMigSlots; ++start) {
    const auto profile = card.at(start);
    if (!profile) continue;
    const unsigned slots = ((1U << model.profiles[*profile].slots) - 1) << start;
    DURE_ASSERT((slots & taken) == 0 && slots >> model.slots == 0);
    taken |= slots;
    milli_gpu += dure::placement::milli_gpu_of({&model, *profile}).value;
  }
  DURE_ASSERT(taken == card.taken());
  DURE_ASSERT(card.compute_taken() <= model.compute && milli_gpu <= 1000);
}

void split(const MigModel& model, std::string_view steps) {
  MigCard card(model);
  for (const char step : steps) {
    const auto number = static_cast<std::size_t>(static_cast<unsigned char>(step));
    const std::size_t profile = number / 2 % model.profiles.size();
    const std::size_t start = number / 2 % dure::placement::kMostMigSlots;
    const bool comes = number % 2 == 0;
    if (const auto best = card.choose(profile); comes && best) {
      const auto room = card.count(profile);
      card.put(profile, best->start);
      DURE_ASSERT(best->loss > 0 && card.count(profile) < room);
    }
    if (!comes && card.at(start)) card.take_out(start);
    check_card(card);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  const auto name = dure::placement::parse_mig_model(line);
  if (!name) return 0;
  DURE_ASSERT(name->profile < name->model->profiles.size());
  DURE_ASSERT(dure::placement::mig_model_name(*name) == line);
  if (end != std::string_view::npos) split(*name->model, text.substr(end + 1));
  return 0;
}
