// A container as a program sees it, in a folder: the share's files, the driver, and the share library of the
// flavour that takes its folder from the environment. And the programs that are started in it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "bench/gpu/start/program.h"

namespace dure::bench {

struct StartFiles {
  std::string library;  // libdure-cuda-test.so
  std::string driver;   // the fake libcuda.so.1
};

class StartContainer {
 public:
  // Ends the program with a message where a file is missing or the folder cannot be made.
  explicit StartContainer(const StartFiles& files);
  ~StartContainer();
  StartContainer(const StartContainer&) = delete;
  StartContainer& operator=(const StartContainer&) = delete;

  const std::string& library() const { return files_.library; }
  const std::string& driver() const { return files_.driver; }

 private:
  const StartFiles files_;
  std::string folder_;
};

// One that has allocated, and lives until it is ended, or with its owner.
class StartedProgram {
 public:
  // With that library; returns when it has allocated, or failed.
  explicit StartedProgram(const std::string& library);
  ~StartedProgram() { end(); }
  StartedProgram(StartedProgram&& other) noexcept;
  StartedProgram& operator=(StartedProgram&&) = delete;

  void end();   // it returns from main
  void kill();  // SIGKILL

  bool works() const { return times_.allocated_ns != 0; }
  std::uint64_t to_init_ns() const { return times_.init_ns - begun_ns_; }
  std::uint64_t to_allocated_ns() const { return times_.allocated_ns - begun_ns_; }

 private:
  pid_t process_ = -1;
  int input_ = -1;
  std::uint64_t begun_ns_ = 0;  // before the process was made
  StartTimes times_;
};

}  // namespace dure::bench
