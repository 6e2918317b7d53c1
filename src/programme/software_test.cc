// What goes together on which accelerator, by the table of S1 (P19, B11, P29, P31).
#include "programme/software.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "policy/test_layers.h"
#include "policy/version.h"

namespace dure::programme {
namespace {

policy::Pack s1() {
  return *policy::merge({policy::layer_at("policies/default/policy.yaml"),
                         policy::layer_at("policies/floors/policy.yaml"),
                         policy::layer_at("policies/s1-aica-2024/policy.yaml")});
}

// "pointer code" of each refusal, or "ok".
std::string verdict(const std::string& accelerator, const SoftwareChoice& choice) {
  static const policy::Pack pack = s1();
  const auto made = check_software(accelerator, choice, pack.catalogue);
  if (made.ok()) return "ok";
  if (made.failure().details.empty()) return made.failure().reason.code;
  std::string all;
  for (const auto& detail : made.failure().details)
    all += (all.empty() ? "" : ", ") + detail.pointer + " " + detail.reason.code;
  return all;
}

const Versioned kUbuntu{"ubuntu-server", "22.04"};

TEST(Software, P19_EachFrameworkOfTheTableGoesWithItsOwnCuda) {
  static const policy::Pack pack = s1();
  const auto torch = check_software("t4", {kUbuntu, "", "", {{"pytorch", "2.0.1"}}}, pack.catalogue);
  ASSERT_TRUE(torch.ok());
  EXPECT_EQ(torch->driver, (Versioned{"nvidia-driver", "535.104.12"}));
  EXPECT_EQ(torch->cuda, "11.8");
  EXPECT_EQ(torch->cudnn, "8.7");
  const auto flow = check_software("t4", {kUbuntu, "", "", {{"tensorflow", ""}}}, pack.catalogue);
  ASSERT_TRUE(flow.ok());
  EXPECT_EQ(flow->parts, (std::vector<Versioned>{{"tensorflow", "2.12.1"}}));
  EXPECT_EQ(flow->cudnn, "8.6");
}

TEST(Software, P19_WhatDoesNotGoTogetherIsRefusedWithItsGround) {
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "", {{"tensorflow", ""}, {"pytorch", ""}}}),
            "/cudnn software.parts_conflict");
  EXPECT_EQ(verdict("t4", {kUbuntu, "12.2", "", {{"pytorch", ""}}}), "/cuda software.library_conflict");
  EXPECT_EQ(verdict("t4", {kUbuntu, "11.8", "8.6", {{"pytorch", ""}}}), "/cudnn software.library_conflict");
  EXPECT_EQ(verdict("t4", {kUbuntu, "12.3", "", {}}), "/cuda software.above_driver");
  EXPECT_EQ(verdict("t4", {kUbuntu, "12.2", "", {}}), "ok");
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "", {{"conda", ""}, {"pytorch", ""}, {"python", "3.10.12"}}}), "ok");
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "", {{"pytorch", "2.1.0"}}}),
            "/parts/0 software.version_not_offered");
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "", {{"jax", ""}}}), "/parts/0 software.part_unknown");
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "", {{"pytorch", ""}, {"pytorch", "2.0.1"}}}),
            "/parts/1 software.chosen_twice");
}

// Nothing is offered that the catalogue does not name.
TEST(Software, P19_ALibraryThatNoPartNamesIsNotOffered) {
  EXPECT_EQ(verdict("bow", {{}, "11.8", "", {{"pytorch", ""}}}), "/cuda software.library_not_offered");
  EXPECT_EQ(verdict("bow", {{}, "", "8.6", {}}), "/cudnn software.library_not_offered");
  EXPECT_EQ(verdict("t4", {kUbuntu, "", "99", {}}), "/cudnn software.library_not_offered");
  EXPECT_EQ(verdict("t4", {kUbuntu, "3.7", "", {}}), "/cuda software.library_not_offered");
  EXPECT_EQ(verdict("t4", {kUbuntu, "abc", "", {}}), "/cuda software.library_not_offered");
  EXPECT_EQ(verdict("t4", {kUbuntu, "11.8", "8.7", {{"pytorch", ""}}}), "ok");
}

TEST(Software, P19_P29_AVersionBeginsWithADigit) {
  EXPECT_EQ(verdict("t4", {{"ubuntu-server", "abc"}, "", "", {}}), "/system software.version_malformed");
  EXPECT_EQ(verdict("bow", {{}, "", "", {{"pytorch", "newest"}}}), "/parts/0 software.version_malformed");
}

