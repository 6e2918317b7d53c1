#include "bench/gpu/on_card/books.h"

#include <dlfcn.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

#include "tests/gpu/fake/fake.h"

namespace dure::bench {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

void sleep_until(std::uint64_t at_ns) {
  const timespec at = {static_cast<time_t>(at_ns / kSecond), static_cast<long>(at_ns % kSecond)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0) continue;
}

}  // namespace

std::uint64_t now_ns() {
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * kSecond + static_cast<std::uint64_t>(at.tv_nsec);
}

double percent_between(const Reading& from, const Reading& to) {
  return static_cast<double>(to.device_ns - from.device_ns) * 100 /
         static_cast<double>(to.at_ns - from.at_ns);
}

std::optional<Books> Books::open(const std::string& libcuda) {
  void* const driver = dlopen(libcuda.c_str(), RTLD_NOW | RTLD_LOCAL);
  const auto find = [driver](const char* name) { return driver == nullptr ? nullptr : dlsym(driver, name); };
  const auto ask = reinterpret_cast<Ask>(find("fake_tenant_work"));
  const auto configure = reinterpret_cast<int (*)(const char*)>(find("fake_configure"));
  if (ask == nullptr || configure == nullptr) {
    const char* why = dlerror();
    std::fprintf(stderr, "%s has no books: %s\n", libcuda.c_str(), why != nullptr ? why : "");
    return std::nullopt;
  }
  // It may have been opened before, with other cards.
  const char* text = std::getenv("FAKE_CUDA_CONFIG");
  configure(text != nullptr ? text : "");
  return Books(ask);
}

std::optional<Reading> Books::read(const std::string& tenant) const {
  fake_work work = {};
  if (ask_(tenant.c_str(), 0, &work) != 0) return std::nullopt;
  return Reading{work.device_ns, work.at_ns};
}

std::optional<std::vector<std::vector<double>>> Books::watch(const std::vector<std::string>& tenants,
                                                             std::uint64_t begin_ns, std::uint64_t window_ns,
                                                             unsigned windows) const {
  std::vector<std::vector<double>> had(tenants.size());
  std::vector<Reading> before(tenants.size());
  for (unsigned edge = 0; edge <= windows; ++edge) {
    sleep_until(begin_ns + edge * window_ns);
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      const auto now = read(tenants[i]);
      if (!now) return std::nullopt;
      if (edge > 0) had[i].push_back(percent_between(before[i], *now));
      before[i] = *now;
    }
  }
  return had;
}

}  // namespace dure::bench
