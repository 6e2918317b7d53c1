// Fills a store with a centre of a given size, through the store's own port: what the API later reads is what
// the product writes, with every rule of the schema checked.
//
// The centre has one programme with one open call (both must be there), applications in all states, one
// allocation with its award, project, workload, run, replica and share per a thousand ledger entries (at most
// 1,000 of them), and the ledger of their use, one entry a minute. Everything that ran has ended; the only
// node is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "bench/raw.h"
#include "ports/store.h"

namespace dure::bench {

struct Size {
  std::int64_t applications = 100'000;
  std::int64_t ledger_entries = 1'000'000;
  int writers = 1;  // transactions at once; SQLite has one
};

using Say = std::function<void(const std::string&)>;

// `raw` is a connection to the same store.
base::Status fill(ports::Store& store, Raw& raw, const Size& size, const Say& say);

// The rows that fill() made, by number from 0.
model::ApplicationId application_id(std::int64_t number);
model::AllocationId allocation_id(std::int64_t number);
std::int64_t allocations_of(const Size& size);

// A form that passes every check, different for each number.
model::Form1 sample_form(std::int64_t number);

}  // namespace dure::bench
