// The codec's instantiations for the centre's nouns.
#include "model/access.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/group.h"
#include "model/programme.h"
#include "model/quota.h"
#include "model/record.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Organisation);
DURE_WIRE_INSTANTIATE_NOUN(model::Person);
DURE_WIRE_INSTANTIATE_NOUN(model::Account);
DURE_WIRE_INSTANTIATE_NOUN(model::RoleGrant);
DURE_WIRE_INSTANTIATE_NOUN(model::Session);
DURE_WIRE_INSTANTIATE_NOUN(model::ApiToken);
DURE_WIRE_INSTANTIATE_NOUN(model::BlockedAddress);
DURE_WIRE_INSTANTIATE_NOUN(model::Programme);
DURE_WIRE_INSTANTIATE_NOUN(model::PolicyVersion);
DURE_WIRE_INSTANTIATE_NOUN(model::Call);
DURE_WIRE_INSTANTIATE_NOUN(model::Application);
DURE_WIRE_INSTANTIATE_NOUN(model::Document);
DURE_WIRE_INSTANTIATE_NOUN(model::Decision);
DURE_WIRE_INSTANTIATE_NOUN(model::Award);
DURE_WIRE_INSTANTIATE_NOUN(model::Project);
DURE_WIRE_INSTANTIATE_NOUN(model::Allocation);
DURE_WIRE_INSTANTIATE_NOUN(model::Outage);
DURE_WIRE_INSTANTIATE_NOUN(model::Obligation);
DURE_WIRE_INSTANTIATE_NOUN(model::Quota);
DURE_WIRE_INSTANTIATE_NOUN(model::Group);
DURE_WIRE_INSTANTIATE_NOUN(model::GroupMember);
DURE_WIRE_INSTANTIATE(std::optional<model::Group>);
DURE_WIRE_INSTANTIATE(std::optional<model::GroupMember>);
DURE_WIRE_INSTANTIATE_NOUN(model::Invoice);
DURE_WIRE_INSTANTIATE_NOUN(model::InvoiceLine);
DURE_WIRE_INSTANTIATE_NOUN(model::Payment);
DURE_WIRE_INSTANTIATE_NOUN(model::CreditNote);
DURE_WIRE_INSTANTIATE_NOUN(model::AuditEntry);
DURE_WIRE_INSTANTIATE_NOUN(model::Event);
DURE_WIRE_INSTANTIATE_NOUN(model::IdempotencyKey);
DURE_WIRE_INSTANTIATE_NOUN(model::LoopLease);

// Values inside nouns, and the kinds of member that the store keeps as JSON text.
DURE_WIRE_INSTANTIATE_NOUN(model::Applicant);
DURE_WIRE_INSTANTIATE_NOUN(model::ResourceAmount);
DURE_WIRE_INSTANTIATE_NOUN(model::UsePlan);
DURE_WIRE_INSTANTIATE_NOUN(model::DataDeclaration);
DURE_WIRE_INSTANTIATE_NOUN(model::Form1);
DURE_WIRE_INSTANTIATE_NOUN(model::ScreeningItem);
DURE_WIRE_INSTANTIATE_NOUN(model::ChargeStep);
DURE_WIRE_INSTANTIATE_NOUN(model::ResultsReport);
DURE_WIRE_INSTANTIATE(std::optional<model::ResultsReport>);
DURE_WIRE_INSTANTIATE_NOUN(base::Reason);
DURE_WIRE_INSTANTIATE(std::optional<base::Reason>);
DURE_WIRE_INSTANTIATE(std::string);
DURE_WIRE_INSTANTIATE(std::optional<std::string>);
DURE_WIRE_INSTANTIATE(std::vector<std::string>);
DURE_WIRE_INSTANTIATE(std::map<std::string, std::string>);

}  // namespace dure::wire
