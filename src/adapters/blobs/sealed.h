// The form of a sealed blob and of a wrapped key (see file_blobs.h). Bytes in, bytes out; no files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dure::blobs {

using Key = std::array<std::uint8_t, 32>;

Key random_key();
// 128 random bits as 32 hexadecimal digits.
std::string random_name();
// True for exactly such a name: the only names that become paths.
bool is_name(std::string_view text);

// The sealed file of these bytes; `name` is bound to it.
std::string seal(std::string_view bytes, const Key& key, std::string_view name);
// The bytes; none where the file was changed, cut short or belongs to another key or name.
std::optional<std::string> unseal(std::string_view file, const Key& key, std::string_view name);

// The blob's key under the master key, bound to the blob's name, as text.
std::string wrap(const Key& key, const Key& master, std::string_view name);
std::optional<Key> unwrap(std::string_view wrapped, const Key& master, std::string_view name);

// SHA-256, hexadecimal.
std::string digest(std::string_view bytes);

}  // namespace dure::blobs
