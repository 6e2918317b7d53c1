#include "crash/lives.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace dure::crash {
namespace {

constexpr std::string_view kPrefix = "life.";

// "123.45" in milliseconds.
std::optional<std::int64_t> milliseconds(const std::string& text) {
  const auto point = text.find('.');
  if (point == std::string::npos || text.size() != point + 3) return std::nullopt;
  return std::stoll(text.substr(0, point)) * 1000 + std::stoll(text.substr(point + 1)) * 10;
}

}  // namespace

OwnLife parse_life(const std::string& text) {
  OwnLife life;
  std::istringstream lines(text);
  std::string word, at;
  while (lines >> word >> at) {
    if (word == "start" && ++life.starts == 1) life.started_ms = milliseconds(at);
    if (word == "end") life.ended_ms = milliseconds(at);
  }
  return life;
}

std::map<std::string, OwnLife> read_lives(const std::string& volumes) {
  std::map<std::string, OwnLife> lives;
  std::error_code failure;
  for (const auto& volume : std::filesystem::directory_iterator(volumes, failure)) {
    for (const auto& entry : std::filesystem::directory_iterator(volume.path(), failure)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with(kPrefix)) continue;
      std::ifstream file(entry.path());
      lives[name.substr(kPrefix.size())] = parse_life({std::istreambuf_iterator<char>(file), {}});
    }
  }
  return lives;
}

}  // namespace dure::crash
