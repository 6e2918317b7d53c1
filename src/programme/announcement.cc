#include "programme/announcement.h"

#include "calendar/period.h"
#include "calendar/zone.h"
#include "policy/names.h"

namespace dure::programme {
namespace {

model::AnnouncedText text(const policy::Text& of) {
  return {of.ko, of.en};
}

template <class E>
std::string name(E value) {
  return std::string(policy::name_of(value));
}

// What decides is the call's row; the last day is the one that ends when intake does.
void tell_days(const policy::Pack& pack, const model::Call& call, model::Announcement& told) {
  const auto zone = calendar::find_zone(pack.meta.time_zone).value_or(calendar::utc());
  auto opens = pack.call.opens_on;
  auto closes = pack.call.closes_on;
  if (call.opens_at) opens = calendar::local_date(*call.opens_at, zone);
  if (call.closes_at) closes = calendar::local_date(*call.closes_at - base::Span{1}, zone);
  const std::pair<const char*, std::optional<base::Date>> days[] = {
      {"announced", pack.call.announced_on}, {"opens", opens}, {"closes", closes}};
  for (const auto& [what, on] : days)
    if (on) told.days.push_back({what, *on});
}

void tell_call(const policy::Call& call, model::Announcement& told) {
  for (const auto& each : call.briefings)
    told.briefings.push_back({each.id, text(each.title), each.on, each.at, text(each.place)});
  for (const auto& each : call.tracks) told.tracks.push_back({each.id, text(each.title)});
  for (const auto& each : call.attachments)
    told.attachments.push_back({each.id, text(each.title), std::nullopt});
}

void tell_offer(const policy::Offer& offer, model::Announcement& told) {
  for (const auto& pool : offer.pools)
    told.pools.push_back({pool.id, name(pool.kind), text(pool.title), pool.models, name(pool.unit),
                          pool.unit_menu, pool.gpus_per_unit, pool.cpu_cores_per_unit, pool.memory_per_unit,
                          pool.milli_teraflops_per_unit});
  told.offer_may_change = offer.may_change;
  told.storage = offer.storage_primary;
  told.storage_backup = offer.storage_backup;
}

std::string with_version(const std::string& name, const std::string& version) {
  return version.empty() ? name : name + " " + version;
}

void tell_catalogue(const policy::Catalogue& catalogue, model::Announcement& told) {
  for (const auto& each : catalogue.accelerators)
    told.accelerators.push_back(
        {each.model, text(each.title), each.maker, each.milli_teraflops, each.memory, each.per_server});
  for (const auto& stack : catalogue.software) {
    model::AnnouncedSoftware software{stack.accelerator, name(stack.delivery), {}, {}};
    for (const auto& system : stack.operating_systems)
      software.operating_systems.push_back(with_version(system.name, system.at_least));
    for (const auto& part : stack.parts) software.parts.push_back(with_version(part.name, part.version));
    told.software.push_back(std::move(software));
  }
  for (const auto& each : catalogue.services)
    told.services.push_back({each.id, text(each.title), name(each.kind), each.pools});
}

void tell_application(const policy::Pack& pack, model::Announcement& told) {
  for (const auto& each : pack.documents.list)
    told.documents.push_back({each.kind, text(each.title), name(each.need), each.extensions});
  for (const auto& each : pack.evaluation.criteria)
    told.criteria.push_back({each.id, text(each.title), each.max_points, each.items});
  told.threshold_points = pack.evaluation.threshold_points;
  told.longest_period = calendar::to_text(pack.award.max_period);
}

}  // namespace

model::Announcement announce(const policy::Pack& pack, const model::Call& call) {
  model::Announcement told;
  told.programme = text(pack.meta.title);
  told.operator_name = text(pack.meta.operator_name);
  told.purpose = text(pack.meta.purpose);
  told.policy_version = pack.meta.version;
  told.policy_hash = pack.hash();
  told.call_id = call.id;
  told.title = call.title;
  told.state = call.state;
  tell_days(pack, call, told);
  tell_call(pack.call, told);
  tell_offer(pack.offer, told);
  tell_catalogue(pack.catalogue, told);
  tell_application(pack, told);
  for (const auto& each : pack.contact.desks)
    told.desks.push_back({each.topic, text(each.title), each.telephone, each.email, each.url});
  for (const auto& each : pack.contact.portals) told.portals.push_back({text(each.title), each.url});
  return told;
}

}  // namespace dure::programme
