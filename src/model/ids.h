// The ids of all nouns, so that a header can refer to a noun without including it.
#pragma once

#include "base/id.h"

namespace dure::model {

struct Organisation;
struct Person;
struct Account;
struct RoleGrant;
struct Session;
struct ApiToken;
struct LoginAttempt;
struct BlockedAddress;
struct Programme;
struct PolicyVersion;
struct Call;
struct Application;
struct Document;
struct Decision;
struct Award;
struct Project;
struct Allocation;
struct Outage;
struct Obligation;
struct Quota;
struct Supplier;
struct SupplierCall;
struct SupplierProposal;
struct SupplierEvaluation;
struct SupplyAgreement;
struct CapacityBatch;
struct SupplyTarget;
struct DemandSurvey;
struct DemandAnswer;
struct BeneficiaryReservation;
struct Node;
struct EnrolToken;
struct Card;
struct Image;
struct Volume;
struct Workload;
struct Revision;
struct Run;
struct Replica;
struct Share;
struct MaintenanceWindow;
struct Reservation;
struct Observation;
struct LedgerEntry;
struct Invoice;
struct InvoiceLine;
struct Payment;
struct CreditNote;
struct AuditEntry;
struct Event;
struct Notification;
struct IdempotencyKey;
struct LoopLease;

using OrganisationId = base::Id<Organisation>;
using PersonId = base::Id<Person>;
using AccountId = base::Id<Account>;
using RoleGrantId = base::Id<RoleGrant>;
using SessionId = base::Id<Session>;
using ApiTokenId = base::Id<ApiToken>;
using ProgrammeId = base::Id<Programme>;
using PolicyVersionId = base::Id<PolicyVersion>;
using CallId = base::Id<Call>;
using ApplicationId = base::Id<Application>;
using DocumentId = base::Id<Document>;
using DecisionId = base::Id<Decision>;
using AwardId = base::Id<Award>;
using ProjectId = base::Id<Project>;
using AllocationId = base::Id<Allocation>;
using OutageId = base::Id<Outage>;
using ObligationId = base::Id<Obligation>;
using QuotaId = base::Id<Quota>;  // its text is the id of the organisation, project or account
using SupplierId = base::Id<Supplier>;
using SupplierCallId = base::Id<SupplierCall>;
using SupplierProposalId = base::Id<SupplierProposal>;
using SupplierEvaluationId = base::Id<SupplierEvaluation>;
using SupplyAgreementId = base::Id<SupplyAgreement>;
using CapacityBatchId = base::Id<CapacityBatch>;
using SupplyTargetId = base::Id<SupplyTarget>;
using DemandSurveyId = base::Id<DemandSurvey>;
using DemandAnswerId = base::Id<DemandAnswer>;
using BeneficiaryReservationId = base::Id<BeneficiaryReservation>;
using NodeId = base::Id<Node>;
using CardId = base::Id<Card>;  // its text is the GPU's or MIG instance's UUID, not a UUIDv7
using ImageId = base::Id<Image>;
using VolumeId = base::Id<Volume>;
using WorkloadId = base::Id<Workload>;
using RevisionId = base::Id<Revision>;
using RunId = base::Id<Run>;
using ReplicaId = base::Id<Replica>;
using ShareId = base::Id<Share>;
using MaintenanceWindowId = base::Id<MaintenanceWindow>;
using ReservationId = base::Id<Reservation>;
using ObservationId = base::Id<Observation>;
using LedgerEntryId = base::Id<LedgerEntry>;
using InvoiceId = base::Id<Invoice>;
using InvoiceLineId = base::Id<InvoiceLine>;
using PaymentId = base::Id<Payment>;
using CreditNoteId = base::Id<CreditNote>;

}  // namespace dure::model
