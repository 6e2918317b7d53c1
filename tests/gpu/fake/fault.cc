#include "gpu/fake/fault.h"

#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

namespace dure::gpu::fake {
namespace {

struct Planned {
  std::string function;
  bool prefix = false;
  std::uint64_t from = 1;
  bool onward = false;
  Fault fault;
  std::map<int, std::uint64_t> calls;  // by process
};

std::vector<Planned>& planned() {
  static auto* const list = new std::vector<Planned>;
  return *list;
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Fault> read_action(const std::string& text) {
  using Action = Fault::Action;
  if (text == "kill-before") return Fault{.action = Action::kKillBefore};
  if (text == "kill-after") return Fault{.action = Action::kKillAfter};
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto value = number(text.substr(colon + 1));
  const std::string verb = text.substr(0, colon);
  if (!value) return std::nullopt;
  if (verb == "fail") return Fault{.action = Action::kFail, .number = *value};
  if (verb == "lie") return Fault{.action = Action::kLie, .number = *value};
  if (verb == "block") return Fault{.action = Action::kBlock, .number = *value};
  return std::nullopt;
}

// "cuMemAlloc*:3+=fail:2"
std::optional<Planned> read_fault(const std::string& text) {
  const auto colon = text.find(':');
  const auto equals = text.find('=');
  if (colon == std::string::npos || equals == std::string::npos || colon > equals) return std::nullopt;
  Planned plan;
  plan.function = text.substr(0, colon);
  if (plan.function.ends_with('*')) {
    plan.prefix = true;
    plan.function.pop_back();
  }
  std::string from = text.substr(colon + 1, equals - colon - 1);
  if (from.ends_with('+')) {
    plan.onward = true;
    from.pop_back();
  }
  const auto first = number(from);
  const auto action = read_action(text.substr(equals + 1));
  if (!first || *first == 0 || !action) return std::nullopt;
  plan.from = *first;
  plan.fault = *action;
  return plan;
}

}  // namespace

bool parse_faults(const std::string& text) {
  if (text.empty()) {
    planned().clear();
    return true;
  }
  std::vector<Planned> added;
  std::stringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    part.erase(0, part.find_first_not_of(' '));
    if (part.empty()) continue;
    const auto plan = read_fault(part);
    if (!plan) return false;
    added.push_back(*plan);
  }
  planned().insert(planned().end(), added.begin(), added.end());
  return true;
}

void forget_faults() {
  planned().clear();
}

bool any_faults() {
  return !planned().empty();
}

Fault next_fault(int process, const char* function) {
  const std::string name = function;
  Fault first;
  for (Planned& plan : planned()) {
    if (plan.prefix ? !name.starts_with(plan.function) : name != plan.function) continue;
    const std::uint64_t nth = ++plan.calls[process];
    const bool hit = nth == plan.from || (plan.onward && nth > plan.from);
    if (hit && first.action == Fault::Action::kNone) first = plan.fault;
  }
  return first;
}

}  // namespace dure::gpu::fake
