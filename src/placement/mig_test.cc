// MIG: the table against what NVIDIA's tools print, and a card against one that knows nothing of tables.
#include "placement/mig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace dure::placement {
namespace {

// As `nvidia-smi mig -lgip` and `-lgipp` print them: the name, how many at most, the starts and the size;
// compute slices stand in the name.
struct Listed {
  std::string name;
  std::size_t most = 0;
  std::vector<std::size_t> starts;
  std::size_t size = 0;

  std::size_t compute() const { return static_cast<std::size_t>(name[0] - '0'); }
  bool media() const { return name.ends_with("+me"); }
};

std::vector<Listed> listed(const std::string& text) {
  std::vector<Listed> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Listed one;
    words >> one.name >> one.most;
    char mark = 0;
    for (words >> mark; mark != '}';) {
      std::size_t start = 0;
      words >> start >> mark;
      one.starts.push_back(start);
    }
    words >> mark >> one.size;
    all.push_back(one);
  }
  return all;
}

// Of 40 GB, 80 GB and so on only the names differ.
std::vector<Listed> listed_for(std::string_view model) {
  if (model.starts_with("a30"))
    return listed(
        "1g.6gb 4 {0,1,2,3}:1\n"
        "1g.6gb+me 1 {0,1,2,3}:1\n"
        "2g.12gb 2 {0,2}:2\n"
        "2g.12gb+me 1 {0,2}:2\n"
        "4g.24gb 1 {0}:4\n");
  static const std::map<std::string_view, std::vector<std::string>> kNames{
      {"a100-40gb", {"5", "10", "10", "20", "40"}},  {"a100-80gb", {"10", "20", "20", "40", "80"}},
      {"h100-80gb", {"10", "20", "20", "40", "80"}}, {"h100-nvl-94gb", {"12", "24", "24", "47", "94"}},
      {"h100-96gb", {"12", "24", "24", "48", "96"}}, {"h200-141gb", {"18", "35", "35", "71", "141"}},
  };
  const auto& gb = kNames.at(model);
  return listed("1g." + gb[0] + "gb 7 {0,1,2,3,4,5,6}:1\n" +     //
                "1g." + gb[0] + "gb+me 1 {0,1,2,3,4,5,6}:1\n" +  //
                "1g." + gb[1] + "gb 4 {0,2,4,6}:2\n" +           //
                "2g." + gb[2] + "gb 3 {0,2,4}:2\n" +             //
                "3g." + gb[3] + "gb 2 {0,4}:4\n" +               //
                "4g." + gb[3] + "gb 1 {0}:4\n" +                 //
                "7g." + gb[4] + "gb 1 {0}:8\n");
}

TEST(Mig, P3_ProfilesAreThoseOfNvidiasTools) {
  std::size_t models = 0;
  for (const MigModel& model : mig_models()) {
    const auto expected = listed_for(model.name);
    ASSERT_EQ(model.profiles.size(), expected.size()) << model.name;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const MigProfile& profile = model.profiles[i];
      SCOPED_TRACE(std::string(model.name) + " " + expected[i].name);
      EXPECT_EQ(profile.name, expected[i].name);
      EXPECT_EQ(static_cast<std::size_t>(profile.compute), expected[i].compute());
      EXPECT_EQ(static_cast<std::size_t>(profile.slots), expected[i].size);
      EXPECT_EQ(static_cast<std::size_t>(profile.most), expected[i].most);
      EXPECT_EQ(profile.media, expected[i].media());
      MigSlots starts = 0;
      for (const std::size_t start : expected[i].starts) starts = static_cast<MigSlots>(starts | 1U << start);
      EXPECT_EQ(profile.starts, starts);
      EXPECT_EQ(MigCard(model).count(i), profile.most);
      EXPECT_EQ(model.find(profile.name), i);
    }
    EXPECT_EQ(find_mig_model(model.name), &model);
    EXPECT_EQ(mig_profiles(model.name).data(), model.profiles.data());
    ++models;
  }
  EXPECT_EQ(models, 8U);
}

