#include "server/routes/routes.h"

namespace dure::server {

void add_closure_routes(Router&, Api&) {}

}  // namespace dure::server
