#include "programme/one_resource.h"

#include <algorithm>
#include <utility>

#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;

const policy::Pool* offered_pool(const policy::Offer& offer, const std::string& id) {
  for (const auto& pool : offer.pools)
    if (pool.id == id) return &pool;
  return nullptr;
}

// The pools that have what is named: the wanted one for what it has, else the first that does.
std::vector<std::string> pools_needed(const policy::Offer& offer, const HeldResource& wanted) {
  std::vector<std::string> needed;
  const auto add = [&](const std::string& pool) {
    if (!pool.empty() && !among(needed, pool)) needed.push_back(pool);
  };
  const auto* own = offered_pool(offer, wanted.pool);
  for (const auto& model : models_named(wanted.model)) {
    if (own != nullptr && (own->models.empty() || among(own->models, model))) {
      add(own->id);
      continue;
    }
    const auto with = std::find_if(offer.pools.begin(), offer.pools.end(),
                                   [&](const auto& pool) { return among(pool.models, model); });
    if (with != offer.pools.end()) add(with->id);
  }
  if (needed.empty()) add(wanted.pool);
  return needed;
}

// Its model; where it names none, that of a pool that has one only.
std::string only_model(const policy::Offer& offer, const HeldResource& of) {
  if (const auto named = models_named(of.model); !named.empty()) return joined(named);
  const auto* pool = offered_pool(offer, of.pool);
  return pool != nullptr && pool->models.size() == 1 ? pool->models.front() : "";
}

model::ScreeningItem one_resource_item(const ScreeningRules& rules, const std::string& key,
                                       const std::optional<Reason>& against, const Reason& met) {
  const auto found = rules.sources.find(key);
  return {key, found == rules.sources.end() ? "" : found->second,
          against ? model::ScreeningResult::kNotMet : model::ScreeningResult::kMet, against ? *against : met};
}

}  // namespace

std::vector<std::string> models_named(const std::string& text) {
  std::vector<std::string> models;
  std::string word;
  const auto take = [&] {
    const auto first = word.find_first_not_of(" \t\n");
    if (first != std::string::npos) {
      word = word.substr(first, word.find_last_not_of(" \t\n") - first + 1);
      if (!among(models, word)) models.push_back(word);
    }
    word.clear();
  };
  for (const char each : text) {
    if (std::string_view(",/+;&").find(each) == std::string_view::npos)
      word += each;
    else
      take();
  }
  take();
  return models;
}

std::optional<Reason> against_one_pool(const policy::Offer& offer, const std::vector<HeldResource>& held,
                                       const HeldResource& wanted) {
  if (!offer.one_pool_per_project) return std::nullopt;
  const auto needed = pools_needed(offer, wanted);
  if (needed.size() > 1) return Reason("project.pools_several").with("pools", joined(needed));
  for (const auto& each : held)
    if (each.pool != wanted.pool)
      return Reason("project.other_pool").with("pool", wanted.pool).with("held", each.pool);
  return std::nullopt;
}

std::optional<Reason> against_one_model(const policy::Offer& offer, const std::vector<HeldResource>& held,
                                        const HeldResource& wanted) {
  if (!offer.one_model_per_project) return std::nullopt;
  const auto named = models_named(wanted.model);
  if (named.size() > 1) return Reason("project.models_several").with("models", joined(named));
  const auto model = only_model(offer, wanted);
  if (model.empty()) return Reason("project.model_unnamed");
  for (const auto& each : held) {
    const auto other = only_model(offer, each);
    if (other != model)
      return Reason("project.other_model").with("model", model).with("held", other.empty() ? "-" : other);
  }
  return std::nullopt;
}

base::Status check_one_resource(const policy::Offer& offer, const std::vector<HeldResource>& held,
                                const HeldResource& wanted) {
  auto against = against_one_pool(offer, held, wanted);
  if (!against) against = against_one_model(offer, held, wanted);
  if (!against) return {};
  return base::error(base::ErrorKind::kConflict, std::move(*against));
}

std::vector<model::ScreeningItem> screen_one_resource(const model::Form1& form, const Facts& facts,
                                                      const ScreeningRules& rules) {
  const HeldResource wanted{rules.pool.id, form.resources.model};
  std::vector<model::ScreeningItem> items;
  if (rules.offer.one_pool_per_project)
    items.push_back(one_resource_item(rules, "offer.one_pool_per_project",
                                      against_one_pool(rules.offer, facts.held, wanted),
                                      Reason("project.one_pool").with("pool", wanted.pool)));
  if (rules.offer.one_model_per_project)
    items.push_back(one_resource_item(
        rules, "offer.one_model_per_project", against_one_model(rules.offer, facts.held, wanted),
        Reason("project.one_model").with("model", only_model(rules.offer, wanted))));
  return items;
}

}  // namespace dure::programme
