// The operations that are measured, each over HTTP and, where it reads, straight from the database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/fill.h"

namespace dure::bench {

struct Target {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string password_file;  // of the operator
  std::string store;          // the same store that the server has
  Size size;
  int threads = 4;
  int seconds = 10;
  int pid = 0;  // of dured, for its memory; 0 where unknown
};

// Loads the policy and opens the call that fill() needs.
base::Status prepare(const Target& target, const std::string& policy_file);

// Everything, one operation after the other. REQUIRES: fill() made the store's rows, for the same size.
base::Result<Report> measure_all(const Target& target, const Say& say);

}  // namespace dure::bench
