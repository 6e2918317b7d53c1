// One measurement of the bench: so many tenants, each with a promise, a kernel and a way of launching, on one
// model card for so many seconds; what each had of the device in every second.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dure::bench {

struct CellTenant {
  double cap = 0;  // percent
  double target = 0;
};

struct CellSpec {
  std::string name;
  std::uint64_t kernel_ns = 0;
  bool synchronous = false;  // waits for every kernel; else it launches as many as the driver takes
  std::vector<CellTenant> tenants;
  unsigned seconds = 0;  // after the first two, which do not count
  std::uint64_t seed = 1;
};

struct TenantResult {
  double mean = 0;     // percent of the device
  double mae = 0;      // mean absolute error of the seconds against the target
  double longrun = 0;  // |mean - target|
  double control = 0;  // mean without the library
  double control_mae = 0;
  double target = 0;
  bool demand =
      false;  // without the library it would not reach its target either, and gets that for a target
};

struct CellResult {
  CellSpec spec;
  std::vector<TenantResult> tenants;
  double mae = 0;      // the mean over its tenants
  double longrun = 0;  // the greatest of its tenants
  double control_mae = 0;
  double allowed_mae = 0;
  double allowed_longrun = 0;
  unsigned measured = 1;  // how often: see real_time.h
  bool passed = false;
};

// Whether all of its tenants are promised the same: then none gets less than another where nothing holds
// them.
bool is_even(const CellSpec& spec);

// Adds a tenant, whose target is set, with what it had in each second. REQUIRES: it had a second.
void add_tenant(CellResult& result, TenantResult tenant, const std::vector<double>& had);

// Runs it with the library and without.
CellResult run_cell(const CellSpec& spec);

// Every cell of the grid: caps, kernels, modes and numbers of tenants. seconds 0: as many as the kernel
// needs.
std::vector<CellSpec> grid(unsigned seconds, std::uint64_t seed);
// Tenants of unequal promises that contend for the card.
std::vector<CellSpec> pairs(unsigned seconds, std::uint64_t seed);

// A borrower that has all of the card when its owner comes.
struct BorrowResult {
  std::string name;
  double kernel_ms = 0;
  double idle_share = 0;    // percent, of the borrower while the owner is away
  double rate_back_ms = 0;  // after the owner's first launch: the borrower's rate is what the owner leaves
  double drained_ms = 0;    // and what it had launched by then has ended
  double owner_share = 0;   // percent, of the owner in the five seconds after
  double allowed_ms = 0;
  bool passed = false;
};
std::vector<BorrowResult> run_borrowers(std::uint64_t seed);

}  // namespace dure::bench
