// The key table: one declaration per key gives its place in the Pack, its type and bounds, and its words.
//
//   keys.add(DURE_KEY(account.max_sessions), number(0, 1000, "connections"), "한국어 설명", "English
//   description");
//
// A key that no program acts on says so at the end (policy/effect.h).
//
// The dotted key of the file is the path of the member in the Pack, so the two cannot drift apart; the C++
// type of the member gives the type of the value, and the member's initial value the neutral one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/codec.h"
#include "policy/effect.h"
#include "policy/pack.h"

namespace dure::policy {

struct Key {
  std::string name;
  Section section = Section::kMeta;
  Type type;
  std::string neutral;  // displayed
  std::string ko;
  std::string en;
  Effect effect = Effect::kInForce;
  std::optional<Value> initial;  // none: an optional value that is not there
  // Writes a checked value, or takes an optional one away (nullptr).
  std::function<void(Pack&, const Value*)> assign;
};

class Keys {
 public:
  void begin(Section section) { section_ = section; }

  template <class Access>
  void add(std::string_view name, Access, const Hint& hint, std::string_view ko, std::string_view en,
           Effect effect = Effect::kInForce) {
    using Member = std::remove_cvref_t<decltype(Access{}(std::declval<Pack&>()))>;
    keep(
        name, [](Pack& pack) -> void* { return &Access{}(pack); }, kMemberCodec<Member>, hint, {ko, en},
        effect);
  }

  std::vector<Key> take() && { return std::move(all_); }

 private:
  struct Words {
    std::string_view ko;
    std::string_view en;
  };
  // `place` gives the member in a pack.
  void keep(std::string_view name, void* (*place)(Pack& pack), const MemberCodec& codec, const Hint& hint,
            Words words, Effect effect);

  Section section_ = Section::kMeta;
  std::vector<Key> all_;
};

#define DURE_KEY(path)             \
#path, [](auto& pack) -> auto& { \
    return pack.path;              \
  }

// In the order of declaration.
const std::vector<Key>& all_keys();
// nullptr for what is no key.
const Key* find_key(std::string_view name);
// True when some key starts with `prefix` and a dot.
bool is_key_prefix(std::string_view prefix);
// The words that may follow the prefix ("" = the sections).
std::vector<std::string> words_after(std::string_view prefix);

// One per file keys_*.cc.
void declare_programme_keys(Keys& keys);
void declare_application_keys(Keys& keys);
void declare_allocation_keys(Keys& keys);
void declare_account_keys(Keys& keys);
void declare_duty_keys(Keys& keys);
void declare_supply_keys(Keys& keys);
void declare_call_keys(Keys& keys);
void declare_catalogue_keys(Keys& keys);

std::string_view name_of(Section section);

}  // namespace dure::policy
