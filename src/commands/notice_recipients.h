// Whom a word of a pack's rule means, for something that happened in a programme: "applicant", "leader",
// "developer", "member", "user", "operator", "reviewer", "auditor", "supplier" (D5, G3, L2, M1).
//
// applicant   who filed the application: his account, or, before he has one, the application itself
// leader, developer   the contact of that name in the application (S1), else the applicant
// member      the account that it is about, else the members of the project
// user        every account of the programme
// supplier    the contact of the supplier that it is about
//
// operator, reviewer, auditor   who holds the role in the centre or in the programme; of what is of no
//             programme, but for the machines, in the centre alone
//
// What belongs to no project (the end of a programme) is told to the applicants and members of every
// allocation of the programme that is in use; a stop of some nodes, to those whose pool has one of them.
// What becomes of a call is told to those who have filed for it and still may, or wait for an answer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/notice_happening.h"
#include "commands/work.h"

namespace dure::commands {

struct NoticeRecipient {
  std::string name;           // "accounts/<id>", "applications/<id>", "applications/<id>/developer", …
  std::string account_id;     // "" where there is none
  std::string called;         // by what he knows himself: login or receipt number; no personal data
  std::string allocation_id;  // by which he was found, where it happened to no project
};

// Remembers what it looked up: one for the messages of one happening in one programme.
class NoticeRecipients {
 public:
  NoticeRecipients(Work& work, const Happening& happening, std::string programme_id)
      : work_(work), happening_(happening), programme_id_(std::move(programme_id)) {}

  base::Result<std::vector<NoticeRecipient>> find(const std::string& word);

 private:
  using Found = base::Result<std::vector<NoticeRecipient>>;

  Found look_up(const std::string& word);
  Found applicants();
  Found contacts(const std::string& part);
  Found members();
  Found users();
  Found holders(model::Role role);
  Found suppliers();
  base::Result<std::string> application();
  base::Status add_filers(const std::string& call, const std::string& part,
                          std::vector<NoticeRecipient>& into);
  base::Status keep_touched(std::vector<model::Allocation>& allocations);
  base::Status add_applicant(const std::string& application, const std::string& allocation,
                             std::vector<NoticeRecipient>& into);
  base::Status add_members(const std::string& project, const std::string& allocation,
                           std::vector<NoticeRecipient>& into);
  base::Status add_account(const std::string& account, const std::string& allocation,
                           std::vector<NoticeRecipient>& into);
  base::Result<std::vector<model::Allocation>> in_use();

  Work& work_;
  const Happening& happening_;
  const std::string programme_id_;
  std::map<std::string, std::vector<NoticeRecipient>> known_;
};

}  // namespace dure::commands
