#include "wire/reasons.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <unordered_map>

#include "wire/json.h"
#include "wire/json_impl.h"
#include "wire/particle.h"
#include "wire/reasons_data.h"
#include "wire/text.h"

namespace dure::wire {

// An entry as its file has it.
struct EntryText {
  std::vector<std::string> params;
  std::string ko, en, help_ko, help_en;
};

}  // namespace dure::wire

namespace dure::model {
using wire::EntryText;
DURE_VALUE_FIELDS(EntryText, field("params", &EntryText::params), field("ko", &EntryText::ko),
                  field("en", &EntryText::en), field("help_ko", &EntryText::help_ko),
                  field("help_en", &EntryText::help_en));
}  // namespace dure::model

namespace dure::wire {
namespace {

namespace json = boost::json;

struct Catalogue {
  std::vector<CatalogueEntry> entries;
  std::unordered_map<std::string_view, const CatalogueEntry*> by_code;
  std::vector<std::string> faults;
};

void add_entry(Catalogue& into, std::string_view file, std::string code, const json::value& source) {
  const In in{.required = {"ko", "en"}, .allow_missing = true, .secrets = false};
  auto entry = from_json<EntryText>(source, in);
  if (!entry.ok()) {
    const auto& detail = entry.failure().details.front();
    into.faults.push_back(std::string(file) + ": " + code + detail.pointer + ": " + detail.reason.code);
    return;
  }
  into.entries.push_back({std::move(code), std::string(file), std::move(entry->params), std::move(entry->ko),
                          std::move(entry->en), std::move(entry->help_ko), std::move(entry->help_en)});
}

void add_file(Catalogue& into, const ReasonFile& file) {
  const auto tree = parse(file.text);
  if (!tree.ok() || !tree->is_object()) {
    into.faults.push_back(std::string(file.name) + ": " +
                          (tree.ok() ? "not an object" : tree.failure().reason.code));
    return;
  }
  for (const auto& entry : tree->get_object())
    add_entry(into, file.name, std::string(entry.key().data(), entry.key().size()), entry.value());
}

void index_codes(Catalogue& into) {
  for (const auto& entry : into.entries)
    if (!into.by_code.emplace(entry.code, &entry).second)
      into.faults.push_back(entry.file + ": " + entry.code + ": stands in two files");
}

// Never copied or moved once indexed: the index points into the entries.
const Catalogue& the_catalogue() {
  static const Catalogue* const loaded = [] {
    auto* fresh = new Catalogue;
    for (const auto& file : reason_files()) add_file(*fresh, file);
    index_codes(*fresh);
    return fresh;
  }();
  return *loaded;
}

// A number as it is; a text by its word, where the catalogue has one ("word.<text>").
std::string value_text(const base::ReasonValue& value, Language language) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  const auto& text = std::get<std::string>(value);
  const auto* word = find_reason("word." + text);
  if (!word) return text;
  return language == Language::kKorean ? word->ko : word->en;
}

// The sentence with its parameters, and, in Korean, with the particles that they ask for.
std::string fill(std::string_view sentence, const base::Reason& reason, Language language) {
  std::string out;
  while (!sentence.empty()) {
    const std::size_t open = sentence.find('{');
    out += sentence.substr(0, open);
    if (open == std::string_view::npos) break;
    sentence.remove_prefix(open);
    const std::size_t close = sentence.find('}');
    if (close == std::string_view::npos) return out.append(sentence);
    const auto* value = reason.find(std::string(sentence.substr(1, close - 1)));
    const std::string word =
        value ? value_text(*value, language) : std::string(sentence.substr(0, close + 1));
    out += word;
    sentence.remove_prefix(close + 1);
    const Particle particle = choose_particle(word, sentence);
    out += particle.chosen;
    sentence.remove_prefix(particle.pattern_size);
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "q=0.8" in thousandths (RFC 9110, 12.4.2); 1000 where absent, -1 where it is none.
int quality(std::string_view parameters) {
  const std::string_view text = trimmed(parameters);
  if (text.empty()) return 1000;
  if (!(text.starts_with("q=") || text.starts_with("Q=")) || text.size() < 3 || text.size() > 7) return -1;
  if (text[2] != '0' && text[2] != '1') return -1;
  int value = (text[2] - '0') * 1000;
  if (text.size() > 3 && text[3] != '.') return -1;
  int unit = 100;
  for (const char c : text.substr(std::min<std::size_t>(4, text.size()))) {
    if (c < '0' || c > '9') return -1;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return value > 1000 ? -1 : value;
}

bool same_primary(std::string_view tag, std::string_view primary) {
  const std::string_view own = tag.substr(0, tag.find('-'));
  return std::equal(own.begin(), own.end(), primary.begin(), primary.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

Language pick_language(std::string_view header) {
  int korean = -1;
  int english = -1;
  int other = -1;
  for (std::size_t pos = 0; pos < header.size();) {
    const std::size_t end = std::min(header.find(',', pos), header.size());
    const std::string_view range = header.substr(pos, end - pos);
    const std::size_t semicolon = range.find(';');
    const std::string_view tag = trimmed(range.substr(0, semicolon));
    const int q = semicolon == std::string_view::npos ? 1000 : quality(range.substr(semicolon + 1));
    if (same_primary(tag, "ko")) korean = std::max(korean, q);
    if (same_primary(tag, "en")) english = std::max(english, q);
    if (tag == "*") other = std::max(other, q);
    pos = end + 1;
  }
  if (korean < 0) korean = other;
  return english > 0 && english > korean ? Language::kEnglish : Language::kKorean;
}

std::string_view language_tag(Language language) {
  return language == Language::kKorean ? "ko" : "en";
}

Rendered render(const base::Reason& reason, Language language) {
  const CatalogueEntry* entry = find_reason(reason.code);
  if (!entry) return {reason.code, ""};
  const bool korean = language == Language::kKorean;
  return {fill(korean ? entry->ko : entry->en, reason, language),
          fill(korean ? entry->help_ko : entry->help_en, reason, language)};
}

const std::vector<CatalogueEntry>& catalogue() {
  return the_catalogue().entries;
}

const CatalogueEntry* find_reason(std::string_view code) {
  const auto found = the_catalogue().by_code.find(code);
  return found == the_catalogue().by_code.end() ? nullptr : found->second;
}

const std::vector<std::string>& catalogue_faults() {
  return the_catalogue().faults;
}

}  // namespace dure::wire
