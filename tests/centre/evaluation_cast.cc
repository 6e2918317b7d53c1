#include "centre/evaluation_cast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "cli/api.h"
#include "cli/sheet.h"
#include "commands/base_layers.h"
#include "commands/evaluation_dates.h"
#include "programme/example_application.h"
#include "programme/from_policy.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string file_text(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

policy::Pack merged(const std::vector<std::string>& texts) {
  auto layers = commands::read_base_layers();
  EXPECT_TRUE(layers.ok());
  for (const auto& text : texts) {
    auto layer = policy::parse_layer(text, "layer.yaml");
    EXPECT_TRUE(layer.ok()) << (layer.ok() ? "" : layer.failure().reason.code);
    if (layer.ok()) layers->push_back(*layer);
  }
  const auto pack = policy::merge(*layers);
  EXPECT_TRUE(pack.ok()) << (pack.ok() ? "" : pack.failure().reason.code);
  return pack.ok() ? *pack : policy::Pack{};
}

// A paper of the first of its formats that can be made here.
std::string paper(const policy::DocumentRule& rule) {
  const auto& all = rule.mime_types;
  if (all.empty() || std::find(all.begin(), all.end(), "application/pdf") != all.end()) return kPdfFile;
  return *cli::to_xlsx({"요약", {"항목"}, {{std::string("값")}}});
}

}  // namespace

const std::vector<std::string>& evaluation_writes() {
  static const std::vector<std::string> kPatterns{
      "/api/v1/calls/{id}/close-early",       "/api/v1/rounds/{id}/cut-off",
      "/api/v1/rounds/{id}/evaluate",         "/api/v1/rounds/{id}/cancel",
      "/api/v1/rounds/{id}/entries",          "/api/v1/rounds/{id}/assign",
      "/api/v1/round-entries/{id}/recommend", "/api/v1/panels/{id}/resize",
      "/api/v1/panels/{id}/members",          "/api/v1/panels/{id}/minutes",
      "/api/v1/panel-members/{id}/respond",   "/api/v1/panel-members/{id}/release",
      "/api/v1/reviews/{id}/accept",          "/api/v1/reviews/{id}/decline",
      "/api/v1/reviews/{id}/start",           "/api/v1/reviews/{id}/draft",
      "/api/v1/reviews/{id}/submit",          "/api/v1/reviews/{id}/lock",
      "/api/v1/reviews/{id}/reopen",          "/api/v1/conflicts-of-interest/{id}/resolve",
      "/api/v1/rankings/{id}/confirm",        "/api/v1/applications/{id}/screening",
      "/api/v1/bonus-claims/{id}/decide",     "/api/v1/awards/{id}/accept",
      "/api/v1/awards/{id}/decline",          "/api/v1/awards/{id}/agreement",
      "/api/v1/programmes/{id}/match-demand", "/api/v1/waitlist-entries/{id}/withdraw",
      "/api/v1/appeals/{id}/withdraw",        "/api/v1/appeals/{id}/decide"};
  return kPatterns;
}

json::object scores_of(const policy::Pack& pack, const std::vector<std::int64_t>& centi_points) {
  json::array scores;
  for (std::size_t i = 0; i < centi_points.size(); ++i)
    scores.push_back(
        json::object{{"criterion", pack.evaluation.criteria[i].id}, {"centi_points", centi_points[i]}});
  return {{"scores", std::move(scores)}, {"comment", "검토함"}};
}

Evaluation::Evaluation(const std::string& folder, const std::string& at, const std::string& more) {
  centre.clock.set(*base::parse_instant(at));
  centre.operators = centre.log_in("operator", centre.operators.password);
  std::vector<std::string> texts{file_text("policies/" + folder + "/policy.yaml")};
  if (!more.empty()) texts.push_back(more);
  pack = merged(texts);
  json::array layers;
  for (std::size_t i = 0; i < texts.size(); ++i)
    layers.push_back(json::object{{"name", "layer" + std::to_string(i) + ".yaml"}, {"text", texts[i]}});
  const auto made = post("/api/v1/programmes", {{"layers", layers}});
  EXPECT_EQ(made.status, 201) << made.text_body;
  programme = made.text("id");
  call = post("/api/v1/calls", {{"programme_id", programme}, {"title", "공모"}}).text("id");
}

