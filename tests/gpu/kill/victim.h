// Processes that are killed with SIGKILL, each in its own way: at a named step of the share library (step.h),
// in the middle of a call of the driver (fake_fault), or at any moment by another process.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "gpu/kill/worker.h"

namespace dure::gpu::share {

// How one victim is to die.
struct Aim {
  enum class How : std::uint32_t { kNot, kAtStep, kInDriver, kAtAnyMoment };
  How how;
  char step[48];          // kAtStep: of this name …
  std::uint32_t nth;      // … when it comes for the n-th time
  char fault[96];         // for fake_fault; kInDriver kills by it
  std::uint32_t threads;  // 1 or 2, that share the process's context
  std::uint32_t seed;
};

// What victims and the test have in common, in memory that all of them see.
struct Deaths {
  static constexpr unsigned kVictims = 3, kNames = 256;
  Handles handles;
  Aim aim[kVictims];
  std::uint32_t began[kVictims];    // it has a context
  std::uint32_t at_step[kVictims];  // it died at its step
  // While names are collected: how often each step was come to.
  std::uint32_t collects;
  struct {
    char text[48];
    std::uint32_t count;
  } name[kNames];
};

// In memory that is shared with children, gone with its owner.
class SharedDeaths {
 public:
  SharedDeaths();
  ~SharedDeaths();
  SharedDeaths(const SharedDeaths&) = delete;
  SharedDeaths& operator=(const SharedDeaths&) = delete;
  Deaths* operator->() { return deaths_; }
  Deaths& operator*() { return *deaths_; }

 private:
  Deaths* deaths_;
};

// Something that other processes can open, by number `which` of the handles, for as long as this one lives.
// Null: the share is full.
CUdeviceptr share_one(const Program& program, Deaths& deaths, unsigned which);

// In a process of the container: does so many acts as victim `number`, and dies as it is told, or returns. It
// gives nothing back.
void be_victim(Program& program, Deaths& deaths, unsigned number, unsigned acts);

// Every name of a step that the library's source has.
std::map<std::string, std::string> steps_in_source();

}  // namespace dure::gpu::share