TEST(Mig, P3_MemoryIsTheCardsBySlots) {
  constexpr std::int64_t kGib = 1LL << 30;
  const auto memory = [](std::string_view model, std::string_view profile) {
    const MigModel* found = find_mig_model(model);
    return found->profiles[*found->find(profile)].memory.value;
  };
  EXPECT_EQ(memory("a100-40gb", "1g.5gb"), 5 * kGib);
  EXPECT_EQ(memory("a100-40gb", "1g.10gb"), 10 * kGib);
  EXPECT_EQ(memory("a100-40gb", "3g.20gb"), 20 * kGib);
  EXPECT_EQ(memory("a100-40gb", "7g.40gb"), 40 * kGib);
  EXPECT_EQ(memory("a30", "2g.12gb"), 12 * kGib);
  EXPECT_EQ(memory("h200-141gb", "3g.71gb"), 141 * kGib / 2);
}

TEST(Mig, P2_AModelWithoutMigHasNoProfiles) {
  for (const std::string_view name : {"t4", "v100-32gb", "bow", "", "a100", "A100-40GB"}) {
    EXPECT_TRUE(mig_profiles(name).empty()) << name;
    EXPECT_EQ(find_mig_model(name), nullptr) << name;
  }
}

struct Stands {
  std::size_t profile = 0, start = 0;
  auto operator<=>(const Stands&) const = default;
};

// A card as a row of cells with the instances written down beside it.
class NaiveLayout {
 public:
  explicit NaiveLayout(std::string_view model)
      : listed_(listed_for(model)), size_(listed_.back().size), compute_(listed_.back().compute()) {}

  bool fits(const Stands& one) const {
    const Listed& kind = listed_[one.profile];
    if (std::ranges::find(kind.starts, one.start) == kind.starts.end()) return false;
    std::size_t compute = kind.compute();
    bool media = kind.media();
    for (const Stands& other : stands) {
      const Listed& its = listed_[other.profile];
      if (one.start < other.start + its.size && other.start < one.start + kind.size) return false;
      if (media && its.media()) return false;
      compute += its.compute();
    }
    return one.start + kind.size <= size_ && compute <= compute_;
  }

  // Cells only: media extensions and compute are not looked at.
  std::size_t free_placements_weighted() const {
    std::size_t sum = 0;
    for (const Listed& kind : listed_) {
      if (kind.media()) continue;
      for (const std::size_t start : kind.starts) {
        bool free = true;
        for (std::size_t cell = start; cell < start + kind.size; ++cell)
          for (const Stands& other : stands)
            free = free && (cell < other.start || cell >= other.start + listed_[other.profile].size);
        if (free) sum += kind.size;
      }
    }
    return sum;
  }

  std::optional<MigChoice> choose(std::size_t profile) const {
    std::optional<MigChoice> best;
    for (std::size_t start = 0; start < size_; ++start) {
      if (!fits({profile, start})) continue;
      NaiveLayout then = *this;
      then.stands.push_back({profile, start});
      const auto loss =
          static_cast<std::int64_t>(free_placements_weighted() - then.free_placements_weighted());
      if (!best || loss <= best->loss) best = MigChoice{start, loss};
    }
    return best;
  }

  std::int64_t count(std::size_t profile, std::size_t from = 0) const {
    std::int64_t most = 0;
    for (std::size_t start = from; start < size_; ++start) {
      if (!fits({profile, start})) continue;
      NaiveLayout then = *this;
      then.stands.push_back({profile, start});
      most = std::max(most, 1 + then.count(profile, start + 1));
    }
    return most;
  }

  std::vector<Stands> placements() const {
    std::vector<Stands> all;
    for (std::size_t profile = 0; profile < listed_.size(); ++profile)
      for (const std::size_t start : listed_[profile].starts) all.push_back({profile, start});
    return all;
  }
  const Listed& kind(std::size_t profile) const { return listed_[profile]; }

  std::vector<Stands> stands;

 private:
  std::vector<Listed> listed_;
  std::size_t size_, compute_;
};

std::vector<Stands> standing(const MigCard& card) {
  std::vector<Stands> all;
  for (std::size_t start = 0; start < kMostMigSlots; ++start)
    if (const auto profile = card.at(start)) all.push_back({*profile, start});
  return all;
}

