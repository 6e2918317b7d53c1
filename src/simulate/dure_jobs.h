// dure-jobs: our own form of a trace of jobs, as CSV, for traces of a centre's own queue and for those made
// by hand.
//
//   submitted,run_time_s,tenant,cards,milli_gpu,cpu_milli,memory_mib[,time_limit_s]
//   2026-09-01T00:00:00Z,3600,physics,1,500,8000,65536,7200
//
// submitted is RFC 3339 in UTC (ends in Z; cut to the microsecond); the lengths are decimal seconds
// (seconds.h); milli_gpu is of each card: 1000, less only where cards is 1, 0 where it is 0. time_limit_s is
// more than 0; an empty one, like a missing column, says that the job has no limit. Columns are found by the
// names in the first line, others are passed over. Rows may stand in any order.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "simulate/jobs.h"

namespace dure::simulate {

// Bytes from outside: what cannot be read is a fault with its line. Errors: simulate.empty {file},
// simulate.column_missing {file, column}, simulate.row_invalid {file, line, column, text}.
base::Result<JobTrace> read_jobs(std::string_view text);

// In the order of the trace; the column of limits only where a job has one. What is read of it is the same
// trace, but for Job::row. REQUIRES: the trace is as a reader or JobRows made it.
std::string jobs_text(const JobTrace& trace);

}  // namespace dure::simulate
