// Time limits for traces that have none: what the users might have asked for, drawn at random from how long
// the jobs ran.
//
// A limit is the run time times a lognormal draw, but no less than the run time (a trace has only jobs that
// were not stopped at a limit), rounded up to a whole minute. That users ask for far more than they use, with
// a heavy tail, is measured (A. W. Mu'alem and D. G. Feitelson, "Utilization, predictability, workloads, and
// user runtime estimates in scheduling the IBM SP2 with backfilling", IEEE TPDS 12(6), 2001); the lognormal
// is our choice. It leaves out that real users write few round values (D. Tsafrir, Y. Etsion, D. G.
// Feitelson, "Modeling user runtime estimates", JSSPP 2005).
#pragma once

#include <cstdint>

#include "simulate/jobs.h"

namespace dure::simulate {

struct LimitDraws {
  std::uint64_t seed = 1;
  std::int64_t median_milli = 2'000;  // of the factor, in thousandths: 1 … 1'000'000
  std::int64_t sigma_milli = 800;     // of the factor's logarithm, in thousandths: 0 … 10'000
};

// Gives every job that has no limit one: max(run time, run time x draw), in whole minutes, at least one and
// at most kLongestRun. One draw a job in the order of the trace, also for those that have a limit: what a job
// gets follows from the seed, its place and its run time. With the values above 19 % of the draws are below
// one. REQUIRES: the draws are within their ranges.
void give_limits(JobTrace& trace, const LimitDraws& draws);

}  // namespace dure::simulate
