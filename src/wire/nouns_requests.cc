// The codec for what commands take and give (model/requests.h).
#include "model/requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

#define DURE_WIRE(T)                                                               \
  template void write_json(std::string&, const model::T&, Out);                    \
  template boost::json::value to_json(const model::T&, Out);                       \
  template base::Result<model::T> from_json(const boost::json::value&, const In&); \
  template base::Result<model::T> read_json(std::string_view, const In&, Limits)
DURE_WIRE(PolicyLayerText);
DURE_WIRE(LoadPolicy);
DURE_WIRE(OpenCall);
DURE_WIRE(CreateApplication);
DURE_WIRE(CreatedApplication);
DURE_WIRE(DecideApplication);
DURE_WIRE(OpenAllocation);
DURE_WIRE(OpenedAllocation);
DURE_WIRE(LogIn);
DURE_WIRE(LoggedIn);
DURE_WIRE(ChangePassword);
DURE_WIRE(WhoAmI);
DURE_WIRE(CreateToken);
DURE_WIRE(CreatedToken);
DURE_WIRE(TemporaryPassword);
DURE_WIRE(CreateGrant);
DURE_WIRE(CreateAccount);
DURE_WIRE(CreateWorkload);
DURE_WIRE(WorkloadView);
DURE_WIRE(RequestAccess);
DURE_WIRE(GrantedAccess);
DURE_WIRE(QueueItem);
DURE_WIRE(MoveRun);
DURE_WIRE(QueueMove);
DURE_WIRE(ResourceRow);
DURE_WIRE(ResourceTable);
DURE_WIRE(MakeInvoice);
DURE_WIRE(InvoiceView);
DURE_WIRE(UsageSum);
DURE_WIRE(BeginOutage);
DURE_WIRE(EnrolNode);
DURE_WIRE(EnrolledNode);
DURE_WIRE(AuditVerdict);
#undef DURE_WIRE

}  // namespace dure::wire
