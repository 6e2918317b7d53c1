#include "net/headers.h"

#include <algorithm>

namespace dure::net {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls `take` for each trimmed piece of the text until it answers true.
template <class Take>
bool any_piece(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (take(trim(text.substr(0, end)))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const Field& field : fields_)
    if (equal_ignoring_case(field.name, name)) return &field.value;
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  const auto matches = [&](std::string_view piece) { return equal_ignoring_case(piece, token); };
  for (const Field& field : fields_)
    if (equal_ignoring_case(field.name, name) && any_piece(field.value, ',', matches)) return true;
  return false;
}

void Headers::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.name, name); });
}

std::optional<std::string> find_cookie(const Headers& headers, std::string_view name) {
  std::optional<std::string> found;
  const auto matches = [&](std::string_view piece) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || trim(piece.substr(0, equals)) != name) return false;
    std::string_view value = trim(piece.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    found = std::string(value);
    return true;
  };
  for (const Field& field : headers)
    if (equal_ignoring_case(field.name, "Cookie") && any_piece(field.value, ';', matches)) break;
  return found;
}

}  // namespace dure::net
