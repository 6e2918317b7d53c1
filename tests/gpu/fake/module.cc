#include "gpu/fake/module.h"

#include <cstdlib>
#include <cstring>
#include <sstream>

namespace dure::gpu::fake {
namespace {

constexpr char kHead[] = "fake image\n";
constexpr std::uint64_t kWave = 1000;  // ns: see fake.h

std::map<std::string, std::uint64_t>& lengths() {
  static auto* const table = new std::map<std::string, std::uint64_t>;
  return *table;
}

// CU_LAUNCH_PARAM_BUFFER_POINTER: `extra` is a list of keys and values.
const void* first_parameter(const Launch& launch) {
  if (launch.parameters != nullptr) return launch.parameters[0];
  for (void** at = launch.extra; at != nullptr && *at != nullptr; at += 2) {
    if (reinterpret_cast<std::uintptr_t>(*at) == 1) return at[1];
  }
  return nullptr;
}

}  // namespace

std::optional<Module> read_image(const char* text) {
  if (text == nullptr || std::strncmp(text, kHead, sizeof(kHead) - 1) != 0) return std::nullopt;
  Module module;
  std::istringstream lines(text + sizeof(kHead) - 1);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what;
    std::string name;
    if (!(words >> what)) continue;
    std::uint64_t number = 0;
    if (what == "code") {
      if (!(words >> module.code)) return std::nullopt;
    } else if (what == "global") {
      if (!(words >> name >> number)) return std::nullopt;
      module.globals[name] = {.address = 0, .bytes = number};
    } else if (what == "kernel") {
      if (!(words >> name)) return std::nullopt;
      auto function = std::make_unique<Function>();
      function->name = name;
      function->sleeps = name.starts_with("sleep_ns");
      std::string word;
      if (words >> word && word != "local") {
        char* end = nullptr;
        function->length = std::strtoull(word.c_str(), &end, 10);
        if (*end != '\0') return std::nullopt;
        word.clear();
        words >> word;
      }
      if (word == "local" && !(words >> function->attributes[CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES]))
        return std::nullopt;
      module.functions[name] = std::move(function);
    } else {
      return std::nullopt;
    }
  }
  return module;
}

std::uint64_t kernel_length(const Function& function, const Launch& launch, int multiprocessors) {
  if (!lengths().empty()) {
    const auto set = lengths().find(function.name);
    if (set != lengths().end()) return set->second;
  }
  if (function.length) return *function.length;
  if (function.sleeps) {
    const void* const first = first_parameter(launch);
    std::uint64_t ns = 0;
    if (first != nullptr) std::memcpy(&ns, first, sizeof(ns));
    return ns;
  }
  const std::uint64_t blocks = std::uint64_t{launch.grid[0]} * launch.grid[1] * launch.grid[2];
  const auto at_once = static_cast<std::uint64_t>(multiprocessors);
  return (blocks + at_once - 1) / at_once * kWave;
}

void set_kernel(const std::string& name, std::uint64_t ns) {
  lengths()[name] = ns;
}

void forget_kernels() {
  lengths().clear();
}

}  // namespace dure::gpu::fake
