#include "commands/entry_check.h"

#include "commands/accounts.h"
#include "commands/scope.h"
#include "wire/ticket.h"

namespace dure::commands {
namespace {

base::Status check_pass(Work& work, const std::string& text) {
  const auto verify = [&](std::string_view signed_text, std::string_view signature) {
    return work.world.tickets.verify_signature(signed_text, signature);
  };
  DURE_LET(pass, wire::decode_ticket(text, verify, work.now));
  if (pass.purpose == "gateway") return {};
  return base::error(base::ErrorKind::kNotAllowed, base::Reason("gateway.ticket_wrong"));
}

base::Result<bool> may_be_in(Work& work, const model::AccessTicket& ticket) {
  DURE_LET(account, work.tx.accounts().find(ticket.account_id));
  DURE_LET(workload, work.tx.workloads().find(ticket.workload_id));
  if (!account || !workload || workload->deleted_at) return false;
  DURE_LET(grants, grants_of(work.tx, account->id));
  const auto subject = access::subject_of(*account, grants);
  return access::allowed(subject, access::Permission::kWorkloadEnter, resource_of(*workload), work.now);
}

}  // namespace

base::Result<model::EntryVerdict> check_entries(Work& work, const model::EntryCheck& check) {
  DURE_TRY(check_pass(work, check.pass));
  model::EntryVerdict verdict;
  for (std::size_t i = 0; i < check.tickets.size(); ++i) {
    DURE_LET(may, may_be_in(work, check.tickets[i]));
    if (!may) verdict.ended.push_back(static_cast<std::int64_t>(i));
  }
  return verdict;
}

}  // namespace dure::commands
