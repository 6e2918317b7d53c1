// CentreLink: dure-node's requests to dured: enrolment and reports.
//
// Blocking; one caller at a time, except cancel(). Errors beside those of net::Client: node.centre_refused
// {status, code} for an answer that is a problem (kUnauthenticated for 401, kNotAllowed for 403, kUnavailable
// else), node.answer_malformed {why}.
#pragma once

#include <string>

#include "base/result.h"
#include "model/node_link.h"
#include "net/client.h"

namespace dure::node {

// Who this node is to dured.
struct Identity {
  model::NodeId node_id;
  std::string token;
};

class CentreLink {
 public:
  explicit CentreLink(net::Endpoint endpoint) : client_(std::move(endpoint)) {}

  // POST /node/v1/enrolment with the enrolment token.
  base::Result<Identity> enrol(const std::string& enrol_token, const std::string& name,
                               const std::string& pool);
  // POST /node/v1/report.
  base::Result<model::NodeOrders> report(const Identity& identity, const model::NodeReport& report);
  // Ends a call that is under way.
  void cancel() { client_.cancel(); }

 private:
  base::Result<std::string> post(const std::string& target, const std::string& token, std::string body);

  net::Client client_;
};

// The identity as kept in the state folder (JSON). Errors: those of state_folder.h, node.answer_malformed.
base::Result<Identity> load_identity(const std::string& path);
base::Status save_identity(const std::string& path, const Identity& identity);

}  // namespace dure::node
