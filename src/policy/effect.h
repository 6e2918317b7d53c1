// Whether the value of a key is in force: whether any program of this version acts on it.
//
// A pack holds the rules of a programme whole, from the first day. Where the product does not follow a rule
// yet, nobody shall take what is written for what is done: `dure policy explain KEY` and `dure policy check`
// say it, and docs/formats/policy-keys.md has a column for it. A test holds the table to the sources: a key
// that no source outside this folder reads must be here, and one that is read must not.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace dure::policy {

enum class Effect {
  kInForce,
  kAlways,       // it holds whatever the value says: the product knows no other way
  kInformative,  // it is told to people; there is nothing to act on
  kNotYet,       // it is written down, and nothing acts on it
};

// "in_force", "always", "informative", "not_yet".
std::string_view name_of(Effect effect);

Effect effect_of(std::string_view key);

// All keys that are not in force, in the order of the key table.
std::span<const std::pair<std::string_view, Effect>> keys_not_in_force();

}  // namespace dure::policy
