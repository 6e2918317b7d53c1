#include "commands/notice_facts.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>

#include "access/password_age.h"
#include "calendar/zone.h"
#include "commands/rows.h"
#include "programme/closure.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

// Facts of one happening, with what they are read with.
struct Facts {
  Work& work;
  const PackPtr& pack;
  NoticeFacts& list;

  calendar::Zone zone() const { return pack ? policy::zone_of(*pack) : calendar::seoul(); }
  void set(const std::string& name, base::ReasonValue value) {
    std::erase_if(list, [&](const auto& each) { return each.name == name; });
    list.push_back({name, std::move(value)});
  }
  void set(const std::string& name, base::Date date) { set(name, base::to_text(date)); }
  void set(const std::string& name, base::Instant instant) {
    const auto local = calendar::local_time(instant, zone());
    const auto minute = local.microsecond_of_day / 60'000'000;
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    set(name, base::to_text(local.date) + " " + two(minute / 60) + ":" + two(minute % 60));
  }
  void set_both(const std::string& name, const policy::Text& text) {
    set(name, text.ko);
    if (!text.en.empty()) set(name + "_en", text.en);
  }
  template <class T>
  void set_known(const std::string& name, const std::optional<T>& value) {
    if (value) set(name, *value);
  }
};

using Add = base::Status (*)(Facts&, const std::string& id);

template <class Enum>
std::string state_word(const std::string& noun, Enum state) {
  return noun + "_" + std::string(model::to_text(state));
}

base::Status add_application(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.applications().find(model::ApplicationId(id)));
  if (!row) return {};
  facts.set("receipt", row->receipt_number);
  facts.set("title", row->title);
  facts.set("state", state_word("application", row->state));
  return {};
}

base::Status add_award(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.awards().find(model::AwardId(id)));
  if (!row) return {};
  DURE_TRY(add_application(facts, row->application_id.text));
  facts.set("start", row->starts_on);
  facts.set("months", row->months);
  return {};
}

base::Status add_allocation(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.allocations().find(model::AllocationId(id)));
  if (!row) return {};
  facts.set("pool", row->pool);
  facts.set("start", row->starts_on);
  facts.set("end", row->ends_on);
  facts.set("state", state_word("allocation", row->state));
  if (facts.pack) facts.set("deleted", programme::plan_closure(*row, facts.pack->retention).purge_on);
  DURE_LET(owed, facts.work.tx.obligations().first(
                     ports::Query{}.where("allocation_id", id).ordered("due_on").at_most(1)));
  if (owed) facts.set("report_due", owed->due_on);
  return {};
}

base::Status add_idle_warning(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.idle_warnings().find(model::IdleWarningId(id)));
  if (!row) return {};
  DURE_TRY(add_allocation(facts, row->allocation_id.text));
  facts.set("since", row->idle_since);
  facts.set("until", row->last_day);
  return {};
}

base::Status add_deletion(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.deletion_jobs().find(model::DeletionJobId(id)));
  if (!row) return {};
  if (row->allocation_id) DURE_TRY(add_allocation(facts, row->allocation_id->text));
  facts.set("end", row->last_day);
  facts.set("deleted", row->purge_on);
  return {};
}

base::Status add_obligation(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.obligations().find(model::ObligationId(id)));
  if (!row) return {};
  DURE_TRY(add_allocation(facts, row->allocation_id.text));
  facts.set("kind", row->kind);
  if (facts.pack)
    for (const auto& rule : facts.pack->outcomes.obligations)
      if (rule.kind == row->kind) facts.set_both("kind", rule.title);
  facts.set("due_on", row->due_on);
  facts.set("report_due", row->due_on);
  facts.set("state", state_word("obligation", row->state));
  return {};
}

base::Status add_outage(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.outages().find(model::OutageId(id)));
  if (!row) return {};
  facts.set("from", row->started_at);
  facts.set_known("to", row->ended_at);
  facts.set("reason", row->note.empty() ? row->cause : row->note);
  const bool given_back = facts.pack && facts.pack->award.outage_extension != policy::OutageExtension::kNone;
  facts.set("time", std::string(given_back ? "outage_given_back" : "outage_not_given_back"));
  return {};
}

base::Status add_node(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.nodes().find(model::NodeId(id)));
  if (row) facts.set("node", row->name);
  return {};
}

base::Status add_card(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.cards().find(model::CardId(id)));
  if (!row) return {};
  facts.set("card", id);
  return add_node(facts, row->node_id.text);
}

base::Status add_window(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.maintenance_windows().find(model::MaintenanceWindowId(id)));
  if (!row) return {};
  facts.set("from", row->starts_at);
  facts.set("to", row->ends_at);
  facts.set("reason", row->ground);
  return add_node(facts, row->node_id.text);
}

base::Status add_reservation(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.reservations().find(model::ReservationId(id)));
  if (!row) return {};
  facts.set("from", row->starts_at);
  facts.set("to", row->ends_at);
  return {};
}

base::Status add_invoice(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.invoices().find(model::InvoiceId(id)));
  if (!row) return {};
  facts.set("number", row->number);
  facts.set("total", row->total.won);
  facts.set_known("due_on", row->due_on);
  return {};
}

base::Status add_account(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.accounts().find(model::AccountId(id)));
  if (!row) return {};
  facts.set("name", row->login);
  const auto& rules = facts.pack ? facts.pack->account : facts.work.world.settings.centre_rules;
  const auto term = access::password_term(calendar::local_date(row->password_changed_at, facts.zone()),
                                          rules.password, calendar::local_date(facts.work.now, facts.zone()));
  facts.set_known("until", term.last_day);
  return {};
}

