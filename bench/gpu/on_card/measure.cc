#include "bench/gpu/on_card/measure.h"

#include <time.h>

#include <boost/json.hpp>
#include <cmath>
#include <string>

namespace dure::bench {
namespace {

constexpr std::uint64_t kLead = 1'500'000'000;  // until every tenant is ready

std::uint64_t now_ns() {
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

}  // namespace

double number(const boost::json::value& said, const char* member) {
  const auto* object = said.if_object();
  const auto* found = object != nullptr ? object->if_contains(member) : nullptr;
  return found != nullptr && found->is_number() ? found->to_number<double>() : -1;
}

Kernel Measures::kernel_of(std::uint64_t kernel_ns) {
  Kernel& kernel = kernels_[kernel_ns];
  if (kernel.rounds != 0) return kernel;
  const auto said =
      stage_.run(Variant::kNone, {{100, {"calibrate", std::to_string(kernel_ns / 1000)}}}).front();
  if (said) kernel = {static_cast<std::uint64_t>(number(*said, "rounds")), number(*said, "kernel_ns")};
  return kernel;
}

std::optional<std::vector<std::vector<double>>> Measures::measure(Variant variant, const CellSpec& spec) {
  const Kernel kernel = kernel_of(spec.kernel_ns);
  if (kernel.rounds == 0) return std::nullopt;
  const std::string begin = std::to_string(now_ns() + kLead);
  std::vector<Tenant> tenants;
  tenants.reserve(spec.tenants.size());
  for (const auto& tenant : spec.tenants)
    tenants.push_back({static_cast<std::int64_t>(std::lround(tenant.cap)),
                       {"run", std::to_string(kernel.rounds), std::to_string(kernel.ns),
                        spec.synchronous ? "sync" : "async", begin, std::to_string(spec.seconds + kWarmUp)}});
  std::vector<std::vector<double>> had;
  for (const auto& said : stage_.run(variant, tenants)) {
    const auto* object = said ? said->if_object() : nullptr;
    const auto* percent = object != nullptr ? object->if_contains("percent") : nullptr;
    if (percent == nullptr || !percent->is_array()) return std::nullopt;
    had.emplace_back();
    for (std::size_t second = kWarmUp; second < percent->get_array().size(); ++second)
      had.back().push_back(percent->get_array()[second].to_number<double>());
    if (had.back().empty()) return std::nullopt;
  }
  return had;
}

}  // namespace dure::bench
