// A command: one transaction, with its audit entry and its events in it.
//
//   auto application = run(world, caller, [&](Work& work) { return submit_application(work, id); });
//
// Each use case is a function that takes the Work and its arguments, loads through the ports, asks a pure
// folder, and writes rows; nothing of it lasts unless the whole function succeeds and the commit does. run()
// makes the transaction, reads the clock once, runs the body, and runs it again from its start where the
// store says that another transaction came first ("store.conflict"). The body therefore keeps no state of its
// own outside the Work.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/authorize.h"
#include "base/result.h"
#include "commands/caller.h"
#include "commands/known_callers.h"
#include "commands/policy_book.h"
#include "fleet/run_state.h"
#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/secrets.h"
#include "ports/store.h"

namespace dure::commands {

// What the operator of this installation sets. Rules of a programme are not here: they are in its policy
// pack.
struct Settings {
  base::Span node_lost_after = base::Span::seconds(30);
  fleet::RetryPause retry_pause;
  base::Span ticket_length = base::Span::minutes(5);
  base::Span idempotency_length = base::Span::hours(24);
  std::string gateway_url = "http://127.0.0.1:8081";
  std::int64_t run_step_limit = 500;       // rows that one round of a loop works on
  bool loopback_allowed = true;            // log-ins from this very machine pass the address list of G6
  policy::AccountRules centre_rules;       // of accounts that belong to no programme
  std::string nobody_hash;                 // what the password of an unknown login is compared with
  std::vector<policy::Layer> base_layers;  // product default and statutory floors: under every pack
};

// Everything that a command may reach. Owned by main; outlives all commands. Thread-safe.
struct World {
  ports::Store& store;
  ports::Clock& clock;
  ports::Secrets& secrets;
  ports::Secrets& tickets;  // signs what dure-gateway checks, with a key that it shares
  ports::Blobs& blobs;
  ports::FileTypes& file_types;
  PolicyBook& policies;
  KnownCallers& known_callers;
  Settings settings;
  std::function<void()> wake = [] {};  // called after each commit that wrote: loops look at once
};

class Work {
 public:
  Work(World& world_in, const Caller& caller_in, ports::Transaction& transaction, base::Instant instant)
      : world(world_in), caller(caller_in), tx(transaction), now(instant) {}

  World& world;
  const Caller& caller;
  ports::Transaction& tx;
  const base::Instant now;

  template <class Noun>
  base::Id<Noun> make_id() {
    return base::Id<Noun>(next_uuid());
  }

  // Sets id, version and times of a new row.
  template <class Noun>
  void stamp(Noun& row) {
    row.id = make_id<Noun>();
    stamp_times(row);
  }
  template <class Noun>
  void stamp_times(Noun& row) {
    row.version = 1;
    row.created_at = row.updated_at = now;
  }
  // Sets the time of change and writes the row.
  template <class Noun>
  base::Status save(ports::Repository<Noun>& rows, Noun& row) {
    row.updated_at = now;
    return rows.update(row);
  }

  // Deny by default: kNotAllowed, or kNotFound where the caller may not even know the resource.
  base::Status require(access::Permission permission, const access::Resource& resource) const;

  // kPrecondition "http.version_mismatch" where the request expects another version of this row. A command
  // asks it of the row that it changes, in its transaction and after require() (load_for does both).
  template <class Noun>
  base::Status expect(const Noun& row) {
    return expect(row.id.text, row.version);
  }
  base::Status expect(const std::string& row, std::int64_t version);
  // False where the request expects a version and no row was asked: the command changes none.
  bool expectation_met() const { return !caller.expects || expectation_met_; }

  // An event of the outbox. `resource` is "runs/<id>"; the scope says who may see it.
  base::Status publish(std::string type, std::string resource, const access::Resource& scope,
                       std::string data = "{}");

  // The audit entry. `subject` is whose personal data was touched, "" for none.
  base::Status audit(std::string action, std::string resource, const access::Resource& scope,
                     std::string detail = "{}", std::string subject = "");

 private:
  // UUIDv7 with a counter in its upper random bits (RFC 9562, 6.2, method 1): ids of one command sort in the
  // order in which they were made, although they carry the same millisecond.
  std::string next_uuid();

  std::uint32_t made_ = 0;
  bool expectation_met_ = false;
};

// Runs the body in a writing transaction and commits.
template <class T>
base::Result<T> run(World& world, const Caller& caller, const std::function<base::Result<T>(Work&)>& body);

// Runs the body in a reading transaction; nothing it writes would last.
template <class T>
base::Result<T> look(World& world, const Caller& caller, const std::function<base::Result<T>(Work&)>& body);

// How often a command is tried where other transactions come first.
inline constexpr int kConflictTries = 12;

// True for the failure after which the same command may succeed when run again.
bool is_conflict(const base::Error& failure);

template <class T>
base::Result<T> run(World& world, const Caller& caller, const std::function<base::Result<T>(Work&)>& body) {
  for (int attempt = 1;; ++attempt) {
    auto transaction = world.store.begin(ports::Access::kWrite);
    if (!transaction) return transaction.failure();
    Work work(world, caller, **transaction, world.clock.now());
    base::Result<T> result = body(work);
    if (result.ok()) {
      const base::Status committed = (*transaction)->commit();
      if (committed.ok()) {
        transaction->reset();
        world.wake();
        return result;
      }
      result = committed.failure();
    }
    if (!is_conflict(result.failure()) || attempt == kConflictTries) return result;
  }
}

template <class T>
base::Result<T> look(World& world, const Caller& caller, const std::function<base::Result<T>(Work&)>& body) {
  auto transaction = world.store.begin(ports::Access::kRead);
  if (!transaction) return transaction.failure();
  Work work(world, caller, **transaction, world.clock.now());
  return body(work);
}

// The caller that a loop or a rule of the system itself acts as.
Caller system_caller(const std::string& name);

}  // namespace dure::commands
