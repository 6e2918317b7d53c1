#include "wire/problem.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "wire/json.h"

namespace dure::wire {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::Reason;

json::object body_of(const Problem& made) {
  auto tree = parse(made.body);
  EXPECT_TRUE(tree.ok()) << made.body;
  return tree->as_object();
}

TEST(Problem, SaysInBothLanguagesWhatIsWrong) {
  const auto error = base::error(ErrorKind::kNotFound, Reason("store.not_found"));
  const auto korean = body_of(problem(error, Language::kKorean, "/api/v1/nodes/1", "r-1"));
  const auto english = body_of(problem(error, Language::kEnglish, "/api/v1/nodes/1", "r-1"));
  EXPECT_EQ(korean.at("type"), "/problems/store.not_found");
  EXPECT_EQ(korean.at("status"), 404);
  EXPECT_EQ(korean.at("code"), "store.not_found");
  EXPECT_EQ(korean.at("title"), "찾을 수 없습니다");
  EXPECT_EQ(english.at("title"), "Not found");
  EXPECT_EQ(english.at("detail"), "There is no such thing, or you may not see it.");
  EXPECT_EQ(english.at("instance"), "/api/v1/nodes/1");
  EXPECT_EQ(english.at("request_id"), "r-1");
  EXPECT_NE(korean.at("help"), english.at("help"));
}

TEST(Problem, ListsEachFieldWithItsPointer) {
  const auto error = base::invalid(
      Reason("json.invalid").with("count", 1),
      {{"/form/months", Reason("json.not_one_of").with("value", "\"x").with("allowed", "a, b")}});
  const Problem made = problem(error, Language::kEnglish);
  EXPECT_EQ(made.status, 422);
  const auto body = body_of(made);
  const auto& first = body.at("errors").as_array().at(0).as_object();
  EXPECT_EQ(first.at("pointer"), "/form/months");
  EXPECT_EQ(first.at("code"), "json.not_one_of");
  EXPECT_EQ(first.at("parameters").as_object().at("value"), "\"x");
  EXPECT_EQ(first.at("detail"), "'\"x' is not possible here. Possible values: a, b.");
  EXPECT_FALSE(body.contains("instance"));
}

TEST(Problem, TellsNothingOfOurOwnFaults) {
  const auto error =
      base::error(ErrorKind::kInternal, Reason("store.internal").with("what", "password=hunter2"),
                  {{"/x", Reason("json.nul")}});
  const Problem made = problem(error, Language::kEnglish, "", "r-9");
  EXPECT_EQ(made.status, 500);
  EXPECT_EQ(made.body.find("hunter2"), std::string::npos);
  EXPECT_EQ(body_of(made).at("request_id"), "r-9");
  EXPECT_FALSE(body_of(made).contains("errors"));
}

TEST(Problem, TellsOnlyNumbersOfWhatIsOutside) {
  const auto error = base::error(
      ErrorKind::kUnavailable, Reason("store.unavailable").with("cause", "/var/x").with("retry_after_s", 5));
  const Problem made = problem(error, Language::kEnglish);
  EXPECT_EQ(made.body.find("/var/x"), std::string::npos);
  EXPECT_EQ(body_of(made).at("parameters").as_object().at("retry_after_s"), 5);
}

TEST(Problem, HasAStatusForEveryKind) {
  const std::vector<std::pair<ErrorKind, int>> expected{
      {ErrorKind::kInvalid, 400},     {ErrorKind::kUnauthenticated, 401}, {ErrorKind::kNotAllowed, 403},
      {ErrorKind::kNotFound, 404},    {ErrorKind::kConflict, 409},        {ErrorKind::kPrecondition, 412},
      {ErrorKind::kTooLarge, 413},    {ErrorKind::kNotEver, 422},         {ErrorKind::kTooMany, 429},
      {ErrorKind::kUnavailable, 503}, {ErrorKind::kInternal, 500}};
  for (const auto& [kind, status] : expected) {
    const Problem made = problem(base::error(kind, Reason("no.such_code")), Language::kKorean);
    EXPECT_EQ(made.status, status);
    EXPECT_EQ(body_of(made).at("detail"), "no.such_code");
    EXPECT_FALSE(body_of(made).at("title").as_string().empty());
  }
}

TEST(Problem, HandsOnWhenToTryAgain) {
  const auto error = base::error(ErrorKind::kTooMany, Reason("store.busy").with("retry_after_s", 30));
  EXPECT_EQ(problem(error, Language::kKorean).retry_after_s, 30);
  EXPECT_FALSE(problem(base::invalid(Reason("json.syntax")), Language::kKorean).retry_after_s);
}

}  // namespace
}  // namespace dure::wire