base::Status add_call(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.calls().find(model::CallId(id)));
  if (!row) return {};
  facts.set("title", row->title);
  // An end at midnight is that of the day before: its last minute says so.
  if (row->closes_at) {
    const bool midnight = calendar::local_time(*row->closes_at, facts.zone()).microsecond_of_day == 0;
    facts.set("closes", midnight ? *row->closes_at - base::Span::minutes(1) : *row->closes_at);
  }
  return {};
}

base::Status add_programme(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.programmes().find(model::ProgrammeId(id)));
  if (row) facts.set_known("end", row->ends_on);
  return {};
}

base::Status add_workload(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.workloads().find(model::WorkloadId(id)));
  if (row) facts.set("workload", row->name);
  return {};
}

// Of a noun of which its title says enough.
template <class Noun, ports::Repository<Noun>& (ports::Transaction::*kRows)()>
base::Status add_title(Facts& facts, const std::string& id) {
  DURE_LET(row, (facts.work.tx.*kRows)().find(base::Id<Noun>(id)));
  if (row) facts.set("title", row->title);
  return {};
}
constexpr Add add_supplier_call = add_title<model::SupplierCall, &ports::Transaction::supplier_calls>;

base::Status add_proposal(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.supplier_proposals().find(model::SupplierProposalId(id)));
  if (!row) return {};
  facts.set("state", state_word("proposal", row->state));
  return add_supplier_call(facts, row->supplier_call_id.text);
}

base::Status add_agreement(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.supply_agreements().find(model::SupplyAgreementId(id)));
  if (!row) return {};
  facts.set("title", row->title);
  facts.set("state", state_word("agreement", row->state));
  return {};
}

base::Status add_batch(Facts& facts, const std::string& id) {
  DURE_LET(row, facts.work.tx.capacity_batches().find(model::CapacityBatchId(id)));
  if (row) facts.set("title", row->name);
  return {};
}

const std::map<std::string, Add>& adders() {
  using Tx = ports::Transaction;
  static const std::map<std::string, Add> all{
      {"applications", add_application},
      {"awards", add_award},
      {"allocations", add_allocation},
      {"obligations", add_obligation},
      {"deletion-jobs", add_deletion},
      {"idle-warnings", add_idle_warning},
      {"questions", add_title<model::Question, &Tx::questions>},
      {"outages", add_outage},
      {"nodes", add_node},
      {"cards", add_card},
      {"maintenance-windows", add_window},
      {"reservations", add_reservation},
      {"invoices", add_invoice},
      {"accounts", add_account},
      {"calls", add_call},
      {"programmes", add_programme},
      {"workloads", add_workload},
      {"supplier-calls", add_supplier_call},
      {"supplier-proposals", add_proposal},
      {"supply-agreements", add_agreement},
      {"capacity-batches", add_batch},
      {"demand-surveys", add_title<model::DemandSurvey, &Tx::demand_surveys>},
      {"outcomes", add_title<model::Outcome, &Tx::outcomes>},
      {"user-surveys", add_title<model::UserSurvey, &Tx::user_surveys>}};
  return all;
}

// What the event itself says: its plain members.
void add_data(Facts& facts, const std::string& data) {
  const auto tree = wire::parse(data);
  const auto* object = tree.ok() ? tree->if_object() : nullptr;
  if (object == nullptr) return;
  for (const auto& [name, value] : *object) {
    const std::string key(name);
    const bool known =
        std::any_of(facts.list.begin(), facts.list.end(), [&](const auto& each) { return each.name == key; });
    if (known) continue;
    if (value.is_string()) facts.set(key, std::string(value.get_string()));
    if (value.is_int64()) facts.set(key, value.get_int64());
  }
}

}  // namespace

base::Result<NoticeFacts> facts_of(Work& work, const Happening& happening, const PackPtr& pack) {
  NoticeFacts list;
  Facts facts{work, pack, list};
  facts.set("event", happening.type);
  facts.set("resource", happening.resource);
  if (pack) facts.set_both("programme", pack->meta.title);
  const auto slash = happening.resource.find('/');
  const auto found = adders().find(happening.resource.substr(0, slash));
  if (found != adders().end() && slash != std::string::npos)
    DURE_TRY(found->second(facts, happening.resource.substr(slash + 1)));
  if (happening.on) facts.set("on", *happening.on);
  add_data(facts, happening.data);
  return list;
}

NoticeFacts in_language(NoticeFacts facts, model::NoticeLanguage language) {
  if (language == model::NoticeLanguage::kKo) return facts;
  for (auto& each : facts)
    for (const auto& other : facts)
      if (other.name == each.name + "_en") each.value = other.value;
  return facts;
}

base::Status add_own_facts(Work& work, const NoticeRecipient& recipient, const PackPtr& pack,
                           NoticeFacts& list) {
  NoticeFacts own;
  Facts facts{work, pack, own};
  if (!recipient.allocation_id.empty()) DURE_TRY(add_allocation(facts, recipient.allocation_id));
  facts.set("name", recipient.called);
  for (auto& each : own) {
    const bool said =
        std::any_of(list.begin(), list.end(), [&](const auto& other) { return other.name == each.name; });
    if (!said) list.push_back(std::move(each));
  }
  return {};
}

}  // namespace dure::commands
