// A file of 32 random bytes that only its owner may read.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace dure::system {

using Key = std::array<std::uint8_t, 32>;

// Reads the key, making the file first where there is none. Safe against a second process that does the same,
// and against a crash: the file is there whole or not at all. Errors: kUnavailable
// "secret.key_file_unusable" {path, problem}.
base::Result<Key> read_or_make_key(const std::string& path);

}  // namespace dure::system
