#include "gpu/fake/config.h"

#include <charconv>
#include <cstring>
#include <map>

namespace dure::gpu::fake {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A whole number, with KiB, MiB or GiB behind it or nothing.
std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{}) return std::nullopt;
  const std::string unit(rest, end);
  if (unit.empty()) return value;
  if (unit == "KiB") return value << 10;
  if (unit == "MiB") return value << 20;
  if (unit == "GiB") return value << 30;
  return std::nullopt;
}

std::vector<std::string> split(const std::string& text, const char* separators) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text) {
    if (std::strchr(separators, c) != nullptr) {
      parts.push_back(part);
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  return parts;
}

// "3g.40gb": three of seven slices of compute and 40 GiB.
std::optional<DeviceConfig> instance(const std::string& profile, const Config& config) {
  const auto dot = profile.find("g.");
  if (dot == std::string::npos || profile.size() < 5 || !profile.ends_with("gb")) return std::nullopt;
  const auto slices = number(profile.substr(0, dot));
  const auto gib = number(profile.substr(dot + 2, profile.size() - dot - 4));
  if (!slices || !gib || *slices < 1 || *slices > 7) return std::nullopt;
  return DeviceConfig{.profile = profile,
                      .memory = *gib << 30,
                      .multiprocessors = config.multiprocessors * static_cast<int>(*slices) / 8};
}

// The devices of one card: the card, or its instances.
bool add_devices(Config& config, int card, const std::string& profiles) {
  if (profiles.empty()) {
    config.devices.push_back(
        {.card = card, .memory = config.memory, .multiprocessors = config.multiprocessors});
    return true;
  }
  int index = 0;
  for (const std::string& profile : split(profiles, ",")) {
    auto device = instance(trimmed(profile), config);
    if (!device) return false;
    device->card = card;
    device->instance = index++;
    config.devices.push_back(*device);
  }
  return true;
}

bool set_numbers(Config& config, const std::string& key, std::uint64_t value) {
  const std::map<std::string, int*> small = {
      {"cards", &config.cards},
      {"multiprocessors", &config.multiprocessors},
      {"compute_major", &config.compute_major},
      {"compute_minor", &config.compute_minor},
      {"concurrent", &config.concurrent},
      {"queue", &config.queue},
      {"driver", &config.driver},
      {"compute_mode", &config.compute_mode},
      {"process_memory", &config.process_memory},
  };
  const std::map<std::string, std::uint64_t*> large = {
      {"memory", &config.memory},
      {"context", &config.context},
      {"module", &config.module},
      {"granule", &config.granule},
      {"pool_granule", &config.pool_granule},
      {"copy_gbps", &config.copy_gbps},
      {"launch_cost", &config.launch_cost},
  };
  if (const auto found = small.find(key); found != small.end()) {
    if (value > 1'000'000) return false;
    *found->second = static_cast<int>(value);
    return true;
  }
  const auto found = large.find(key);
  if (found == large.end()) return false;
  *found->second = value;
  return true;
}

}  // namespace

std::optional<Config> Config::parse(const std::string& text) {
  Config config;
  std::map<int, std::string> mig;
  for (std::string line : split(text, "\n")) {
    line = line.substr(0, line.find('#'));
    for (const std::string& pair : split(line, ";")) {
      if (trimmed(pair).empty()) continue;
      const auto equals = pair.find('=');
      if (equals == std::string::npos) return std::nullopt;
      const std::string key = trimmed(pair.substr(0, equals));
      const std::string value = trimmed(pair.substr(equals + 1));
      const auto count = number(value);
      if (key == "name") {
        config.name = value;
      } else if (key == "driver_version") {
        config.driver_version = value;
      } else if (key.starts_with("mig") && number(key.substr(3))) {
        mig[static_cast<int>(*number(key.substr(3)))] = value;
      } else if (!count || !set_numbers(config, key, *count)) {
        return std::nullopt;
      }
    }
  }
  if (config.cards < 1 || config.granule == 0 || config.pool_granule == 0 || config.concurrent < 1 ||
      config.queue < 1 || config.multiprocessors < 1) {
    return std::nullopt;
  }
  for (int card = 0; card < config.cards; ++card) {
    if (!add_devices(config, card, mig.contains(card) ? mig[card] : "")) return std::nullopt;
  }
  if (config.devices.size() > kMaxDevices) return std::nullopt;
  return config;
}

}  // namespace dure::gpu::fake
