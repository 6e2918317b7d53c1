#include "commands/notice_addresses.h"

#include "commands/notice_happening.h"
#include "notices/addresses.h"

namespace dure::commands {
namespace {

NoticeAddress usable(const std::string& email, const std::string& mobile) {
  return {notices::is_mail_address(email) ? email : "", notices::dialled(mobile)};
}

base::Result<NoticeAddress> of_account(Work& work, const std::string& id) {
  DURE_LET(account, work.tx.accounts().find(model::AccountId(id)));
  if (!account) return NoticeAddress{};
  NoticeAddress found;
  if (account->person_id) {
    DURE_LET(person, work.tx.people().find(*account->person_id));
    if (person) found = usable(person->email, person->mobile);
  }
  DURE_LET(wish, work.tx.notice_preferences().first(ports::Query{}.where("account_id", id).at_most(1)));
  if (!wish) return found;
  const auto own = usable(wish->email, wish->mobile);
  if (!own.email.empty()) found.email = own.email;
  if (!own.mobile.empty()) found.mobile = own.mobile;
  return found;
}

// The answer of a field of contacts: name, mail address, telephone.
NoticeAddress of_contact(const model::Form1& form, const std::string& part) {
  if (!form.answers) return {};
  const auto found = form.answers->find(part + "_contact");
  if (found == form.answers->end() || found->second.size() < 3) return {};
  return usable(found->second[1], found->second[2]);
}

base::Result<NoticeAddress> of_application(Work& work, const std::string& which) {
  const auto slash = which.find('/');
  DURE_LET(row, work.tx.applications().find(model::ApplicationId(which.substr(0, slash))));
  if (!row) return NoticeAddress{};
  if (slash != std::string::npos) return of_contact(row->form, which.substr(slash + 1));
  return usable(row->form.applicant.email, row->form.applicant.mobile);
}

base::Result<NoticeAddress> of_supplier(Work& work, const std::string& id) {
  DURE_LET(row, work.tx.suppliers().find(model::SupplierId(id)));
  if (!row) return NoticeAddress{};
  return usable(row->contact.email, row->contact.phone);
}

}  // namespace

base::Result<NoticeAddress> address_of(Work& work, const std::string& recipient) {
  if (const auto id = id_in(recipient, "accounts"); !id.empty()) return of_account(work, id);
  if (const auto which = id_in(recipient, "applications"); !which.empty()) return of_application(work, which);
  if (const auto id = id_in(recipient, "suppliers"); !id.empty()) return of_supplier(work, id);
  return NoticeAddress{};
}

}  // namespace dure::commands
