#include "access/password.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "access/keyboard.h"
#include "access/runs.h"

namespace dure::access {
namespace {

using base::Reason;
using policy::CharacterClass;
using Characters = std::vector<char32_t>;

bool in_class(char32_t c, CharacterClass wanted) {
  switch (wanted) {
    case CharacterClass::kDigit:
      return c >= '0' && c <= '9';
    case CharacterClass::kLower:
      return c >= 'a' && c <= 'z';
    case CharacterClass::kUpper:
      return c >= 'A' && c <= 'Z';
    case CharacterClass::kSpecial:
      return (c > 0x20 && c < 0x7f) && !in_class(c, CharacterClass::kDigit) &&
             !in_class(c, CharacterClass::kLower) && !in_class(c, CharacterClass::kUpper);
  }
  return false;
}

const char* missing_code(CharacterClass wanted) {
  switch (wanted) {
    case CharacterClass::kDigit:
      return "password.needs_digit";
    case CharacterClass::kLower:
      return "password.needs_lower";
    case CharacterClass::kUpper:
      return "password.needs_upper";
    case CharacterClass::kSpecial:
      return "password.needs_special";
  }
  return "password.needs_special";
}

void check_form(const Characters& text, const policy::PasswordRules& rules, std::vector<Reason>& broken) {
  const auto length = static_cast<std::int64_t>(text.size());
  if (length < rules.min_length)
    broken.push_back(Reason("password.too_short").with("min_length", rules.min_length));
  if (rules.max_length > 0 && length > rules.max_length)
    broken.push_back(Reason("password.too_long").with("max_length", rules.max_length));
  for (const auto wanted : rules.classes)
    if (std::none_of(text.begin(), text.end(), [&](char32_t c) { return in_class(c, wanted); }))
      broken.push_back(Reason(missing_code(wanted)));
  if (std::any_of(text.begin(), text.end(), [](char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }))
    broken.push_back(Reason("password.control_character"));
}

bool has_layout(const policy::PasswordRules& rules, policy::KeyboardLayout layout) {
  return std::find(rules.keyboard_layouts.begin(), rules.keyboard_layouts.end(), layout) !=
         rules.keyboard_layouts.end();
}

void report(const char* code, const std::optional<KeyRun>& run, std::size_t run_min,
            std::vector<Reason>& broken) {
  if (!run) return;
  broken.push_back(Reason(code)
                       .with("position", static_cast<std::int64_t>(run->at) + 1)
                       .with("length", static_cast<std::int64_t>(run->length))
                       .with("run_min", static_cast<std::int64_t>(run_min)));
}

void check_runs(const std::vector<Stroke>& strokes, const policy::PasswordRules& rules,
                std::vector<Reason>& broken) {
  if (rules.run_min < 2) return;
  const auto least = static_cast<std::size_t>(rules.run_min);
  auto characters = longest_run(strokes, RunKind::kCharacters, least);
  if (!characters && has_layout(rules, policy::KeyboardLayout::kDubeolsik))
    characters = longest_korean_run(strokes, least);
  report("password.character_run", characters, least, broken);
  if (!rules.keyboard_layouts.empty()) {
    const auto keys = longest_run(strokes, RunKind::kKeys, least);
    if (keys != characters) report("password.keyboard_run", keys, least, broken);
  }
  if (rules.zigzag)
    report("password.zigzag_run", longest_run(strokes, RunKind::kZigzag, least), least, broken);
  report("password.repeated_key", longest_run(strokes, RunKind::kRepetition, least), least, broken);
}

// The keys of a text; Hangul by what types it, whatever the layouts of the rules: a name is a name.
Characters keys_of(const Characters& text) {
  Characters keys;
  for (const auto& stroke : to_strokes(text, true))
    if (stroke.character != U' ') keys.push_back(stroke.character);
  return keys;
}

void check_contains(const Characters& password_keys, const std::string& part, const char* code,
                    std::vector<Reason>& broken) {
  constexpr std::size_t kShortest = 3;
  const auto characters = decode_utf8(part);
  if (!characters) return;
  const auto wanted = keys_of(*characters);
  if (wanted.size() < kShortest) return;
  if (std::search(password_keys.begin(), password_keys.end(), wanted.begin(), wanted.end()) !=
      password_keys.end())
    broken.push_back(Reason(code));
}

}  // namespace

std::vector<Reason> check(std::string_view password, const policy::PasswordRules& rules,
                          const PasswordContext& context) {
  const auto text = decode_utf8(password);
  if (!text) return {Reason("password.not_text")};
  std::vector<Reason> broken;
  check_form(*text, rules, broken);
  check_runs(to_strokes(*text, has_layout(rules, policy::KeyboardLayout::kDubeolsik)), rules, broken);
  const auto keys = keys_of(*text);
  check_contains(keys, context.login, "password.contains_login", broken);
  check_contains(keys, context.name, "password.contains_name", broken);
  const auto local = context.email.substr(0, context.email.find('@'));
  if (local != context.login) check_contains(keys, local, "password.contains_email", broken);
  return broken;
}

}  // namespace dure::access
