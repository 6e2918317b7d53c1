#include "programme/from_policy.h"

#include <algorithm>
#include <array>

namespace dure::programme {
namespace {

constexpr std::array kScreeningKeys{"call.tracks",
                                    "eligibility.include",
                                    "eligibility.exclude",
                                    "eligibility.person_decides",
                                    "application.kinds",
                                    "application.required_fields",
                                    "application.fields",
                                    "application.distinct_titles",
                                    "application.environments",
                                    "application.guideline_consent_required",
                                    "application.privacy_consent_required",
                                    "application.signature_required",
                                    "application.form",
                                    "application.summary",
                                    "application.immediate_use_planned",
                                    "offer.more_storage_with_reason",
                                    "application.data_precheck",
                                    "award.max_period",
                                    "award.min_period",
                                    "award.use_until",
                                    "offer.ceiling",
                                    "offer.pools",
                                    "offer.id_scope",
                                    "offer.one_pool_per_project",
                                    "offer.one_model_per_project",
                                    "documents.list"};

policy::Pool pool_of(const policy::Pack& pack, const std::string& id) {
  for (const auto& pool : pack.offer.pools)
    if (id.empty() || pool.id == id) return pool;
  policy::Pool unbound;
  unbound.unit = policy::OfferUnit::kBlock;
  return unbound;
}

const policy::Track* track_of(const policy::Pack& pack, const std::string& id) {
  for (const auto& track : pack.call.tracks)
    if (track.id == id) return &track;
  return nullptr;
}

bool has_model(const policy::Pool& pool, const std::string& model) {
  return pool.models.empty() || std::find(pool.models.begin(), pool.models.end(), model) != pool.models.end();
}

}  // namespace

bool in_track(const policy::Pack& pack, const std::string& pool, const std::string& track) {
  const auto* of = track_of(pack, track);
  return of == nullptr || of->pools.empty() ||
         std::find(of->pools.begin(), of->pools.end(), pool) != of->pools.end();
}

std::string pool_with(const policy::Pack& pack, const model::ResourceAmount& amount,
                      const std::string& track) {
  const auto may = [&](const policy::Pool& pool) { return in_track(pack, pool.id, track); };
  for (const auto& pool : pack.offer.pools)
    if (may(pool) && !not_offered_by(amount, pool)) return pool.id;
  for (const auto& pool : pack.offer.pools)
    if (may(pool) && has_model(pool, amount.model)) return pool.id;
  return "";
}

ScreeningRules screening_rules(const policy::Pack& pack, const std::string& pool, const std::string& track) {
  ScreeningRules rules;
  rules.eligibility = pack.eligibility;
  rules.application = pack.application;
  rules.documents = pack.documents;
  rules.ceiling = pack.offer.ceiling;
  rules.offer = pack.offer;
  rules.pool = pool_of(pack, pool);
  if (const auto* found = track_of(pack, track)) rules.track = *found;
  rules.max_period = pack.award.max_period;
  rules.min_period = pack.award.min_period;
  rules.use_until = pack.award.use_until;
  rules.setup_grace_days = pack.award.setup_grace_days;
  rules.storage_primary = pack.offer.storage_primary;
  rules.more_storage_with_reason = pack.offer.more_storage_with_reason;
  rules.resident_numbers_refused = pack.privacy.resident_numbers_refused;
  for (const char* key : kScreeningKeys)
    if (const auto* found = pack.provenance(key); found != nullptr) rules.sources[key] = found->source;
  return rules;
}

DecisionLimits decision_limits(const policy::Pack& pack, const std::string& pool) {
  return {pack.offer.ceiling, pool_of(pack, pool), pack.award.max_period, pack.award.use_until};
}

}  // namespace dure::programme
