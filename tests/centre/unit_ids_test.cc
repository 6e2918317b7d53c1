// F1 over HTTP: how many IDs a department, laboratory or company has, by the pack, and more by demand.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <functional>

#include "centre/evaluation_cast.h"
#include "centre/outcome_cast.h"
#include "cli/api.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// The regional centre; `by_demand`: as article 3.3 says, or one ID to a unit and no more.
void set_up(Centre& centre, bool by_demand) {
  auto text = s0_text();
  const std::string rule = "ids_by_demand: {value: true,";
  const auto at = text.find(rule);
  ASSERT_NE(at, std::string::npos);
  if (!by_demand) text.replace(at, rule.size(), "ids_by_demand: {value: false,");
  put_in_force(centre, text);
}

struct Applied {
  std::string id;
  Reply reply;
};
// A new application with its paper, submitted.
Applied apply(Centre& centre, const std::string& login, const std::string& unit,
              const std::string& organisation = "가나대학교") {
  auto form = *wire::read_form(wire::example_form());
  form.login = login;
  form.applicant.unit = unit;
  form.applicant.organisation = organisation;
  form.applicant.business_number.clear();
  form.applicant.participating_university = true;
  form.applicant.organisation_class = model::OrganisationClass::kUniversity;
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  EXPECT_EQ(created.status, 201) << created.text_body;
  Applied made{created.text("application/id"), {}};
  const auto path = "/api/v1/applications/" + made.id;
  const auto token = created.text("access_token");
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", token, kPdfFile);
  made.reply = centre.send("POST", path + "/submit", token);
  return made;
}

struct Said {
  std::string result, code, source;
  std::int64_t held = -1;
};
Said said_of(const Reply& application) {
  for (const auto& item : application.body.at("screening").as_array())
    if (cli::text_at(item, "rule") == "offer.id_scope")
      return {cli::text_at(item, "result"), cli::text_at(item, "reason/code"), cli::text_at(item, "source"),
              item.at("reason").at("parameters").at("held").to_number<std::int64_t>()};
  return {};
}

std::string open(Centre& centre, const Applied& applied) {
  const auto decided = centre.approve(applied.id);
  EXPECT_EQ(decided.status, 200) << decided.text_body;
  const auto award =
      centre.get("/api/v1/awards?application_id=" + applied.id, centre.operators).text("items/0/id");
  const auto opened = centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
  EXPECT_EQ(opened.status, 201) << opened.text_body;
  return opened.text("allocation/id");
}

TEST(UnitIds, F1_ByDemandAPersonSeesThatTheUnitHasItsIdAndMayGiveAnother) {
  Centre centre;
  set_up(centre, true);
  const auto first = apply(centre, "vision01", "비전 연구실");
  EXPECT_EQ(said_of(first.reply).result, "met") << first.reply.text_body;
  EXPECT_EQ(said_of(first.reply).held, 0);
  EXPECT_NE(said_of(first.reply).source, "");
  open(centre, first);
  const auto second = apply(centre, "vision02", "비전연구실");
  EXPECT_EQ(second.reply.text("state"), "eligible");
  EXPECT_EQ(said_of(second.reply).result, "needs_person") << second.reply.text_body;
  EXPECT_EQ(said_of(second.reply).code, "offer.unit_has_its_ids");
  EXPECT_EQ(said_of(second.reply).held, 1);
  EXPECT_EQ(said_of(apply(centre, "speech01", "음성 연구실").reply).result, "met") << "another unit";
  EXPECT_EQ(said_of(apply(centre, "vision03", "비전 연구실", "다라대학교").reply).result, "met")
      << "another organisation's";
  open(centre, second);
}

TEST(UnitIds, F1_WithoutDemandAUnitGetsItsIdsAndNoMore) {
  Centre centre;
  set_up(centre, false);
  const auto first = apply(centre, "vision01", "비전 연구실");
  const auto beside = apply(centre, "vision02", "비전 연구실");
  EXPECT_EQ(said_of(beside.reply).result, "met") << "neither has one yet";
  const auto allocation = open(centre, first);
  const auto refused = centre.approve(beside.id);
  EXPECT_EQ(refused.status, 409) << refused.text_body;
  EXPECT_EQ(refused.text("code"), "offer.unit_has_its_ids");
  EXPECT_EQ(centre.get("/api/v1/awards?application_id=" + beside.id, centre.operators)
                .body.at("items")
                .as_array()
                .size(),
            0u);
  const auto late = apply(centre, "vision03", "비전 연구실");
  EXPECT_EQ(late.reply.text("state"), "returned") << late.reply.text_body;
  EXPECT_EQ(said_of(late.reply).result, "not_met");
  EXPECT_EQ(said_of(apply(centre, "speech01", "음성 연구실").reply).result, "met");
  // Once the use is over, the unit may have another.
  const auto ends = centre.get("/api/v1/allocations/" + allocation, centre.operators).text("ends_on");
  centre.advance(*base::parse_instant(ends + "T16:00:00Z") - centre.clock.now());
  centre.turn_loops();
  const auto next = apply(centre, "vision04", "비전 연구실");
  EXPECT_EQ(said_of(next.reply).result, "met") << next.reply.text_body;
  EXPECT_EQ(said_of(next.reply).held, 0);
}

}  // namespace
}  // namespace dure::tests
