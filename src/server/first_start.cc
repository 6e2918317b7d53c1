#include "server/first_start.h"

#include "commands/nodes.h"
#include "commands/operator_account.h"
#include "server/state_folder.h"

namespace dure::server {
namespace {

constexpr int kPasswordLength = 24;

std::string password_file(const std::string& state) {
  return state + "/operator.password";
}

// The password of an earlier start that died before it made the account, else a new one: on the disk before
// the account has it.
base::Result<std::string> first_password(commands::World& world, const std::string& state) {
  std::string password = read_secret(password_file(state));
  if (!password.empty()) return password;
  password = world.secrets.make_password(kPasswordLength);
  DURE_TRY(write_secret(password_file(state), password));
  return password;
}

base::Status set_up_operator(commands::World& world, const std::string& state) {
  DURE_LET(there, commands::has_operator(world));
  if (there) return {};
  DURE_LET(password, first_password(world, state));
  DURE_LET(made, commands::bootstrap_operator(world, password));
  // Another replica of dured made it a moment before, with a password of its own.
  if (!made) forget_secret(password_file(state));
  return {};
}

}  // namespace

base::Status set_up_store(commands::World& world, const std::string& state) {
  DURE_TRY(set_up_operator(world, state));
  // Here the row comes first: a token that dies before it is written is revoked by the next one.
  if (exists(state + "/enrol.token")) return {};
  DURE_LET(token, commands::make_enrol_token(world));
  return write_secret(state + "/enrol.token", token);
}

base::Status reset_operator(commands::World& world, const std::string& state) {
  const std::string password = world.secrets.make_password(kPasswordLength);
  DURE_TRY(write_secret(password_file(state), password));
  return commands::recover_operator(world, password);
}

}  // namespace dure::server
