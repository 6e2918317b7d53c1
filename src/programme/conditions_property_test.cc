// C5, C7, invariants 18 and 20: conditions against oracles, on random cases. DURE_TEST_TIER=full: 10,000 of
// each.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>

#include "programme/samples.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using policy::Predicate;

std::mt19937 random_of(unsigned seed) {
  return std::mt19937(seed);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
}

// A question whose answer is known beforehand: of the region, or of use in a window that nobody measured.
policy::PlainCondition literal(Answer answer, bool negated, std::int64_t number) {
  policy::PlainCondition made;
  made.negated = negated;
  if (answer == Answer::kUnknown) {
    made.is = Predicate::kUsageRatio;
    made.window_days = number;
    made.below_bp = 100;
    return made;
  }
  made.is = Predicate::kOrgRegion;
  made.in = {(answer == Answer::kYes) != negated ? "ulsan" : "jeju"};
  return made;
}

// A list of conditions, each of some literals, with what each literal is.
struct Question {
  struct Part {
    bool any = false;
    bool negated = false;
    std::vector<Answer> literals;
  };
  std::vector<Part> parts;
  std::vector<policy::Condition> conditions;
  int unknown = 0;
};

Question random_question(std::mt19937& random) {
  Question question;
  std::int64_t number = 1;
  for (auto parts = random() % 3 + 1; parts > 0; --parts) {
    Question::Part part{random() % 2 == 0, random() % 2 == 0, {}};
    policy::Condition condition;
    condition.is = part.any ? Predicate::kAny : Predicate::kAll;
    condition.negated = part.negated;
    for (auto literals = random() % 3 + 1; literals > 0; --literals) {
      const auto answer = std::array{Answer::kYes, Answer::kNo, Answer::kUnknown}[random() % 3];
      part.literals.push_back(answer);
      question.unknown += answer == Answer::kUnknown ? 1 : 0;
      condition.conditions.push_back(literal(answer, random() % 2 == 0, number++));
    }
    question.parts.push_back(part);
    question.conditions.push_back(condition);
  }
  return question;
}

// Whether all hold where the n-th unknown literal is what bit n of `world` says.
bool holds_in_world(const Question& question, unsigned world) {
  bool all = true;
  for (const auto& part : question.parts) {
    bool joined = !part.any;
    for (const auto answer : part.literals) {
      bool yes = answer == Answer::kYes;
      if (answer == Answer::kUnknown) {
        yes = (world & 1) != 0;
        world >>= 1;
      }
      joined = part.any ? joined || yes : joined && yes;
    }
    all = all && joined != part.negated;
  }
  return all;
}

// Yes where every way that the unknown could be says so, no where none does, else unknown.
TEST(ConditionsProperty, C7_AnAnswerIsThatOfEveryWayTheUnknownCouldBe) {
  auto random = random_of(17);
  const auto facts = good_facts();
  const auto form = good_form();
  for (int history = 0; history < histories(500); ++history) {
    const auto question = random_question(random);
    bool always = true, never = true;
    for (unsigned world = 0; world < 1u << question.unknown; ++world) {
      const bool yes = holds_in_world(question, world);
      always = always && yes;
      never = never && !yes;
    }
    const auto wanted = always ? Answer::kYes : never ? Answer::kNo : Answer::kUnknown;
    ASSERT_EQ(evaluate(question.conditions, form, facts).answer, wanted) << "history " << history;
  }
}

// Invariant 18: whoever is under a restriction on the day of receipt is not taken, whatever else is known.
TEST(ConditionsProperty, C5_ARestrictionHoldsOnEachOfItsDaysAndOnNoOther) {
  auto random = random_of(18);
  policy::Rule rule;
  rule.id = "restricted";
  rule.all.emplace_back();
  rule.all[0].is = Predicate::kRestrictionNone;
  rule.all[0].negated = true;
  auto rules = screening_rules(regional_centre());
  rules.eligibility.exclude = {rule};
  for (int history = 0; history < histories(500); ++history) {
    auto facts = good_facts();
    bool held = false;
    for (auto left = random() % 4; left > 0; --left) {
      const auto from = base::add_days(facts.received_on, static_cast<std::int64_t>(random() % 40) - 20);
      Restriction restriction{"organisation", "off purpose", from, std::nullopt};
      if (random() % 3 != 0)
        restriction.until = base::add_days(from, static_cast<std::int64_t>(random() % 20));
      bool today = false;  // counted day by day
      for (auto day = from; day <= restriction.until.value_or(facts.received_on);
           day = base::add_days(day, 1))
        today = today || day == facts.received_on;
      held = held || today;
      facts.restrictions.push_back(restriction);
    }
    const auto outcome = screen(good_form(), facts, rules).outcome;
    ASSERT_EQ(outcome == ScreeningOutcome::kIneligible, held) << "history " << history;
  }
}

}  // namespace
}  // namespace dure::programme
