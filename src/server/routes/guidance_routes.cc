#include "server/routes/routes.h"

namespace dure::server {

void add_guidance_routes(Router&, Api&) {}

}  // namespace dure::server
