// What a policy pack says is in force exactly where a source outside policy/ reads it (policy/effect.h).
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "policy/pack.h"

namespace dure::policy {
namespace {

namespace fs = std::filesystem;

// What `dure deadlines` and the announcement of a call say of a rule is not that anybody keeps it.
bool only_tells(const std::string& path) {
  return path.starts_with("src/programme/deadline") || path.starts_with("src/programme/announcement");
}

bool counts(const fs::path& file) {
  const std::string text = file.string();
  if (only_tells(text)) return false;
  const std::string extension = file.extension();
  return (extension == ".cc" || extension == ".h") && !text.starts_with("src/policy/") &&
         !text.ends_with("_test.cc") && text.find("/testing/") == std::string::npos;
}

// All that could read a policy, in one text.
std::string readers() {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator("src")) {
    if (!entry.is_regular_file() || !counts(entry.path())) continue;
    std::ifstream file(entry.path());
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

// Whether ".name" stands somewhere as a member; "offer.pools" counts for the key offer.pools.
bool mentions(const std::string& text, const std::string& name) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const char after = at + name.size() < text.size() ? text[at + name.size()] : ' ';
    const bool ends = std::isalnum(static_cast<unsigned char>(after)) == 0 && after != '_' && after != '(';
    if ((before == '.' || before == '>') && ends) return true;
  }
  return false;
}

std::string leaf(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}
std::string last_two(const std::string& key) {
  const auto dot = key.rfind('.');
  const auto first = key.rfind('.', dot - 1);
  return first == std::string::npos ? key : key.substr(first + 1);
}

TEST(PolicyEffect, WhatNoProgramReadsIsSaidNotToBeInForce) {
  const std::string text = readers();
  ASSERT_TRUE(mentions(text, "account.password") && !mentions(text, "no_such_member"));
  std::size_t in_force = 0;
  for (const auto& info : key_table()) {
    if (info.effect == Effect::kInForce) {
      EXPECT_TRUE(mentions(text, leaf(info.key))) << info.key << " is read by nobody";
      ++in_force;
    } else {
      EXPECT_FALSE(mentions(text, last_two(info.key)))
          << info.key << " is read: its declaration says otherwise";
    }
  }
  EXPECT_GT(in_force, 60u);
}

}  // namespace
}  // namespace dure::policy
