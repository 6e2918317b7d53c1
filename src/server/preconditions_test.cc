#include "server/preconditions.h"

#include <gtest/gtest.h>

namespace dure::server {
namespace {

net::Request with(const std::string& name, const std::string& value) {
  net::Request request;
  request.headers.add(name, value);
  return request;
}

std::vector<std::int64_t> versions(const std::string& header) {
  const auto expects = read_if_match(with("If-Match", header), "row");
  EXPECT_TRUE(expects.ok()) << header;
  return expects.ok() && *expects ? (*expects)->versions : std::vector<std::int64_t>{};
}

TEST(IfMatch, NamesVersionsByEveryFormOfOurTags) {
  EXPECT_EQ(versions(etag_of(7)), (std::vector<std::int64_t>{7}));
  EXPECT_EQ(versions(etag_of(7, std::string(64, 'a'))), (std::vector<std::int64_t>{7}));
  EXPECT_EQ(versions("\"3\" , \"4\""), (std::vector<std::int64_t>{3, 4}));
  EXPECT_EQ((*read_if_match(with("If-Match", "\"3\""), "row"))->row, "row");
  EXPECT_TRUE((*read_if_match(with("If-Match", " * "), "row"))->any);
  EXPECT_FALSE(read_if_match(net::Request{}, "row")->has_value());
}

TEST(IfMatch, AWeakOrForeignTagIsNoVersionAndSoMatchesNothing) {
  EXPECT_EQ(versions("W/\"3\""), std::vector<std::int64_t>{});
  EXPECT_EQ(versions(etag_of("3f")), std::vector<std::int64_t>{});
  EXPECT_EQ(versions("\"3x\", \"\", \"-1\", \"99999999999999999999\""), std::vector<std::int64_t>{});
}

TEST(IfMatch, WhatCannotBeReadIsRefusedAndNotTakenForAnyVersion) {
  for (const char* header : {"3", "", "\"3", "\"3\" \"4\"", "\"3\",", "W/3"}) {
    const auto expects = read_if_match(with("If-Match", header), "row");
    ASSERT_FALSE(expects.ok()) << header;
    EXPECT_EQ(expects.failure().reason.code, "http.if_match");
  }
}

TEST(IfNoneMatch, NamesTheWholeTagWeakOrNot) {
  const auto tag = etag_of(7, std::string(64, 'a'));
  for (const auto& header : {tag, "W/" + tag, "\"1\", " + tag, std::string("*")})
    EXPECT_TRUE(not_modified(with("If-None-Match", header), tag)) << header;
  for (const auto& header : {etag_of(7), etag_of(7, std::string(64, 'b')), std::string("7"), std::string()})
    EXPECT_FALSE(not_modified(with("If-None-Match", header), tag)) << header;
  EXPECT_FALSE(not_modified(net::Request{}, tag));
}

}  // namespace
}  // namespace dure::server
