// The sealer of the audit and of the events, and the proof that the chain holds (decision 7).
#pragma once

#include <cstdint>
#include <string>

#include "commands/leases.h"
#include "model/requests.h"

namespace dure::commands {

// What the chain covers of one entry, given the hash before it: SHA-256, hex.
std::string chain_hash(ports::Secrets& secrets, const model::AuditEntry& entry);

struct SealCount {
  std::int64_t audit_entries = 0;
  std::int64_t events = 0;
};

// Numbers and chains what commands have left unsealed, at most `limit` of each, oldest id first.
base::Result<SealCount> seal(World& world, const HeldLease& lease, std::int64_t limit);

// Reads the whole chain and checks it. Permission: audit.read.
base::Result<model::AuditVerdict> verify_audit(World& world, const Caller& caller);

}  // namespace dure::commands
