#include "server/router.h"

#include <gtest/gtest.h>

namespace dure::server {
namespace {

RouteHandler answers(int status) {
  return [status](const net::Request&, const PathParameters&) { return net::Response::empty(status); };
}

TEST(Router, FindsByMethodAndSegmentsAndNamesTheParameters) {
  Router router;
  router.add("GET", "/a/{id}", answers(200));
  router.add("POST", "/a/{id}/submit", answers(201));
  const auto match = router.match("GET", "/a/7");
  ASSERT_NE(match.handler, nullptr);
  EXPECT_EQ(match.parameters.find("id")->second, "7");
  EXPECT_EQ(match.pattern, "/a/{id}");
}

TEST(Router, ATakenPathWithAnotherMethodSaysWhichMethodsItHas) {
  Router router;
  router.add("GET", "/a", answers(200));
  router.add("POST", "/a", answers(201));
  const auto match = router.match("DELETE", "/a");
  EXPECT_EQ(match.handler, nullptr);
  EXPECT_EQ(match.allowed, (std::vector<std::string>{"GET", "POST"}));
  EXPECT_TRUE(router.match("GET", "/b").allowed.empty());
  EXPECT_TRUE(router.match("GET", "/a/").allowed.empty());
}

}  // namespace
}  // namespace dure::server
