#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {

void add_use_review_routes(Router&, Api&) {}

}  // namespace dure::server