void expect_same_layout(const MigCard& card, const NaiveLayout& naive) {
  std::size_t compute = 0;
  for (const Stands& one : naive.stands) compute += naive.kind(one.profile).compute();
  ASSERT_EQ(static_cast<std::size_t>(card.compute_taken()), compute);
  for (std::size_t profile = 0; profile < card.model().profiles.size(); ++profile) {
    const auto best = naive.choose(profile);
    ASSERT_EQ(card.choose(profile), best) << profile;
    ASSERT_EQ(card.fits(profile), best.has_value()) << profile;
    ASSERT_EQ(card.count(profile), naive.count(profile)) << profile;
    for (std::size_t start = 0; start <= kMostMigSlots; ++start)
      ASSERT_EQ(card.fits(profile, start), naive.fits({profile, start})) << profile << " at " << start;
  }
}

// Puts them one after the other as far as each fits; nothing where one does not.
std::optional<MigCard> put_all(const MigModel& model, const std::vector<Stands>& all) {
  MigCard card(model);
  for (const Stands& one : all) {
    if (!card.fits(one.profile, one.start)) return std::nullopt;
    card.put(one.profile, one.start);
  }
  return card;
}

std::optional<NaiveLayout> put_all_naively(const NaiveLayout& empty, const std::vector<Stands>& all) {
  NaiveLayout card = empty;
  for (const Stands& one : all) {
    if (!card.fits(one)) return std::nullopt;
    card.stands.push_back(one);
  }
  return card;
}

// Every set of placements for which keep(profile) holds: taken by the one exactly where taken by the other,
// and then the same card. Gives back the sets to which no placement of those kept can be added.
template <class Keep>
std::vector<std::vector<Stands>> full_layouts(const MigModel& model, const Keep& keep) {
  const NaiveLayout empty(model.name);
  std::vector<Stands> all = empty.placements();
  std::erase_if(all, [&](const Stands& one) { return !keep(empty.kind(one.profile)); });
  std::vector<std::vector<Stands>> full;
  std::size_t legal = 0;
  for (std::uint32_t set = 0; set >> all.size() == 0; ++set) {
    std::vector<Stands> chosen;
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((set >> i & 1) != 0) chosen.push_back(all[i]);
    const auto card = put_all(model, chosen);
    const auto naive = put_all_naively(empty, chosen);
    EXPECT_EQ(card.has_value(), naive.has_value()) << model.name << " " << set;
    if (!card || !naive) continue;
    ++legal;
    EXPECT_LE(card->compute_taken(), model.compute);
    expect_same_layout(*card, *naive);
    std::ranges::sort(chosen, {}, &Stands::start);
    EXPECT_EQ(standing(*card), chosen);
    if (std::ranges::none_of(all, [&](const Stands& one) { return naive->fits(one); }))
      full.push_back(chosen);
  }
  EXPECT_GT(legal, full.size());
  return full;
}

// "4+2+1": compute slices in the order of the slots.
std::string written(const NaiveLayout& empty, const std::vector<Stands>& layout) {
  std::string text;
  for (const Stands& one : layout)
    text += (text.empty() ? "" : "+") + std::to_string(empty.kind(one.profile).compute());
  return text;
}

// The user guide's figure of the A100: one row for each of these.
TEST(Mig, P3_FullLayoutsOfA100AreThoseOfTheUserGuide) {
  const MigModel& model = *find_mig_model("a100-40gb");
  const auto full =
      full_layouts(model, [](const Listed& kind) { return !kind.media() && kind.name != "1g.10gb"; });
  std::multiset<std::string> found;
  for (const auto& layout : full) found.insert(written(NaiveLayout(model.name), layout));
  EXPECT_EQ(found, (std::multiset<std::string>{"7", "4+3", "4+2+1", "4+1+1+1", "3+3", "3+2+1", "3+1+1+1",
                                               "2+2+3", "2+2+2+1", "2+2+1+1+1", "2+1+1+3", "2+1+1+2+1",
                                               "2+1+1+1+1+1", "1+1+2+3", "1+1+2+2+1", "1+1+2+1+1+1",
                                               "1+1+1+1+3", "1+1+1+1+2+1", "1+1+1+1+1+1+1"}));
}

