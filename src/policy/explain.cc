#include <utility>

#include "policy/keys.h"
#include "policy/pack.h"

namespace dure::policy {
namespace {

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) names.push_back(key.name);
  return names;
}

std::string display_entry(const Entry& entry, const Type& type) {
  return entry.none ? "none" : display(entry.value, type);
}

// The layers that set the key and lost to a later one.
std::vector<std::pair<std::string, std::string>> overridden(const Pack& pack, const Key& key) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Layer& layer : pack.layers) {
    const auto entry = layer.entries.find(key.name);
    if (entry != layer.entries.end()) all.emplace_back(layer.id, display_entry(entry->second, key.type));
  }
  if (!all.empty()) all.pop_back();
  return all;
}

// A '|' would end a Markdown cell.
std::string cell(std::string text) {
  for (std::size_t i = text.find('|'); i != std::string::npos; i = text.find('|', i + 2))
    text.insert(i, 1, '\\');
  return text;
}

void append_section(std::string& out, const SectionInfo& section) {
  out += "\n## " + section.name + "\n\n";
  out += section.always_on ? "Always on.\n\n" : "When no layer speaks of it: " + section.off_en + "\n\n";
  out += "| key | value | neutral | effect | meaning | 뜻 |\n|---|---|---|---|---|---|\n";
  for (const Key& key : all_keys()) {
    if (key.section != section.section) continue;
    out += "| `" + key.name + "` | " + cell(describe_type_en(key.type)) + " | " + cell(key.neutral) + " | " +
           std::string(name_of(key.effect)) + " | " + key.en + " | " + key.ko + " |\n";
  }
}

}  // namespace

base::Result<Explanation> explain(const Pack& pack, std::string_view name) {
  const Key* key = find_key(name);
  if (key == nullptr) {
    return base::error(
        base::ErrorKind::kNotFound,
        with_suggestion("policy.key_unknown", name, key_names()).with("key", std::string(name)));
  }
  Explanation told;
  told.key = key->name;
  told.type_ko = describe_type_ko(key->type);
  told.type_en = describe_type_en(key->type);
  told.description_ko = key->ko;
  told.description_en = key->en;
  told.neutral = key->neutral;
  told.value = *pack.value_text(name);
  told.provenance = *pack.provenance(name);
  told.floors = pack.floors(name);
  told.overridden = overridden(pack, *key);
  told.section_on = pack.on(key->section);
  told.effect = key->effect;
  return told;
}

std::vector<KeyInfo> key_table() {
  std::vector<KeyInfo> table;
  for (const Key& key : all_keys()) {
    table.push_back({key.name, describe_type_ko(key.type), describe_type_en(key.type), key.neutral, key.ko,
                     key.en, key.effect});
  }
  return table;
}

Effect effect_of(std::string_view name) {
  const Key* key = find_key(name);
  DURE_ASSERT(key != nullptr);
  return key->effect;
}

std::string key_table_markdown() {
  std::string out =
      "# Keys of a policy pack\n\nMade from the declarations in `src/policy/keys_*.cc`; a test holds this "
      "file to "
      "them.\nHow a pack is written: [policy-pack.md](policy-pack.md). \"neutral\" is the value when no "
      "layer sets "
      "the key.\n\"effect\" says whether this version acts on it: in_force; always (it holds whatever the "
      "value);\n"
      "informative (told to people); not_yet (written down, and nothing acts on it).\n";
  for (const SectionInfo& section : section_table()) append_section(out, section);
  return out;
}

}  // namespace dure::policy
