// A centre in which something of every kind has happened, with somebody of each role; and the checks that
// every resource must stand.
#pragma once

#include <string>
#include <vector>

#include "centre/centre.h"

namespace dure::tests {

struct Cast {
  Cast();

  // Somebody of the staff: an account with one role.
  Who hire(const std::string& login, const std::string& role, const std::string& scope = "centre",
           const std::string& scope_id = "");
  // A workload of the member's, on blocks of one card, and a round of the loops.
  std::string start(const std::string& name, std::int64_t blocks);

  Centre centre;
  Who visitor;
  Who member;    // hong01, with an allocation of 400 blocks, two cards of which are there
  Who filer;     // kim01, with an application that is not decided
  Who auditor;   // of the whole centre
  Who reviewer;  // of the programme
  Who node;
  std::string workload;  // running, and used for 10.25 s
  std::string ended;     // stopped
  std::string run;       // of `workload`
};

// The id of the first row of the list that the query gives.
std::string first_id(Cast& cast, const std::string& list, const Who& who);

// The list and the single rows of a collection: what the reader sees, by every filter that it has; what a
// stranger does not; tags and 304; and what is refused.
void expect_collection(Cast& cast, const std::string& name, const Who& reader, bool open_to_all = false);
// The same of a list without single rows.
void expect_list(Cast& cast, const std::string& name, const Who& reader, bool open_to_all = false);

// A read that is tagged and answered 304 to who has it.
void expect_tagged(Cast& cast, const std::string& target, const Who& who);

// A write of the row at `row`: another version is refused and nothing is done, the right one goes. Gives the
// answer of the latter.
Reply change(Cast& cast, const std::string& method, const std::string& target, const std::string& row,
             const Who& who, const boost::json::object& body = {});

}  // namespace dure::tests
