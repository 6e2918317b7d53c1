// For tests: cards in MIG mode as somebody sees them who has the lists of NVIDIA's tools and a pencil. He
// knows nothing of slices, tables and codes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "placement/naive_fixture.h"

namespace dure::placement {

inline constexpr const char* kA100 = "a100-40gb";

struct ListedProfile {
  std::string name;
  std::vector<std::int64_t> starts;
  std::int64_t size = 0;
  bool media() const { return name.ends_with("+me"); }
};

inline const std::vector<ListedProfile>& listed_profiles(const std::string& model) {
  static const std::vector<ListedProfile> a100{{"1g.5gb", {0, 1, 2, 3, 4, 5, 6}, 1},
                                               {"1g.5gb+me", {0, 1, 2, 3, 4, 5, 6}, 1},
                                               {"1g.10gb", {0, 2, 4, 6}, 2},
                                               {"2g.10gb", {0, 2, 4}, 2},
                                               {"3g.20gb", {0, 4}, 4},
                                               {"4g.20gb", {0}, 4},
                                               {"7g.40gb", {0}, 8}};
  static const std::vector<ListedProfile> a30{{"1g.6gb", {0, 1, 2, 3}, 1},
                                              {"1g.6gb+me", {0, 1, 2, 3}, 1},
                                              {"2g.12gb", {0, 2}, 2},
                                              {"2g.12gb+me", {0, 2}, 2},
                                              {"4g.24gb", {0}, 4}};
  return model == "a30" ? a30 : a100;
}

inline const ListedProfile& listed_profile(const std::string& model, const std::string& name) {
  for (const ListedProfile& profile : listed_profiles(model))
    if (profile.name == name) return profile;
  std::abort();
}

// An instance: what it is, where, and how much of it is held (0 … 1000).
struct NaiveInstance {
  std::string profile;
  std::int64_t start = 0;
  std::int64_t held = 0;
};

struct NaiveMigCard {
  std::string model;
  std::vector<NaiveInstance> instances;

  // Why these cannot be on the card together; "" where they can.
  std::string wrong() const {
    std::map<std::int64_t, int> slots;
    int media = 0;
    for (const NaiveInstance& each : instances) {
      const ListedProfile& profile = listed_profile(model, each.profile);
      bool may_begin = false;
      for (const std::int64_t start : profile.starts) may_begin = may_begin || start == each.start;
      if (!may_begin) return each.profile + " may not begin there";
      for (std::int64_t i = 0; i < profile.size; ++i)
        if (++slots[each.start + i] > 1) return "two instances on a slot";
      if (profile.media() && ++media > 1) return "media extensions twice";
      if (each.held > 1000) return "more than all of an instance";
    }
    return "";
  }

  bool can_add(const NaiveInstance& instance) const {
    NaiveMigCard with = *this;
    with.instances.push_back(instance);
    return with.wrong().empty();
  }

  // All that a request of so much of the profile may become: one more instance, or more of one.
  std::vector<NaiveMigCard> ways(const std::string& profile, std::int64_t milli) const {
    std::vector<NaiveMigCard> found;
    for (std::size_t i = 0; milli < 1000 && i < instances.size(); ++i) {
      if (instances[i].profile != profile || instances[i].held + milli > 1000) continue;
      found.push_back(*this);
      found.back().instances[i].held += milli;
    }
    for (const std::int64_t start : listed_profile(model, profile).starts) {
      if (!can_add({profile, start, milli})) continue;
      found.push_back(*this);
      found.back().instances.push_back({profile, start, milli});
    }
    return found;
  }

  // mig.h: the placements that are free, each as many times as it has slots; without media extensions.
  std::int64_t weight() const {
    std::int64_t sum = 0;
    for (const ListedProfile& profile : listed_profiles(model))
      for (const std::int64_t start : profile.starts)
        if (!profile.media() && can_add({profile.name, start, 1})) sum += profile.size;
    return sum;
  }
};

// Whether so many replicas fit these cards, by trying everything.
inline bool fit_all(std::vector<NaiveMigCard>& cards, const std::string& model, const std::string& profile,
                    std::int64_t milli, std::int64_t replicas) {
  if (replicas == 0) return true;
  for (NaiveMigCard& card : cards) {
    if (card.model != model) continue;
    const NaiveMigCard before = card;
    for (const NaiveMigCard& way : before.ways(profile, milli)) {
      card = way;
      const bool fits = fit_all(cards, model, profile, milli, replicas - 1);
      card = before;
      if (fits) return true;
    }
  }
  return false;
}

inline model::Card mig_card(const model::Node& on, std::int64_t index, const std::string& model) {
  model::Card made = card(on, index, model, (model == "a30" ? 24 : 40) * kGiB);
  made.mig = true;
  return made;
}

inline Request instance_of(const std::string& model, const std::string& profile, std::int64_t blocks = 0) {
  std::string name = model;
  name.append("-mig-").append(profile);
  return blocks > 0 ? blocks_of(name, blocks) : cards_of(name, 1);
}

}  // namespace dure::placement
