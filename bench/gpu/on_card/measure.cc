#include "bench/gpu/on_card/measure.h"

#include <boost/json.hpp>
#include <cmath>
#include <future>
#include <string>

namespace dure::bench {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kLead = 1'500'000'000;  // until every tenant is ready

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

std::optional<Measures::Had> Measures::by_account(
    const std::vector<std::optional<boost::json::value>>& said) {
  Had had;
  for (const auto& one : said) {
    const auto* object = one ? one->if_object() : nullptr;
    const auto* percent = object != nullptr ? object->if_contains("percent") : nullptr;
    if (percent == nullptr || !percent->is_array()) return std::nullopt;
    had.emplace_back();
    for (std::size_t second = kWarmUp; second < percent->get_array().size(); ++second)
      had.back().push_back(percent->get_array()[second].to_number<double>());
    if (had.back().empty()) return std::nullopt;
  }
  return had;
}

std::optional<Measures::Had> Measures::measure(Variant variant, const CellSpec& spec) {
  const Kernel kernel = kernel_of(spec.kernel_ns);
  if (kernel.rounds == 0) return std::nullopt;
  const std::uint64_t begin = now_ns() + kLead;
  std::vector<Tenant> tenants;
  std::vector<std::string> names;
  for (const auto& tenant : spec.tenants) {
    names.push_back(Stage::tenant_name(tenants.size()));
    tenants.push_back(
        {static_cast<std::int64_t>(std::lround(tenant.cap)),
         {"run", std::to_string(kernel.rounds), std::to_string(kernel.ns),
          spec.synchronous ? "sync" : "async", std::to_string(begin), std::to_string(spec.seconds + kWarmUp),
          std::to_string(spec.seed * 100 + tenants.size())}});
  }
  std::future<std::optional<Had>> by_books;
  if (books_)
    by_books = std::async(std::launch::async, [&] {
      return books_->watch(names, begin + kWarmUp * kSecond, kSecond, spec.seconds);
    });
  // A tenant that failed in the middle is in the books all the same: what it said counts too.
  const auto account = by_account(stage_.run(variant, tenants));
  return books_ && account ? by_books.get() : account;
}

}  // namespace dure::bench