TEST(Mig, P3_EverySetOfPlacementsIsTakenExactlyWhereItIsLegal) {
  full_layouts(*find_mig_model("h200-141gb"), [](const Listed& kind) { return !kind.media(); });
  const auto full = full_layouts(*find_mig_model("a30"), [](const Listed&) { return true; });
  std::multiset<std::string> plain;
  const NaiveLayout empty("a30");
  for (const auto& layout : full)
    if (std::ranges::none_of(layout, [&](const Stands& one) { return empty.kind(one.profile).media(); }))
      plain.insert(written(empty, layout));
  EXPECT_EQ(plain, (std::multiset<std::string>{"4", "2+2", "2+1+1", "1+1+2", "1+1+1+1"}));
}

TEST(Mig, P3_AnInstanceGoesWhereItTakesTheLeastFromOthers) {
  const MigModel& model = *find_mig_model("a100-40gb");
  const std::size_t one = *model.find("1g.5gb"), two = *model.find("2g.10gb"), three = *model.find("3g.20gb"),
                    four = *model.find("4g.20gb");
  MigCard card(model);
  EXPECT_EQ(card.choose(three)->start, 4U) << "4g begins at 0 only";
  EXPECT_EQ(card.choose(one)->start, 6U) << "where no 2g begins";
  card.put(one, 6);
  EXPECT_EQ(card.choose(one)->start, 5U) << "beside it, the higher of two equals";
  EXPECT_EQ(card.choose(two)->start, 4U);
  card.put(two, 4);
  EXPECT_EQ(card.choose(four), (MigChoice{0, 4 * 1 + 2 * 2 + 2 * 2 + 4 + 4}));
  EXPECT_EQ(card.count(one), 4);
  card.put(four, 0);
  EXPECT_EQ(card.taken(), 0x7f) << "the last slot is left, and no profile begins there";
  for (std::size_t profile = 0; profile < model.profiles.size(); ++profile) EXPECT_FALSE(card.fits(profile));
}

TEST(Mig, P3_ThreeAndThreeLeaveComputeThatNobodyCanHave) {
  const MigModel& model = *find_mig_model("a100-40gb");
  MigCard card(model);
  card.put(*model.find("3g.20gb"), 0);
  card.put(*model.find("3g.20gb"), 4);
  EXPECT_EQ(card.compute_taken(), 6);
  EXPECT_FALSE(card.choose(*model.find("1g.5gb")));
}

TEST(Mig, P3_MediaExtensionsAreThereOnceACard) {
  const MigModel& model = *find_mig_model("a30");
  const std::size_t small = *model.find("1g.6gb+me"), large = *model.find("2g.12gb+me");
  MigCard card(model);
  card.put(small, 3);
  EXPECT_EQ(card.count(small) + card.count(large), 0);
  EXPECT_FALSE(card.choose(large));
  EXPECT_FALSE(card.fits(large, 0));
  card.put(*model.find("1g.6gb"), 2);
  card.take_out(2);
  EXPECT_FALSE(card.fits(large)) << "the one that went did not have them";
  card.take_out(3);
  EXPECT_EQ(card, MigCard(model));
  EXPECT_TRUE(card.fits(large));
}

// Instances come and go at random, where the rule puts them or elsewhere.
TEST(Mig, P3_CardsAgreeWithTheNaiveOneThroughRandomSequences) {
  constexpr int kStepsOfModel = 3000;  // on each of eight models
  for (const MigModel& model : mig_models()) {
    std::mt19937_64 random(model.name.size() + model.profiles[0].name[3]);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    MigCard card(model);
    NaiveLayout naive(model.name);
    const auto all = naive.placements();
    int put = 0;
    for (int step = 0; step < kStepsOfModel; ++step) {
      if (!naive.stands.empty() && below(5) < 2) {
        const std::size_t gone = below(naive.stands.size());
        card.take_out(naive.stands[gone].start);
        naive.stands.erase(naive.stands.begin() + static_cast<std::ptrdiff_t>(gone));
      } else {
        Stands one = all[below(all.size())];
        if (const auto best = card.choose(one.profile); best && below(2) == 0) one.start = best->start;
        if (naive.fits(one)) {
          card.put(one.profile, one.start);
          naive.stands.push_back(one);
          ++put;
        }
      }
      expect_same_layout(card, naive);
      auto expected = naive.stands;
      std::ranges::sort(expected, {}, &Stands::start);
      ASSERT_EQ(standing(card), expected) << model.name << " step " << step;
      ASSERT_EQ(put_all(model, expected), card) << "the way there does not matter";
    }
    EXPECT_GT(put, kStepsOfModel / 8) << model.name;
  }
}

