// Why something is refused, waits, or was decided: a stable code with typed parameters.
//
// A Reason is data. It is stored, compared and sent as it is; the sentence that a person reads is rendered
// only at the edge, from the one catalogue api/reasons.json (Korean and English), by wire/reasons.h. Codes
// are dotted, lower-case, "<area>.<what>" ("placement.no_capacity"); once released a code is never renamed or
// reused. Parameters are whole numbers or text; numbers carry their unit in the name (need_blocks, wait_ms).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dure::base {

using ReasonValue = std::variant<std::int64_t, std::string>;

struct ReasonParameter {
  std::string name;
  ReasonValue value;

  bool operator==(const ReasonParameter&) const = default;
};

struct Reason {
  std::string code;
  std::vector<ReasonParameter> parameters;

  Reason() = default;
  explicit Reason(std::string code_text) : code(std::move(code_text)) {}
  Reason(std::string code_text, std::vector<ReasonParameter> parameter_list)
      : code(std::move(code_text)), parameters(std::move(parameter_list)) {}

  // Adds a parameter and returns the reason, so that one can be built in one expression.
  Reason& with(std::string name, std::int64_t value) &;
  Reason& with(std::string name, std::string value) &;
  Reason&& with(std::string name, std::int64_t value) &&;
  Reason&& with(std::string name, std::string value) &&;

  // The parameter of that name, or nullptr.
  const ReasonValue* find(const std::string& name) const;

  bool operator==(const Reason&) const = default;
};

}  // namespace dure::base
