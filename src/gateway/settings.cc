#include "gateway/settings.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace dure::gateway {
namespace {

void declare(CLI::App& app, Settings& settings) {
  app.add_option("--listen", settings.listen, "Where browsers come: HOST:PORT")->capture_default_str();
  app.add_option("--node-socket", settings.node_socket, "Unix socket where nodes come")
      ->capture_default_str();
  app.add_option("--key-file", settings.key_file, "The key that dured signs tickets with")
      ->capture_default_str();
  app.add_option("--server", settings.server,
                 "dured, which is asked every 15 seconds who may still be in; http://HOST:PORT or unix:PATH")
      ->capture_default_str();
  app.add_option(
      "--console-origin", settings.console_origin,
      "The console's origin, the only other page that may open something here; none, where left out");
  app.add_option("--cert-file", settings.cert_file, "Certificate chain (PEM), for TLS");
  app.add_option("--tls-key-file", settings.tls_key_file, "Its private key (PEM)");
  app.add_flag("--behind-tls", settings.behind_tls, "Browsers come over TLS that ends in front of this");
  app.add_option("--session-h", settings.session_h, "Hours that a browser stays let in")
      ->check(CLI::Range(1, 720))
      ->capture_default_str();
  app.add_option("--strip-prefix", settings.strip_prefix, "Services that know nothing of their path")
      ->delimiter(',')
      ->capture_default_str();
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"dure-gateway: the way to what runs in workloads"};
  app.set_config("--config", "", "File of these settings (TOML or INI)");
  declare(app, line.settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    line.exit_code = app.exit(failure);
  }
  return line;
}

base::Result<HostPort> parse_listen(const std::string& text) {
  const auto malformed = base::invalid(base::Reason("gateway.listen_malformed").with("text", text));
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return malformed;
  HostPort parsed{text.substr(0, colon), 0};
  if (parsed.host.front() == '[' && parsed.host.back() == ']')
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  const char* first = text.data() + colon + 1;
  const char* last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(first, last, parsed.port);
  if (failure != std::errc() || end != last) return malformed;
  return parsed;
}

}  // namespace dure::gateway
