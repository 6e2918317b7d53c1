// Where dure-node's lines for the operator go: main wires it to standard error. Never secrets, never what
// users' programs printed.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace dure::node {

enum class Severity { kInfo, kWarning, kError };
using Log = std::function<void(Severity, const std::string& text)>;

// "engine.timeout action=start limit_ms=30000": a failure for the log.
std::string log_text(const base::Error& failure);

}  // namespace dure::node
