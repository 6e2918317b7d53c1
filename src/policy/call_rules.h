// What a pack says about a call beside its dates: tracks, briefings, what can be downloaded; and whom to ask.
//
// Rows B2, B4, B5, B12, C3, C4, D13, M5 of the requirements.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "policy/text.h"

namespace dure::policy {

// A part of a call with rules of eligibility of its own: one rule of `include` that holds is enough, beside
// those of the section eligibility. What is kept for it stands in selection.reservations, by its id.
struct Track {
  std::string id;
  Text title;
  std::vector<Rule> include;       // empty: whoever is eligible at all
  std::vector<std::string> pools;  // ids of offer.pools; empty: all of them
  std::string source;
  bool operator==(const Track&) const = default;
};

// A session at which a call is explained (B4), or a call for suppliers (A11).
struct Briefing {
  std::string id;
  Text title;
  base::Date on;
  std::string at;  // local time, "14:00"; "" = not told yet
  Text place;
  std::string source;
  bool operator==(const Briefing&) const = default;
};

// A form or a paper that hangs at the announcement (B12).
struct Attachment {
  std::string id;
  Text title;
  std::string document;  // kind in documents.list that it is the blank form of; "" = none
  bool operator==(const Attachment&) const = default;
};

// Who answers questions about what (M5). What is not known is "".
struct Desk {
  std::string topic;  // operating_policy, technical_support, data_sharing, portal, …
  Text title;
  std::string telephone;
  std::string email;
  std::string url;
  bool operator==(const Desk&) const = default;
};

struct Portal {
  std::string id;
  Text title;
  std::string url;
  bool operator==(const Portal&) const = default;
};

// What the desks do not do, and what they answer then (M6).
struct DeclinedRequest {
  std::string id;  // write_code, debug_code
  Text title;
  Text answer;
  std::string source;
  bool operator==(const DeclinedRequest&) const = default;
};

struct Contact {
  std::vector<Desk> desks;
  std::vector<Portal> portals;
  std::vector<DeclinedRequest> declines;
  bool operator==(const Contact&) const = default;
};

}  // namespace dure::policy
