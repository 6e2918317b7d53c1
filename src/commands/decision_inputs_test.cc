// Screening and decision as the API makes them, under packs with several pools.
#include "commands/decision_inputs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "programme/samples.h"

namespace dure::commands {
namespace {

model::ScreeningItem pools_item(const model::Form1& form) {
  const auto screening = screen({form, programme::good_facts(), {}}, programme::aica_2024());
  const auto found = std::find_if(screening.items.begin(), screening.items.end(),
                                  [](const auto& item) { return item.rule == "offer.pools"; });
  EXPECT_NE(found, screening.items.end());
  return found == screening.items.end() ? model::ScreeningItem{} : *found;
}

TEST(DecisionInputs, B6_AnApplicationIsReadAgainstThePoolThatOffersIt) {
  auto form = programme::good_form();
  form.resources = {"bow", 400, 0, {}, {}};
  EXPECT_EQ(pools_item(form).reason.code, "eligibility.offered") << "AICA's third pool";
  form.resources.blocks = 300;
  EXPECT_EQ(pools_item(form).reason.code, "decision.not_in_menu");
  form.resources.model = "b200";
  EXPECT_EQ(pools_item(form).reason.code, "decision.model_not_offered");
}

TEST(DecisionInputs, B6_SoIsTheAward) {
  DecisionInputs inputs;
  inputs.application.state = model::ApplicationState::kEligible;
  inputs.application.form = programme::good_form();
  inputs.application.form.resources = {"bow", 400, 0, {}, {}};
  inputs.command.awarded = {"bow", 200, 0, {}, {}};
  inputs.command.starts_on = inputs.today = {2024, 3, 1};
  inputs.command.months = 6;
  const auto outcome = decide(inputs, programme::aica_2024());
  ASSERT_TRUE(outcome.ok()) << outcome.failure().reason.code;
  EXPECT_EQ(outcome->awarded.blocks, 200);
  inputs.command.awarded.blocks = 300;
  EXPECT_EQ(decide(inputs, programme::aica_2024()).failure().reason.code, "decision.not_in_menu");
}

}  // namespace
}  // namespace dure::commands