Reply Evaluation::post(const std::string& target, const json::object& body) {
  return centre.post(target, centre.operators, body);
}
Reply Evaluation::get(const std::string& target) {
  return centre.get(target, centre.operators);
}
Reply Evaluation::post_as(const Who& who, const std::string& target, const json::object& body) {
  return centre.post(target, who, body);
}

void Evaluation::advance(base::Span by) {
  centre.advance(by);
  for (auto& [name, who] : people) who.token = centre.log_in(who.login, who.password).token;
}

void Evaluation::keep() {
  const auto kept =
      commands::run<std::int64_t>(centre.world(), commands::system_caller("keeper"),
                                  [](commands::Work& work) { return commands::keep_evaluations(work); });
  EXPECT_TRUE(kept.ok()) << (kept.ok() ? "" : kept.failure().reason.code);
}

Who Evaluation::hire(const std::string& name, const std::string& role) {
  const std::string login = "panel-" + name;
  const auto made = post("/api/v1/accounts", {{"login", login}});
  EXPECT_EQ(made.status, 201) << made.text_body;
  const std::string temporary = made.text("temporary_password");
  centre.post("/api/v1/me/password", centre.log_in(login, temporary),
              {{"current", temporary}, {"new", kGoodPassword}});
  post("/api/v1/role-grants", {{"account_id", made.text("account/id")},
                               {"role", role},
                               {"scope", "programme"},
                               {"scope_id", programme}});
  people[name] = centre.log_in(login, kGoodPassword);
  return people[name];
}

Who Evaluation::apply(const Applying& wish) {
  const std::string track = wish.track.value_or("");
  model::ResourceAmount amount;
  amount.blocks = wish.blocks;
  amount.model = wish.model;
  const auto rules = programme::screening_rules(pack, programme::pool_with(pack, amount, track), track);
  const auto example = programme::example_application(rules);
  auto form = example.form;
  form.login = wish.login;
  form.applicant.organisation = wish.organisation;
  form.applicant.unit = wish.unit;
  form.applicant.business_number.clear();
  if (!example.form.applicant.business_number.empty()) form.applicant.business_number = "120-81-47521";
  form.plan.title = wish.organisation + "의 과제 " + wish.login;
  form.resources.blocks = wish.blocks;
  if (!wish.model.empty()) form.resources.model = wish.model;
  if (!example.facts.answers.empty()) form.answers = example.facts.answers;
  form.track = wish.track;
  form.signed_on = calendar::local_date(centre.clock.now(), calendar::seoul());
  if (wish.change) wish.change(form);
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  EXPECT_EQ(created.status, 201) << created.text_body;
  Who who;
  who.login = wish.login;
  who.application = created.text("application/id");
  who.token = created.text("access_token");
  for (const auto& rule : pack.documents.list) {
    if (rule.need == policy::Need::kOptional) continue;
    const auto sent = centre.send(
        "POST",
        "/api/v1/applications/" + who.application + "/documents?kind=" + rule.kind + "&file_name=paper",
        who.token, paper(rule));
    EXPECT_EQ(sent.status, 201) << rule.kind << ": " << sent.text_body;
  }
  const auto submitted = centre.post("/api/v1/applications/" + who.application + "/submit", who);
  EXPECT_EQ(submitted.status, 200) << submitted.text_body;
  // What is filed later is received later.
  centre.clock.advance(base::Span::seconds(1));
  if (!wish.settled) return who;
  const auto settled = settle(who.application);
  EXPECT_EQ(settled.status, 200) << settled.text_body
                                 << get("/api/v1/applications/" + who.application).text_body;
  return who;
}

