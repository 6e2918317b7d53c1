#include "programme/group.h"

#include <algorithm>
#include <set>

namespace dure::programme {
namespace {

constexpr std::size_t kLongestLabel = 63;  // of DNS (RFC 1123)
constexpr std::size_t kLongestRegistry = 255;

bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label(const std::string& text) {
  if (text.empty() || text.size() > kLongestLabel) return false;
  if (!is_lower(text.front()) || !is_lower(text.back())) return false;
  return std::ranges::all_of(text, [](char c) { return is_lower(c) || c == '-'; });
}

// Host, port and path; what an image's reference may have before its tag.
bool is_registry(const std::string& text) {
  if (text.empty() || text.size() > kLongestRegistry) return false;
  if (!is_lower(text.front()) || !is_lower(text.back())) return false;
  if (text.find("//") != std::string::npos) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_lower(c) || c == '-' || c == '.' || c == '_' || c == ':' || c == '/'; });
}

std::string comma_list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& each : items) text += (text.empty() ? "" : ", ") + each;
  return text;
}

base::Status refuse_kind(const policy::Offer& offer, const std::string& pointer, const std::string& kind) {
  const auto reason =
      base::Reason("group.kind_not_bound").with("kind", kind).with("binds", comma_list(offer.group_binds));
  return base::error(base::ErrorKind::kNotAllowed, reason, {{pointer, reason}});
}

bool binds(const policy::Offer& offer, const char* kind) {
  return std::ranges::find(offer.group_binds, kind) != offer.group_binds.end();
}

base::Status refuse_group(const std::string& pointer, const base::Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}

base::Status check_once(const std::string& pointer, const std::vector<std::string>& items) {
  std::set<std::string> seen;
  for (const auto& each : items)
    if (!seen.insert(each).second)
      return refuse_group(pointer, base::Reason("group.twice").with("what", each));
  return {};
}

}  // namespace

base::Status check_group(const policy::Offer& offer, const model::Group& group) {
  if (offer.group_binds.empty())
    return base::error(base::ErrorKind::kNotAllowed, base::Reason("group.not_offered"));
  if (!group.node_ids.empty() && !binds(offer, "nodes")) return refuse_kind(offer, "/node_ids", "nodes");
  if (!group.namespaces.empty() && !binds(offer, "namespaces"))
    return refuse_kind(offer, "/namespaces", "namespaces");
  if (!group.registries.empty() && !binds(offer, "registries"))
    return refuse_kind(offer, "/registries", "registries");
  if (group.storage.value > 0 && !binds(offer, "volumes"))
    return refuse_kind(offer, "/storage_bytes", "volumes");
  if (group.storage.value > 0) return refuse_group("/storage_bytes", base::Reason("group.storage_not_yet"));
  if (!is_label(group.name))
    return refuse_group("/name", base::Reason("group.name_malformed").with("name", group.name));
  for (const auto& each : group.namespaces)
    if (!is_label(each))
      return refuse_group("/namespaces", base::Reason("group.namespace_malformed").with("namespace", each));
  for (const auto& each : group.registries)
    if (!is_registry(each))
      return refuse_group("/registries", base::Reason("group.registry_malformed").with("registry", each));
  if (auto once = check_once("/node_ids", group.node_ids); !once) return once;
  if (auto once = check_once("/namespaces", group.namespaces); !once) return once;
  return check_once("/registries", group.registries);
}

base::Status check_members_bound(const policy::Offer& offer) {
  if (binds(offer, "users")) return {};
  return refuse_kind(offer, "/account_id", "users");
}

bool in_registry(const std::string& reference, const std::string& registry) {
  if (!reference.starts_with(registry)) return false;
  if (reference.size() == registry.size()) return true;
  const char next = reference[registry.size()];
  return next == '/' || next == ':' || next == '@';
}

namespace {

// The length of the group's longest registry that has the reference; 0: none has.
std::size_t longest_registry(const std::string& reference, const model::Group& group) {
  std::size_t longest = 0;
  for (const auto& each : group.registries)
    if (in_registry(reference, each)) longest = std::max(longest, each.size());
  return longest;
}

}  // namespace

base::Status check_group_image(const std::string& reference, const model::Group* own,
                               const std::vector<model::Group>& all) {
  std::size_t longest = 0;
  for (const auto& each : all) longest = std::max(longest, longest_registry(reference, each));
  if (longest > 0 && own != nullptr && longest_registry(reference, *own) == longest) return {};
  if (longest > 0)
    return base::error(base::ErrorKind::kNotAllowed,
                       base::Reason("group.image_of_another").with("image", reference));
  if (own == nullptr || own->registries.empty()) return {};
  return base::error(base::ErrorKind::kNotAllowed, base::Reason("group.image_outside")
                                                       .with("image", reference)
                                                       .with("group", own->name)
                                                       .with("registries", comma_list(own->registries)));
}

}  // namespace dure::programme
