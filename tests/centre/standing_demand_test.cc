// A9, B13, C8, F7 over HTTP: a standing register of demand, gaps of some months, and who is offered them.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/evaluation_cast.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kGovernment = "government-gpus";

// The government's own GPUs of 2026, on the first of July.
struct Register {
  explicit Register(const std::string& more = "") : it("s3-government-2026", "2026-07-01T00:00:00Z", more) {}

  // Waits for so many cards for so many months, from the first of July on.
  Who wait(const std::string& login, std::int64_t cards, std::int64_t months) {
    return it.apply({login, login + " 주식회사", cards * 100, "h200", std::nullopt, "연구실", true,
                     [&](model::Form1& form) {
                       form.starts_on = base::Date{2026, 7, 1};
                       form.months = months;
                     }});
  }
  void build(std::int64_t cards) { it.build(kGovernment, "h200", cards, 1); }
  std::string reserve(std::int64_t cards, const std::string& from) {
    const auto made = it.post("/api/v1/beneficiary-reservations", {{"programme_id", it.programme},
                                                                   {"beneficiary", "national_project"},
                                                                   {"decided_by", "과학기술정보통신부"},
                                                                   {"pool", kGovernment},
                                                                   {"model", "h200"},
                                                                   {"gpus", cards},
                                                                   {"starts_on", from},
                                                                   {"ends_on", "2027-02-28"},
                                                                   {"ground", "국가 인공지능 사업 착수"}});
    EXPECT_EQ(made.status, 201) << made.text_body;
    return made.text("id");
  }
  Reply match() {
    auto matched = it.post("/api/v1/programmes/" + it.programme + "/match-demand", {{"ground", "유휴 자원"}});
    EXPECT_EQ(matched.status, 200) << matched.text_body;
    return matched;
  }
  // Accepted, and given: the allocation.
  std::string take(const Who& who) {
    const std::string award = "/api/v1/awards/" + award_of(who).text("items/0/id");
    EXPECT_EQ(it.post_as(who, award + "/accept").text("state"), "accepted");
    const auto opened = it.post(award + "/allocation");
    EXPECT_EQ(opened.status, 201) << opened.text_body;
    return opened.text("allocation/id");
  }
  Reply award_of(const Who& who) { return it.get("/api/v1/awards?application_id=" + who.application); }
  std::string states(const std::vector<const Who*>& all) {
    std::string text;
    for (const auto* who : all) text += (text.empty() ? "" : " ") + it.state_of(*who);
    return text;
  }
  std::string state(const Who& who) { return it.state_of(who); }
  // Restricts the organisation of that name.
  void bar(const std::string& organisation) {
    model::Organisation row;
    const auto made = commands::run<bool>(it.centre.world(), commands::system_caller("test"),
                                          [&](commands::Work& work) -> base::Result<bool> {
                                            work.stamp(row);
                                            row.name = organisation;
                                            DURE_TRY(work.tx.organisations().insert(row));
                                            return true;
                                          });
    EXPECT_TRUE(made.ok());
    const auto restricted = it.post("/api/v1/restrictions", {{"programme_id", it.programme},
                                                             {"organisation_id", row.id.text},
                                                             {"ground", "참여제한"},
                                                             {"decided_by", "과기정통부"},
                                                             {"starts_on", "2026-06-01"}});
    EXPECT_EQ(restricted.status, 201) << restricted.text_body;
  }
  void round() { it.centre.turn_loops(); }

  Evaluation it;
};

TEST(StandingDemand, A9_F7_C8_EachIsLookedAtForTheMonthsThatItAsksFor) {
  Register plan;
  const auto three = plan.wait("three1", 8, 3);
  const auto two = plan.wait("two1", 8, 2);
  const auto later = plan.wait("later1", 1, 2);
  plan.build(8);
  plan.reserve(8, "2026-09-01");
  const auto matched = plan.match();
  ASSERT_EQ(matched.body.at("offered").as_array().size(), 1u) << matched.text_body;
  EXPECT_EQ(matched.text("offered/0/application_id"), two.application) << "July and August are free";
  EXPECT_EQ(matched.text("passed_over/0/reason/code"), "evaluation.does_not_fit");
  EXPECT_EQ(matched.number("passed_over/0/reason/parameters/left"), 0) << "September is the project's";
  EXPECT_EQ(plan.states({&three, &two, &later}), "waitlisted selected waitlisted");
  plan.take(two);
  const auto again = plan.match();
  EXPECT_TRUE(again.body.at("offered").as_array().empty()) << "what is given is not offered again";
  EXPECT_EQ(plan.award_of(two).text("items/0/starts_on"), "2026-07-01");
}

