#include "net/core.h"

namespace dure::net {
namespace {

ParseLimits make_limits(const ServerOptions& options) {
  ParseLimits limits;
  limits.max_head = options.max_head;
  limits.max_body = options.max_body;
  limits.path_rule = options.path_rule;
  limits.body_limit = options.body_limit;
  return limits;
}

}  // namespace

Core::Core(ServerOptions server_options)
    : options(std::move(server_options)),
      limits(make_limits(options)),
      pool(options.pool_threads, options.pool_queue) {
  DURE_ASSERT(options.handler);
}

Response Core::problem(int status, const base::Reason& reason) const {
  try {
    if (options.render_problem) return options.render_problem(status, reason);
  } catch (...) {
    // The minimal form below needs nothing of the renderer.
  }
  return plain_problem(status, reason);
}

Response Core::handle(const Request& request) const {
  try {
    return options.handler(request);
  } catch (...) {
    return problem(500, base::Reason("http.internal"));
  }
}

}  // namespace dure::net
