// B6, C6, invariant 8 over HTTP: one project has one pool and one model of accelerator, where the pack says
// so: in screening, in the decision, in another offer, when an allocation is opened, changed or grown.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "centre/evaluation_cast.h"
#include "centre/outcome_cast.h"
#include "cli/api.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kSecondModel = "h100-80gb";

void replace_in(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

// The regional centre with two pools of one model each, renewals, and other offers.
std::string two_pools(bool one_per_project) {
  auto text = s0_text();
  replace_in(text, "kinds: {value: [new, change],", "kinds: {value: [new, change, renewal],");
  replace_in(text, "        unit: block\n",
             "        unit: block\n        models: [a100-40gb]\n"
             "      - id: second\n        kind: shared\n        title: {ko: 둘째, en: Second}\n"
             "        models: [h100-80gb]\n        unit: block\n");
  if (one_per_project)
    replace_in(text, "  sized_by_scale:",
               "  one_pool_per_project: {value: true, source: \"공고 2쪽\", confidence: stated}\n"
               "  one_model_per_project: {value: true, source: \"공고 3쪽\", confidence: stated}\n"
               "  sized_by_scale:");
  replace_in(text, "\naward:\n",
             "\naward:\n  counter_offer_within: {value: 7 days, source: \"시험\", confidence: chosen}\n");
  return text;
}

// A form of hong01's with its paper, submitted: the application as it stands then.
Reply filed(Centre& centre, const std::function<void(model::Form1&)>& edit) {
  auto form = *wire::read_form(wire::example_form());
  form.login = "hong01";
  edit(form);
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  EXPECT_EQ(created.status, 201) << created.text_body;
  const auto path = "/api/v1/applications/" + created.text("application/id");
  const auto token = created.text("access_token");
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", token, kPdfFile);
  return centre.send("POST", path + "/submit", token);
}
std::function<void(model::Form1&)> renewal(const std::string& model) {
  return [model](model::Form1& form) {
    form.kind = model::ApplicationKind::kRenewal;
    form.resources.model = model;
  };
}
std::function<void(model::Form1&)> change_to(const std::string& model) {
  return [model](model::Form1& form) {
    form.kind = model::ApplicationKind::kChange;
    form.resources.model = model;
  };
}

struct RuleSaid {
  std::string result, code, source;
};
RuleSaid said_of(const Reply& application, const std::string& key) {
  for (const auto& item : application.body.at("screening").as_array())
    if (cli::text_at(item, "rule") == "offer." + key)
      return {cli::text_at(item, "result"), cli::text_at(item, "reason/code"), cli::text_at(item, "source")};
  return {};
}

std::string award_id_of(Centre& centre, const Reply& application) {
  return centre.get("/api/v1/awards?application_id=" + application.text("id"), centre.operators)
      .text("items/0/id");
}
Reply opened(Centre& centre, const Reply& application, const json::object& body = {}) {
  const auto decided = centre.approve(application.text("id"));
  EXPECT_EQ(decided.status, 200) << decided.text_body;
  return centre.post("/api/v1/awards/" + award_id_of(centre, application) + "/allocation", centre.operators,
                     body);
}

TEST(OneResource, B6_Invariant8_AnApplicationForTwoModelsIsReturnedWithBothRules) {
  Evaluation it("s1-aica-2024", kMarch);
  const auto apply = [&](const std::string& login, const std::string& model) {
    const auto who = it.apply({.login = login,
                               .organisation = login,
                               .blocks = 400,
                               .model = "bow",
                               .settled = false,
                               .change = [&](model::Form1& form) { form.resources.model = model; }});
    return it.get("/api/v1/applications/" + who.application);
  };
  const auto one = apply("one", "bow");
  EXPECT_EQ(one.text("state"), "eligible") << one.text_body;
  EXPECT_EQ(said_of(one, "one_pool_per_project").code, "project.one_pool");
  EXPECT_EQ(said_of(one, "one_model_per_project").code, "project.one_model");
  const auto both = apply("both", "h100, bow");
  EXPECT_EQ(both.text("state"), "returned");
  const auto pool = said_of(both, "one_pool_per_project"), model = said_of(both, "one_model_per_project");
  EXPECT_EQ(pool.result + " " + pool.code, "not_met project.pools_several");
  EXPECT_EQ(model.result + " " + model.code, "not_met project.models_several");
  EXPECT_EQ(model.source, "공고 2쪽, 기본자원(가속기 타입 1식)");
  EXPECT_NE(both.text_body.find("dedicated-h100, shared-bow"), std::string::npos) << both.text_body;
}

TEST(OneResource, B6_Invariant8_ARenewalHasWhatTheProjectHas) {
  Centre centre;
  put_in_force(centre, two_pools(true));
  centre.admit("hong01");
  const auto other = filed(centre, renewal(kSecondModel));
  EXPECT_EQ(other.text("state"), "returned") << other.text_body;
  const auto pool = said_of(other, "one_pool_per_project");
  EXPECT_EQ(pool.result + " " + pool.code + " " + pool.source, "not_met project.other_pool 공고 2쪽");
  EXPECT_EQ(said_of(other, "one_model_per_project").code, "project.other_model");
  // Who is not the account's own person learns nothing of it.
  const auto stranger = filed(centre, [](model::Form1& form) {
    renewal(kSecondModel)(form);
    form.applicant.name = "다른사람";
  });
  EXPECT_EQ(said_of(stranger, "one_pool_per_project").code, "project.one_pool");
  const auto same = filed(centre, renewal("a100-40gb"));
  ASSERT_EQ(same.text("state"), "eligible") << same.text_body;
  const auto refused = centre.approve(same.text("id"), {{"awarded", json::object{{"model", kSecondModel},
                                                                                 {"blocks", 100},
                                                                                 {"cpu_cores", 1},
                                                                                 {"memory_bytes", 1},
                                                                                 {"storage_bytes", 1}}}});
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "project.other_pool");
  ASSERT_EQ(centre.approve(same.text("id")).status, 200);
  const auto award = award_id_of(centre, same);
  const auto offer = centre.post("/api/v1/counter-offers", centre.operators,
                                 {{"award_id", award},
                                  {"resources", json::object{{"model", kSecondModel}, {"blocks", 10}}},
                                  {"ground", "없음"}});
  EXPECT_EQ(offer.text("code"), "project.other_pool") << "F11: " << offer.text_body;
  const auto open = "/api/v1/awards/" + award + "/allocation";
  const auto elsewhere = centre.post(open, centre.operators, {{"pool", "second"}});
  EXPECT_EQ(elsewhere.status, 409) << elsewhere.text_body;
  EXPECT_EQ(elsewhere.text("code").substr(0, 8), "project.");
  EXPECT_EQ(centre.get("/api/v1/allocations", centre.operators).body.at("items").as_array().size(), 1u);
  const auto there = centre.post(open, centre.operators);
  ASSERT_EQ(there.status, 201) << there.text_body;
  EXPECT_EQ(there.text("allocation/pool"), "gpu-server");
}

