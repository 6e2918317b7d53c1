#include "base/reason.h"

namespace dure::base {

Reason& Reason::with(std::string name, std::int64_t value) & {
  parameters.push_back({std::move(name), value});
  return *this;
}

Reason& Reason::with(std::string name, std::string value) & {
  parameters.push_back({std::move(name), std::move(value)});
  return *this;
}

Reason&& Reason::with(std::string name, std::int64_t value) && {
  return std::move(this->with(std::move(name), value));
}

Reason&& Reason::with(std::string name, std::string value) && {
  return std::move(this->with(std::move(name), std::move(value)));
}

const ReasonValue* Reason::find(const std::string& name) const {
  for (const auto& parameter : parameters)
    if (parameter.name == name) return &parameter.value;
  return nullptr;
}

}  // namespace dure::base
