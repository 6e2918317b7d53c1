// A store over SQLite or PostgreSQL: what the programs open.
//
//   "sqlite:var/dure.db"            one file (and two beside it); the directory must be there
//   "sqlite::memory:"               gone with the store; one transaction at a time, reading ones included
//   "postgresql://user@host/base"   as libpq reads it; the password comes from PGPASSWORD, PGPASSFILE or
//                                   ~/.pgpass, and may stand in the URL, but is never shown
//
// Opening applies what is missing of the schema (migrations.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "ports/store.h"

namespace dure::sql {

struct StoreOptions {
  // How long a transaction waits for its turn, a connection or a lock: then "store.busy".
  std::chrono::milliseconds wait{5000};
  std::size_t readers = 4;  // reading transactions at once
  std::size_t writers = 4;  // writing ones, on PostgreSQL; SQLite has one
};

// Fails with "store.url", "store.unavailable", "store.migration_changed", "store.migration_failed". The store
// outlives its transactions. Thread-safe.
base::Result<std::unique_ptr<ports::Store>> open_store(const std::string& url,
                                                       const StoreOptions& options = {});

}  // namespace dure::sql