TEST(Mig, P3_InstancesCountByTheirComputeSlices) {
  const auto counts = [](std::string_view text, std::int64_t share = 1000) {
    return milli_gpu_of(*parse_mig_model(text), {share}).value;
  };
  EXPECT_EQ(counts("a100-40gb-mig-1g.5gb"), 142);
  EXPECT_EQ(counts("a100-40gb-mig-1g.10gb"), 142) << "twice the memory, the same compute";
  EXPECT_EQ(counts("a100-40gb-mig-3g.20gb"), 428);
  EXPECT_EQ(counts("a100-40gb-mig-7g.40gb"), 1000);
  EXPECT_EQ(counts("a30-mig-2g.12gb"), 500);
  EXPECT_EQ(counts("a100-40gb-mig-3g.20gb", 500), 214);
  EXPECT_EQ(counts("a100-40gb-mig-3g.20gb", 0), 0);
  EXPECT_EQ(milli_gpu_of(*parse_mig_model("a30-mig-4g.24gb")), base::MilliGpu::cards(1));
}

TEST(Mig, P3_WhatStandsOnACardCountsAsAtMostOneCard) {
  constexpr int kDrawnCards = 20'000;
  std::mt19937_64 random(3);
  std::int64_t greatest = 0;
  for (int i = 0; i < kDrawnCards; ++i) {
    const MigModel& model = mig_models()[random() % mig_models().size()];
    MigCard card(model);
    std::int64_t sum = 0;
    for (int tries = 0; tries < 20; ++tries) {
      const auto profile = static_cast<std::size_t>(random() % model.profiles.size());
      const auto best = card.choose(profile);
      if (!best) continue;
      card.put(profile, best->start);
      // An instance is given out whole, or in two parts.
      const auto part = static_cast<std::int64_t>(random() % 1001);
      sum += milli_gpu_of({&model, profile}, {part}).value;
      sum += milli_gpu_of({&model, profile}, {1000 - part}).value;
    }
    ASSERT_LE(sum, 1000) << model.name;
    greatest = std::max(greatest, sum);
  }
  EXPECT_EQ(greatest, 1000);
}

TEST(Mig, P3_NamesReadBackAsTheyAreWritten) {
  std::set<std::string> names;
  for (const MigModel& model : mig_models())
    for (std::size_t profile = 0; profile < model.profiles.size(); ++profile) {
      const std::string name = mig_model_name({&model, profile});
      EXPECT_EQ(parse_mig_model(name), (MigName{&model, profile})) << name;
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  EXPECT_TRUE(names.contains("a100-40gb-mig-3g.20gb"));
  EXPECT_TRUE(names.contains("h200-141gb-mig-1g.18gb+me"));
}

TEST(Mig, P3_OtherTextIsNoNameOfAnInstance) {
  for (const std::string_view text :
       {"", "-mig-", "a100-40gb", "a100-40gb-mig", "a100-40gb-mig-", "-mig-3g.20gb", "a100-40gb-mig-3g",
        "a100-40gb-mig-3g.40gb", "a100-40gb-mig-3g.20gb ", "a100-40gb-mig-1c.3g.20gb", "t4-mig-1g.5gb",
        "a100-40gb:3g.20gb", "a100-40gb-mig--mig-3g.20gb", "A100-40GB-mig-3g.20gb"})
    EXPECT_FALSE(parse_mig_model(text)) << text;
}

}  // namespace
}  // namespace dure::placement
