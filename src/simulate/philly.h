// The trace of Philly (Microsoft, 2017): the jobs of a cluster of some 2,500 GPUs for training over three
// months, as CSV in the form that the studies of simulated schedulers hand about.
//
//   timestamp,duration,num_gpus,gpu_time,cluster      2017-10-09 07:01:55,66.0,1,66.0,11cb48
//
// duration in seconds; gpu_time is duration times num_gpus and is passed over; cluster is the virtual cluster
// that the job was submitted to, our tenant. The times have no zone and are taken for UTC. The trace says
// nothing of CPUs and memory: 0. Columns are found by the names in the first line. Rows may stand in any
// order.
//
// Source: M. Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads",
// USENIX ATC 2019.
#pragma once

#include <string_view>

#include "base/result.h"
#include "simulate/jobs.h"

namespace dure::simulate {

// Bytes from outside: what cannot be read is a fault with its line. Errors: simulate.empty {file},
// simulate.column_missing {file, column}, simulate.row_invalid {file, line, column, text}.
base::Result<JobTrace> read_philly(std::string_view text);

}  // namespace dure::simulate
