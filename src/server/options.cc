#include "server/options.h"

#include <CLI/CLI.hpp>

#include "commands/base_layers.h"
#include "policy/pack.h"

namespace dure::server {
namespace {

// "127.0.0.1:8080" into host and port.
std::string read_listen(const std::string& text, Options& options) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return "needs the form HOST:PORT";
  char* end = nullptr;
  const long port = std::strtol(text.c_str() + colon + 1, &end, 10);
  if (*end != '\0' || port < 0 || port > 65535) return "the port must be 0 to 65535";
  options.host = text.substr(0, colon);
  options.port = static_cast<std::uint16_t>(port);
  return "";
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  app.add_option("--state", options.state, "Folder for keys, documents and the SQLite store")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--listen",
         [&options](const std::string& text) {
           const auto problem = read_listen(text, options);
           if (!problem.empty()) throw CLI::ValidationError("--listen", problem);
         },
         "HOST:PORT of the API; port 0 takes any free one")
      ->default_str("127.0.0.1:8080");
  app.add_option("--node-socket", options.node_socket, "Unix socket for dure-node on this machine");
  app.add_option("--store", options.store,
                 "sqlite:PATH or postgresql://…; without a password, which comes from PGPASSFILE");
  app.add_option("--gateway-url", options.gateway_url, "Where people reach dure-gateway")
      ->capture_default_str();
  app.add_option("--node-lost-after", options.node_lost_after_s,
                 "Seconds without a report after which a node is lost")
      ->capture_default_str();
  app.add_option("--loopback-allowed", options.loopback_allowed,
                 "Log-ins from this machine itself pass the list of registered addresses")
      ->capture_default_str();
  app.add_option("--notices", options.notices,
                 "Settings of mail, Slack, KakaoTalk and webhook, with their secrets; notices.json in the "
                 "state folder where nothing is said. Mode 0600");
  app.add_flag("--reset-operator", options.reset_operator,
               "Do not serve: give the account `operator` a new temporary password, written to "
               "operator.password in the state folder. For a centre that nobody can enter any more");
  app.callback([&options] {
    if (options.store.empty()) options.store = "sqlite:" + options.state + "/dure.db";
  });
}

base::Result<commands::Settings> make_settings(const Options& options, ports::Secrets& secrets) {
  commands::Settings settings;
  settings.gateway_url = options.gateway_url;
  settings.node_lost_after = base::Span::seconds(options.node_lost_after_s);
  settings.loopback_allowed = options.loopback_allowed;
  DURE_LET(layers, commands::read_base_layers());
  settings.base_layers = layers;
  DURE_LET(pack, policy::merge(layers));
  settings.centre_rules = pack.account;
  DURE_LET(nobody, secrets.hash_password("nobody logs in with this"));
  settings.nobody_hash = nobody;
  return settings;
}

}  // namespace dure::server
