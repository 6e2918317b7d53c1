// P13, M4: every event that the sources publish is known to the notices: somebody is told by default, or it
// is said why nobody is. An event that is added without a line there fails here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "centre/cast.h"
#include "centre/notice_cast.h"
#include "notices/known_events.h"
#include "wire/reasons.h"

namespace dure::tests {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The event types in the calls that publish: whole names, and beginnings ("invoice.") to which a state is
// added. Each with the file in which it stands.
std::map<std::string, std::string> published() {
  static const std::regex kCall(R"re((?:publish|tell|record|keep|save)\(([^;]*);)re");
  static const std::regex kName(R"re((?:^|[^:])"([a-z_]+\.[a-z_]*)")re");
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::directory_iterator("src/commands")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator call(text.begin(), text.end(), kCall), end; call != end; ++call) {
      const std::string arguments = (*call)[1];
      if (arguments.starts_with("work.tx.")) continue;
      // The first name is the event's; the second, where there is one, the audit's.
      std::smatch name;
      std::string rest = arguments;
      while (std::regex_search(rest, name, kName)) {
        const std::string type = name[1];
        const bool is_audit =
            type.find("s.") != std::string::npos && !notices::find_event(type) &&
            notices::find_event(type.substr(0, type.find("s.")) + type.substr(type.find("s.") + 1));
        if (!is_audit && type.find("s.") == std::string::npos)
          found.emplace(type, entry.path().filename().string());
        rest = name.suffix();
      }
    }
  }
  return found;
}

TEST(NoticeEvents, P13_EachEventOfTheSourcesIsKnown) {
  const auto types = published();
  EXPECT_GT(types.size(), 50u) << "the search finds too little: run from the source folder's root";
  EXPECT_TRUE(types.contains("award.offered"));
  EXPECT_TRUE(types.contains("node.lost"));
  std::vector<std::string> unknown;
  for (const auto& [type, file] : types) {
    bool known = notices::find_event(type) != nullptr;
    if (type.ends_with('.'))
      for (const auto& each : notices::known_events()) known = known || each.type.starts_with(type);
    if (!known) unknown.push_back(type + " (" + file + ")");
  }
  std::string lines;
  for (const auto& each : unknown) lines += "  " + each + "\n";
  EXPECT_TRUE(unknown.empty()) << "src/notices/known_events.cc lacks:\n" << lines;
}

// What really happens in a centre with everything in it: no event of it is unknown.
TEST(NoticeEvents, P13_NoEventOfAWholeCentreIsUnknown) {
  Cast cast;
  cast.centre.turn_loops();
  const auto types = commands::look<std::set<std::string>>(
      cast.centre.world(), commands::system_caller("test"),
      [](commands::Work& work) -> base::Result<std::set<std::string>> {
        std::set<std::string> found;
        DURE_LET(page, work.tx.events().list(ports::Query{}.at_most(1000)));
        for (const auto& each : page.rows) found.insert(each.type);
        return found;
      });
  ASSERT_TRUE(types.ok());
  EXPECT_GT(types->size(), 10u);
  for (const auto& type : *types) EXPECT_NE(notices::find_event(type), nullptr) << type;
}

// What a pack tells of must happen: these wait for a part of the centre that does not publish them yet.
TEST(NoticeEvents, M4_WhatThePacksTellOfHappens) {
  const std::set<std::string> not_yet{"service.failed", "service.scaled", "training.scheduled"};
  static const std::regex kRule(R"re(\{event: ([a-z_]+\.[a-z_]+), recipients)re");
  int rules = 0;
  for (const auto& entry : fs::directory_iterator("policies")) {
    const std::string text = text_of(entry.path() / "policy.yaml");
    for (std::sregex_iterator rule(text.begin(), text.end(), kRule), end; rule != end; ++rule, ++rules) {
      const std::string type = (*rule)[1];
      EXPECT_NE(notices::find_event(type) != nullptr, not_yet.contains(type)) << entry.path() << ": " << type;
    }
  }
  EXPECT_GT(rules, 15);
}

// Who is told has words of his own in both languages, or the general ones; never a name in braces.
TEST(NoticeEvents, M4_WhatSomebodyIsToldByDefaultHasWords) {
  std::vector<std::string_view> wordless;
  for (const auto& event : notices::known_events())
    if (!event.recipients.empty() && !wire::find_reason("told." + std::string(event.type)))
      wordless.push_back(event.type);
  EXPECT_LE(wordless.size(), 12u) << "most events have words of their own";
  for (const auto& entry : wire::catalogue())
    if (entry.code.starts_with("told.") && entry.code != "told.something") {
      EXPECT_NE(notices::find_event(entry.code.substr(5)), nullptr) << entry.code << " is told of nothing";
    }
}

}  // namespace
}  // namespace dure::tests
