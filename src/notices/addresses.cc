#include "notices/addresses.h"

#include <algorithm>

namespace dure::notices {
namespace {

constexpr std::size_t kMostCharacters = 254;

bool is_digit(char each) {
  return each >= '0' && each <= '9';
}
bool is_alnum(char each) {
  return is_digit(each) || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
}
bool may_stand_in_a_name(char each) {
  return is_alnum(each) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(each) != std::string_view::npos;
}

bool is_domain(std::string_view text) {
  if (text.find('.') == std::string_view::npos || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char each) { return is_alnum(each) || each == '-' || each == '.'; });
}

}  // namespace

bool is_mail_address(std::string_view text) {
  if (text.size() > kMostCharacters) return false;
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  const auto name = text.substr(0, at);
  return std::all_of(name.begin(), name.end(), may_stand_in_a_name) && is_domain(text.substr(at + 1));
}

std::string dialled(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char each = text[i];
    if (is_digit(each) || (each == '+' && i == 0))
      digits += each;
    else if (std::string_view(" -()").find(each) == std::string_view::npos)
      return "";
  }
  const std::size_t count = digits.size() - (digits.starts_with('+') ? 1 : 0);
  return count >= 8 && count <= 15 ? digits : "";
}

}  // namespace dure::notices
