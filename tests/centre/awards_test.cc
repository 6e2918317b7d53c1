// From awards to allocations over HTTP: what moves their dates, who holds them, what was decided and why.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <iterator>

#include "centre/centre.h"
#include "centre/outcome_cast.h"
#include "centre/workspace.h"
#include "cli/api.h"
#include "commands/decision_inputs.h"
#include "commands/rows.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

Reply allocation_of(Centre& centre, const Who& user) {
  return centre.get("/api/v1/allocations/" + user.allocation, centre.operators);
}

// Form 1 with changes, filed, evidenced, approved and its award opened: the answer to the opening.
Reply open_award(Centre& centre, const std::function<void(model::Form1&)>& edit) {
  auto form = *wire::read_form(wire::example_form());
  form.login = "hong01";
  edit(form);
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  const std::string id = created.text("application/id");
  const std::string path = "/api/v1/applications/" + id;
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", created.text("access_token"),
              "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
  centre.send("POST", path + "/submit", created.text("access_token"));
  const auto decided = centre.approve(id);
  EXPECT_EQ(decided.status, 200) << json::serialize(decided.body);
  const auto award = centre.get("/api/v1/awards?application_id=" + id, centre.operators).text("items/0/id");
  return centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
}

TEST(Obligation, K1_AReportThatIsNotFiledBecomesOverdueAfterTheAllocationEnded) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const std::string path = "/api/v1/obligations/" + user.obligation;
  move_to(centre, "2027-03-01T00:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "due");
  move_to(centre, "2028-03-01T00:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(centre.get(path, centre.operators).text("state"), "overdue");
}

TEST(Outage, F6_TimeLostAtTheEndIsGivenBackAlthoughTheAllocationEndedMeanwhile) {
  Centre centre;
  const Who user = centre.admit("hong01");
  move_to(centre, "2027-02-27T00:00:00Z");
  const auto outage = centre.post("/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  move_to(centre, "2027-03-03T00:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(allocation_of(centre, user).text("state"), "ended");
  const auto ended = centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
  EXPECT_EQ(ended.text("given_back"), "true");
  EXPECT_EQ(allocation_of(centre, user).text("state"), "active");
  EXPECT_EQ(allocation_of(centre, user).text("ends_on"), "2027-03-04");
  EXPECT_EQ(centre.get("/api/v1/obligations/" + user.obligation, centre.operators).text("state"),
            "scheduled");
  move_to(centre, "2027-03-05T00:00:00Z");
  centre.turn_loops();
  EXPECT_EQ(allocation_of(centre, user).text("state"), "ended");
}

TEST(Outage, F6_TheThousandAndFirstCountsToo) {
  Centre centre;
  const auto before = centre.clock.now() - base::Span::days(400);
  const auto filled = commands::run<bool>(centre.world(), commands::system_caller("test"),
                                          [&](commands::Work& work) -> base::Result<bool> {
                                            for (int i = 0; i < 1000; ++i) {
                                              model::Outage outage;
                                              work.stamp(outage);
                                              outage.cause = "maintenance";
                                              outage.started_at = before + base::Span::minutes(i);
                                              outage.ended_at = outage.started_at + base::Span::seconds(30);
                                              outage.given_back = true;
                                              DURE_TRY(work.tx.outages().insert(outage));
                                            }
                                            return true;
                                          });
  ASSERT_TRUE(filled.ok());
  const Who user = centre.admit("hong01");
  const auto outage = centre.post("/api/v1/outages", centre.operators, {{"cause", "emergency"}});
  centre.advance(base::Span::hours(30));
  centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
  EXPECT_EQ(allocation_of(centre, user).text("ends_on"), "2027-03-02");
}

TEST(Outage, F6_P26_AStopOfANodeCountsForItsPoolOnly) {
  Centre centre;
  const Who user = centre.admit("hong01");
  centre.report_node();
  Who enrolment;
  enrolment.token = *commands::make_enrol_token(centre.world());
  const auto other = centre.post("/node/v1/enrolment", enrolment, {{"name", "n2"}, {"pool", "elsewhere"}});
  const auto mine = centre.get("/api/v1/nodes?name=n1", centre.operators).text("items/0/id");
  const auto stop = [&](const std::string& node) {
    const auto outage = centre.post("/api/v1/outages", centre.operators,
                                    {{"cause", "emergency"}, {"node_ids", json::array{node}}});
    centre.advance(base::Span::hours(30));
    centre.post("/api/v1/outages/" + outage.text("id") + "/end", centre.operators);
    return allocation_of(centre, user).text("ends_on");
  };
  EXPECT_EQ(stop(other.text("node_id")), "2027-02-28");
  EXPECT_EQ(stop(mine), "2027-03-02");
}

TEST(Roles, ARoleThatEndedCanBeGrantedAgain) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const json::object grant{{"account_id", user.account},
                           {"role", "reviewer"},
                           {"scope", "programme"},
                           {"scope_id", centre.programme}};
  const auto first = centre.post("/api/v1/role-grants", centre.operators, grant);
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(centre.post("/api/v1/role-grants", centre.operators, grant).text("code"), "account.role_held");
  EXPECT_EQ(centre.send("DELETE", "/api/v1/role-grants/" + first.text("id"), centre.operators.token).status,
            200);
  const auto again = centre.post("/api/v1/role-grants", centre.operators, grant);
  ASSERT_EQ(again.status, 201) << json::serialize(again.body);
  EXPECT_NE(again.text("id"), first.text("id"));
}

TEST(Members, ASecondMemberHasAHomeAndNumbersOfHisOwn) {
  Centre centre;
  const Who first = centre.admit("hong01");
  centre.report_node();
  const auto project = allocation_of(centre, first).text("project_id");
  const auto made = centre.post("/api/v1/accounts", centre.operators,
                                {{"login", "kim01"}, {"programme_id", centre.programme}});
  const Who second = centre.log_in("kim01", made.text("temporary_password"));
  centre.post("/api/v1/me/password", second,
              {{"current", made.text("temporary_password")}, {"new", kGoodPassword}});
  centre.post(
      "/api/v1/role-grants", centre.operators,
      {{"account_id", second.account}, {"role", "member"}, {"scope", "project"}, {"scope_id", project}});
  for (const Who* who : {&first, &second}) {
    const auto started = centre.post("/api/v1/workloads", *who, workspace(first, "w", 10));
    EXPECT_EQ(started.status, 201) << json::serialize(started.body);
  }
  centre.turn_loops();
  const auto orders = centre.report_node();
  ASSERT_EQ(orders.body.at("replicas").as_array().size(), 2u);
  EXPECT_GT(orders.number("replicas/0/uid"), 0);
  EXPECT_NE(orders.number("replicas/0/uid"), orders.number("replicas/1/uid"));
  EXPECT_EQ(orders.number("replicas/0/gid"), orders.number("replicas/1/gid"));
  EXPECT_NE(orders.text("replicas/0/volumes/0/id"), orders.text("replicas/1/volumes/0/id"));
  for (const auto& replica : orders.body.at("replicas").as_array()) {
    ASSERT_EQ(replica.at("volumes").as_array().size(), 1u);
    EXPECT_EQ(cli::number_at(replica, "volumes/0/uid"), cli::number_at(replica, "uid"));
  }
}

TEST(Allocation, D1_ASecondAwardKeepsTheAccountAndHasAProjectOfItsOwn) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const auto second = open_award(centre, [](model::Form1& form) { form.plan.title = "두 번째 과제"; });
  ASSERT_EQ(second.status, 201) << json::serialize(second.body);
  EXPECT_EQ(second.text("account/id"), user.account);
  EXPECT_EQ(second.text("temporary_password"), "");
  EXPECT_NE(second.text("allocation/id"), user.allocation);
  EXPECT_NE(second.text("allocation/project_id"), allocation_of(centre, user).text("project_id"));
  EXPECT_EQ(centre.get("/api/v1/allocations/" + second.text("allocation/id"), user).status, 200)
      << "the same account, still logged in";
  const auto other = open_award(centre, [](model::Form1& form) { form.applicant.name = "다른사람"; });
  EXPECT_EQ(other.text("code"), "account.login_taken");
}

