// Whether the value of a key is in force: whether any program of this version acts on it.
//
// A pack holds the rules of a programme whole, from the first day. Where the product does not follow a rule
// yet, nobody shall take what is written for what is done: `dure policy explain KEY` and `dure policy check`
// say it, and docs/formats/policy-keys.md has a column for it. Each key's declaration says its effect
// (policy/keys.h), and a test holds it to the sources: a key that no source outside this folder reads must
// not say that it is in force, and one that is read must.
#pragma once

namespace dure::policy {

enum class Effect {
  kInForce,
  kAlways,       // it holds whatever the value says: the product knows no other way
  kInformative,  // it is told to people; there is nothing to act on
  kNotYet,       // it is written down, and nothing acts on it
};

}  // namespace dure::policy
