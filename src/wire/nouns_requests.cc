// The codec's instantiations for the bodies of the API's writes and answers.
#include "model/group.h"
#include "model/invoice_requests.h"
#include "model/quota.h"
#include "model/requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::PolicyLayerText);
DURE_WIRE_INSTANTIATE_NOUN(model::LoadPolicy);
DURE_WIRE_INSTANTIATE_NOUN(model::OpenCall);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateApplication);
DURE_WIRE_INSTANTIATE_NOUN(model::CreatedApplication);
DURE_WIRE_INSTANTIATE_NOUN(model::ScreeningAnswer);
DURE_WIRE_INSTANTIATE_NOUN(model::DecideApplication);
DURE_WIRE_INSTANTIATE_NOUN(model::OpenAllocation);
DURE_WIRE_INSTANTIATE_NOUN(model::OpenedAllocation);
DURE_WIRE_INSTANTIATE_NOUN(model::LogIn);
DURE_WIRE_INSTANTIATE_NOUN(model::LoggedIn);
DURE_WIRE_INSTANTIATE_NOUN(model::ChangePassword);
DURE_WIRE_INSTANTIATE_NOUN(model::WhoAmI);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateToken);
DURE_WIRE_INSTANTIATE_NOUN(model::CreatedToken);
DURE_WIRE_INSTANTIATE_NOUN(model::TemporaryPassword);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateGrant);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateAccount);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateWorkload);
DURE_WIRE_INSTANTIATE_NOUN(model::WorkloadView);
DURE_WIRE_INSTANTIATE_NOUN(model::RequestAccess);
DURE_WIRE_INSTANTIATE_NOUN(model::GrantedAccess);
DURE_WIRE_INSTANTIATE_NOUN(model::QueueItem);
DURE_WIRE_INSTANTIATE_NOUN(model::MoveRun);
DURE_WIRE_INSTANTIATE_NOUN(model::RecordCheckpoint);
DURE_WIRE_INSTANTIATE_NOUN(model::QueueMove);
DURE_WIRE_INSTANTIATE_NOUN(model::ResourceRow);
DURE_WIRE_INSTANTIATE_NOUN(model::ResourceTable);
DURE_WIRE_INSTANTIATE_NOUN(model::MakeInvoice);
DURE_WIRE_INSTANTIATE_NOUN(model::InvoiceView);
DURE_WIRE_INSTANTIATE_NOUN(model::RecordPayment);
DURE_WIRE_INSTANTIATE_NOUN(model::IssueCreditNote);
DURE_WIRE_INSTANTIATE_NOUN(model::WriteOff);
DURE_WIRE_INSTANTIATE_NOUN(model::UsageSum);
DURE_WIRE_INSTANTIATE_NOUN(model::BeginOutage);
DURE_WIRE_INSTANTIATE_NOUN(model::SetQuota);
DURE_WIRE_INSTANTIATE_NOUN(model::CreateGroup);
DURE_WIRE_INSTANTIATE_NOUN(model::SetGroup);
DURE_WIRE_INSTANTIATE_NOUN(model::AddGroupMember);
DURE_WIRE_INSTANTIATE_NOUN(model::AccountGroup);
DURE_WIRE_INSTANTIATE_NOUN(model::HeldAmount);
DURE_WIRE_INSTANTIATE_NOUN(model::QuotaUse);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareRow);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareTable);
DURE_WIRE_INSTANTIATE_NOUN(model::EnrolNode);
DURE_WIRE_INSTANTIATE_NOUN(model::EnrolledNode);
DURE_WIRE_INSTANTIATE_NOUN(model::AuditVerdict);

}  // namespace dure::wire
