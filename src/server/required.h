// Which members the body of a write must have. One list for the code that reads bodies and for the contract
// (tests/contract/schemas.cc). A type that is not here may leave out every member.
#pragma once

#include <string_view>
#include <vector>

#include "model/account_requests.h"
#include "model/allocation_action.h"
#include "model/closure_requests.h"
#include "model/consolidation.h"
#include "model/counter_offer.h"
#include "model/evaluation_requests.h"
#include "model/gateway_link.h"
#include "model/group.h"
#include "model/invoice_requests.h"
#include "model/maintenance.h"
#include "model/node_link.h"
#include "model/notice_requests.h"
#include "model/outcome_requests.h"
#include "model/quota.h"
#include "model/requests.h"
#include "model/reservation.h"
#include "model/sanction_requests.h"
#include "model/supply_requests.h"
#include "model/training.h"
#include "model/use_review.h"

namespace dure::server {

template <class Body>
struct Required {
  static std::vector<std::string_view> members() { return {}; }
};

#define DURE_REQUIRED(Body, ...)                                             \
  template <>                                                                \
  struct Required<model::Body> {                                             \
    static std::vector<std::string_view> members() { return {__VA_ARGS__}; } \
  }

DURE_REQUIRED(LogIn, "login", "password");
DURE_REQUIRED(ChangePassword, "current", "new");
DURE_REQUIRED(CreateToken, "name");
DURE_REQUIRED(CreateAccount, "login");
DURE_REQUIRED(CreateGrant, "account_id", "role", "scope");
DURE_REQUIRED(LoadPolicy, "layers");
DURE_REQUIRED(OpenCall, "programme_id");
DURE_REQUIRED(CreateApplication, "call_id", "form");
DURE_REQUIRED(DecideApplication, "verdict");
DURE_REQUIRED(ResultsReport, "kind", "title");
DURE_REQUIRED(BeginOutage, "cause");
DURE_REQUIRED(SetQuota, "scope", "ground");
DURE_REQUIRED(CreateGroup, "programme_id", "name");
DURE_REQUIRED(SetGroup, "node_ids", "namespaces", "registries", "storage_bytes", "ground");
DURE_REQUIRED(AddGroupMember, "account_id");
DURE_REQUIRED(ConfirmTraining, "material", "material_version");
DURE_REQUIRED(MakeCounterOffer, "resources", "ground");
DURE_REQUIRED(EndCounterOffer, "ground");
DURE_REQUIRED(RequestAllocationAction, "allocation_id", "kind", "reason");
DURE_REQUIRED(DecideAllocationAction, "approve", "ground");
DURE_REQUIRED(CreateWorkload, "allocation_id", "name", "spec");
DURE_REQUIRED(RequestAccess, "purpose");
DURE_REQUIRED(MoveRun, "priority");
DURE_REQUIRED(MakeInvoice, "allocation_id");
DURE_REQUIRED(RecordPayment, "amount_krw");
DURE_REQUIRED(IssueCreditNote, "ground");
DURE_REQUIRED(WriteOff, "ground");
DURE_REQUIRED(EnrolNode, "name");
DURE_REQUIRED(NodeReport, "boot_id");
DURE_REQUIRED(ChangeStanding, "ground");
DURE_REQUIRED(EntryCheck, "pass", "tickets");
DURE_REQUIRED(PlanMaintenance, "node_id", "starts_at", "ends_at", "ground");
DURE_REQUIRED(MakeReservation, "project_id", "starts_at", "ends_at", "ground");
DURE_REQUIRED(RegisterSupplier, "programme_id", "name", "business_number");
DURE_REQUIRED(OpenSupplierCall, "programme_id", "title", "budget_won");
DURE_REQUIRED(ProposeSupply, "supplier_call_id", "supplier_id", "items", "price_won", "own_use_bp",
              "first_service_on", "full_service_on");
DURE_REQUIRED(EvaluateProposal, "phase");
DURE_REQUIRED(DecideSupplierCall, "minutes");
DURE_REQUIRED(DraftAgreement, "supplier_proposal_id", "title");
DURE_REQUIRED(MoveAgreement, "event");
DURE_REQUIRED(PlanBatch, "programme_id", "name", "pool", "item");
DURE_REQUIRED(RecordStage, "stage");
DURE_REQUIRED(PromiseCapacity, "call_id", "gpus");
DURE_REQUIRED(DecideTarget, "programme_id", "year", "gpus", "decided_by", "decided_on");
DURE_REQUIRED(OpenSurvey, "programme_id", "title");
DURE_REQUIRED(AnswerSurvey, "organisation", "user_group", "purpose", "gpus", "from_on", "until_on");
DURE_REQUIRED(ReserveForBeneficiary, "programme_id", "beneficiary", "decided_by", "pool", "gpus", "starts_on",
              "ends_on", "ground");
DURE_REQUIRED(GiveGround, "ground");
DURE_REQUIRED(TellOutcome, "allocation_id", "kind", "title", "produced_on");
DURE_REQUIRED(CheckAcknowledgement, "evidence_document_id", "present");
DURE_REQUIRED(ProposeShare, "type", "mode", "title");
DURE_REQUIRED(CheckShare, "findings");
DURE_REQUIRED(RegisterShare, "registration");
DURE_REQUIRED(OpenUserSurvey, "programme_id", "title", "questions");
DURE_REQUIRED(AnswerUserSurvey, "choices");
DURE_REQUIRED(PlaceHold, "law", "ground");
DURE_REQUIRED(AnnounceEnd, "ends_on", "ground");
DURE_REQUIRED(EndPolicyVersion, "ends_on", "ground");
DURE_REQUIRED(RecordDetermination, "programme_id", "question", "met_on", "chair", "chair_office", "minutes",
              "decision");
DURE_REQUIRED(AskQuestion, "programme_id", "desk", "title", "text");
DURE_REQUIRED(AnswerQuestion, "answer");
DURE_REQUIRED(DeclineQuestion, "request");
DURE_REQUIRED(SilenceNotices, "event", "ends_at", "ground");
DURE_REQUIRED(TestNotice, "channel");
DURE_REQUIRED(LoadNoticeText, "programme_id", "name", "language", "text");
DURE_REQUIRED(PublishCriteria, "programme_id", "first_review_on", "criteria");
DURE_REQUIRED(OpenReview, "allocation_id");
DURE_REQUIRED(GiveOpinion, "opinion");
DURE_REQUIRED(DecideReview, "measure", "ground");
DURE_REQUIRED(ReportIncident, "allocation_id", "kind", "report");
DURE_REQUIRED(ConfirmIncident, "ground");
DURE_REQUIRED(ReportSanction, "programme_id", "ground", "facts");
DURE_REQUIRED(SuspendForSanction, "reason");
DURE_REQUIRED(DeliberateSanction, "deliberation");
DURE_REQUIRED(ImposeSanction, "ground");
DURE_REQUIRED(AppealSanction, "appeal");
DURE_REQUIRED(DecideSanctionAppeal, "upheld", "ground", "deliberation");
DURE_REQUIRED(ReferSanction, "to");
DURE_REQUIRED(RecordRestriction, "programme_id", "ground", "decided_by", "starts_on");
DURE_REQUIRED(CloseEarly, "closes_on", "ground");
DURE_REQUIRED(PlanRound, "call_id");
DURE_REQUIRED(CancelRound, "ground");
DURE_REQUIRED(AdmitToRound, "application_id", "ground");
DURE_REQUIRED(RecommendAmount, "amount", "ground");
DURE_REQUIRED(ConvenePanel, "round_id");
DURE_REQUIRED(InviteMember, "account_id", "organisation");
DURE_REQUIRED(RespondInvitation, "accept");
DURE_REQUIRED(ReleaseMember, "ground");
DURE_REQUIRED(RecordMinutes, "text", "held_on", "signed_by");
DURE_REQUIRED(DeclareConflict, "application_id", "round_id", "kind");
DURE_REQUIRED(ResolveConflict, "outcome", "ground");
DURE_REQUIRED(DeclineReview, "ground");
DURE_REQUIRED(GiveScores, "scores");
DURE_REQUIRED(ReopenReview, "ground");
DURE_REQUIRED(AnswerScreening, "answers");
DURE_REQUIRED(ClaimBonus, "application_id", "rule");
DURE_REQUIRED(DecideBonus, "granted", "ground");
DURE_REQUIRED(ComputeRanking, "round_id");
DURE_REQUIRED(DeclineAward, "ground");
DURE_REQUIRED(WithdrawFromWaiting, "ground");
DURE_REQUIRED(FileAppeal, "application_id", "ground");
DURE_REQUIRED(DecideAppeal, "upheld", "ground");
DURE_REQUIRED(CarryOutConsolidation, "version", "moves");
DURE_REQUIRED(RelocateRun, "run_id", "node_id", "card_ids");
#undef DURE_REQUIRED

}  // namespace dure::server