Reply Evaluation::settle(const std::string& application, bool met) {
  const std::string path = "/api/v1/applications/" + application;
  json::array answers;
  json::object body;
  const auto screened = get(path);
  for (const auto& item : screened.body.at("screening").as_array()) {
    if (cli::text_at(item, "result") != "needs_person") continue;
    answers.push_back(json::object{{"rule", cli::text_at(item, "rule")}, {"met", met}, {"ground", "확인함"}});
    // Of who is young, by the dates of his papers.
    const auto fact = cli::text_at(item, "reason/parameters/fact");
    if (met && fact == "born_on") body[fact] = "1995-01-01";
    if (met && fact == "appointed_on") body[fact] = "2023-03-01";
  }
  body["answers"] = std::move(answers);
  return post(path + "/screening", body);
}

std::string Evaluation::state_of(const Who& applicant) {
  return get("/api/v1/applications/" + applicant.application).text("state");
}

std::string Evaluation::cut_off(const std::string& cutoff_on) {
  const auto planned = post("/api/v1/rounds", {{"call_id", call}, {"cutoff_on", cutoff_on}});
  EXPECT_EQ(planned.status, 201) << planned.text_body;
  const auto day = *base::parse_date(cutoff_on);
  const auto today = calendar::local_date(centre.clock.now(), calendar::seoul());
  advance(base::Span::days(base::to_days(day) - base::to_days(today) + 1));
  keep();
  auto id = planned.text("id");
  EXPECT_EQ(get("/api/v1/rounds/" + id).text("state"), "cutoff");
  return id;
}

std::string Evaluation::seat_panel(const std::string& round, int members) {
  const auto panel = post("/api/v1/panels", {{"round_id", round}});
  EXPECT_EQ(panel.status, 201) << panel.text_body;
  if (members != pack.evaluation.panel_size) {
    const auto resized = post("/api/v1/panels/" + panel.text("id") + "/resize",
                              {{"size", members}, {"ground", "위원 수를 줄임"}});
    EXPECT_EQ(resized.number("size"), members) << resized.text_body;
  }
  for (int i = 1; i <= members; ++i) {
    const std::string login = "r" + std::to_string(i);
    if (!people.contains(login)) hire(login);
    const auto asked = post("/api/v1/panels/" + panel.text("id") + "/members",
                            {{"account_id", people[login].account},
                             {"organisation", "평가기관 " + std::to_string(i)},
                             {"unit", "평가팀"},
                             {"outside_expert", true},
                             {"chair", i == 1}});
    EXPECT_EQ(asked.status, 201) << asked.text_body;
    const auto answer =
        post_as(people[login], "/api/v1/panel-members/" + asked.text("id") + "/respond", {{"accept", true}});
    EXPECT_EQ(answer.text("state"), "accepted") << answer.text_body;
  }
  return panel.text("id");
}

void Evaluation::evaluate(const std::string& round) {
  const auto begun = post("/api/v1/rounds/" + round + "/evaluate");
  EXPECT_EQ(begun.text("state"), "evaluating") << begun.text_body;
  const auto assigned = post("/api/v1/rounds/" + round + "/assign");
  EXPECT_EQ(assigned.status, 200) << assigned.text_body;
}

std::string Evaluation::review_of(const std::string& round, const Who& applicant, const Who& reviewer) {
  return get("/api/v1/reviews?round_id=" + round + "&application_id=" + applicant.application +
             "&account_id=" + reviewer.account)
      .text("items/0/id");
}

Reply Evaluation::submit(const std::string& review, const Who& reviewer,
                         const std::vector<std::int64_t>& centi_points) {
  const std::string path = "/api/v1/reviews/" + review;
  const auto accepted = post_as(reviewer, path + "/accept");
  // One that was taken on before is not taken on again.
  if (accepted.status != 200 && accepted.text("code") != "state.not_from_this_state") return accepted;
  return post_as(reviewer, path + "/submit", scores_of(pack, centi_points));
}

