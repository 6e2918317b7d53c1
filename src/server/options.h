// What the operator may set on the command line of dured, and what follows from it.
#pragma once

#include <cstdint>
#include <string>

#include "commands/work.h"

namespace CLI {
class App;
}

namespace dure::server {

struct Options {
  std::string state = "var/dured";  // keys, blobs, and the SQLite store where nothing else is said
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string node_socket;  // Unix socket for dure-node on the same machine; "" for none
  std::string store;        // "sqlite:PATH", "postgresql://…"
  std::string gateway_url = "http://127.0.0.1:8081";
  std::int64_t node_lost_after_s = 30;
  bool loopback_allowed = true;
  std::string
      notices;  // file of the notice settings; "" for notices.json in the state folder, if it is there
  bool reset_operator = false;  // instead of serving
};

void add_options(CLI::App& app, Options& options);

base::Result<commands::Settings> make_settings(const Options& options, ports::Secrets& secrets);

}  // namespace dure::server
