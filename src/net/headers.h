// Header fields of HTTP: an ordered list of names and values.
//
// Names are compared without regard to the case of ASCII letters (RFC 9110, 5.1). The order of the fields and
// fields of the same name are kept as they came. A value has no space at its ends. Plain value; no threads.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dure::net {

struct Field {
  std::string name;
  std::string value;

  bool operator==(const Field&) const = default;
};

// True when the texts are equal but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // The value of the first field of that name, or nullptr. Valid until the next change.
  const std::string* find(std::string_view name) const;
  // The same as a view, "" where there is none.
  std::string_view get(std::string_view name) const;
  // True when a field of that name lists the token ("Connection: keep-alive, Upgrade" has the token
  // "upgrade").
  bool has_token(std::string_view name, std::string_view token) const;

  void add(std::string name, std::string value);
  // Replaces every field of that name by one.
  void set(std::string name, std::string value);
  void remove(std::string_view name);
  void clear() { fields_.clear(); }

  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Field> fields_;
};

// The value of a cookie of the request's Cookie fields (RFC 6265, 5.4): the first of that name, if any.
std::optional<std::string> find_cookie(const Headers& headers, std::string_view name);

}  // namespace dure::net
