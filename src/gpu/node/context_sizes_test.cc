// When a context is measured, on which card, and when again.
#include "gpu/node/context_sizes.h"

#include <gtest/gtest.h>

namespace dure::gpu {
namespace {

constexpr std::uint64_t kContextMiB = 1 << 20;

Card card(const std::string& id, const std::string& product = "H200", const std::string& driver = "580") {
  Card made;
  made.report.id = model::CardId(id);
  made.report.product = product;
  made.report.model = product;
  made.report.health = model::CardHealth::kHealthy;
  made.driver = driver;
  return made;
}

// Answers as it is told, card by card; what it is not told of fails.
class Contexts : public testing::Test {
 protected:
  void begin(ContextTable known = {}, base::Span first_retry = base::Span::hours(1),
             base::Span last_retry = base::Span::hours(1)) {
    sizes = std::make_unique<ContextSizes>(ContextSizesOptions{
        .known = std::move(known),
        .measure = [this](const std::string& id, const std::atomic<bool>&) -> ContextMeasure {
          const std::lock_guard lock(mutex);
          asked.push_back(id);
          changed.notify_all();
          const auto found = answers.find(id);
          if (found == answers.end()) return {std::nullopt, "it does not answer"};
          return {found->second, ""};
        },
        .keep =
            [this](const ContextTable& all) {
              const std::lock_guard lock(mutex);
              kept = all;
              changed.notify_all();
            },
        .inform = [this](const std::string& text) { add(informed, text); },
        .warn = [this](const std::string& text) { add(warned, text); },
        .first_retry = first_retry,
        .last_retry = last_retry});
  }
  void add(std::vector<std::string>& to, const std::string& text) {
    const std::lock_guard lock(mutex);
    to.push_back(text);
    changed.notify_all();
  }
  // Waits until it is so; false when it never is.
  bool until(const std::function<bool()>& so) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(30), so);
  }
  void answer(const std::string& id, std::uint64_t bytes) {
    const std::lock_guard lock(mutex);
    answers[id] = bytes;
  }
  std::vector<std::string> asked_so_far() {
    const std::lock_guard lock(mutex);
    return asked;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::uint64_t> answers;
  std::vector<std::string> asked, informed, warned;
  ContextTable kept;
  std::unique_ptr<ContextSizes> sizes;  // last: its thread uses the others
};

TEST_F(Contexts, AHundredCardsOfOneKindAreMeasuredOnce) {
  std::vector<Card> cards;
  cards.reserve(101);
  for (int n = 0; n < 100; ++n) cards.push_back(card("GPU-" + std::to_string(n)));
  cards.push_back(card("GPU-other", "T4"));
  answer("GPU-0", 500 * kContextMiB);
  answer("GPU-other", 200 * kContextMiB);
  begin();
  EXPECT_EQ(sizes->of("GPU-0"), 0u);
  sizes->look(cards);
  ASSERT_TRUE(until([&] { return kept.size() == 2; }));
  EXPECT_EQ(sizes->of("GPU-0"), 500 * kContextMiB);
  EXPECT_EQ(sizes->of("GPU-99"), 500 * kContextMiB);
  EXPECT_EQ(sizes->of("GPU-other"), 200 * kContextMiB);
  EXPECT_EQ(sizes->of("GPU-100"), 0u);
  sizes->look(cards);
  EXPECT_EQ(asked_so_far(), (std::vector<std::string>{"GPU-0", "GPU-other"}));
  EXPECT_EQ(informed.size(), 2u);
  EXPECT_EQ(kept.at({"H200", "H200", "580"}), 500 * kContextMiB);
}

TEST_F(Contexts, TheNextCardOfTheKindIsAskedWhereOneDoesNotAnswer) {
  answer("GPU-2", kContextMiB);
  begin();
  sizes->look({card("GPU-1"), card("GPU-2"), card("GPU-3")});
  ASSERT_TRUE(until([&] { return !kept.empty(); }));
  EXPECT_EQ(asked_so_far(), (std::vector<std::string>{"GPU-1", "GPU-2"}));
  EXPECT_TRUE(warned.empty());
}

TEST_F(Contexts, WhatIsKnownFromBeforeIsNotMeasuredAndAnotherDriverIs) {
  begin({{{"H200", "H200", "580"}, 500 * kContextMiB}});
  sizes->look({card("GPU-1")});
  EXPECT_EQ(sizes->of("GPU-1"), 500 * kContextMiB);
  answer("GPU-1", 510 * kContextMiB);
  sizes->look({card("GPU-1", "H200", "590")});
  ASSERT_TRUE(until([&] { return kept.size() == 2; }));
  EXPECT_EQ(sizes->of("GPU-1"), 510 * kContextMiB);
  EXPECT_EQ(asked_so_far().size(), 1u);
}

TEST_F(Contexts, CardsThatAreSimulatedOrNotWellAreLeftAlone) {
  Card simulated = card("SIM-1");
  simulated.report.simulated = true;
  Card ill = card("GPU-ill", "T4");
  ill.report.health = model::CardHealth::kUnhealthy;
  answer("GPU-1", kContextMiB);
  begin({{{"T4", "T4", "580"}, 200 * kContextMiB}});
  ill.driver = "580";
  Card missing = card("GPU-gone", "L4");
  missing.report.health = model::CardHealth::kMissing;
  sizes->look({simulated, ill, missing, card("GPU-1")});
  ASSERT_TRUE(until([&] { return !kept.empty(); }));
  EXPECT_EQ(asked_so_far(), std::vector<std::string>{"GPU-1"});
  EXPECT_EQ(sizes->of("GPU-ill"), 200 * kContextMiB) << "its kind is known";
}

TEST_F(Contexts, AFailureIsSaidOnceAndTriedAgain) {
  begin({}, base::Span::milliseconds(2), base::Span::milliseconds(8));
  sizes->look({card("GPU-1")});
  ASSERT_TRUE(until([&] { return asked.size() >= 5; }));
  answer("GPU-1", kContextMiB);
  ASSERT_TRUE(until([&] { return !kept.empty(); }));
  EXPECT_EQ(sizes->of("GPU-1"), kContextMiB);
  ASSERT_EQ(warned.size(), 1u);
  EXPECT_NE(warned[0].find("it does not answer"), std::string::npos);
}

TEST_F(Contexts, ACardThatComesOrIsWellAgainIsTriedAtOnce) {
  begin();
  Card ill = card("GPU-2");
  ill.report.health = model::CardHealth::kUnhealthy;
  sizes->look({card("GPU-1"), ill});
  ASSERT_TRUE(until([&] { return warned.size() == 1; }));
  EXPECT_EQ(asked_so_far(), std::vector<std::string>{"GPU-1"});
  answer("GPU-2", kContextMiB);
  sizes->look({card("GPU-1"), card("GPU-2")});
  ASSERT_TRUE(until([&] { return !kept.empty(); })) << "not after an hour";
  EXPECT_EQ(sizes->of("GPU-1"), kContextMiB);
}

}  // namespace
}  // namespace dure::gpu