TEST(Software, B11_P29_OneOfTwoOperatingSystemsForTheT4Server) {
  EXPECT_EQ(verdict("t4", {}), "/system software.system_needed");
  EXPECT_EQ(verdict("t4", {{"ubuntu-server", "20.04"}, "", "", {}}), "ok");
  EXPECT_EQ(verdict("t4", {{"ubuntu-server", "18.04"}, "", "", {}}), "/system software.system_too_old");
  EXPECT_EQ(verdict("t4", {{"windows-server", "2019"}, "", "", {}}), "ok");
  EXPECT_EQ(verdict("t4", {{"windows-server", "2016"}, "", "", {}}), "/system software.system_too_old");
  EXPECT_EQ(verdict("t4", {{"rocky", "9"}, "", "", {}}), "/system software.system_unknown");
}

TEST(Software, B11_TheIpuPoolIsOfContainers) {
  EXPECT_EQ(verdict("bow", {}), "ok");
  EXPECT_EQ(verdict("bow", {kUbuntu, "", "", {}}), "/system software.system_not_chosen");
  EXPECT_EQ(verdict("bow", {{}, "", "", {{"poplar-sdk", "3.2"}, {"pytorch", "1.13.1"}}}), "ok");
  EXPECT_EQ(verdict("bow", {{}, "", "", {{"poplar-sdk", "3.3"}}}), "/parts/0 software.version_not_offered");
  EXPECT_EQ(verdict("bow", {{}, "", "", {{"nvidia-driver", ""}}}), "/parts/0 software.part_unknown");
}

TEST(Software, P31_NothingElseIsOffered) {
  EXPECT_EQ(verdict("h100", {}), "software.accelerator_unknown");
  EXPECT_EQ(check_software("t4", {}, {}).failure().reason.code, "software.no_catalogue");
}

TEST(Version, CountsByPartsAndNumbers) {
  EXPECT_TRUE(policy::version_less("18.04", "20.04"));
  EXPECT_TRUE(policy::version_less("12.2", "12.10"));
  EXPECT_TRUE(policy::version_less("8", "8.6"));
  EXPECT_TRUE(policy::version_less("2.0.1", "2.0.10"));
  EXPECT_FALSE(policy::version_less("20.4", "20.04"));
  EXPECT_FALSE(policy::version_less("8.0", "8"));
  EXPECT_FALSE(policy::version_less("99999999999999999999.1", "2"));
}

// An oracle that tries every pair: parts go together exactly where no two name different versions of one
// library, and none is above the driver.
TEST(Software, P19_AgreesWithAnOracleOnRandomStacks) {
  std::mt19937 random(19);
  const auto pick = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  for (int round = 0; round < 500; ++round) {
    policy::SoftwareStack stack{"x", policy::SoftwareDelivery::kContainer, {}, {}, ""};
    const int most_cuda = 10 + pick(4);
    stack.parts.push_back({"driver", "1", std::to_string(most_cuda), "", policy::PartRole::kDriver, false});
    const int count = 1 + pick(4);
    for (int i = 0; i < count; ++i) {
      const bool bound = pick(3) != 0;
      stack.parts.push_back({"p" + std::to_string(i), "1", bound ? std::to_string(9 + pick(5)) : "",
                             pick(2) == 0 ? std::to_string(8 + pick(2)) : "", policy::PartRole::kLibrary,
                             false});
    }
    SoftwareChoice choice;
    for (int i = 0; i < count; ++i)
      if (pick(2) == 0) choice.parts.push_back({"p" + std::to_string(i), ""});
    bool fits = true;
    for (const auto& a : choice.parts) {
      const auto& one = stack.parts[static_cast<std::size_t>(1 + a.name[1] - '0')];
      if (!one.cuda.empty() && std::stoi(one.cuda) > most_cuda) fits = false;
      for (const auto& b : choice.parts) {
        const auto& other = stack.parts[static_cast<std::size_t>(1 + b.name[1] - '0')];
        if (!one.cuda.empty() && !other.cuda.empty() && one.cuda != other.cuda) fits = false;
        if (!one.cudnn.empty() && !other.cudnn.empty() && one.cudnn != other.cudnn) fits = false;
      }
    }
    policy::Catalogue catalogue;
    catalogue.software.push_back(stack);
    const bool answer = check_software("x", choice, catalogue).ok();
    ASSERT_EQ(answer, fits) << round;
    std::reverse(choice.parts.begin(), choice.parts.end());
    ASSERT_EQ(check_software("x", choice, catalogue).ok(), fits) << round << ", turned round";
  }
}

}  // namespace
}  // namespace dure::programme
