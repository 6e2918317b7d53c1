#include "wire/mask.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "wire/text.h"

namespace dure::wire {
namespace {

constexpr std::string_view kHidden = "***";

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Takes the first word off the front of `rest`; "" where there is none left.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

// The first character of a word, stars, and where `show_last` and there are three or more, the last one.
void append_masked_word(std::string& out, std::string_view word, bool show_last) {
  const std::size_t first = character_end(word, 0);
  std::size_t count = 1;
  std::size_t last = 0;
  for (std::size_t pos = first; pos < word.size(); pos = character_end(word, pos)) {
    last = pos;
    ++count;
  }
  if (count < 2) {
    out.push_back('*');
    return;
  }
  show_last = show_last && count > 2;
  out.append(word.substr(0, first)).append(count - (show_last ? 2 : 1), '*');
  if (show_last) out.append(word.substr(last));
}

template <std::size_t kCount>
bool ends_with_any(std::string_view text, const std::array<std::string_view, kCount>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return text.size() > ending.size() && text.ends_with(ending);
  });
}

// Provinces, cities and districts; then towns.
bool region_word(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kShort = {"서울", "부산", "대구", "인천", "광주", "대전",
                                                              "울산", "세종", "경기", "강원", "충북", "충남",
                                                              "전북", "전남", "경북", "경남", "제주"};
  static constexpr std::array<std::string_view, 4> kEndings = {"시", "도", "군", "구"};
  return std::find(kShort.begin(), kShort.end(), word) != kShort.end() || ends_with_any(word, kEndings);
}
bool town_word(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kEndings = {"읍", "면", "동", "가"};
  return ends_with_any(word, kEndings) && !digit(word.front());
}

std::string mask_ipv4(std::string_view text) {
  return std::string(text.substr(0, text.rfind('.') + 1)) + "*";
}

// The first 48 bits, which name the site.
std::string mask_ipv6(const in6_addr& address) {
  char buffer[24];
  const auto group = [&](int i) {
    return static_cast<unsigned>(address.s6_addr[2 * i] << 8 | address.s6_addr[2 * i + 1]);
  };
  std::snprintf(buffer, sizeof buffer, "%x:%x:%x:*", group(0), group(1), group(2));
  return buffer;
}

bool looks_like_network(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos &&
         text.find_first_of(".:") != std::string_view::npos;
}

struct Digits {
  std::size_t count = 0;
  std::size_t run_count = 0;           // of digits that stand together
  std::array<std::size_t, 2> first{};  // the lengths of the first runs
};

// None where something stands that no telephone number has.
Digits count_digits(std::string_view text) {
  Digits found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!digit(text[i])) {
      if (std::string_view(" -().+").find(text[i]) == std::string_view::npos) return {};
      continue;
    }
    if (i == 0 || !digit(text[i - 1])) ++found.run_count;
    if (found.run_count <= found.first.size()) ++found.first[found.run_count - 1];
    ++found.count;
  }
  return found;
}

// How many leading digits may be seen: the country's and the area's or the network's code.
std::size_t shown_prefix(const Digits& digits, bool international) {
  if (digits.run_count == 1) return digits.count >= 10 && !international ? 3 : 0;
  std::size_t shown = 0;
  const std::size_t codes = international ? 2 : 1;
  for (std::size_t run = 0; run < std::min(codes, digits.run_count - 2); ++run) {
    if (digits.first[run] > 3) break;
    shown += digits.first[run];
  }
  return shown;
}

}  // namespace

MaskRule mask_rule(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, MaskRule>, 10> kRules{{
      {"name", MaskRule::kName},
      {"advisor", MaskRule::kName},
      {"signer", MaskRule::kName},
      {"email", MaskRule::kEmail},
      {"phone", MaskRule::kPhone},
      {"mobile", MaskRule::kPhone},
      {"address", MaskRule::kAddress},
      {"public_ip", MaskRule::kNetwork},
      {"allowed_addresses", MaskRule::kNetwork},
      {"ip", MaskRule::kNetwork},
  }};
  for (const auto& [known, rule] : kRules)
    if (known == name) return rule;
  return MaskRule::kWhole;
}

std::string mask(MaskRule rule, std::string_view text) {
  if (text.empty()) return "";
  switch (rule) {
    case MaskRule::kName:
      return mask_name(text);
    case MaskRule::kPhone:
      return mask_phone(text);
    case MaskRule::kEmail:
      return mask_email(text);
    case MaskRule::kAddress:
      return looks_like_network(text) ? mask_network(text) : mask_address(text);
    case MaskRule::kNetwork:
      return mask_network(text);
    case MaskRule::kWhole:
      break;
  }
  return std::string(kHidden);
}

std::string mask_name(std::string_view text) {
  std::string out;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    if (!out.empty()) out.push_back(' ');
    const bool latin = std::any_of(word.begin(), word.end(), letter);
    append_masked_word(out, word, !latin);
  }
  return out;
}

std::string mask_phone(std::string_view text) {
  const Digits digits = count_digits(text);
  if (digits.count < 7) return text.empty() ? "" : std::string(kHidden);
  const std::size_t shown = shown_prefix(digits, text.front() == '+');
  std::string out(text);
  std::size_t seen = 0;
  for (char& c : out) {
    if (!digit(c)) continue;
    if (seen >= shown && seen + 4 < digits.count) c = '*';
    ++seen;
  }
  return out;
}

std::string mask_email(std::string_view text) {
  if (text.empty()) return "";
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::string(kHidden);
  const std::string_view local = text.substr(0, at);
  const std::size_t first = character_end(local, 0);
  const std::size_t second = first == at ? at : character_end(local, first);
  const std::size_t shown = second < at ? second : first < at ? first : 0;  // two, but never all
  return std::string(local.substr(0, shown)).append(kHidden).append(text.substr(at));
}

std::string mask_address(std::string_view text) {
  if (text.empty()) return "";
  std::string out;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    const bool town = !out.empty() && town_word(word);
    if (!town && !region_word(word)) break;
    out.append(word).append(" ");
    if (town) break;
  }
  return out.append(kHidden);
}

std::string mask_network(std::string_view text) {
  if (text.empty()) return "";
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const std::string prefix(slash == std::string_view::npos ? "" : text.substr(slash));
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return mask_ipv4(address) + prefix;
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) == 1) return mask_ipv6(six) + prefix;
  return std::string(kHidden);
}

}  // namespace dure::wire
