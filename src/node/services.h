// The services that dure-node knows how to reach and start inside a container (requirements P6, P31).
//
// A service listens on 127.0.0.1 of the container's own network namespace only, so nothing but the gateway
// reaches it; it asks for no password, because the gateway has already checked who comes. Only services that
// the image says it has are offered. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dure::node {

struct Service {
  std::string name;
  std::uint16_t port = 0;
};

// "notebook" 8888, "lab" 8889, "vscode" 8080; any other name a port of its own between 9000 and 9999, made
// from the name. Nothing for a terminal, which is a process and no service, and for what is no name.
std::optional<Service> find_service(std::string_view name);

// The command that starts the service in the background, inside the container, and returns at once: exit code
// 0, or 127 where there is nothing to start. The image's own /opt/dure/services/<name> is run where there is
// one, with DURE_SERVICE_PORT and DURE_SERVICE_BASE; else, for the three above, the usual program with the
// settings it needs. `base_path` is where browsers see it ("/w/<workload>/lab/").
std::vector<std::string> start_command(const Service& service, const std::string& base_path);

// `command` as it is, or, with input, a shell that feeds it from the variable DURE_INPUT.
std::vector<std::string> command_with_input(const std::vector<std::string>& command, bool has_input);

// What a terminal runs.
std::vector<std::string> shell_command();

}  // namespace dure::node
