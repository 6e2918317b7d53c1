#include "notices/known_events.h"

#include <algorithm>

namespace dure::notices {
namespace {

constexpr std::string_view kByItself = "the one who did it sees it in the answer";
constexpr std::string_view kQueue = "the queue says it at any time, and it happens many times a day";
constexpr std::string_view kMachine =
    "dure-node and the scheduler work it off; what needs a person has an event";
constexpr std::string_view kListed = "a step of the supply side that whoever works on it finds in its list";

std::vector<KnownEvent> make() {
  return {
      // Applications and awards.
      {"application.drafted", {}, kByItself},
      {"application.changed", {}, kByItself},
      {"application.payer_confirmed", {}, kByItself},
      {"application.submitted", {"operator"}, ""},
      {"application.withdrawn", {"operator"}, ""},
      {"application.returned", {"applicant"}, ""},
      {"application.decided", {"applicant"}, ""},
      {"award.offered", {}, "application.decided says it to the same person at the same moment"},
      {"award.ended", {"applicant"}, ""},
      {"call.opened", {}, "the list of calls is public"},
      {"call.closed", {}, "the list of calls is public"},
      {"call.closing_early", {"applicant"}, ""},
      // Accounts.
      {"account.opened", {"member"}, ""},
      {"account.deleted", {}, "nobody is left to be told; the certificate says it"},
      {"account.locked", {"member", "operator"}, ""},
      {"account.unlocked", {"member"}, ""},
      {"account.suspended", {"member"}, ""},
      {"account.reinstated", {"member"}, ""},
      {"account.recovered", {"operator"}, ""},
      {"account.password_changed", {"member"}, ""},
      {"account.password_reset", {"member"}, ""},
      {"address.blocked", {"operator"}, ""},
      {"password.expired", {"member"}, ""},
      {"password.expiring", {"member"}, ""},
      {"password.temporary", {"member"}, ""},
      // Allocations, their time and their reports.
      {"allocation.opened", {"applicant", "member"}, ""},
      {"allocation.changed", {"applicant", "member"}, ""},
      {"allocation.state", {"member"}, ""},
      {"allocation.idle", {"member"}, ""},
      {"allocation.extended", {"member"}, ""},
      {"allocation.ending", {"member"}, ""},
      {"deletion.scheduled", {}, "deletion.noticed says it when notice is due"},
      {"deletion.noticed", {"member"}, ""},
      {"deletion.begun", {}, kMachine},
      {"deletion.failed", {"operator"}, ""},
      {"deletion.verified", {}, kMachine},
      {"deletion.over", {}, "deletion.certified says it"},
      {"deletion.certified", {"operator"}, ""},
      {"deletion.cancelled", {"member"}, ""},
      {"deletion.held", {"operator"}, ""},
      {"deletion.released", {}, kByItself},
      {"programme.ending", {"applicant", "member"}, ""},
      {"programme.ended", {"applicant", "member"}, ""},
      {"programme.policy_scheduled", {"operator"}, ""},
      {"policy_version.ends", {"operator"}, ""},
      {"determination.recorded", {}, "the list of determinations says it"},
      {"question.asked", {"operator"}, ""},
      {"question.answered", {"member"}, ""},
      {"question.declined", {"member"}, ""},
      {"question.closed", {}, kByItself},
      {"programme.policy_in_force", {"operator"}, ""},
      {"obligation.scheduled", {}, "obligation.due says it when it counts"},
      {"obligation.due", {"member"}, ""},
      {"obligation.overdue", {"member", "operator"}, ""},
      {"obligation.escalated", {"member", "operator"}, ""},
      {"obligation.submitted", {"operator"}, ""},
      {"obligation.returned", {"member"}, ""},
      {"obligation.accepted", {"member"}, ""},
      {"outage.begun", {"member"}, ""},
      {"outage.ended", {"member"}, ""},
      {"maintenance.planned", {"member"}, ""},
      {"maintenance.cancelled", {"member"}, ""},
      {"maintenance.begun", {}, "outage.begun says it"},
      {"maintenance.ended", {}, "outage.ended says it"},
      {"reservation.made", {"member"}, ""},
      {"reservation.cancelled", {"member"}, ""},
      {"reservation.begun", {}, "it was said when it was made"},
      {"reservation.ended", {}, "it was said when it was made"},
      // What comes of the use.
      {"outcome.told", {"operator"}, ""},
      {"outcome.accepted", {"member"}, ""},
      {"outcome.returned", {"member"}, ""},
      {"acknowledgement.checked", {"member"}, ""},
      {"data_share.due", {"member"}, ""},
      {"data_share.proposed", {"operator"}, ""},
      {"data_share.checked", {"member"}, ""},
      {"data_share.given_back", {"member"}, ""},
      {"data_share.registered", {"member"}, ""},
      {"data_share.exempted", {"member"}, ""},
      {"survey.opened", {"user"}, ""},
      {"survey.closed", {}, "its results are published where the survey stands"},
      // Money.
      {"invoice.issued", {"member"}, ""},
      {"invoice.draft", {}, "invoice.issued says it"},
      {"invoice.partly_paid", {"member"}, ""},
      {"invoice.paid", {"member"}, ""},
      {"invoice.overdue", {"member", "operator"}, ""},
      {"invoice.written_off", {"member"}, ""},
      {"invoice.cancelled", {"member"}, ""},
      {"invoice.due", {"member"}, ""},
      {"quota.set", {}, kByItself},
      {"quota.removed", {}, kByItself},
      // The machine room.
      {"card.missing", {"operator"}, ""},
      {"node.lost", {"operator"}, ""},
      {"node.returned", {"operator"}, ""},
      {"node.enrolled", {"operator"}, ""},
      {"node.draining", {}, kByItself},
      {"node.ready", {}, kByItself},
      {"run.refused", {}, kQueue},
      {"run.unreadable", {"operator"}, ""},
      {"run.queued", {}, kQueue},
      {"run.assigned", {}, kQueue},
      {"run.waiting", {}, kQueue},
      {"run.moved", {}, kQueue},
      {"run.running", {}, kMachine},
      {"run.stopping", {}, kMachine},
      {"run.ended", {}, kQueue},
      {"run.checkpoint", {}, kByItself},
      {"share.finding", {"operator"}, ""},
      {"share.stopped", {"member", "operator"}, ""},
      {"workload.deleted", {}, kByItself},
      // The supply side.
      {"supplier.registered", {}, kListed},
      {"supplier_call.opened", {}, "the list of calls to suppliers is public"},
      {"supplier_call.closed", {}, "the list of calls to suppliers is public"},
      {"supplier_call.decided", {"operator"}, ""},
      {"supplier_proposal.submitted", {"operator"}, ""},
      {"supplier_proposal.withdrawn", {"operator"}, ""},
      {"supplier_proposal.decided", {}, kListed},
      {"supplier_evaluation.given", {}, "what one judge said is not told to the others"},
      {"supply_agreement.drafted", {}, kListed},
      {"supply_agreement.moved", {"operator"}, ""},
      {"capacity_batch.planned", {}, kListed},
      {"capacity_batch.stage", {}, kListed},
      {"capacity_batch.ordered", {"operator"}, ""},
      {"capacity_batch.delivered", {"operator"}, ""},
      {"capacity_batch.accepted", {"operator"}, ""},
      {"capacity_batch.in_service", {"operator"}, ""},
      {"capacity_batch.draining", {"operator"}, ""},
      {"capacity_batch.retired", {"operator"}, ""},
      {"capacity_batch.tied", {}, kListed},
      {"capacity_batch.promised", {}, kListed},
      {"capacity_batch.own_use_changed", {"operator"}, ""},
      {"supply_target.decided", {}, kListed},
      {"demand_survey.opened", {"user"}, ""},
      {"demand_survey.closed", {}, kListed},
      {"demand_answer.given", {}, kListed},
      {"beneficiary_reservation.made", {}, kListed},
      {"beneficiary_reservation.cancelled", {}, kListed},
      // Notices themselves.
      {"notice.failed", {"operator"}, ""},
      {"notice.test", {}, "whoever asks for it gets it"},
  };
}

}  // namespace

const std::vector<KnownEvent>& known_events() {
  static const std::vector<KnownEvent> all = make();
  return all;
}

const KnownEvent* find_event(std::string_view type) {
  const auto& all = known_events();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const KnownEvent& each) { return each.type == type; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace dure::notices