TEST(OneResource, B6_AChangeReplacesWhatThereIsUnlessThereIsMore) {
  Centre centre;
  put_in_force(centre, two_pools(true));
  centre.admit("hong01");
  const auto renewed = opened(centre, filed(centre, renewal("a100-40gb")));
  ASSERT_EQ(renewed.status, 201) << renewed.text_body;
  centre.advance(base::Span::days(30));
  const auto with_two = filed(centre, change_to(kSecondModel));
  EXPECT_EQ(said_of(with_two, "one_model_per_project").code, "project.other_model") << with_two.text_body;
}

TEST(OneResource, B6_WhatIsChangedGoesIntoThePoolThatHasIt) {
  Centre centre;
  put_in_force(centre, two_pools(true));
  const Who user = centre.admit("hong01");
  const auto wish = filed(centre, change_to(kSecondModel));
  ASSERT_EQ(wish.text("state"), "eligible") << wish.text_body;
  const auto changed = opened(centre, wish);
  ASSERT_EQ(changed.status, 201) << changed.text_body;
  EXPECT_EQ(changed.text("allocation/id"), user.allocation);
  EXPECT_EQ(changed.text("allocation/limit/model"), kSecondModel);
  EXPECT_EQ(changed.text("allocation/pool"), "second") << "it has no such model in the first";
}

