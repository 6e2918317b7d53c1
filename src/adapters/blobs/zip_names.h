// The names inside a zip file, by its directory: nothing is unpacked but the small part "mimetype".
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dure::blobs {

struct ZipNames {
  std::set<std::string> names;  // at most 10'000, of at most 4 MiB in all
  std::string mimetype;         // first 128 bytes of that part, trimmed; "" where there is none
};

bool is_zip(std::string_view bytes);

// None where the directory cannot be read, or holds more than the limits above.
std::optional<ZipNames> zip_names(std::string_view bytes);

}  // namespace dure::blobs
