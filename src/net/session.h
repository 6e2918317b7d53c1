// Inside net/: Session, one HTTP connection of a server from its handshake to its end.
//
// A coroutine on one reactor: read a request, have it handled, write the answer, again. Its timeouts are the
// one deadline of Watched. Ways of ending: the peer goes, a timeout, a malformed request, the server stops.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/core.h"
#include "net/head.h"
#include "net/reactor.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/websocket_state.h"

namespace dure::net {

// Serves the connection until it ends.
Task<void> serve(std::shared_ptr<Core> core, Reactor& reactor, std::shared_ptr<Stream> stream, Peer peer,
                 Seat seat);

class Session final : public Watched {
 public:
  Session(std::shared_ptr<Core> core, Reactor& reactor, std::shared_ptr<Stream> stream, Peer peer, Seat seat);

  Task<void> run();

 private:
  enum class Phase { kIdle, kReading, kHandling, kWriting, kPushing };

  // session.cc: reading and handling.
  Task<bool> shake_hands();
  Task<bool> read_request();
  Task<bool> read_more();
  Task<bool> begin_body();
  bool feed();
  void make_room();
  void set_body_deadline();
  void fill(Request& request) const;
  Task<bool> answer(Request& request);
  Task<void> refuse(ParseFailure failure);
  Task<void> end();
  Task<void> discard_input();
  void expired() override;
  void stopping(bool now) override;

  // respond.cc: writing. They answer whether the connection can take another request.
  Task<bool> respond(const Request& request, Response& response, bool keep);
  Task<bool> send_whole(const Request& request, Response& response, const std::string& body, bool keep);
  Task<bool> send_pull(const Request& request, Response& response, const Pull& pull, bool keep);
  Task<bool> send_pieces(const Pull& pull, Framing framing);
  Task<bool> send_push(const Request& request, Response& response, std::shared_ptr<PushState> state);
  Task<void> push_loop(PushState& state, Framing framing);
  Task<void> watch_reader(PushState& state);
  Task<bool> hand_over(Response& response, Takeover& takeover);
  Task<bool> open_websocket(const Request& request, Response& response,
                            std::shared_ptr<WebSocketState> state);
  Task<bool> write_all(std::string_view bytes);
  void head(const Request& request, const Response& response, Framing framing, std::uint64_t length,
            bool keep);

  std::shared_ptr<Core> core_;
  std::shared_ptr<Stream> stream_;
  Peer peer_;
  Seat seat_;
  RequestParser parser_;
  std::vector<char> buffer_;  // what was read and not used yet lies in [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
  std::string certificate_name_;
  Phase phase_ = Phase::kIdle;
  std::int64_t body_began_us_ = 0;
  std::size_t body_bytes_ = 0;
  PushState* push_ = nullptr;                   // while pushing
  std::shared_ptr<WebSocketState> web_socket_;  // while it is a WebSocket
  bool keep_alive_due_ = false;
  bool reader_gone_ = false;
  bool reader_ended_ = false;
  bool timed_out_ = false;
  bool linger_ = false;  // the peer may still be sending: read on a little, so that it sees our answer
};

}  // namespace dure::net
