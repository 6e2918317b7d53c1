#include "wire/mask.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "wire/text.h"

namespace dure::wire {
namespace {

constexpr std::string_view kHidden = "***";

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  found.reserve(8);
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t end = std::min(text.find(' ', pos), text.size());
    if (end > pos) found.push_back(text.substr(pos, end - pos));
    pos = end + 1;
  }
  return found;
}

// The first character and the last, where there are three or more; stars for the rest.
std::string mask_syllables(std::string_view word) {
  const auto found = characters(word);
  if (found.size() < 2) return "*";
  const bool show_last = found.size() > 2;
  std::string out(found.front());
  out.append(found.size() - (show_last ? 2 : 1), '*');
  if (show_last) out += found.back();
  return out;
}

// The initial only.
std::string mask_latin(std::string_view word) {
  const auto found = characters(word);
  if (found.size() < 2) return "*";
  return std::string(found.front()) + std::string(found.size() - 1, '*');
}

bool ends_with_any(std::string_view text, const std::vector<std::string_view>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return text.size() > ending.size() && text.ends_with(ending);
  });
}

// Provinces, cities and districts; then towns.
bool region_word(std::string_view word) {
  static const std::vector<std::string_view> kShort = {"서울", "부산", "대구", "인천", "광주", "대전",
                                                       "울산", "세종", "경기", "강원", "충북", "충남",
                                                       "전북", "전남", "경북", "경남", "제주"};
  static const std::vector<std::string_view> kEndings = {"시", "도", "군", "구"};
  return std::find(kShort.begin(), kShort.end(), word) != kShort.end() || ends_with_any(word, kEndings);
}
bool town_word(std::string_view word) {
  static const std::vector<std::string_view> kEndings = {"읍", "면", "동", "가"};
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
  std::vector<std::size_t> at;                            // offsets of the digits
  std::vector<std::pair<std::size_t, std::size_t>> runs;  // index into `at`, length
};

// nullopt-like empty `at` where something stands that no telephone number has.
Digits find_digits(std::string_view text) {
  Digits found;
  found.at.reserve(text.size());
  found.runs.reserve(4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!digit(text[i])) {
      if (std::string_view(" -().+").find(text[i]) == std::string_view::npos) return {};
      continue;
    }
    if (i == 0 || !digit(text[i - 1])) found.runs.push_back({found.at.size(), 0});
    ++found.runs.back().second;
    found.at.push_back(i);
  }
  return found;
}

// How many leading digits may be seen: the country's and the area's or the network's code.
std::size_t shown_prefix(const Digits& digits, bool international) {
  if (digits.runs.size() == 1) return digits.at.size() >= 10 && !international ? 3 : 0;
  std::size_t shown = 0;
  const std::size_t codes = international ? 2 : 1;
  for (std::size_t run = 0; run < std::min(codes, digits.runs.size() - 2); ++run) {
    if (digits.runs[run].second > 3) break;
    shown += digits.runs[run].second;
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
  for (const std::string_view word : words(text)) {
    if (!out.empty()) out.push_back(' ');
    out += std::any_of(word.begin(), word.end(), letter) ? mask_latin(word) : mask_syllables(word);
  }
  return out;
}

std::string mask_phone(std::string_view text) {
  const Digits digits = find_digits(text);
  const std::size_t count = digits.at.size();
  if (count < 7) return text.empty() ? "" : std::string(kHidden);
  const std::size_t shown = shown_prefix(digits, text.front() == '+');
  std::string out(text);
  for (std::size_t i = shown; i + 4 < count; ++i) out[digits.at[i]] = '*';
  return out;
}

std::string mask_email(std::string_view text) {
  if (text.empty()) return "";
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::string(kHidden);
  const auto local = characters(text.substr(0, at));
  const std::size_t shown = std::min<std::size_t>(2, local.size() - 1);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += local[i];
  return out.append(kHidden).append(text.substr(at));
}

std::string mask_address(std::string_view text) {
  if (text.empty()) return "";
  std::string out;
  for (const std::string_view word : words(text)) {
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
