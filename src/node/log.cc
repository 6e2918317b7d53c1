#include "node/log.h"

namespace dure::node {

std::string log_text(const base::Error& failure) {
  std::string text = failure.reason.code;
  for (const auto& parameter : failure.reason.parameters) {
    text += " " + parameter.name + "=";
    if (const auto* number = std::get_if<std::int64_t>(&parameter.value))
      text += std::to_string(*number);
    else
      text += std::get<std::string>(parameter.value);
  }
  return text;
}

}  // namespace dure::node
