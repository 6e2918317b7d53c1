#include "policy/pack.h"

#include <algorithm>

#include "policy/keys.h"

namespace dure::policy {

bool Pack::on(Section section) const {
  if (section_table()[static_cast<std::size_t>(section)].always_on) return true;
  return std::any_of(provenance_.begin(), provenance_.end(), [&](const auto& entry) {
    return entry.second.layer != LayerKind::kDefault && find_key(entry.first)->section == section;
  });
}

const Provenance* Pack::provenance(std::string_view key) const {
  static const Provenance built_in;
  const auto found = provenance_.find(key);
  if (found != provenance_.end()) return &found->second;
  return find_key(key) == nullptr ? nullptr : &built_in;
}

std::optional<std::string> Pack::value_text(std::string_view key) const {
  const Key* declared = find_key(key);
  if (declared == nullptr) return std::nullopt;
  const auto set = values_.find(key);
  if (set == values_.end()) return declared->neutral;
  return set->second.none ? "none" : display(set->second.value, declared->type);
}

std::vector<Floor> Pack::floors(std::string_view key) const {
  std::vector<Floor> all;
  for (const Layer& layer : layers) {
    const auto found = layer.floors.find(std::string(key));
    if (found != layer.floors.end()) all.insert(all.end(), found->second.begin(), found->second.end());
  }
  return all;
}

std::string_view name_of(LayerKind kind) {
  return name_of<LayerKind>(kind);
}
std::string_view name_of(Confidence confidence) {
  return name_of<Confidence>(confidence);
}
std::string_view name_of(Direction direction) {
  return name_of<Direction>(direction);
}

std::string_view name_of(Effect effect) {
  return name_of<Effect>(effect);
}

calendar::Zone zone_of(const Pack& pack) {
  return calendar::find_zone(pack.meta.time_zone).value_or(calendar::utc());
}

calendar::BusinessDays business_days_of(const Pack& pack) {
  std::vector<calendar::Holiday> extra;
  extra.reserve(pack.calendar.extra_holidays.size());
  for (const ExtraHoliday& day : pack.calendar.extra_holidays) {
    extra.push_back({day.date, "extra", day.name.ko, day.name.en, false});
  }
  return calendar::korean_business_days(extra);
}

calendar::PeriodRule deadline_rule(const Pack& pack) {
  return pack.calendar.roll_deadlines ? calendar::kDeadline : calendar::kAfterEvent;
}

}  // namespace dure::policy
