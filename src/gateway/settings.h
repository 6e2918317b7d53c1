// Settings of dure-gateway: flags, or a file of the same names (--config, TOML or INI).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dure::gateway {

struct Settings {
  std::string listen = "127.0.0.1:8081";
  std::string node_socket = "/run/dure/gateway.sock";
  std::string key_file = "/var/lib/dure/tickets.key";
  std::string server = "http://127.0.0.1:8080";
  std::string console_origin;
  std::string cert_file;
  std::string tls_key_file;
  bool behind_tls = false;
  std::int64_t session_h = 12;
  std::vector<std::string> strip_prefix{"vscode"};
};

// `exit_code` >= 0 when the program has nothing more to do (help, or a mistake that was printed).
struct CommandLine {
  Settings settings;
  int exit_code = -1;
};
CommandLine parse_command_line(int argc, char** argv);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
// "127.0.0.1:8081", "[::1]:8081". Errors: gateway.listen_malformed {text}.
base::Result<HostPort> parse_listen(const std::string& text);

}  // namespace dure::gateway
