#include "scenario/people.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "scenario/values.h"
#include "wire/json.h"

namespace dure::scenario {
namespace {

namespace json = boost::json;

base::Error refused(const Answered& answered) {
  const auto parsed = wire::parse(answered.body);
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("scenario.refused_by")
                         .with("status", static_cast<std::int64_t>(answered.status))
                         .with("detail", parsed ? text_of(part_of(*parsed, "detail")) : answered.body));
}

// The nth password of this play: of all four kinds of characters, without runs. The stage ends with the play.
std::string nth_password(int n) {
  static constexpr char kLetters[] = "bdgkmprtvz";
  std::string password = "River7!stone_K9";
  for (; n > 0; n /= 10) password += kLetters[n % 10];
  return password;
}

}  // namespace

People::People(Stage& stage) : stage_(stage) {
  people_[""] = {};
  people_["operator"] = {"operator", stage.operator_password(), ""};
}

void People::give_token(const std::string& name, std::string token) {
  people_[name] = {"", "", std::move(token)};
}

base::Status People::log_in(const std::string& name, const std::string& login, const std::string& password) {
  Person person{login, password, ""};
  DURE_TRY(open_session(person));
  people_[name] = std::move(person);
  return {};
}

base::Status People::open_session(Person& person) {
  const json::object body{{"login", person.login}, {"password", person.password}};
  const auto answered =
      stage_.send({"POST", "/api/v1/sessions", "", json::serialize(body), "application/json"});
  if (answered.status >= 400) return refused(answered);
  DURE_LET(session, wire::parse(answered.body));
  person.token = text_of(part_of(session, "token"));
  if (text_of(part_of(session, "account/state")) == "must_change_password") return change_password(person);
  return {};
}

base::Status People::change_password(Person& person) {
  const std::string next = nth_password(++passwords_);
  const json::object body{{"current", person.password}, {"new", next}};
  const auto answered =
      stage_.send({"POST", "/api/v1/me/password", person.token, json::serialize(body), "application/json"});
  if (answered.status >= 400) return refused(answered);
  person.password = next;
  return {};
}

base::Result<Answered> People::send(const std::string& name, Sent sent) {
  const auto found = people_.find(name);
  if (found == people_.end())
    return base::invalid(base::Reason("scenario.person_unknown").with("name", name));
  Person& person = found->second;
  if (person.token.empty() && !person.login.empty()) DURE_TRY(open_session(person));
  sent.token = person.token;
  auto answered = stage_.send(sent);
  if (answered.status != 401 || person.login.empty()) return answered;
  DURE_TRY(open_session(person));  // the session ended while the clock moved
  sent.token = person.token;
  return stage_.send(sent);
}

}  // namespace dure::scenario
