#include "commands/work.h"

#include <algorithm>

namespace dure::commands {

base::Status Work::require(access::Permission permission, const access::Resource& resource) const {
  return access::authorize(caller.subject, permission, resource, now);
}

base::Status Work::expect(const std::string& row, std::int64_t version) {
  if (!caller.expects || expectation_met_) return {};  // once, before the command itself changes the row
  const Expectation& expects = *caller.expects;
  if (!expects.row.empty() && expects.row != row) return {};
  const auto& versions = expects.versions;
  if (!expects.any && std::find(versions.begin(), versions.end(), version) == versions.end())
    return base::error(base::ErrorKind::kPrecondition,
                       base::Reason("http.version_mismatch").with("version", version));
  expectation_met_ = true;
  return {};
}

base::Status Work::publish(std::string type, std::string resource, const access::Resource& scope,
                           std::string data) {
  model::Event event;
  stamp(event);
  event.type = std::move(type);
  event.resource = std::move(resource);
  event.programme_id = scope.programme_id;
  event.project_id = scope.project_id;
  event.application_id = scope.application_id;
  event.account_id = scope.account_id;
  event.data = std::move(data);
  return tx.events().insert(event);
}

base::Status Work::audit(std::string action, std::string resource, const access::Resource& scope,
                         std::string detail, std::string subject) {
  model::AuditEntry entry;
  stamp(entry);
  entry.actor = caller.subject.actor;
  entry.action = std::move(action);
  entry.resource = std::move(resource);
  entry.scope = scope.programme_id.empty() ? "" : "programmes/" + scope.programme_id;
  entry.subject = std::move(subject);
  entry.outcome = "done";
  entry.request_id = caller.request_id;
  entry.detail = std::move(detail);
  entry.personal = caller.address;
  entry.personal_salt = world.secrets.make_salt();
  entry.personal_digest = world.secrets.digest(entry.personal_salt + entry.personal);
  return tx.audit_entries().insert(entry);
}

std::string Work::next_uuid() {
  auto random = world.secrets.random10();
  const std::uint32_t count = made_++;
  random[0] = static_cast<std::uint8_t>(count >> 22);
  random[1] = static_cast<std::uint8_t>(count >> 14);
  random[2] = static_cast<std::uint8_t>(count >> 8);
  random[3] = static_cast<std::uint8_t>(count);
  return base::make_uuid7(now.unix_ms(), random);
}

bool is_conflict(const base::Error& failure) {
  return failure.reason.code == "store.conflict";
}

Caller system_caller(const std::string& name) {
  Caller caller;
  caller.subject = access::system_subject("loop/" + name);
  return caller;
}

}  // namespace dure::commands
