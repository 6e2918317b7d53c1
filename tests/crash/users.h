// The crash test's users: they are admitted like any applicant, and then work until they are told to stop.
//
// What they start keeps its own account: a line in the user's volume at its start and one at its end, with
// the boot's clock as /proc/uptime shows it (lives.h reads them). Nobody under test writes these lines.
#pragma once

#include <atomic>
#include <set>
#include <string>

#include "crash/centre.h"

namespace dure::crash {

struct User {
  std::string login;
  std::string allocation;
  std::string token;
  std::set<std::string> told;  // names of the workloads that the centre said it made
  int refused = 0;
};

std::string log_in_operator(const Options& options);
// The pack is loaded and a call opened; the call's id.
std::string set_up_programme(cli::Api& operators, const Options& options);
User admit(const Options& options, cli::Api& operators, const std::string& call, int number);

// Short jobs and workspaces, stopped at random, asked about all the time.
void work(const Options& options, User& user, unsigned seed, const std::atomic<bool>& over);

}  // namespace dure::crash
