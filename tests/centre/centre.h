// A whole centre in one process for tests: the routes of dured over a store in memory, a clock that stands
// until it is moved, and no socket. Requests go through the same handler as those of the network.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "commands/accounts.h"
#include "commands/nodes.h"
#include "ports/clock.h"
#include "server/event_hub.h"
#include "server/routes/routes.h"

namespace dure::tests {

struct Reply {
  int status = 0;
  boost::json::value body;
  std::string text_body;
  net::Headers headers;
  std::string text(const std::string& path) const;  // "form/applicant/name"
  std::int64_t number(const std::string& path) const;
};

// Somebody who is logged in, or comes with a token.
struct Who {
  std::string token;
  std::string login;
  std::string password;
  std::string account;
  std::string allocation;
  std::string award;
  std::string application;
  std::string obligation;
};

class Centre {
 public:
  Centre();
  ~Centre();

  Reply send(const std::string& method, const std::string& target, const std::string& token = "",
             const std::string& body = "", net::Headers headers = {});
  Reply get(const std::string& target, const Who& who = {}) { return send("GET", target, who.token); }
  Reply post(const std::string& target, const Who& who, const boost::json::object& body = {});

  Who log_in(const std::string& login, const std::string& password);
  // Moves the clock; the operator logs in again, for sessions do not last.
  void advance(base::Span by);
  // Form 1 filed, evidenced and submitted; not decided.
  Who file_application(const std::string& login, std::int64_t blocks = 100);
  // An approval of it that answers, as met, whatever screening left to a person; `more` comes on top.
  Reply approve(const std::string& application, boost::json::object more = {});
  // The same through decision, allocation and first password change.
  Who admit(const std::string& login, std::int64_t blocks = 100);
  // A node with cards and the default image, as dure-node would report it; the answer is its orders.
  Reply report_node(const boost::json::object& more = {});
  // One round of each loop.
  void turn_loops();

  commands::World& world() { return *world_; }
  server::EventHub& hub() { return *hub_; }
  const net::Handler& handler() const { return handler_; }
  const std::string& folder() const { return folder_; }
  const server::Router& routes() const { return router_; }
  ports::ManualClock clock;
  Who operators;
  std::string peer = "127.0.0.1:50000";  // where requests come from
  bool unpromised = false;               // what is sent is not of the contract, and is not held against it
  std::string programme;
  std::string call;
  std::string node_token;

 private:
  std::string folder_;
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<ports::Secrets> secrets_;
  std::unique_ptr<ports::Blobs> blobs_;
  std::unique_ptr<ports::FileTypes> file_types_;
  commands::PolicyBook policies_;
  commands::KnownCallers known_callers_;
  std::unique_ptr<commands::World> world_;
  commands::LedgerCache ledgers_;
  std::unique_ptr<server::EventHub> hub_;
  std::unique_ptr<server::Api> api_;
  server::Router router_;
  net::Handler handler_;
  std::int64_t boottime_us_ = 1'000'000'000;
};

// A file of the S0 pack, as it stands.
std::string s0_text(const std::string& file = "policy.yaml");

inline constexpr const char* kGoodPassword = "River7!stone_K9";
// A file that is what its name says.
inline constexpr const char* kPdfFile =
    "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

// The rows of a page. REQUIRES: it is one.
inline const boost::json::array& items_of(const Reply& page) {
  return page.body.at("items").as_array();
}

}  // namespace dure::tests
