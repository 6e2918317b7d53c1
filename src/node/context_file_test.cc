#include "node/context_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "node/testing/scratch.h"

namespace dure::node {
namespace {

class ContextFileTest : public testing::Test {
 protected:
  Log log() {
    return [this](Severity, const std::string& text) { lines.push_back(text); };
  }
  void write(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

  const Scratch scratch{Scratch::kMemory};
  const std::string path = scratch.file("contexts.json");
  std::vector<std::string> lines;
};

gpu::ContextTable three() {
  return {{{"NVIDIA H200", "h200-141gb", "580.65.06"}, 541'065'216},
          {{"NVIDIA H200", "h200-141gb", "590.1"}, 541'065'217},
          {{"\"quoted\" é\n", "m-mig-1g.10gb", ""}, 1 << 20}};
}

TEST_F(ContextFileTest, WhatIsWrittenIsRead) {
  ASSERT_TRUE(save_contexts(path, three()).ok());
  EXPECT_EQ(load_contexts(path, log()), three());
  ASSERT_TRUE(save_contexts(path, {}).ok());
  EXPECT_TRUE(load_contexts(path, log()).empty());
  EXPECT_TRUE(lines.empty());
}

TEST_F(ContextFileTest, OneThatIsNotThereIsNothingToSpeakOf) {
  EXPECT_TRUE(load_contexts(path, log()).empty());
  EXPECT_TRUE(lines.empty());
}

TEST_F(ContextFileTest, WhatIsNotUnderstoodIsNothingAndIsSaid) {
  const auto file = [](const std::string& version, const std::string& bytes) {
    return R"({"version":)" + version +
           R"(,"contexts":[{"product":"p","model":"m","driver":"d","context_bytes":)" + bytes + "}]}";
  };
  write(file("1", "1048576"));
  EXPECT_EQ(load_contexts(path, log()).size(), 1u);
  EXPECT_TRUE(lines.empty());
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string(1 << 12, '\0'), std::string("null"),
        file("2", "1048576"), file("1", "1048575"), file("1", "0"), file("1", "-5"), file("1", "1e300"),
        file("1", "\"400\""), file("1", "68719476737"), file("1", "1048576") + "x",
        std::string(R"({"version":1})"), std::string(R"({"version":1,"contexts":[{"product":"p"}]})")}) {
    lines.clear();
    write(text);
    EXPECT_TRUE(load_contexts(path, log()).empty()) << text;
    EXPECT_EQ(lines.size(), 1u) << text;
  }
}

// Cut off anywhere, or with bytes of it changed: either nothing or what a file of ours could say.
TEST_F(ContextFileTest, GarbageIsNoCrash) {
  ASSERT_TRUE(save_contexts(path, three()).ok());
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t length = 0; length + 2 < whole.size(); length += 3) {
    write(whole.substr(0, length));
    EXPECT_TRUE(load_contexts(path, log()).empty()) << length;
  }
  std::mt19937 random(7);
  for (int n = 0; n < 300; ++n) {
    std::string changed = whole;
    for (int bytes = 0; bytes < 1 + n % 4; ++bytes)
      changed[random() % changed.size()] = static_cast<char>(random());
    write(changed);
    for (const auto& [kind, bytes] : load_contexts(path, log())) EXPECT_GE(bytes, std::uint64_t{1} << 20);
  }
}

}  // namespace
}  // namespace dure::node
