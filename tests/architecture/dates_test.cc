// Invariant 20: a deadline is computed by calendar/ and nowhere else. No other folder moves a day by a number
// of days.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Where a day is moved and no deadline is computed: how far back a search looks; how a day is written.
constexpr std::array<const char*, 2> kNoDeadline{"src/commands/outages.cc", "src/wire/text.cc"};

bool moves_days(const std::string& text) {
  static const std::regex kCall(R"(\b(add_days|from_days)\s*\()");
  return std::regex_search(text, kCall);
}

bool looked_at(const std::string& path) {
  const bool source = path.ends_with(".cc") || path.ends_with(".h");
  const bool test = path.ends_with("_test.cc") || path.ends_with("_fixture.h");
  const bool home = path.starts_with("src/calendar/") || path.starts_with("src/base/");
  return source && !test && !home &&
         std::find(kNoDeadline.begin(), kNoDeadline.end(), path) == kNoDeadline.end();
}

TEST(Dates, OnlyTheCalendarMovesADay) {
  std::size_t sources = 0;
  for (const auto& entry : fs::recursive_directory_iterator("src")) {
    const auto path = entry.path().generic_string();
    if (!entry.is_regular_file() || !looked_at(path)) continue;
    ++sources;
    std::ifstream file(entry.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(moves_days(text)) << path << " computes a day: calendar/deadline.h and calendar/period.h do";
  }
  EXPECT_GT(sources, 300u) << "run from the source folder's root";
}

TEST(Dates, AMovedDayIsSeen) {
  EXPECT_TRUE(moves_days("auto due = base::add_days(end, 30);"));
  EXPECT_FALSE(moves_days("auto due = calendar::lead_day(end, 30);"));
}

}  // namespace
