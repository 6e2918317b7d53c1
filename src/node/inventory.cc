#include "node/inventory.h"

#include <unistd.h>

#include <boost/json.hpp>

#include "wire/json.h"

namespace dure::node {
namespace {

namespace json = boost::json;

std::string engine_text(const std::map<std::string, std::string>& facts) {
  const auto get = [&](const char* name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
  };
  std::string text = get("engine") + " " + get("engine_version");
  if (!get("runtime_version").empty()) text += ", " + get("runtime_version");
  if (!get("network").empty()) text += ", network " + get("network");
  return text;
}

std::optional<json::array> list_label(const ports::ImageStatus& image, const char* label) {
  const auto found = image.labels.find(label);
  if (found == image.labels.end()) return std::nullopt;
  auto value = wire::parse(found->second);
  if (!value.ok() || !value->is_array()) return std::nullopt;
  return value->get_array();
}

std::string text_member(const json::value& value, const char* name) {
  const auto* object = value.if_object();
  const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

}  // namespace

model::ImageReport image_report(const ports::ImageStatus& image) {
  model::ImageReport report;
  report.reference = image.reference;
  report.digest = image.digest;
  report.size = {image.size_bytes};
  if (const auto services = list_label(image, "dure.services"))
    for (const auto& each : *services)
      if (const auto* name = each.if_string()) report.services.emplace_back(*name);
  if (const auto software = list_label(image, "dure.software"))
    for (const auto& each : *software)
      if (const auto name = text_member(each, "name"); !name.empty())
        report.software.push_back({name, text_member(each, "version")});
  return report;
}

Inventory::Inventory(ports::Engine& engine, gpu::CardSource& cards, Log log)
    : engine_(engine), source_(cards), log_(std::move(log)) {}

void Inventory::refresh() {
  auto cards = source_.list();
  auto images = engine_.images();
  auto facts = engine_.describe();
  if (!cards.ok()) log_(Severity::kWarning, "cards cannot be read: " + log_text(cards.failure()));
  if (!images.ok()) log_(Severity::kWarning, "images cannot be read: " + log_text(images.failure()));
  const std::lock_guard lock(mutex_);
  if (cards.ok()) cards_ = std::move(*cards);
  if (facts.ok()) engine_text_ = engine_text(*facts);
  if (!images.ok()) return;
  images_.clear();
  for (const auto& image : *images) images_.push_back(image_report(image));
}

std::vector<gpu::Card> Inventory::cards() const {
  const std::lock_guard lock(mutex_);
  return cards_;
}

void Inventory::describe(model::NodeReport& report) const {
  report.cpu_milli = ::sysconf(_SC_NPROCESSORS_ONLN) * 1000;
  report.memory = {static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE)};
  const std::lock_guard lock(mutex_);
  report.engine = engine_text_;
  report.images = images_;
  for (const auto& card : cards_) report.cards.push_back(card.report);
}

std::vector<std::string> Inventory::services_of(const std::string& image) const {
  const std::lock_guard lock(mutex_);
  for (const auto& each : images_)
    if (each.reference == image) return each.services;
  return {};
}

}  // namespace dure::node