void Evaluation::score(const std::string& round, const Who& applicant,
                       const std::vector<std::int64_t>& points) {
  std::vector<std::int64_t> centi;
  centi.reserve(points.size());
  for (const auto each : points) centi.push_back(each * 100);
  for (auto& [login, who] : people) {
    const auto review = review_of(round, applicant, who);
    if (review.empty()) continue;
    const auto given = submit(review, who, centi);
    EXPECT_EQ(given.text("state"), "submitted") << given.text_body;
    const auto locked = post_as(people["r1"], "/api/v1/reviews/" + review + "/lock");
    EXPECT_EQ(locked.text("state"), "locked") << locked.text_body;
  }
}

Reply Evaluation::minutes(const std::string& panel) {
  const auto today = calendar::local_date(centre.clock.now(), calendar::seoul());
  return post("/api/v1/panels/" + panel + "/minutes", {{"text", "순위를 심의하여 의결함"},
                                                       {"held_on", base::to_text(today)},
                                                       {"signed_by", json::array{people["r1"].account}}});
}

Reply Evaluation::rank(const std::string& round, const std::string& pool, std::int64_t count,
                       const std::string& unit) {
  json::object wish{{"round_id", round}};
  if (!pool.empty()) wish["pool"] = pool;
  if (count >= 0) wish["in_service"] = json::object{{"count", count}, {"unit", unit}};
  return post("/api/v1/rankings", wish);
}

Reply Evaluation::confirm(const std::string& ranking) {
  return post("/api/v1/rankings/" + ranking + "/confirm");
}

std::string Evaluation::told(const std::string& round) {
  std::map<std::int64_t, std::string> by_rank;
  std::int64_t unranked = 1'000'000;
  const auto page = get("/api/v1/round-entries?round_id=" + round + "&limit=500");
  for (const auto& entry : page.body.at("items").as_array()) {
    const auto award = get("/api/v1/awards?application_id=" + cli::text_at(entry, "application_id"));
    const std::string blocks =
        award.body.at("items").as_array().empty() ? "0" : award.text("items/0/awarded/blocks");
    const auto rank = entry.at("rank").is_null() ? ++unranked : cli::number_at(entry, "rank");
    by_rank[rank] = cli::text_at(entry, "organisation") + " " + cli::text_at(entry, "outcome") + " " + blocks;
  }
  std::string text;
  for (const auto& [rank, line] : by_rank) text += (text.empty() ? "" : "; ") + line;
  return text;
}

void Evaluation::build(const std::string& pool, const std::string& model, std::int64_t units,
                       std::int64_t gpus_per_unit) {
  // As the supply side leaves it (tests/centre/suppliers_test.cc shows the way there).
  model::CapacityBatch batch;
  const auto made = commands::run<bool>(
      centre.world(), commands::system_caller("test"), [&](commands::Work& work) -> base::Result<bool> {
        work.stamp(batch);
        batch.programme_id = batch.serves_programme_id = model::ProgrammeId(programme);
        batch.name = "1차";
        batch.pool = pool;
        batch.model = model;
        batch.unit = gpus_per_unit > 1 ? model::SupplyUnit::kServer : model::SupplyUnit::kGpu;
        batch.quantity = units;
        batch.gpus_per_unit = gpus_per_unit;
        batch.state = model::BatchState::kInService;
        model::StageEntry wave;
        wave.stage = model::BatchStage::kUsers;
        wave.wave = 1;
        wave.quantity = units;
        wave.actual_on = base::Date{2024, 1, 1};
        batch.stages.push_back(wave);
        DURE_TRY(work.tx.capacity_batches().insert(batch));
        return true;
      });
  EXPECT_TRUE(made.ok());
}

}  // namespace dure::tests