TEST(Allocation, D1_AChangeAdjustsTheAllocationWithinTheLongestPeriod) {
  Centre centre;
  const auto nothing =
      open_award(centre, [](model::Form1& form) { form.kind = model::ApplicationKind::kChange; });
  EXPECT_EQ(nothing.text("code"), "award.nothing_to_change");
  const Who user = centre.admit("hong01", 100);
  centre.advance(base::Span::days(30));
  const auto later = open_award(centre, [](model::Form1& form) {
    form.kind = model::ApplicationKind::kChange;
    form.starts_on = {2026, 11, 1};
  });
  EXPECT_EQ(later.text("code"), "award.change_not_yet");
  const auto changed = open_award(centre, [](model::Form1& form) {
    form.kind = model::ApplicationKind::kChange;
    form.resources.blocks = 200;
    form.starts_on = {2026, 10, 1};
    form.months = 6;
  });
  ASSERT_EQ(changed.status, 201) << json::serialize(changed.body);
  EXPECT_EQ(changed.text("allocation/id"), user.allocation);
  EXPECT_EQ(changed.number("allocation/limit/blocks"), 200);
  EXPECT_EQ(changed.text("allocation/ends_on"), "2027-02-28")
      << "six months from the first day, not from the change";
  EXPECT_EQ(changed.text("obligation/id"), user.obligation);
  EXPECT_EQ(centre.get("/api/v1/awards/" + user.award, centre.operators).text("state"), "completed");
  const auto shorter = open_award(centre, [](model::Form1& form) {
    form.kind = model::ApplicationKind::kChange;
    form.starts_on = {2026, 10, 1};
    form.months = 1;
  });
  EXPECT_EQ(shorter.text("allocation/ends_on"), "2026-10-31");
  const auto due = centre.get("/api/v1/obligations/" + user.obligation, centre.operators).text("due_on");
  EXPECT_EQ(due, shorter.text("obligation/due_on"));
}

