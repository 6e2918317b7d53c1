// The deletion of what is left after the end: when which step is taken, what is held back, and what the
// certificate says (L1, L3, R12, invariant 17). States: deletion_states.h; dates of an allocation: closure.h.
//
// Data on volumes goes on the day that the pack says. Account, person, form and documents go with it, but
// not while a report is still owed: until then they are needed, and the user needs his account to hand it
// in (decision 51).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/closure.h"
#include "policy/account_rules.h"
#include "programme/closure.h"

namespace dure::programme {

// What a job has to know of the rows around it.
struct DeletionFacts {
  base::Date today;
  bool over = false;      // the use is
  bool goes_on = false;   // another allocation of the project, or of the account, is used or planned
  bool held = false;      // a hold over the whole is in force, be it another job's over the same things
  bool all_done = false;  // running: nothing is pending
  bool nothing_readable = false;  // running: verified
};

enum class DeletionStep { kNone, kNotify, kCancel, kRelease, kRun, kDestroy, kVerify, kFail, kCertify };
std::string_view to_text(DeletionStep step);

// The step that is due, kNone where it is only to be waited for. Taking it makes the next one due, or the
// same again: it may be asked again at any point. Nobody is told while the project goes on, nothing is
// destroyed before he was told, and what is used again while it runs stops it.
DeletionStep step_due(const model::DeletionJob& job, const DeletionFacts& facts);

// The dates of the job by the allocation's plan, while it has not begun. Whoever was told late has the whole
// time of notice still: deletion falls that many days after the day on which he was told, at least. A day
// that moves on by more than the time of notice is told anew.
void plan_dates(model::DeletionJob& job, const ClosurePlan& plan);
void mark_noticed(model::DeletionJob& job, base::Date today, base::Instant now,
                  const policy::Retention& retention);

// In force on that day: not released, its last day not over.
bool in_force(const model::RetentionHold& hold, base::Date today);
bool holds_all(const std::vector<model::RetentionHold>& holds, base::Date today);

// The law under which things of the kind in the job's own project are held, "" = they are not. `pack_source`
// is where the pack's own list (retention.holds) comes from; `holds` are those of the job.
std::string law_over(model::DeletedKind kind, const policy::Retention& retention,
                     const std::string& pack_source, const std::vector<model::RetentionHold>& holds,
                     base::Date today);

// The same of an account or a person, who may have worked in several projects: `holds` are those of all of
// them and of the accounts themselves, whichever project is deleted. One over persons also holds the accounts
// by which they are known, one over the whole both. "" = none does.
std::string law_over_somebody(model::DeletedKind kind, const std::vector<model::RetentionHold>& holds,
                              base::Date today);

// Refuses (kInvalid) "deletion.kind_unknown" {kind, kinds}, "outcome.text_missing" {field}.
base::Status check_hold(const std::vector<std::string>& kinds, const std::string& law,
                        const std::string& ground);

// What is not destroyed follows the laws of today: it is held while one holds it, and goes when none does any
// more. True where something changed.
bool settle_laws(std::vector<model::DeletionItem>& items,
                 const std::function<std::string(const model::DeletionItem&)>& law_of);

bool any_pending(const std::vector<model::DeletionItem>& items);
// "deletion.waits" {kind, count} of the first kind that is pending; none where nothing is.
std::optional<base::Reason> what_waits(const std::vector<model::DeletionItem>& items);

// By kind, state and law; a thing that lies in several places counts once.
std::vector<model::CertificateLine> certificate_lines(const std::vector<model::DeletionItem>& items);

}  // namespace dure::programme
