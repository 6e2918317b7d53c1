// Inside net/: an open WebSocket's life, for both roles: messages in to the callbacks, messages out of the
// queue.
#pragma once

#include <memory>

#include "net/pool.h"
#include "net/task.h"
#include "net/websocket_link.h"
#include "net/websocket_state.h"

namespace dure::net {

// Runs until the connection has ended and on_close was called. REQUIRES: the handshake is done and
// state->attach was called; pool outlives it.
Task<void> run_websocket(std::shared_ptr<WebSocketState> state, WebSocketLink& link, Reactor& reactor,
                         Pool& pool);

// For a WebSocket that never opened: on_close with 1006.
Task<void> fail_websocket(std::shared_ptr<WebSocketState> state, Reactor& reactor, Pool& pool);

}  // namespace dure::net
