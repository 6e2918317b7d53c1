// Inside of podman: a file's whole text.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace dure::podman {

// "" where it cannot be opened.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace dure::podman
