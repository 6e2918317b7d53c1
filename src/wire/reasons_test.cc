#include "wire/reasons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "wire/reasons_data.h"

namespace dure::wire {
namespace {

namespace fs = std::filesystem;
using base::Reason;

TEST(Render, FillsInTheParametersInBothLanguages) {
  const Reason reason = Reason("json.unknown_member_near").with("name", "nmae").with("near", "name");
  EXPECT_EQ(render(reason, Language::kEnglish).text, "'nmae' is not a known member. Did you mean 'name'?");
  EXPECT_EQ(render(reason, Language::kKorean).text.find('{'), std::string::npos);
  EXPECT_EQ(render(Reason("json.syntax").with("offset", 12), Language::kKorean).text,
            "JSON 형식이 아닙니다(12번째 바이트).");
  EXPECT_FALSE(render(reason, Language::kEnglish).help.empty());
}

TEST(Render, IsPlainWhereItKnowsLess) {
  EXPECT_EQ(render(Reason("no.such_code"), Language::kKorean).text, "no.such_code");
  EXPECT_EQ(render(Reason("json.syntax"), Language::kEnglish).text, "This is not JSON (byte {offset}).");
}

TEST(Render, PutsNothingOfAParameterIntoTheSentenceTwice) {
  const Reason reason = Reason("json.unknown_member").with("name", "{name}{near}");
  EXPECT_EQ(render(reason, Language::kEnglish).text, "'{name}{near}' is not a known member.");
}

TEST(PickLanguage, FollowsAcceptLanguage) {
  const std::vector<std::pair<const char*, Language>> cases{{"", Language::kKorean},
                                                            {"ko", Language::kKorean},
                                                            {"en", Language::kEnglish},
                                                            {"en-US,en;q=0.9,ko;q=0.8", Language::kEnglish},
                                                            {"ko-KR,ko;q=0.9,en;q=0.8", Language::kKorean},
                                                            {"fr, EN-gb;q=0.5", Language::kEnglish},
                                                            {"fr", Language::kKorean},
                                                            {"en;q=0", Language::kKorean},
                                                            {"en;q=0.5, *;q=0.7", Language::kKorean},
                                                            {"en;q=zero", Language::kKorean},
                                                            {"en;q=1.001", Language::kKorean},
                                                            {";;;,,,=", Language::kKorean},
                                                            {"english", Language::kKorean}};
  for (const auto& [header, language] : cases) EXPECT_EQ(pick_language(header), language) << header;
}

// ---- The catalogue as a whole
// -------------------------------------------------------------------------------

std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += "  " + line + "\n";
  return out;
}

std::set<std::string> placeholders(const std::string& sentence) {
  static const std::regex kPlaceholder(R"(\{([^}]*)\})");
  std::set<std::string> found;
  for (std::sregex_iterator it(sentence.begin(), sentence.end(), kPlaceholder), end; it != end; ++it)
    found.insert((*it)[1]);
  return found;
}

// What is wrong with one entry, as lines.
void check_entry(const CatalogueEntry& entry, std::vector<std::string>& wrong) {
  const std::string where = entry.file + ": " + entry.code + ": ";
  static const std::regex kCode("[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+");
  if (!std::regex_match(entry.code, kCode)) wrong.push_back(where + "is not dotted lower case");
  if (entry.ko.empty() || entry.en.empty()) wrong.push_back(where + "lacks a language");
  if (entry.help_ko.empty() != entry.help_en.empty())
    wrong.push_back(where + "has help in one language only");
  for (const auto& sentence : {entry.ko, entry.en, entry.help_ko, entry.help_en})
    for (const auto& name : placeholders(sentence))
      if (std::find(entry.params.begin(), entry.params.end(), name) == entry.params.end())
        wrong.push_back(where + "{" + name + "} is not among its params");
}

TEST(Catalogue, IsReadWithoutFaultAndSpeaksBothLanguages) {
  EXPECT_TRUE(catalogue_faults().empty()) << join(catalogue_faults());
  std::vector<std::string> wrong;
  for (const auto& entry : catalogue()) check_entry(entry, wrong);
  EXPECT_TRUE(wrong.empty()) << "\n" << join(wrong);
  EXPECT_GT(catalogue().size(), 30u);
}

// Who edits a policy file is told what to do, not only what is wrong.
TEST(Catalogue, HelpsWithEachMistakeInAPack) {
  std::vector<std::string> wrong;
  for (const auto& entry : catalogue()) {
    if (entry.code.starts_with("policy.") && (entry.help_ko.empty() || entry.help_en.empty()))
      wrong.push_back(entry.code);
  }
  EXPECT_TRUE(wrong.empty()) << "without help:\n" << join(wrong);
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Where each code stands in the sources: code -> "file:line".
std::map<std::string, std::string> codes_in_sources() {
  static const std::regex kUse(R"re(Reason(?:\s+\w+)?\s*[({]\s*"([a-z][a-z0-9_]*\.[a-z0-9_.]+)")re");
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator("src")) {
    const std::string name = entry.path().filename().string();
    const bool source = name.ends_with(".cc") || name.ends_with(".h");
    if (!source || name.ends_with("_test.cc")) continue;
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), kUse), end; it != end; ++it) {
      const auto line = std::count(text.begin(), text.begin() + it->position(), '\n') + 1;
      found.emplace((*it)[1], entry.path().string() + ":" + std::to_string(line));
    }
  }
  return found;
}

TEST(Catalogue, HasEveryCodeThatTheSourcesUse) {
  const auto used = codes_in_sources();
  EXPECT_TRUE(used.count("cursor.other_list"))
      << "the search finds nothing: run from the source folder's root";
  std::vector<std::string> missing;
  for (const auto& [code, where] : used)
    if (!find_reason(code)) missing.push_back(code + "  (" + where + ")");
  EXPECT_TRUE(missing.empty()) << "api/reasons/ lacks:\n" << join(missing);
}

TEST(Catalogue, IsTheOneOnDisk) {
  std::set<std::string> on_disk;
  for (const auto& entry : fs::directory_iterator("api/reasons"))
    if (entry.path().extension() == ".json") on_disk.insert(entry.path().filename().string());
  for (const auto& file : reason_files()) {
    EXPECT_EQ(read_file(fs::path("api/reasons") / file.name), file.text)
        << file.name << " changed: build again";
    on_disk.erase(std::string(file.name));
  }
  EXPECT_TRUE(on_disk.empty()) << *on_disk.begin() << " is not compiled in: build again";
}

}  // namespace
}  // namespace dure::wire
