// Terminal: a WebSocket of a browser tied to a terminal in a container.
//
// Binary messages are bytes, both ways. A text message of the browser is {"resize": [columns, rows]}. A text
// message of the gateway is {"problem": {…}} (RFC 9457), after which it closes. When the process ends, the
// WebSocket is closed with 1000; when the link to the node breaks, with 1012: the shell is then gone and the
// browser may open a new one. Lives on the server's one I/O thread.
#pragma once

#include <memory>
#include <string>

#include "gateway/visit.h"
#include "net/websocket.h"

namespace dure::gateway {

// The WebSocket to answer with. `subprotocols`: those that the client may be answered with, in order.
net::WebSocket make_terminal(Hall hall, VisitOrder order, std::vector<std::string> subprotocols);

}  // namespace dure::gateway
