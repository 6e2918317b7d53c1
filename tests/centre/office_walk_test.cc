// Every operation of the contract on the office's work: programmes, calls, applications, awards, allocations,
// reports, outages.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "centre/cast.h"
#include "cli/api.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

json::value example_form() {
  return wire::to_json(*wire::read_form(wire::example_form()), wire::Out{.personal = true});
}

// A draft of a visitor's.
Who draft_of_visitor(Cast& cast) {
  const auto created =
      cast.centre.post("/api/v1/applications", {}, {{"call_id", cast.centre.call}, {"form", example_form()}});
  Who who;
  who.token = created.text("access_token");
  who.application = created.text("application/id");
  return who;
}

// The centre's answer to what screening left to a person.
json::object approval(Cast& cast, const std::string& application) {
  json::array answers;
  const auto screened = cast.centre.get(application, cast.centre.operators);
  for (const auto& item : screened.body.at("screening").as_array())
    if (cli::text_at(item, "result") == "needs_person")
      answers.push_back(
          json::object{{"rule", cli::text_at(item, "rule")}, {"met", true}, {"ground", "checked"}});
  return {{"verdict", "approve"}, {"ground", "fit"}, {"answers", answers}};
}

TEST(Walk, Programmes) {
  Cast cast;
  expect_collection(cast, "programmes", cast.member, true);
  expect_collection(cast, "policy-versions", cast.member, true);
  const std::string policy = "/api/v1/programmes/" + cast.centre.programme + "/policy";
  expect_tagged(cast, policy + "?key=account.password.min_length", cast.visitor);
  EXPECT_GE(cast.centre.get(policy + "?key=no.such_key").status, 400);
  const json::array layers{json::object{{"name", "p.yaml"}, {"text", "no_such_key: 1"}}};
  EXPECT_EQ(cast.centre.post("/api/v1/programmes", cast.centre.operators, {{"layers", layers}}).status, 422);
  EXPECT_EQ(cast.centre.post("/api/v1/programmes", cast.centre.operators).text("errors/0/pointer"),
            "/layers");
}

TEST(Walk, Calls) {
  Cast cast;
  expect_collection(cast, "calls", cast.member, true);
  const std::string path = "/api/v1/calls/" + cast.centre.call;
  EXPECT_EQ(cast.centre.post(path + "/close", cast.auditor).status, 403);
  change(cast, "POST", path + "/close", path, cast.centre.operators);
  EXPECT_EQ(cast.centre.post(path + "/close", cast.centre.operators).status, 409);
  const json::object late{{"call_id", cast.centre.call}, {"form", example_form()}};
  EXPECT_EQ(cast.centre.post("/api/v1/applications", {}, late).text("code"), "call.not_open");
  const auto missing = cast.centre.post("/api/v1/calls", cast.centre.operators);
  EXPECT_EQ(missing.text("errors/0/pointer"), "/programme_id");
}

TEST(Walk, D2_ApplicationsOfAFiler) {
  Cast cast;
  expect_collection(cast, "applications", cast.reviewer);
  const Who filer = draft_of_visitor(cast);
  const std::string path = "/api/v1/applications/" + filer.application;
  change(cast, "PUT", path + "/form", path, filer, example_form().as_object());
  const std::string documents = path + "/documents?kind=form1&file_name=form.pdf";
  EXPECT_EQ(cast.centre.send("POST", documents, filer.token, kPdfFile, {{"If-Match", "\"999\""}}).status,
            412);
  EXPECT_EQ(cast.centre.send("POST", documents, filer.token, kPdfFile, {{"If-Match", "\"2\""}}).status, 201);
  const auto unnamed = cast.centre.send("POST", path + "/documents?kind=form1", filer.token, kPdfFile);
  EXPECT_EQ(unnamed.text("parameters/parameter"), "file_name");
  change(cast, "POST", path + "/submit", path, filer);
  EXPECT_EQ(cast.centre.post(path + "/submit", cast.reviewer).status, 403);
  change(cast, "POST", path + "/withdraw", path, filer);
  EXPECT_EQ(cast.centre.post(path + "/withdraw", filer).status, 409);
  EXPECT_EQ(cast.centre.get(path + "?reveal=call-back", cast.auditor).text("form/applicant/name"), "홍길동");
}

