// What a group of users may bind, and what follows for its members (G9; docs/decisions/0061-…).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/group.h"
#include "policy/pack.h"

namespace dure::programme {

// Refuses (kNotAllowed) "group.not_offered" where offer.group_binds is empty, "group.kind_not_bound" {kind,
// binds} for what it does not name; (kInvalid)
// "group.storage_not_yet" of any storage, "group.name_malformed", "group.namespace_malformed"
// {namespace}: a label of DNS, as Kubernetes takes it; "group.registry_malformed" {registry}: the beginning
// of a reference up to a "/", without a tag; "group.twice" {what} in one of the lists.
base::Status check_group(const policy::Offer& offer, const model::Group& group);

// Refuses (kNotAllowed) "group.kind_not_bound" {kind, binds} where groups bind no users.
base::Status check_members_bound(const policy::Offer& offer);

// Whether the reference lies in the registry: "r.example.org/vision" has "r.example.org/vision/torch:2" and
// "r.example.org/vision:2", not "r.example.org/visionary:2".
bool in_registry(const std::string& reference, const std::string& registry);

// Whether who is of `own` (nullptr: of no group) may start the image. Refuses (kNotAllowed)
// "group.image_outside" {image, group, registries} where his group binds registries and it lies in none of
// them; "group.image_of_another" {image} where it lies in one that only other groups bind. Of registries one
// below the other the longest counts.
base::Status check_group_image(const std::string& reference, const model::Group* own,
                               const std::vector<model::Group>& all);

}  // namespace dure::programme
