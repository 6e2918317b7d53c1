#include "policy/keys.h"

#include <algorithm>
#include <set>

namespace dure::policy {
namespace {

std::vector<Key> declare_all() {
  Keys keys;
  declare_programme_keys(keys);
  declare_application_keys(keys);
  declare_allocation_keys(keys);
  declare_account_keys(keys);
  declare_duty_keys(keys);
  declare_supply_keys(keys);
  declare_call_keys(keys);
  declare_catalogue_keys(keys);
  return std::move(keys).take();
}

const std::map<std::string_view, const Key*>& keys_by_name() {
  static const std::map<std::string_view, const Key*> index = [] {
    std::map<std::string_view, const Key*> made;
    for (const Key& key : all_keys()) made.emplace(key.name, &key);
    return made;
  }();
  return index;
}

}  // namespace

void Keys::keep(std::string_view name, void* (*place)(Pack& pack), const MemberCodec& codec, const Hint& hint,
                Words words, Effect effect) {
  Key key;
  key.name = std::string(name);
  key.section = section_;
  key.type = codec.type(hint);
  key.ko = std::string(words.ko);
  key.en = std::string(words.en);
  key.effect = effect;
  Pack neutral;
  key.initial = codec.write(place(neutral));
  key.neutral = key.initial ? display(*key.initial, key.type) : "none";
  key.assign = [place, read = codec.read](Pack& pack, const Value* value) { read(place(pack), value); };
  all_.push_back(std::move(key));
}

const std::vector<Key>& all_keys() {
  static const std::vector<Key> keys = declare_all();
  return keys;
}

const Key* find_key(std::string_view name) {
  const auto found = keys_by_name().find(name);
  return found == keys_by_name().end() ? nullptr : found->second;
}

bool is_key_prefix(std::string_view prefix) {
  const std::string dotted = std::string(prefix) + ".";
  const auto next = keys_by_name().lower_bound(dotted);
  return next != keys_by_name().end() && next->first.substr(0, dotted.size()) == dotted;
}

std::vector<std::string> words_after(std::string_view prefix) {
  const std::string dotted = prefix.empty() ? "" : std::string(prefix) + ".";
  std::set<std::string> words;
  for (const auto& [name, key] : keys_by_name()) {
    if (name.substr(0, dotted.size()) != dotted) continue;
    const std::string_view rest = name.substr(dotted.size());
    words.emplace(rest.substr(0, rest.find('.')));
  }
  return {words.begin(), words.end()};
}

}  // namespace dure::policy
