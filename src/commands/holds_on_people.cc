#include "commands/holds_on_people.h"

#include <utility>

#include "commands/reads.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

// Under which ids holds over an account are kept: its own, and that of its person.
using Whose = std::map<model::AccountId, std::set<std::string>>;

template <class Keys>
std::vector<ports::Scalar> scalars_of(const Keys& keys) {
  std::vector<ports::Scalar> all;
  all.reserve(keys.size());
  for (const auto& each : keys) all.push_back(ports::scalar(each));
  return all;
}
template <class Key, class Value>
std::vector<ports::Scalar> scalars_of(const std::map<Key, Value>& by_key) {
  std::vector<ports::Scalar> all;
  all.reserve(by_key.size());
  for (const auto& [key, value] : by_key) all.push_back(ports::scalar(key));
  return all;
}

// The accounts, and the other accounts of their persons, whose holds are their person's.
base::Result<Whose> whose_are(Work& work, const std::set<model::AccountId>& ids) {
  Whose whose;
  std::set<model::PersonId> people;
  DURE_LET(accounts, load_all(work.tx.accounts(), ports::Query{}.where_in("id", scalars_of(ids))));
  for (const auto& each : accounts) {
    whose[each.id].insert(each.id.text);
    if (each.person_id) people.insert(*each.person_id);
  }
  DURE_LET(theirs, load_all(work.tx.accounts(), ports::Query{}.where_in("person_id", scalars_of(people))));
  for (const auto& each : theirs) whose[each.id].insert(each.person_id->text);
  return whose;
}

// For each job over one of the accounts, or over a project in which one ever worked, whose it is.
base::Result<std::map<model::DeletionJobId, std::set<std::string>>> jobs_over(Work& work,
                                                                              const Whose& whose) {
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}
                                                       .where("scope", model::ScopeKind::kProject)
                                                       .where_in("account_id", scalars_of(whose))));
  std::map<std::string, std::set<std::string>> of_project;
  for (const auto& each : grants) {
    const auto& ids = whose.at(each.account_id);
    of_project[each.scope_id].insert(ids.begin(), ids.end());
  }
  std::map<model::DeletionJobId, std::set<std::string>> over;
  DURE_LET(jobs,
           load_all(work.tx.deletion_jobs(), ports::Query{}.where_in("project_id", scalars_of(of_project))));
  for (const auto& each : jobs) over[each.id] = of_project.at(each.project_id->text);
  DURE_LET(own, load_all(work.tx.deletion_jobs(), ports::Query{}.where_in("account_id", scalars_of(whose))));
  for (const auto& each : own) over[each.id] = whose.at(*each.account_id);
  return over;
}

}  // namespace

base::Result<HoldsOnPeople> holds_on_people(Work& work, const std::set<model::AccountId>& ids) {
  HoldsOnPeople by_id;
  DURE_LET(any, work.tx.retention_holds().first(ports::Query{}.where_null("released_at").at_most(1)));
  if (!any) return by_id;
  DURE_LET(whose, whose_are(work, ids));
  DURE_LET(over, jobs_over(work, whose));
  DURE_LET(holds,
           load_all(work.tx.retention_holds(),
                    ports::Query{}.where_in("deletion_job_id", scalars_of(over)).where_null("released_at")));
  for (const auto& hold : holds)
    for (const auto& id : over.at(hold.deletion_job_id)) by_id[id].push_back(hold);
  return by_id;
}

}  // namespace dure::commands
