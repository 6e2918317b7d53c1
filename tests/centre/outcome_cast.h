// A centre whose programme asks for outcomes as S1 does: the regional centre's pack with the section outcomes
// of the 2024 call, and what users hand in.
#pragma once

#include <string>

#include "centre/centre.h"

namespace dure::tests {

// The regional centre's pack with another text for a top-level section; "" takes it away.
std::string s0_with(const std::string& section, const std::string& text);
// The section of the 2024 call's pack, with its first line.
std::string s1_section(const std::string& section);

// Puts the pack in force in the centre's programme.
void put_in_force(Centre& centre, const std::string& pack);
// Outcomes as S1 has them.
void ask_as_s1(Centre& centre);

void move_to(Centre& centre, const std::string& instant);
// The user logged in once more: months later his password has to be a new one.
Who again(Centre& centre, const Who& who);

// The user's report is handed in and accepted.
void report_and_accept(Centre& centre, const Who& user);

std::string project_of(Centre& centre, const Who& user);
// A file put to the user's project: its id.
std::string put_evidence(Centre& centre, const Who& user, const std::string& kind);

}  // namespace dure::tests