// F11: both pools have the model, so that the model alone does not tell which was taken.
TEST(OneResource, F11_TheOtherPoolThatWasTakenHoldsForAChange) {
  Centre centre;
  auto text = two_pools(false);
  replace_in(text, "models: [h100-80gb]", "models: [a100-40gb, h100-80gb]");
  put_in_force(centre, text);
  const Who user = centre.admit("hong01");
  auto form = *wire::read_form(wire::example_form());
  form.login = "hong01";
  change_to("a100-40gb")(form);
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  ASSERT_EQ(created.status, 201) << created.text_body;
  const std::string path = "/api/v1/applications/" + created.text("application/id");
  const auto token = created.text("access_token");
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", token, kPdfFile);
  ASSERT_EQ(centre.send("POST", path + "/submit", token).text("state"), "eligible");
  ASSERT_EQ(centre.approve(created.text("application/id")).status, 200);
  const auto award =
      centre.get("/api/v1/awards?application_id=" + created.text("application/id"), centre.operators)
          .text("items/0/id");
  const auto offer = centre.post("/api/v1/counter-offers", centre.operators,
                                 {{"award_id", award},
                                  {"pool", "second"},
                                  {"resources", json::object{{"model", "a100-40gb"}, {"blocks", 10}}},
                                  {"ground", "첫째에는 없음"}});
  ASSERT_EQ(offer.status, 201) << offer.text_body;
  ASSERT_EQ(
      centre.send("POST", "/api/v1/counter-offers/" + offer.text("id") + "/accept", token).text("state"),
      "accepted");
  const std::string open = "/api/v1/awards/" + award + "/allocation";
  const auto elsewhere = centre.post(open, centre.operators, {{"pool", "gpu-server"}});
  EXPECT_EQ(elsewhere.status, 409) << "not what was taken: " << elsewhere.text_body;
  EXPECT_EQ(elsewhere.text("code"), "award.other_pool_taken");
  EXPECT_EQ(elsewhere.text("parameters/taken"), "second");
  const auto changed = centre.post(open, centre.operators);
  ASSERT_EQ(changed.status, 201) << changed.text_body;
  EXPECT_EQ(changed.text("allocation/id"), user.allocation);
  EXPECT_EQ(changed.text("allocation/pool"), "second");
  EXPECT_EQ(changed.number("allocation/limit/blocks"), 10);
}

TEST(OneResource, B6_WhatWasGivenBeforeTheRuleIsNotMadeMore) {
  Centre centre;
  put_in_force(centre, two_pools(false));
  Who user = centre.admit("hong01");
  const auto second = opened(centre, filed(centre, renewal(kSecondModel)));
  ASSERT_EQ(second.status, 201) << second.text_body;
  EXPECT_EQ(second.text("allocation/pool"), "second") << "no rule, no limit";
  centre.report_node();
  put_in_force(centre, two_pools(true));
  const auto more = centre.post("/api/v1/allocation-actions", user,
                                {{"allocation_id", user.allocation},
                                 {"kind", "supplement"},
                                 {"blocks", 50},
                                 {"reason", "학습 자료가 늘어남"}});
  ASSERT_EQ(more.status, 201) << more.text_body;
  EXPECT_EQ(more.text("findings/0/code"), "project.other_pool") << "he learns it at once";
  const auto decided = centre.post("/api/v1/allocation-actions/" + more.text("id") + "/decide",
                                   centre.operators, {{"approve", true}, {"ground", "여유"}});
  EXPECT_EQ(decided.status, 409);
  EXPECT_EQ(decided.text("code"), "project.other_pool");
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, user).number("limit/blocks"), 100);
}

TEST(OneResource, C6_B6_TwoModelsAreTwoApplicationsWithTwoTitlesAndTwoProjects) {
  Centre centre;
  put_in_force(centre, two_pools(true));
  const Who user = centre.admit("hong01");
  const auto second = opened(centre, filed(centre, [](model::Form1& form) {
                               form.plan.title = "두 번째 과제";
                               form.resources.model = kSecondModel;
                             }));
  ASSERT_EQ(second.status, 201) << second.text_body;
  EXPECT_EQ(second.text("account/id"), user.account);
  EXPECT_EQ(second.text("allocation/pool"), "second");
  EXPECT_NE(second.text("project/id"),
            centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("project_id"));
}

}  // namespace
}  // namespace dure::tests
