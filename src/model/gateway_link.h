// What dure-gateway and dure-node tell each other over the node's control connection (a WebSocket that the
// node opens; each text message is one of the two messages below, exactly one member set).
//
// The gateway asks for a stream; the node answers by dialling back `GET /link/streams/<id>` with
// "Upgrade: dure-stream", or by StreamFailure. What the stream carries follows from its kind:
//   terminal  a terminal's bytes, both ways;
//   service   the bytes of a connection to the service's port, both ways;
//   logs      text, from the node;
//   exec      one ExecAnswer as JSON, from the node.
// Both sides end by closing. Nothing here is kept: after a break the clients ask again.
//
// And what the gateway asks of dured: POST /gateway/v1/entries, an EntryCheck answered by an EntryVerdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/node_link.h"

namespace dure::model {

struct StreamOrder {
  std::string stream_id;
  std::string kind;  // "terminal", "exec", "logs", "service"
  WorkloadId workload_id;
  ReplicaId replica_id;
  std::string service;                        // kind service
  std::string base_path;                      // kind service: where browsers see it: "/w/<workload>/lab/"
  std::vector<std::string> command;           // exec; terminal: empty for the image's shell
  std::string input;                          // exec: what the command reads
  std::int64_t output_limit_bytes = 1 << 20;  // exec
  std::int64_t columns = 80;                  // terminal
  std::int64_t rows = 24;                     // terminal
  std::int64_t tail_lines = -1;               // logs: the last so many; -1: all
  bool follow = false;                        // logs
};
DURE_VALUE_FIELDS(StreamOrder, field("stream_id", &StreamOrder::stream_id), field("kind", &StreamOrder::kind),
                  field("workload_id", &StreamOrder::workload_id),
                  field("replica_id", &StreamOrder::replica_id), field("service", &StreamOrder::service),
                  field("base_path", &StreamOrder::base_path), field("command", &StreamOrder::command),
                  field("input", &StreamOrder::input),
                  field("output_limit_bytes", &StreamOrder::output_limit_bytes),
                  field("columns", &StreamOrder::columns), field("rows", &StreamOrder::rows),
                  field("tail_lines", &StreamOrder::tail_lines), field("follow", &StreamOrder::follow));

struct StreamResize {
  std::string stream_id;
  std::int64_t columns = 80;
  std::int64_t rows = 24;
};
DURE_VALUE_FIELDS(StreamResize, field("stream_id", &StreamResize::stream_id),
                  field("columns", &StreamResize::columns), field("rows", &StreamResize::rows));

struct GatewayMessage {
  std::optional<StreamOrder> open;
  std::optional<StreamResize> resize;
};
DURE_VALUE_FIELDS(GatewayMessage, field("open", &GatewayMessage::open),
                  field("resize", &GatewayMessage::resize));

struct StreamFailure {
  std::string stream_id;
  std::int64_t status = 502;  // of HTTP
  base::Reason reason;
};
DURE_VALUE_FIELDS(StreamFailure, field("stream_id", &StreamFailure::stream_id),
                  field("status", &StreamFailure::status), field("reason", &StreamFailure::reason));

struct NodeMessage {
  std::optional<StreamFailure> failed;
};
DURE_VALUE_FIELDS(NodeMessage, field("failed", &NodeMessage::failed));

struct ExecAnswer {
  std::int64_t exit_code = 0;
  std::string output;  // standard output and error as they came; bytes that are no text are replaced
  bool cut = false;    // at the limit asked for
};
DURE_VALUE_FIELDS(ExecAnswer, field("exit_code", &ExecAnswer::exit_code),
                  field("output", &ExecAnswer::output), field("cut", &ExecAnswer::cut));

// What the gateway asks dured every few seconds: which of those that were let in may no longer be. `pass` is
// a ticket for the purpose "gateway" that the gateway signs itself, with the key that only the two have.
struct EntryCheck {
  std::string pass;
  std::vector<AccessTicket> tickets;
};
DURE_VALUE_FIELDS(EntryCheck, field("pass", &EntryCheck::pass), field("tickets", &EntryCheck::tickets));

struct EntryVerdict {
  std::vector<std::int64_t> ended;  // places in EntryCheck::tickets
};
DURE_VALUE_FIELDS(EntryVerdict, field("ended", &EntryVerdict::ended));

}  // namespace dure::model
