// Settings of dure-node: flags, or a file of the same names (--config, TOML or INI).
#pragma once

#include <string>

#include "base/result.h"

namespace dure::node {

struct Settings {
  std::string state = "/var/lib/dure-node";
  std::string server = "http://127.0.0.1:8080";  // "unix:PATH", "http://HOST:PORT", "https://HOST[:PORT]"
  std::string gateway;                           // "unix:PATH"; "": no access to what runs
  std::string name;                              // "": the machine's name
  std::string pool = "default";
  std::string fabric_leaf;       // the InfiniBand leaf switch that the node is below; "": not said
  std::string nvlink_island;     // of that leaf, shared with other nodes (NVL72); "": none
  std::string token_file;        // the node's id and token; "": in the state folder
  std::string enrol_token_file;  // read once, where there is no token yet
  std::string simulate;          // "a100-40gb:2,t4:1"
  std::string nvml = "libnvidia-ml.so.1";
  std::string share_folder;   // of the shares' files; "": shares/ in the state folder
  std::string driver_folder;  // of the GPU driver's libraries; "": where they usually lie
  std::string share_library;  // folder of libdure-cuda.so and libdure-nvml.so; "": ../lib beside the program
  std::string cdi_folder;     // "": no CDI devices
  std::string on_bypass = "report";          // or "stop"
  std::int64_t bypass_tolerance_mib = 1024;  // of a process, beyond its books
  std::int64_t bypass_every_s = 5;           // 0: never compared
  std::string engine_state;                  // "": engine/ in the state folder
  std::string engine_images;                 // "": images/ in the engine's folder
  std::string network = "auto";
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::int64_t checkpoint_s = 10;
  std::int64_t grace_s = 10;
  std::int64_t start_limit_s = 300;
  std::int64_t keep_logs_days = 30;
  std::int64_t workers = 4;
  std::int64_t pids = 1024;
  std::int64_t open_files = 16384;
};

// Reads the command line. nullopt-like: `exit_code` >= 0 when the program has nothing more to do (help, or a
// mistake that was printed).
struct CommandLine {
  Settings settings;
  int exit_code = -1;
};
CommandLine parse_command_line(int argc, char** argv);

}  // namespace dure::node
