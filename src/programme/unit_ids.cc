#include "programme/unit_ids.h"

#include <algorithm>
#include <string>
#include <utility>

#include "programme/words.h"

namespace dure::programme {
namespace {

constexpr const char* kKey = "offer.id_scope";

// What the reasons call it: the organisation itself, where no unit is named.
std::string unit_of(const model::Applicant& applicant) {
  return blank(applicant.unit) ? applicant.organisation : applicant.unit;
}

base::Reason counted(const char* code, const model::Applicant& applicant, std::int64_t held,
                     std::int64_t ids) {
  return base::Reason(code).with("unit", unit_of(applicant)).with("held", held).with("ids", ids);
}

}  // namespace

const policy::IdScope* id_scope_of(const policy::Offer& offer, model::OrganisationClass organisation_class) {
  const auto name = model::to_text(organisation_class);
  const auto found = std::find_if(offer.id_scope.begin(), offer.id_scope.end(),
                                  [&](const auto& each) { return among(each.org_classes, name); });
  return found == offer.id_scope.end() ? nullptr : &*found;
}

bool same_unit(const model::Applicant& a, const model::Applicant& b, const policy::IdScope& scope) {
  if (plain_name(a.unit) != plain_name(b.unit)) return false;
  return !among(scope.units, "professor") || plain_name(a.advisor) == plain_name(b.advisor);
}

std::optional<model::ScreeningItem> screen_unit_ids(const model::Form1& form, const Facts& facts,
                                                    const ScreeningRules& rules) {
  if (form.kind != model::ApplicationKind::kNew || !facts.unit_ids) return std::nullopt;
  const auto* scope = id_scope_of(rules.offer, form.applicant.organisation_class);
  if (scope == nullptr) return std::nullopt;
  const auto source = rules.sources.find(kKey);
  model::ScreeningItem item{
      kKey, source == rules.sources.end() ? "" : source->second, model::ScreeningResult::kMet, {}};
  const bool room = *facts.unit_ids < scope->ids;
  item.reason = counted(room ? "offer.unit_has_room" : "offer.unit_has_its_ids", form.applicant,
                        *facts.unit_ids, scope->ids);
  if (!room)
    item.result =
        rules.offer.ids_by_demand ? model::ScreeningResult::kNeedsPerson : model::ScreeningResult::kNotMet;
  return item;
}

base::Status check_unit_ids(const model::Applicant& applicant, std::int64_t held,
                            const policy::Offer& offer) {
  const auto* scope = id_scope_of(offer, applicant.organisation_class);
  if (scope == nullptr || offer.ids_by_demand || held < scope->ids) return {};
  return base::error(base::ErrorKind::kConflict,
                     counted("offer.unit_has_its_ids", applicant, held, scope->ids));
}

}  // namespace dure::programme