TEST(Allocation, D1_ARenewalGivesTheProjectAFurtherAllocation) {
  Centre centre;
  auto text = s0_text();
  const std::string kinds = "kinds: {value: [new, change],";
  ASSERT_NE(text.find(kinds), std::string::npos);
  text.replace(text.find(kinds), kinds.size(), "kinds: {value: [new, change, renewal],");
  centre.post("/api/v1/programmes", centre.operators,
              {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
  const Who user = centre.admit("hong01");
  const auto renewed = open_award(centre, [](model::Form1& form) {
    form.kind = model::ApplicationKind::kRenewal;
    form.starts_on = {2027, 3, 1};
  });
  ASSERT_EQ(renewed.status, 201) << json::serialize(renewed.body);
  EXPECT_NE(renewed.text("allocation/id"), user.allocation);
  EXPECT_EQ(renewed.text("project/id"), allocation_of(centre, user).text("project_id"));
  EXPECT_EQ(renewed.text("account/id"), user.account);
}

// F2: the amount follows the work; who is given less than he asked for is told so, and both stay written.
TEST(Decisions, F2_LessThanAskedIsGivenAndTold) {
  Centre centre;
  const Who user = centre.file_application("lee01", 200);
  const auto given =
      centre.approve(user.application, {{"awarded", json::object{{"model", "a100-40gb"}, {"blocks", 150}}}});
  ASSERT_EQ(given.status, 200) << given.text_body;
  const auto award = centre.get("/api/v1/awards?application_id=" + user.application, centre.operators);
  EXPECT_EQ(award.number("items/0/requested/blocks"), 200);
  EXPECT_EQ(award.number("items/0/awarded/blocks"), 150);
  const auto told = centre.get("/api/v1/decisions?kind=decision&application_id=" + user.application, user);
  EXPECT_EQ(told.text("items/0/reasons/0/code"), "decision.less_than_requested") << told.text_body;
  EXPECT_EQ(told.number("items/0/reasons/0/parameters/requested"), 200);
  EXPECT_EQ(told.number("items/0/reasons/0/parameters/awarded"), 150);
  const auto opened =
      centre.post("/api/v1/awards/" + award.text("items/0/id") + "/allocation", centre.operators);
  EXPECT_EQ(opened.number("allocation/limit/blocks"), 150) << opened.text_body;
}

// Every stored decision, made again from its row alone and the pack that it names.
TEST(Decisions, Decision2_AreMadeAgainFromTheirRows) {
  Centre centre;
  centre.admit("hong01", 60);
  const Who returned = centre.file_application("kim01");
  centre.post("/api/v1/applications/" + returned.application + "/decision", centre.operators,
              {{"verdict", "return"}, {"ground", "the plan is missing"}});
  const Who more = centre.file_application("lee01", 100);
  const auto given =
      centre.approve(more.application, {{"awarded", json::object{{"model", "a100-40gb"}, {"blocks", 150}}}});
  ASSERT_EQ(given.status, 200) << json::serialize(given.body);
  // The rules of today are others: what was decided stays.
  auto text = s0_text();
  const std::string before = "ulsan, gyeongnam";
  ASSERT_NE(text.find(before), std::string::npos);
  text.replace(text.find(before), before.size(), "seoul");
  centre.post("/api/v1/programmes", centre.operators,
              {{"layers", json::array{json::object{{"name", "policy.yaml"}, {"text", text}}}}});
  centre.advance(base::Span::days(200));
  const auto checked = commands::look<int>(
      centre.world(), commands::system_caller("test"), [](commands::Work& work) -> base::Result<int> {
        DURE_LET(decisions, commands::load_all(work.tx.decisions(), {}));
        for (const auto& kept : decisions) {
          DURE_LET(pack, work.world.policies.of_hash(work.tx, *kept.programme_id, kept.policy_hash));
          DURE_LET(again, commands::make_again(kept, *pack));
          EXPECT_EQ(again.outcome, kept.outcome) << kept.kind;
          EXPECT_EQ(again.reasons, kept.reasons) << kept.kind;
          DURE_LET(award, work.tx.awards().first(ports::Query{}.where("decision_id", kept.id).at_most(1)));
          if (!award) continue;
          EXPECT_EQ(again.decided->awarded.blocks, award->awarded.blocks);
          EXPECT_EQ(again.decided->recommended.blocks, award->recommended.blocks);
          EXPECT_EQ(again.decided->starts_on, award->starts_on);
          EXPECT_EQ(again.decided->months, award->months);
        }
        return static_cast<int>(decisions.size());
      });
  ASSERT_TRUE(checked.ok()) << checked.failure().reason.code;
  EXPECT_EQ(*checked, 6) << "three screenings, three decisions";
}

}  // namespace
}  // namespace dure::tests