TEST(StandingDemand, A9_F7_Invariant1_CardsThatAreFreeForDifferentTimesAreCountedTogether) {
  Register plan;
  const auto large = plan.wait("large1", 8, 2);  // of the four that stay free and the four until August
  const auto one = plan.wait("one1", 4, 4);
  plan.build(8);
  plan.reserve(4, "2026-09-01");
  EXPECT_EQ(plan.match().text("offered/0/application_id"), large.application);
  EXPECT_EQ(plan.states({&large, &one}), "selected waitlisted") << "nothing is left in July";
}

TEST(StandingDemand, B13_ABatchThatOpensIsOfferedByItselfToThoseWhoFit) {
  Register plan;
  const auto three = plan.wait("three1", 8, 3);
  const auto two = plan.wait("two1", 4, 2);
  plan.round();
  EXPECT_EQ(plan.states({&three, &two}), "waitlisted waitlisted") << "nothing is in service";
  plan.build(8);
  plan.reserve(8, "2026-09-01");
  plan.round();
  EXPECT_EQ(plan.states({&three, &two}), "waitlisted selected");
  plan.round();
  EXPECT_EQ(plan.award_of(two).body.at("items").as_array().size(), 1u) << "once";
  const auto entry = plan.it.get("/api/v1/waitlist-entries?application_id=" + two.application);
  EXPECT_EQ(entry.text("items/0/state"), "offered");
  const auto audited = plan.it.get("/api/v1/audit-entries?resource=waitlist-entries/" +
                                   entry.text("items/0/id") + "&action=waitlist-entries.offered");
  EXPECT_EQ(audited.text("items/0/actor"), "loop/keeper") << audited.text_body;
  const auto next = plan.wait("next1", 4, 1);
  plan.round();
  EXPECT_EQ(plan.state(next), "selected") << "who comes later and fits";
}

TEST(StandingDemand, B13_F7_WhatEndsAndWhatIsNoLongerReservedGoesToWhoWaits) {
  Register plan;
  plan.build(8);
  const auto reservation = plan.reserve(4, "2026-07-01");
  const auto first = plan.wait("first1", 4, 1);
  const auto second = plan.wait("second1", 4, 2);
  const auto third = plan.wait("third1", 4, 4);
  plan.round();
  EXPECT_EQ(plan.states({&first, &second, &third}), "selected waitlisted waitlisted");
  plan.take(first);
  EXPECT_EQ(plan.it.post("/api/v1/beneficiary-reservations/" + reservation + "/cancel").status, 200);
  plan.round();
  EXPECT_EQ(plan.states({&second, &third}), "selected waitlisted") << "the reservation was cancelled";
  plan.take(second);
  plan.it.advance(base::Span::days(30));
  plan.round();
  EXPECT_EQ(plan.state(third), "waitlisted") << "the first has the last day of July";
  plan.it.advance(base::Span::days(1));
  plan.round();
  EXPECT_EQ(plan.state(third), "selected") << "the first month is over";
  EXPECT_EQ(plan.award_of(third).text("items/0/starts_on"), "2026-08-01");
}

TEST(StandingDemand, B13_F7_WhatAnAllocationIsReducedByGoesToWhoWaits) {
  Register plan;
  plan.build(8);
  const auto first = plan.wait("first1", 8, 2);
  const auto second = plan.wait("second1", 4, 1);
  plan.round();
  EXPECT_EQ(plan.states({&first, &second}), "selected waitlisted");
  const auto asked = plan.it.post(
      "/api/v1/allocation-actions",
      {{"allocation_id", plan.take(first)}, {"kind", "reduction"}, {"blocks", 400}, {"reason", "덜 필요함"}});
  ASSERT_EQ(asked.status, 201) << asked.text_body;
  plan.round();
  EXPECT_EQ(plan.state(second), "waitlisted") << "nobody approved it";
  const auto decided = plan.it.post("/api/v1/allocation-actions/" + asked.text("id") + "/decide",
                                    {{"approve", true}, {"ground", "확인함"}});
  ASSERT_EQ(decided.text("state"), "applied") << decided.text_body;
  plan.round();
  EXPECT_EQ(plan.state(second), "selected");
}

TEST(StandingDemand, B13_WhoCannotBeAwardedHoldsNobodyUp) {
  Register plan;
  const auto barred = plan.wait("barred1", 8, 1);
  const auto next = plan.wait("next1", 8, 1);
  plan.bar("barred1 주식회사");
  plan.build(8);
  plan.round();
  EXPECT_EQ(plan.states({&barred, &next}), "waitlisted selected");
}

TEST(StandingDemand, B13_OnlyWhereThePackKeepsARegister) {
  Register plan(R"(
format: dure-policy/1
layer: call
id: no-register
version: "1"
call:
  demand_register: {value: false, source: "시험", confidence: chosen}
)");
  const auto one = plan.wait("one1", 4, 1);
  plan.build(8);
  plan.round();
  EXPECT_TRUE(plan.award_of(one).body.at("items").as_array().empty()) << "it is the office that decides";
}

}  // namespace
}  // namespace dure::tests
