#include "programme/misuse.h"

#include <algorithm>

#include "base/quantity.h"

namespace dure::programme {
namespace {

using base::Reason;

constexpr std::int64_t kNanosecondsOfMicrosecond = 1000;  // so that sums stay within 64 bits

// The last part of a path, in small letters.
std::string program_name(const std::string& word) {
  std::string name = word.substr(word.rfind('/') + 1);
  for (auto& letter : name)
    if ('A' <= letter && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return name;
}

// The name of the list that the command has among its words, or "".
std::string named_in(const std::vector<std::string>& command, const std::vector<std::string>& names) {
  for (const auto& word : command)
    if (std::find(names.begin(), names.end(), program_name(word)) != names.end()) return program_name(word);
  return "";
}

// For how long all of the shares have been read: the shortest, in minutes.
std::int64_t minutes_read(const std::vector<model::ShareUse>& uses) {
  std::optional<std::int64_t> shortest;
  for (const auto& use : uses) {
    const auto minutes = (use.read_at - use.created_at).in_seconds() / 60;
    shortest = std::min(shortest.value_or(minutes), minutes);
  }
  return shortest.value_or(0);
}

std::vector<Reason> busy_signs(const std::vector<model::ShareUse>& uses, const policy::FakeLoadSigns& signs) {
  const auto minutes = minutes_read(uses);
  if (uses.empty() || signs.least_minutes == 0 || minutes < signs.least_minutes) return {};
  std::int64_t device_us = 0, given_us = 0, memory = 0;
  for (const auto& use : uses) {
    device_us += use.device_ns / kNanosecondsOfMicrosecond;
    given_us += use.given_ns / kNanosecondsOfMicrosecond;
    memory = std::max(memory, use.memory_high.value);
  }
  if (given_us <= 0) return {};
  const auto used_bp = base::multiply_divide(device_us, 10'000, given_us);
  if (used_bp < signs.used_at_least_bp || memory > signs.memory_at_most.value) return {};
  return {Reason("incident.sign_busy").with("used_bp", used_bp).with("minutes", minutes),
          Reason("incident.sign_little_memory").with("memory_bytes", memory)};
}

}  // namespace

std::optional<Suspicion> suspect(const std::vector<model::ShareUse>& uses,
                                 const std::vector<std::string>& command,
                                 const policy::FakeLoadSigns& signs) {
  Suspicion found{model::IncidentKind::kFakeLoad, busy_signs(uses, signs)};
  auto name = named_in(command, signs.load_programs);
  if (const auto mining = named_in(command, signs.mining_programs); !mining.empty()) {
    name = mining;
    found.kind = model::IncidentKind::kMining;
  }
  if (!name.empty())
    found.signs.insert(found.signs.begin(), Reason("incident.sign_command").with("name", name));
  if (found.signs.empty()) return std::nullopt;
  return found;
}

const policy::SanctionGround* ground_for(model::IncidentKind kind, const policy::Sanctions& sanctions) {
  const auto name = model::to_text(kind);
  for (const auto& ground : sanctions.grounds)
    if (std::find(ground.for_signs.begin(), ground.for_signs.end(), name) != ground.for_signs.end())
      return &ground;
  return nullptr;
}

}  // namespace dure::programme
