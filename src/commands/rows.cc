#include "commands/rows.h"

namespace dure::commands {

bool is_of_the_row(const base::Error& failure) {
  const std::string& code = failure.reason.code;
  if (failure.kind == base::ErrorKind::kUnavailable) return false;
  return !code.starts_with("store.") || code == "store.not_found" || code == "store.corrupt";
}

}  // namespace dure::commands
