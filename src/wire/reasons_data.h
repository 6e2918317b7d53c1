// The files of api/reasons/ as they were when this library was built (made by embed_reasons.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace dure::wire {

struct ReasonFile {
  std::string_view name;  // "store.json"
  std::string_view text;
};

std::vector<ReasonFile> reason_files();

}  // namespace dure::wire
