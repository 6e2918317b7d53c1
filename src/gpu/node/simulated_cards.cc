#include "gpu/node/simulated_cards.h"

#include <charconv>
#include <map>
#include <utility>

namespace dure::gpu {
namespace {

constexpr std::int64_t kMostCards = 64;

base::Error malformed(std::string_view text) {
  return base::invalid(base::Reason("card.simulation_malformed").with("text", std::string(text)));
}

std::string known_models() {
  std::string names;
  for (const CardModel& model : catalogue()) {
    if (!names.empty()) names += ", ";
    names += model.name;
  }
  return names;
}

constexpr std::string_view kMig = "+mig";

struct Item {
  const CardModel* model = nullptr;
  std::int64_t count = 1;
  bool mig = false;
};

// "a100-40gb+mig:2" -> a100-40gb, 2, in MIG mode
base::Result<Item> parse_item(std::string_view item) {
  const auto colon = item.find(':');
  std::string_view name = item.substr(0, colon);
  const bool mig = name.ends_with(kMig);
  if (mig) name.remove_suffix(kMig.size());
  std::int64_t count = 1;
  if (colon != std::string_view::npos) {
    const auto digits = item.substr(colon + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (failure != std::errc() || end != digits.data() + digits.size() || count < 1) return malformed(item);
  }
  const CardModel* model = find_model(name);
  if (model == nullptr)
    return base::invalid(
        base::Reason("card.model_unknown").with("model", std::string(name)).with("known", known_models()));
  if (mig && !model->can_split)
    return base::invalid(base::Reason("card.no_mig").with("model", std::string(name)));
  return Item{model, count, mig};
}

Card make_card(const Item& item, std::string_view node_name, std::int64_t number, std::int64_t index) {
  const CardModel& model = *item.model;
  Card card;
  card.report.id = model::CardId("SIM-" + std::string(node_name) + "-" + std::string(model.name) + "-" +
                                 std::to_string(number));
  card.report.index = index;
  card.report.model = model.name;
  card.report.product = "Simulated " + std::string(model.product);
  card.report.memory = model.memory;
  card.report.simulated = true;
  card.report.mig = item.mig;
  card.unit = model.unit;
  return card;
}

}  // namespace

base::Result<SimulatedCards> SimulatedCards::parse(std::string_view text, std::string_view node_name) {
  SimulatedCards source;
  std::map<std::string_view, std::int64_t> made;  // so that "t4,t4" gives two different cards
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    DURE_LET(item, parse_item(rest.substr(0, comma)));
    if (item.count > kMostCards - static_cast<std::int64_t>(source.cards_.size()))
      return base::invalid(base::Reason("card.too_many").with("limit", kMostCards));
    for (std::int64_t n = 0; n < item.count; ++n)
      source.cards_.push_back(make_card(item, node_name, made[item.model->name]++,
                                        static_cast<std::int64_t>(source.cards_.size())));
    if (comma == std::string_view::npos) return source;
    rest.remove_prefix(comma + 1);
  }
  return malformed(text);
}

std::string SimulatedCards::describe() {
  return "simulated, " + std::to_string(cards_.size()) + " cards that do not exist";
}

}  // namespace dure::gpu
