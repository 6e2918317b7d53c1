#include "gpu/share/symbols.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <string>

namespace dure::gpu::share {
namespace {

std::string chosen(const char* asked, int version, bool per_thread = false) {
  const int symbol = choose_symbol(asked, version, per_thread);
  return symbol == kNoSymbol ? "" : cuda_symbols[symbol].name;
}

TEST(Symbols, EachIsThereOnceAndWholly) {
  std::set<std::string> names;
  for (const Symbol& symbol : cuda_symbols) {
    EXPECT_TRUE(names.insert(symbol.name).second) << symbol.name;
    EXPECT_TRUE(std::string(symbol.name).starts_with("cu")) << symbol.name;
    EXPECT_LE(symbol.since, kNewestCuda) << symbol.name;
  }
  for (const Symbol& symbol : nvml_symbols) {
    EXPECT_TRUE(names.insert(symbol.name).second) << symbol.name;
    EXPECT_TRUE(std::string(symbol.name).starts_with("nvml")) << symbol.name;
  }
  EXPECT_GE(kCudaSymbols, 700);
  EXPECT_GE(kNvmlSymbols, 400);
}

TEST(Symbols, AreCalledByTheirNameAndItsVersions) {
  EXPECT_TRUE(is_called("cuMemAlloc", "cuMemAlloc"));
  EXPECT_TRUE(is_called("cuMemAlloc_v2", "cuMemAlloc"));
  EXPECT_TRUE(is_called("cuMemcpyHtoD_v2_ptds", "cuMemcpyHtoD"));
  EXPECT_TRUE(is_called("cuLaunchKernel_ptsz", "cuLaunchKernel"));
  EXPECT_TRUE(is_called("cuMemAlloc_v2", "cuMemAlloc_v2"));
  EXPECT_FALSE(is_called("cuMemAllocAsync", "cuMemAlloc"));
  EXPECT_FALSE(is_called("cuMemAlloc", "cuMemAlloc_v2"));
  EXPECT_FALSE(is_called("cuMemAlloc_v22", "cuMemAlloc"));
  EXPECT_FALSE(is_called("cuMemAlloc", ""));
}

// The rule by another way: all symbols taken apart by a regular expression, the best one by comparison.
TEST(Symbols, ChoiceAgreesWithTheRuleTakenApart) {
  const std::regex form("(.*?)(?:_v([2-9]))?(_ptsz|_ptds)?");
  std::map<std::string, std::map<std::pair<int, bool>, const Symbol*>> families;
  for (const Symbol& symbol : cuda_symbols) {
    std::cmatch match;
    ASSERT_TRUE(std::regex_match(symbol.name, match, form));
    families[match[1]][{match[2].matched ? std::stoi(match[2]) : 1, match[3].matched}] = &symbol;
  }
  for (const auto& [name, family] : families) {
    for (const int version : {1000, 2000, 3020, 7000, 11040, 12000, 12050, 13000, 13040}) {
      for (const bool per_thread : {false, true}) {
        std::string expected;
        for (const auto& [which, symbol] : family)
          if (symbol->since <= version && (per_thread || !which.second)) expected = symbol->name;
        EXPECT_EQ(chosen(name.c_str(), version, per_thread), expected) << name << " " << version;
      }
    }
  }
}

TEST(Symbols, ALiteralNameIsMeantLiterally) {
  EXPECT_EQ(chosen("cuMemAlloc_v2", 13000), "cuMemAlloc_v2");
  EXPECT_EQ(chosen("cuMemAlloc_v2", 3010), "");
  EXPECT_EQ(chosen("cudnnCreate", 13000), "");
}

}  // namespace
}  // namespace dure::gpu::share