TEST(Walk, D3_Documents) {
  Cast cast;
  expect_collection(cast, "documents", cast.reviewer);
  const std::string path =
      "/api/v1/documents/" + first_id(cast, "/api/v1/documents", cast.filer) + "/content";
  expect_tagged(cast, path, cast.filer);
  const auto file = cast.centre.get(path, cast.filer);
  EXPECT_EQ(file.text_body, kPdfFile);
  EXPECT_EQ(file.headers.get("Content-Type"), "application/pdf");
  EXPECT_EQ(cast.centre.get(path, cast.member).status, 404);
  // Three looks of the four: 304 shows nothing.
  const auto looks = cast.centre.get("/api/v1/audit-entries?action=documents.open", cast.auditor);
  EXPECT_EQ(looks.body.at("items").as_array().size(), 3u);
}

TEST(Walk, DecisionsAwardsAndWhatTheyOpen) {
  Cast cast;
  const std::string path = "/api/v1/applications/" + cast.filer.application;
  const auto command = approval(cast, path);
  EXPECT_EQ(cast.centre.post(path + "/decision", cast.reviewer, command).status, 403);
  change(cast, "POST", path + "/decision", path, cast.centre.operators, command);
  expect_collection(cast, "decisions", cast.auditor);
  expect_collection(cast, "awards", cast.auditor);
  const auto award =
      "/api/v1/awards/" + first_id(cast, "/api/v1/awards?state=offered", cast.centre.operators);
  EXPECT_EQ(cast.centre.post(award + "/allocation", cast.auditor).status, 403);
  const auto opened =
      change(cast, "POST", award + "/allocation", award, cast.centre.operators, {{"login", "kim01"}});
  EXPECT_EQ(opened.text("account/login"), "kim01");
  EXPECT_EQ(cast.centre.post(award + "/allocation", cast.centre.operators).status, 409);
  expect_collection(cast, "projects", cast.member);
  expect_collection(cast, "allocations", cast.member);
}

TEST(Walk, K1_Obligations) {
  Cast cast;
  expect_collection(cast, "obligations", cast.member);
  const std::string path = "/api/v1/obligations/" + cast.member.obligation;
  const json::object report{
      {"kind", "paper"}, {"title", "용접 결함"}, {"content", "논문"}, {"acknowledged", true}};
  EXPECT_EQ(cast.centre.post(path + "/accept", cast.centre.operators).status, 409);
  EXPECT_EQ(cast.centre.post(path + "/report", cast.member, {{"kind", "zzz"}, {"title", "x"}}).status, 422);
  change(cast, "POST", path + "/report", path, cast.member, report);
  EXPECT_EQ(cast.centre.post(path + "/accept", cast.member).status, 403);
  change(cast, "POST", path + "/accept", path, cast.centre.operators);
}

TEST(Walk, F6_Outages) {
  Cast cast;
  EXPECT_EQ(cast.centre.post("/api/v1/outages", cast.member, {{"cause", "emergency"}}).status, 403);
  const auto begun = cast.centre.post("/api/v1/outages", cast.centre.operators, {{"cause", "emergency"}});
  ASSERT_EQ(begun.status, 201) << begun.text_body;
  expect_collection(cast, "outages", cast.member);
  const std::string path = "/api/v1/outages/" + begun.text("id");
  change(cast, "POST", path + "/end", path, cast.centre.operators);
  EXPECT_EQ(cast.centre.post(path + "/end", cast.centre.operators).status, 409);
}

}  // namespace
}  // namespace dure::tests
