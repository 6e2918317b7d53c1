// A whole centre in this process: the routes of dured over a store and a clock of its own. Requests go
// through the same handler as those of the network, without a socket; the loops turn when they are told to.
//
// What lies outside is given: main wires a store in memory, secrets and blobs in a folder that it takes away
// afterwards. Not thread-safe; one thread plays.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "commands/nodes.h"
#include "commands/work.h"
#include "net/message.h"
#include "net/server.h"
#include "ports/clock.h"
#include "ports/messages.h"
#include "server/edge.h"
#include "server/event_hub.h"
#include "server/router.h"

namespace dure::scenario {

struct Outside {
  std::shared_ptr<void> folder_kept;  // goes last, and the folder with it
  std::string folder;                 // for the secrets of the first start; empty, writable, not shared
  std::unique_ptr<ports::Store> store;
  std::unique_ptr<ports::Secrets> secrets;
  std::unique_ptr<ports::Blobs> blobs;
  std::unique_ptr<ports::FileTypes> file_types;
};
using MakeOutside = std::function<base::Result<Outside>()>;

struct Sent {
  std::string method;
  std::string target;  // path and query
  std::string token;   // "" for somebody who is not logged in
  std::string body;
  std::string content_type;
  std::string language = "ko";
};

struct Answered {
  int status = 0;
  std::string body;
  net::Headers headers;
};

// Called with every request as it was sent, and its answer.
using Watch = std::function<void(const net::Request&, const Answered&)>;

class Stage {
 public:
  // Sets the store up as a first start does. The clock stands at `start`.
  static base::Result<std::unique_ptr<Stage>> set(Outside outside, base::Instant start);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Answered send(const Sent& sent);
  void watch(Watch watch) { watch_ = std::move(watch); }
  // One round of each loop of dured that needs nothing outside, in the order scheduler, sealer, keeper,
  // notices, courier: messages are made and shown; no peer is asked, and each arrives.
  base::Status turn_loops();
  // Moves the clock, and turns the loops at least once a day and at the end.
  base::Status wait_until(base::Instant until);

  base::Instant now() { return clock_.now(); }
  std::string operator_password() const;
  std::string enrol_token() const;

 private:
  Stage(Outside outside, base::Instant start);
  base::Status set_up();

  Outside outside_;
  ports::ManualClock clock_;
  commands::PolicyBook policies_;
  commands::KnownCallers known_callers_;
  commands::LedgerCache ledgers_;
  std::unique_ptr<commands::World> world_;
  ports::MessageChannels channels_;
  std::unique_ptr<server::EventHub> hub_;
  std::unique_ptr<server::Api> api_;
  server::Router router_;
  net::Handler handler_;
  Watch watch_;
};

}  // namespace dure::scenario
