// The engine that the contract's tests share, over the real Podman of this machine.
//
// DURE_TEST_ENGINE_STATE names the engine's state folder (made if need be, kept for the next run); without it
// a temporary one is made. The default image is built when it is missing (half a minute; from the folder
// DURE_TEST_ENGINE_IMAGES when that is set). Skips, with the reason, only where Podman cannot run at all:
// without root, or not installed.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapters/podman/engine.h"

namespace dure::podman {

namespace fs = std::filesystem;
using base::Span;
using ports::ContainerSpec;
using ports::ContainerState;
using ports::ContainerStatus;
using Clock = std::chrono::steady_clock;

inline constexpr char kImage[] = "localhost/dure/workspace:1";
inline constexpr std::int64_t kMebibyte = 1024 * 1024;

std::string read_file(const std::string& path);
std::int64_t milliseconds_since(Clock::time_point began);
bool eventually(const std::function<bool()>& condition, int seconds = 10);

// A reason's code and parameters, as text.
std::string told(const base::Reason& reason);

// "ok", or the reason as text.
template <class T>
std::string code_of(const base::Result<T>& result) {
  return result.ok() ? "ok" : told(result.failure().reason);
}

// One engine for all tests of the program: opening it again is a test of its own.
class EngineContract : public ::testing::Test {
 public:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

 protected:
  void SetUp() override;

  static void open_engine();
  // A workspace of account 20001 with small limits, its log beside the tests' own files.
  static ContainerSpec spec_of(const std::string& name);
  static void run(const ContainerSpec& spec);
  static ContainerStatus status_of(const std::string& replica_id);
  // What the shell command prints inside; its exit code is put into *code.
  static std::string shell(const std::string& replica_id, const std::string& command,
                           std::int64_t* code = nullptr);
  static void remove(const std::vector<ContainerSpec>& specs);
  static bool ended(const std::string& replica_id);

  static inline std::string state_, images_, work_, skip_, fault_;
  static inline bool temporary_ = false;
  static inline std::unique_ptr<PodmanEngine> engine_;

 private:
  static void remove_all();
  static std::string make_temporary();
  static void remove_temporary();
  static void build_image();
  static void print_facts();
};

}  // namespace dure::podman
