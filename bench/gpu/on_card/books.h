// Books: what a tenant had of the fake driver's card, by the fake driver itself: the device time that it gave
// the tenant, to the nanosecond, with what the kernel that runs at that moment has had. The tenant is not
// asked, nor is the share library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct fake_work;  // tests/gpu/fake/fake.h

namespace dure::bench {

// As CLOCK_MONOTONIC has it.
std::uint64_t now_ns();

// Device time up to a moment.
struct Reading {
  std::uint64_t device_ns = 0;
  std::uint64_t at_ns = 0;  // when it was read
};

// Of the time between the two, in percent. REQUIRES: `to` is later.
double percent_between(const Reading& from, const Reading& to);

class Books {
 public:
  // Opens the fake driver, which stays open as long as the process, and its cards: those of FAKE_CUDA_STATE
  // now. Nothing, with a sentence on standard error: it is not one that has books.
  static std::optional<Books> open(const std::string& libcuda);

  // Of card 0. Nothing: no such tenant was ever on it. Threads: any.
  std::optional<Reading> read(const std::string& tenant) const;

  // By tenant, then by window, in percent: `windows` of them, from begin_ns (CLOCK_MONOTONIC) on. Sleeps
  // until the last is over. A look that comes late makes its window longer and the next one shorter; each is
  // judged by the length that it had. Nothing: a tenant was not there at a look. REQUIRES: window_ns is not
  // 0.
  std::optional<std::vector<std::vector<double>>> watch(const std::vector<std::string>& tenants,
                                                        std::uint64_t begin_ns, std::uint64_t window_ns,
                                                        unsigned windows) const;

 private:
  using Ask = int (*)(const char*, int, ::fake_work*);
  explicit Books(Ask ask) : ask_(ask) {}
  Ask ask_;
};

}  // namespace dure::bench
