// People of random histories, each with texts of his own in everything by which he is known, so that they are
// found wherever they stand.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "centre/centre.h"
#include "commands/work.h"

namespace dure::tests {

struct KnownPerson {
  Who who;
  std::string mark;  // in name, mail, phone, address, advisor, signer, file names
  std::string mobile;
  std::string address;  // where his requests come from: registered in his form
  std::string id;       // of his row
  std::string project;
};

// The beginnings of those texts; nothing else in the centre begins so.
inline constexpr const char* kMarkPrefix = "zqx";
inline constexpr const char* kLoginPrefix = "lgx";
inline constexpr const char* kMobilePrefix = "010-97";
inline constexpr const char* kAddressPrefix = "10.77.";
inline constexpr std::size_t kMarkLength = 9;

// Histories: `in_ci` of them, 10,000 at the full tier, but for sanitized builds.
int centre_histories(int in_ci);

// The person of that number (below 10,000), by every step from the form to the first own password. The form's
// requests come from his address, and each with an Idempotency-Key.
KnownPerson enter_centre(Centre& centre, int number);
// Does it with requests that come from there.
void from_address(Centre& centre, const KnownPerson& known, const std::function<void()>& body);
// Logged in once more: months later his password has to be a new one. Empty token: it was refused.
void enter_again(Centre& centre, KnownPerson& known);

// Reads in one transaction; what fails ends the test.
void read_store(Centre& centre, const std::function<base::Status(commands::Work&)>& body);
void write_store(Centre& centre, const std::function<base::Status(commands::Work&)>& body);

}  // namespace dure::tests
