#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {

void add_sanction_routes(Router&, Api&) {}

}  // namespace dure::server
