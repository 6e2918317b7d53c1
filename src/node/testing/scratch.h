// For tests: a folder that is gone afterwards, a clock that the test moves, and ids.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>

#include "base/id.h"
#include "node/journal.h"
#include "node/moment.h"

namespace dure::node {

class Scratch {
 public:
  // In memory: for tests that open files thousands of times, where waiting for a disk shows nothing.
  enum Where { kDisk, kMemory };
  explicit Scratch(Where where = kDisk) {
    const bool memory = where == kMemory && std::filesystem::is_directory("/dev/shm");
    const auto parent = memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "dure-node-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Both clocks stand until the test moves them. Thread-safe.
class ManualBootClock : public BootClock {
 public:
  Moment now() override {
    const std::lock_guard lock(mutex_);
    return moment_;
  }
  void advance(base::Span by) {
    const std::lock_guard lock(mutex_);
    moment_.boottime_us += by.us;
    moment_.wall = moment_.wall + by;
  }
  void step_wall(base::Span by) {
    const std::lock_guard lock(mutex_);
    moment_.wall = moment_.wall + by;
  }
  void reboot() {
    const std::lock_guard lock(mutex_);
    moment_.boot_id = "boot-" + std::to_string(++boots_);
    moment_.boottime_us = 5'000'000;
    moment_.wall = moment_.wall + base::Span::seconds(60);
  }

 private:
  std::mutex mutex_;
  int boots_ = 1;
  Moment moment_{"boot-1", 1'000'000'000, base::Instant{1'790'000'000'000'000}};
};

inline std::string test_uuid(int n) {
  char text[64];
  std::snprintf(text, sizeof text, "00000000-0000-7000-8000-%012d", n);
  return text;
}

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline JournalOptions journal_options(const std::string& path) {
  JournalOptions options;
  options.path = path;
  options.make_id = [](base::Instant now) {
    static std::atomic<std::uint8_t> n{0};
    return model::ObservationId(base::make_uuid7(now.unix_ms(), {++n}));
  };
  return options;
}

}  // namespace dure::node
