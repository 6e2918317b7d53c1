// The least that a read can cost over HTTP: our server, set as dured sets it, with nothing behind it but the
// database's own library. It knows nobody, checks nothing and makes nothing of what it reads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace dure::bench {

// A process of its own, as dured is one; it ends with this object, and with the benchmark however that ends.
class Bare {
 public:
  // Serves the statements on a free port of 127.0.0.1: GET /<number of the statement>/<bind>/<bind>… Fails
  // with "bench.bare". REQUIRES: the calling process has one thread.
  static base::Result<std::unique_ptr<Bare>> start(const std::string& store,
                                                   std::vector<std::string> statements);
  ~Bare();
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  std::uint16_t port() const { return port_; }
  static std::string target(std::size_t statement, const std::vector<std::string>& binds);

 private:
  Bare(pid_t process, std::uint16_t port) : process_(process), port_(port) {}

  pid_t process_;
  std::uint16_t port_;
};

}  // namespace dure::bench
