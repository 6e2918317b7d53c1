// What a benchmark finds: rates and latencies, as rows that are written as JSON and read back.
//
// Latencies are whole microseconds and every one of them is kept, so percentiles are those of the full
// sample.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace dure::bench {

// One operation over one engine. The three bounds are the same read without the API, by as many threads:
// `store` through the store's port (a transaction, the rows as nouns), `raw` by a prepared statement of the
// database's own library, every column fetched as it lies and nothing made of it, `bare` the same as raw
// behind a server of ours that does nothing else (bare.h): what HTTP leaves of raw. 0 where there is none
// (writes).
struct Row {
  std::string operation;
  std::int64_t requests = 0;
  std::int64_t failures = 0;
  std::int64_t per_second = 0;
  std::int64_t p50_us = 0;
  std::int64_t p99_us = 0;
  std::int64_t largest_us = 0;
  std::int64_t store_per_second = 0;
  std::int64_t store_p99_us = 0;
  std::int64_t raw_per_second = 0;
  std::int64_t raw_p99_us = 0;
  std::int64_t bare_per_second = 0;
  std::int64_t bare_p99_us = 0;
  // Processor time of one request: of dured, and, for the bounds, of the reading program itself (not of the
  // database's server). Unlike rates they hardly depend on what else the machine does.
  std::int64_t server_cpu_us = 0;
  std::int64_t store_cpu_us = 0;
  std::int64_t raw_cpu_us = 0;
};

struct Report {
  std::string engine;  // "sqlite", "postgresql"
  std::string store;   // as the store describes itself
  std::int64_t applications = 0;
  std::int64_t ledger_entries = 0;
  std::int64_t threads = 0;
  std::int64_t seconds = 0;       // of each measurement
  std::int64_t resident_kib = 0;  // of dured afterwards
  std::int64_t peak_kib = 0;
  std::string load;  // of the machine, before and after
  std::vector<Row> rows;
};

std::string to_json(const std::vector<Report>& reports);
base::Result<Report> read_report(const std::string& json);
// The reports as one table, engines under each other per operation.
std::string to_table(const std::vector<Report>& reports);

struct Sample {
  std::int64_t count = 0;
  std::int64_t failures = 0;
  std::int64_t per_second = 0;
  std::int64_t p50_us = 0;
  std::int64_t p99_us = 0;
  std::int64_t largest_us = 0;
  std::int64_t cpu_us = 0;  // processor time of the observed process per stroke
};

// The processor time that a process has used so far, in microseconds. Given by the caller, because the
// process that works is not always our own.
using CpuClock = std::function<std::int64_t()>;

// Does one piece of work; false where it failed. Called by one thread only.
using Stroke = std::function<bool()>;

// One way to do the same work: `make` gives each thread its stroke.
struct Way {
  std::function<Stroke(int thread)> make;
  CpuClock cpu;
};

// Lets `threads` threads repeat their strokes, `time` for each way, and counts. The ways take turns in short
// rounds, so that what else the machine does meets all of them: rates are the medians of the rounds,
// latencies and processor times those of all rounds together. A short run before each is not counted.
std::vector<Sample> measure(int threads, std::chrono::milliseconds time, const std::vector<Way>& ways);

}  // namespace dure::bench
