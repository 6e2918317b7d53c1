// Which evidence would settle an item of a screening that is not met, or that waits for a person (C7, D9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/application.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

enum class EvidenceKind {
  kDocument,     // a paper of the pack's list
  kCertificate,  // one that a person of the centre records, with its dates
  kFact,         // something about the person or the call: "born_on", "call_closes_on", …
  kField,        // a field of the form: "applicant.region", or one that the pack adds
  kStatement,    // a person decides, with this ground
};

struct Evidence {
  EvidenceKind kind = EvidenceKind::kFact;
  std::string id;
  bool there = false;  // a paper that is attached, and that somebody has yet to look at
  bool operator==(const Evidence&) const = default;
};

// In the order of the rule's papers, then of its conditions; each once. Empty for an item that is met.
std::vector<Evidence> evidence_for(const model::ScreeningItem& item, const model::Form1& form,
                                   const Facts& facts, const ScreeningRules& rules);

// The rule of eligibility that an item is about, or nullptr: "eligibility.include.resident-organisation",
// "call.tracks.young-researcher.by-age".
const policy::Rule* rule_of(const model::ScreeningItem& item, const ScreeningRules& rules);

std::string_view to_text(EvidenceKind kind);

}  // namespace dure::programme
