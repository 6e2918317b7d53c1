#include "node/centre_link.h"

#include "node/state_folder.h"
#include "wire/json_impl.h"

namespace dure::node {

struct EnrolmentRequest {
  std::string name;
  std::string pool;
};

}  // namespace dure::node

namespace dure::model {

DURE_VALUE_FIELDS(node::EnrolmentRequest, field("name", &node::EnrolmentRequest::name),
                  field("pool", &node::EnrolmentRequest::pool));
DURE_VALUE_FIELDS(node::Identity, field("node_id", &node::Identity::node_id),
                  field("token", &node::Identity::token));

}  // namespace dure::model

namespace dure::node {
namespace {

constexpr std::size_t kMostAnswer = 32 * 1024 * 1024;

base::Error malformed(const base::Error& why) {
  const std::string where = why.details.empty() ? "" : " at " + why.details.front().pointer;
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("node.answer_malformed").with("why", why.reason.code + where));
}

template <class T>
base::Result<T> read_answer(const std::string& body) {
  wire::Limits limits;
  limits.max_bytes = kMostAnswer;
  auto value = wire::read_json<T>(body, {}, limits);
  if (!value.ok()) return malformed(value.failure());
  return value;
}

std::string problem_code(const std::string& body) {
  const auto tree = wire::parse(body);
  if (!tree.ok() || !tree->is_object()) return "";
  const auto* code = tree->get_object().if_contains("code");
  const auto* text = code != nullptr ? code->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

base::Error refused(const net::ClientResponse& answer) {
  const auto kind = answer.status == 401   ? base::ErrorKind::kUnauthenticated
                    : answer.status == 403 ? base::ErrorKind::kNotAllowed
                                           : base::ErrorKind::kUnavailable;
  return base::error(kind, base::Reason("node.centre_refused")
                               .with("status", static_cast<std::int64_t>(answer.status))
                               .with("code", problem_code(answer.body)));
}

}  // namespace

base::Result<std::string> CentreLink::post(const std::string& target, const std::string& token,
                                           std::string body) {
  net::ClientRequest request;
  request.method = "POST";
  request.target = target;
  request.headers.set("Authorization", "Bearer " + token);
  request.headers.set("Content-Type", "application/json");
  request.body = std::move(body);
  request.timeout = base::Span::seconds(15);
  request.max_body = kMostAnswer;
  DURE_LET(answer, client_.send(request));
  if (answer.status != 200 && answer.status != 201) return refused(answer);
  return std::move(answer.body);
}

base::Result<Identity> CentreLink::enrol(const std::string& enrol_token, const std::string& name,
                                         const std::string& pool) {
  const std::string body = wire::json_text(EnrolmentRequest{name, pool});
  DURE_LET(answer, post("/node/v1/enrolment", enrol_token, body));
  return read_answer<Identity>(answer);
}

base::Result<model::NodeOrders> CentreLink::report(const Identity& identity,
                                                   const model::NodeReport& report) {
  DURE_LET(answer, post("/node/v1/report", identity.token, wire::json_text(report)));
  return read_answer<model::NodeOrders>(answer);
}

base::Result<Identity> load_identity(const std::string& path) {
  DURE_LET(content, read_file(path));
  return read_answer<Identity>(content);
}

base::Status save_identity(const std::string& path, const Identity& identity) {
  return write_file(path, wire::json_text(identity));
}

}  // namespace dure::node
