// Invariant 19 on random stacks of layers: a pack exists exactly where every value that is in force is at
// least as strict as the statutory floors. With DURE_TEST_TIER=full 10,000 stacks, else some hundreds.
#include <cstdlib>
#include <random>
#include <string_view>

#include "policy/test_layers.h"

namespace dure::policy {
namespace {

int stacks() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 10'000 : 300;
}

// What the layers said last of each, read by hand; nothing of the code under test.
struct Said {
  std::int64_t access_log_days = 0, role_change_days = 0, lock_failures = 0, staff_idle_minutes = 0;
  std::int64_t opinion_days = 0;
  bool one_way = true, transport_encrypted = true, large_scale = false, resident_numbers_refused = true;
  bool speaks_of_sanctions = false;

  // R1, R2, R5: the figures of policies/floors.
  bool strict_enough() const {
    return access_log_days >= (large_scale ? 730 : 365) && role_change_days >= 1095 && lock_failures >= 1 &&
           staff_idle_minutes >= 1 && one_way && transport_encrypted && resident_numbers_refused &&
           (!speaks_of_sanctions || opinion_days >= 10);
  }
};

class Stack {
 public:
  explicit Stack(std::uint64_t seed) : random_(seed) {
    static const std::vector<Layer> below_all{layer_at("policies/default/policy.yaml"),
                                              layer_at("policies/floors/policy.yaml")};
    layers_ = below_all;
    said_.lock_failures = 5;        // of the default
    said_.staff_idle_minutes = 10;  // likewise
    said_.opinion_days = 10;        // likewise
    said_.access_log_days = 365;    // neutral
    said_.role_change_days = 1095;  // neutral
    for (const char* kind : {"centre", "programme", "call"})
      if (below(3) != 0) add(kind);
    for (std::size_t i = layers_.size(); i > 1; --i) std::swap(layers_[i - 1], layers_[below(i)]);
  }
  const std::vector<Layer>& layers() const { return layers_; }
  const Said& said() const { return said_; }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  // Mostly the same as the floor or stricter, sometimes one less.
  void number(std::string& text, const std::string& key, std::int64_t& value, std::int64_t floor) {
    if (below(3) != 0) return;
    value = below(8) == 0 ? floor - 1 : floor + static_cast<std::int64_t>(below(3)) * floor;
    text += "  " + key + ": " + sourced(std::to_string(value)) + "\n";
  }
  void truth(std::string& text, const std::string& key, bool& value, std::uint64_t one_in_false) {
    if (below(3) != 0) return;
    value = below(one_in_false) != 0;
    text += "  " + key + ": " + sourced(value ? "true" : "false") + "\n";
  }
  static std::string section(const std::string& name, const std::string& lines) {
    return lines.empty() ? "" : name + ":\n" + lines;
  }

  void add(const std::string& kind) {
    std::string retention, account, privacy, sanctions, password;
    number(retention, "access_log_days", said_.access_log_days, 365);
    number(retention, "role_change_days", said_.role_change_days, 1095);
    number(account, "lock_failures", said_.lock_failures, 1);
    number(account, "staff_idle_minutes", said_.staff_idle_minutes, 1);
    truth(password, "  one_way", said_.one_way, 10);
    if (!password.empty()) account += "  password:\n" + password;
    truth(privacy, "transport_encrypted", said_.transport_encrypted, 10);
    truth(privacy, "resident_numbers_refused", said_.resident_numbers_refused, 10);
    if (below(4) == 0) {
      said_.large_scale = below(2) == 0;
      privacy += "  large_scale: " + sourced(said_.large_scale ? "true" : "false") + "\n";
    }
    number(sanctions, "opinion_days", said_.opinion_days, 10);
    if (!sanctions.empty()) said_.speaks_of_sanctions = true;
    layers_.push_back(layer_of(head(kind, kind + "-layer") + section("retention", retention) +
                               section("account", account) + section("privacy", privacy) +
                               section("sanctions", sanctions)));
  }

  std::mt19937_64 random_;
  std::vector<Layer> layers_;
  Said said_;
};

TEST(FloorsProperty, Invariant19_R1_R2_R5_APackExistsExactlyWhereNothingIsLaxerThanTheLaw) {
  int refused = 0;
  for (int seed = 0; seed < stacks(); ++seed) {
    const Stack stack(static_cast<std::uint64_t>(seed));
    const auto pack = merge(stack.layers());
    ASSERT_EQ(pack.ok(), stack.said().strict_enough()) << "seed " << seed;
    if (pack.ok()) {
      ASSERT_EQ(pack->retention.access_log_days, stack.said().access_log_days) << "seed " << seed;
      ASSERT_EQ(pack->account.lock_failures, stack.said().lock_failures) << "seed " << seed;
      continue;
    }
    ++refused;
    for (const auto& detail : pack.failure().details) {
      ASSERT_TRUE(detail.reason.code == "policy.below_floor" || detail.reason.code == "policy.not_as_floor")
          << detail.reason.code;
      ASSERT_NE(parameter(detail.reason, "source"), "");
    }
  }
  EXPECT_GT(refused, stacks() / 10);
  EXPECT_LT(refused, stacks() * 9 / 10);
}

}  // namespace
}  // namespace dure::policy
