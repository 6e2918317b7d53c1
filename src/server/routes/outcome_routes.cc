#include "server/routes/routes.h"

namespace dure::server {

void add_outcome_routes(Router&, Api&) {}

}  // namespace dure::server
