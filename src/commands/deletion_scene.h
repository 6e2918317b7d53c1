// What is around a deletion: the rules, the holds that bind it, what goes on, and what is still owed (L1, L3,
// R12, invariant 17). Read by the clock's part, by the list of what is left and by who offboards an account.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/holds_on_people.h"
#include "commands/work.h"
#include "model/closure.h"

namespace dure::commands {

constexpr const char* kDeletionJobs = "deletion-jobs";  // the collection

struct DeletionScene {
  PackPtr pack;
  base::Date today;
  std::vector<model::RetentionHold> holds;
  HoldsOnPeople holds_on_people;  // of those who ever worked in the job's project
  std::optional<model::Allocation> allocation;
};

// Whether the grant holds now.
bool holds_now(const model::RoleGrant& grant, base::Instant now);

// Those who ever worked in the job's project; the account of an offboarding.
base::Result<std::set<model::AccountId>> accounts_of(Work& work, const model::DeletionJob& job);

// The projects of the account's roles as a member; all that it ever had, or those of today.
base::Result<std::set<std::string>> projects_of_account(Work& work, const model::AccountId& id, bool ever);

// The holds of every job, whatever became of it, over the same things: those of its project, of the accounts
// that worked there, and of an account those of its projects.
base::Result<std::vector<model::RetentionHold>> holds_over(Work& work, const model::DeletionJob& job);

base::Result<DeletionScene> scene_of(Work& work, const model::DeletionJob& job);

// The law under which the thing stays; "" = it goes. What is in the project's own rows is held by the holds
// over that project; an account and a person, by those of every project in which they worked. Records of
// access stay by their own rule (R2).
std::string law_of(const model::DeletionItem& item, const DeletionScene& scene);

// An allocation that is not over of a project in which the account works.
base::Result<std::optional<model::Allocation>> allocation_in_use(Work& work, const model::AccountId& id,
                                                                 base::Date today);

// The last day of an allocation for which the job has to wait or which stands for it: one that is used or
// planned longer, one whose own day of deletion comes later, one whose deletion runs. Once the job runs, only
// one that is used again counts.
base::Result<std::optional<base::Date>> goes_on_until(Work& work, const model::DeletionJob& job,
                                                      const DeletionScene& scene);

// Whether the deletion of the allocation stands for its project: no other ends later.
base::Result<bool> stands_for_project(Work& work, const model::Allocation& allocation);

// Why persons, accounts and papers are needed still: "deletion.report_owed", "deletion.sanction_open",
// "deletion.invoice_open" {count}; none where nothing is.
base::Result<std::optional<base::Reason>> what_is_owed(Work& work, const model::DeletionJob& job);

// Whether the account is wanted for something else than the job: another role, another project that is used,
// or whose own deletion is still to come, an application that is not decided, an award not yet opened. A hold
// does not make it wanted: it is listed, and held (law_of).
base::Result<bool> account_goes_on(Work& work, const model::Account& account, const model::DeletionJob& job);

}  // namespace dure::commands
