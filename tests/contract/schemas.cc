// Makes the schemas of api/openapi.yaml and the filters of its lists from the field tables, so that the
// contract, the codec and the routes cannot differ. contract_test compares the file with what is made here.
#include "contract/schemas.h"

#include <map>
#include <set>
#include <sstream>

#include "model/access.h"
#include "model/account_requests.h"
#include "model/announcement.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/call_attachment.h"
#include "model/closure_requests.h"
#include "model/consolidation.h"
#include "model/evaluation_requests.h"
#include "model/gateway_link.h"
#include "model/group.h"
#include "model/idle.h"
#include "model/invoice_requests.h"
#include "model/machine.h"
#include "model/maintenance.h"
#include "model/node_link.h"
#include "model/notice_requests.h"
#include "model/outcome_requests.h"
#include "model/panel_requests.h"
#include "model/payer_facts.h"
#include "model/programme.h"
#include "model/quota.h"
#include "model/record.h"
#include "model/requests.h"
#include "model/reservation.h"
#include "model/sanction_requests.h"
#include "model/share_use.h"
#include "model/summary.h"
#include "model/supply_requests.h"
#include "model/usage.h"
#include "model/use_review.h"
#include "model/workload.h"
#include "server/list_query.h"
#include "server/required.h"
#include "wire/shape.h"

namespace dure::contract {
namespace {

using wire::Form;
using wire::Shape;

// Schemas by the name that they have in the contract.
struct Named {
  std::string name;
  const Shape* shape;
  bool input;                              // of a request: members may be left out
  std::vector<std::string_view> required;  // of a request: those that may not
};

template <class T>
void add(std::vector<Named>& all, const std::string& name) {
  all.push_back({name, &wire::kShape<T>, false, {}});
}
template <class T>
void add_input(std::vector<Named>& all, const std::string& name) {
  all.push_back({name, &wire::kShape<T>, true, server::Required<T>::members()});
}

#define DURE_OUT(Noun) add<model::Noun>(all, #Noun)
#define DURE_IN(Noun) add_input<model::Noun>(all, #Noun)

std::vector<Named> all_schemas() {
  std::vector<Named> all;
  DURE_OUT(Programme);
  DURE_OUT(PolicyVersion);
  DURE_OUT(Call);
  DURE_OUT(Announcement);
  DURE_OUT(CallAttachment);
  DURE_OUT(SummarySheet);
  DURE_OUT(Application);
  DURE_OUT(Document);
  DURE_OUT(Decision);
  DURE_OUT(Award);
  DURE_OUT(Project);
  DURE_OUT(Allocation);
  DURE_OUT(Obligation);
  DURE_OUT(Outage);
  DURE_OUT(Quota);
  DURE_OUT(Group);
  DURE_OUT(GroupMember);
  DURE_OUT(TrainingCompletion);
  DURE_OUT(TrainingStatus);
  DURE_OUT(CounterOffer);
  DURE_OUT(AllocationAction);
  DURE_OUT(Account);
  DURE_OUT(RoleGrant);
  DURE_OUT(Session);
  DURE_OUT(ApiToken);
  DURE_OUT(Node);
  DURE_OUT(Card);
  DURE_OUT(Image);
  DURE_OUT(Volume);
  DURE_OUT(Workload);
  DURE_OUT(Revision);
  DURE_OUT(Run);
  DURE_OUT(Replica);
  DURE_OUT(Share);
  DURE_OUT(ShareUse);
  DURE_OUT(ShareFinding);
  DURE_OUT(Observation);
  DURE_OUT(LedgerEntry);
  DURE_OUT(Invoice);
  DURE_OUT(InvoiceLine);
  DURE_OUT(Payment);
  DURE_OUT(CreditNote);
  DURE_OUT(AuditEntry);
  DURE_OUT(Event);
  DURE_OUT(CreatedApplication);
  DURE_OUT(OpenedAllocation);
  DURE_OUT(LoggedIn);
  DURE_OUT(WhoAmI);
  DURE_OUT(CreatedToken);
  DURE_OUT(TemporaryPassword);
  DURE_OUT(WorkloadView);
  DURE_OUT(GrantedAccess);
  DURE_OUT(QueueItem);
  DURE_OUT(QueueMove);
  DURE_OUT(QuotaUse);
  DURE_OUT(AccountGroup);
  DURE_OUT(ShareTable);
  DURE_OUT(ConsolidationProposal);
  DURE_OUT(ResourceTable);
  DURE_OUT(InvoiceView);
  DURE_OUT(UsageSum);
  DURE_OUT(EnrolledNode);
  DURE_OUT(NodeOrders);
  DURE_OUT(EntryVerdict);
  DURE_OUT(AuditVerdict);
  DURE_OUT(MaintenanceWindow);
  DURE_OUT(TouchedRun);
  DURE_OUT(Reservation);
  DURE_OUT(Supplier);
  DURE_OUT(SupplierCall);
  DURE_OUT(SupplierProposal);
  DURE_OUT(SupplierEvaluation);
  DURE_OUT(SupplyAgreement);
  DURE_OUT(CapacityBatch);
  DURE_OUT(SupplyTarget);
  DURE_OUT(DemandSurvey);
  DURE_OUT(DemandAnswer);
  DURE_OUT(BeneficiaryReservation);
  DURE_OUT(Notification);
  DURE_OUT(NoticePreference);
  DURE_OUT(NoticeSilence);
  DURE_OUT(NoticeText);
  DURE_OUT(GroupShare);
  DURE_OUT(SupplyStatus);
  DURE_OUT(EvidenceDocument);
  DURE_OUT(Outcome);
  DURE_OUT(AcknowledgementCheck);
  DURE_OUT(DataShare);
  DURE_OUT(UserSurvey);
  DURE_OUT(DeletionJob);
  DURE_OUT(RetentionHold);
  DURE_OUT(DeletionCertificate);
  DURE_OUT(Determination);
  DURE_OUT(Question);
  DURE_OUT(ReportForm);
  DURE_OUT(SurveyAnswered);
  DURE_OUT(SurveyResults);
  DURE_OUT(OutcomeStatus);
  DURE_OUT(DeskView);
  DURE_IN(SetNoticePreference);
  DURE_IN(SilenceNotices);
  DURE_IN(TestNotice);
  DURE_IN(LoadNoticeText);
  DURE_OUT(ReviewCriteria);
  DURE_OUT(UtilisationReview);
  DURE_OUT(UtilisationTable);
  DURE_OUT(IdleWarning);
  DURE_OUT(Idleness);
  DURE_OUT(Incident);
  DURE_OUT(Sanction);
  DURE_OUT(Restriction);
  DURE_OUT(Round);
  DURE_OUT(RoundEntry);
  DURE_OUT(Panel);
  DURE_OUT(PanelMember);
  DURE_OUT(ConflictOfInterest);
  DURE_OUT(Review);
  DURE_OUT(BonusClaim);
  DURE_OUT(Ranking);
  DURE_OUT(WaitlistEntry);
  DURE_OUT(Appeal);
  DURE_OUT(RoundDuty);
  DURE_OUT(RoundProgress);
  DURE_OUT(RoundResult);
  DURE_OUT(MatchedDemand);
  DURE_OUT(SelectionRequest);
  DURE_OUT(SelectionResult);
  DURE_IN(LoadPolicy);
  DURE_IN(OpenCall);
  DURE_IN(CreateApplication);
  DURE_IN(Form1);
  DURE_IN(DecideApplication);
  DURE_IN(OpenAllocation);
  DURE_IN(LogIn);
  DURE_IN(ChangePassword);
  DURE_IN(CreateToken);
  DURE_IN(CreateAccount);
  DURE_IN(ChangeStanding);
  DURE_IN(CreateGrant);
  DURE_IN(CreateWorkload);
  DURE_IN(RequestAccess);
  DURE_IN(MoveRun);
  DURE_IN(RecordCheckpoint);
  DURE_IN(CarryOutConsolidation);
  DURE_IN(MakeInvoice);
  DURE_IN(RecordPayment);
  DURE_IN(IssueCreditNote);
  DURE_IN(WriteOff);
  DURE_IN(ConfirmPayer);
  DURE_IN(BeginOutage);
  DURE_IN(SetQuota);
  DURE_IN(CreateGroup);
  DURE_IN(SetGroup);
  DURE_IN(AddGroupMember);
  DURE_IN(ConfirmTraining);
  DURE_IN(MakeCounterOffer);
  DURE_IN(EndCounterOffer);
  DURE_IN(RequestAllocationAction);
  DURE_IN(DecideAllocationAction);
  DURE_IN(ResultsReport);
  DURE_IN(EnrolNode);
  DURE_IN(NodeReport);
  DURE_IN(EntryCheck);
  DURE_IN(PlanMaintenance);
  DURE_IN(MakeReservation);
  DURE_IN(RegisterSupplier);
  DURE_IN(OpenSupplierCall);
  DURE_IN(ProposeSupply);
  DURE_IN(EvaluateProposal);
  DURE_IN(DecideSupplierCall);
  DURE_IN(DraftAgreement);
  DURE_IN(MoveAgreement);
  DURE_IN(PlanBatch);
  DURE_IN(RecordStage);
  DURE_IN(TieBatch);
  DURE_IN(PromiseCapacity);
  DURE_IN(DecideTarget);
  DURE_IN(OpenSurvey);
  DURE_IN(AnswerSurvey);
  DURE_IN(ReserveForBeneficiary);
  DURE_IN(GiveGround);
  DURE_IN(TellOutcome);
  DURE_IN(CheckAcknowledgement);
  DURE_IN(ProposeShare);
  DURE_IN(CheckShare);
  DURE_IN(RegisterShare);
  DURE_IN(OpenUserSurvey);
  DURE_IN(AnswerUserSurvey);
  DURE_IN(PlaceHold);
  DURE_IN(AnnounceEnd);
  DURE_IN(EndPolicyVersion);
  DURE_IN(RecordDetermination);
  DURE_IN(AskQuestion);
  DURE_IN(AnswerQuestion);
  DURE_IN(DeclineQuestion);
  DURE_IN(PublishCriteria);
  DURE_IN(OpenReview);
  DURE_IN(ProposeMeasure);
  DURE_IN(GiveOpinion);
  DURE_IN(DecideReview);
  DURE_IN(ReportIncident);
  DURE_IN(ConfirmIncident);
  DURE_IN(ReportSanction);
  DURE_IN(SuspendForSanction);
  DURE_IN(NotifySanction);
  DURE_IN(DeliberateSanction);
  DURE_IN(ImposeSanction);
  DURE_IN(AppealSanction);
  DURE_IN(DecideSanctionAppeal);
  DURE_IN(ReferSanction);
  DURE_IN(RecordRestriction);
  DURE_IN(CloseEarly);
  DURE_IN(PlanRound);
  DURE_IN(CancelRound);
  DURE_IN(AdmitToRound);
  DURE_IN(AssignReviews);
  DURE_IN(RecommendAmount);
  DURE_IN(ConvenePanel);
  DURE_IN(ResizePanel);
  DURE_IN(InviteMember);
  DURE_IN(RespondInvitation);
  DURE_IN(ReleaseMember);
  DURE_IN(RecordMinutes);
  DURE_IN(DeclareConflict);
  DURE_IN(ResolveConflict);
  DURE_IN(DeclineReview);
  DURE_IN(GiveScores);
  DURE_IN(ReopenReview);
  DURE_IN(AnswerScreening);
  DURE_IN(ClaimBonus);
  DURE_IN(DecideBonus);
  DURE_IN(ComputeRanking);
  DURE_IN(ConfirmRanking);
  DURE_IN(DeclineAward);
  DURE_IN(SignAgreement);
  DURE_IN(MatchDemand);
  DURE_IN(WithdrawFromWaiting);
  DURE_IN(FileAppeal);
  DURE_IN(DecideAppeal);
  return all;
}
#undef DURE_OUT
#undef DURE_IN

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

class Writer {
 public:
  explicit Writer(const std::vector<Named>& all) {
    for (const auto& each : all)
      if (!each.input) outputs_[each.shape] = each.name;
  }

  std::string schema(const Named& named) {
    text_.str("");
    text_ << "    " << named.name << ":\n";
    if (!named.required.empty()) line(6) << "required: [" << joined(named.required) << "]\n";
    body(*named.shape, 6, named.input);
    return text_.str();
  }

 private:
  std::ostream& line(int indent) { return text_ << std::string(static_cast<std::size_t>(indent), ' '); }

  // The schema of a member; a noun of its own is referred to.
  void value(const Shape& shape, int indent, bool input) {
    const auto found = outputs_.find(&shape);
    if (!input && found != outputs_.end())
      line(indent) << "$ref: '#/components/schemas/" << found->second << "'\n";
    else
      body(shape, indent, input);
  }

  void body(const Shape& shape, int indent, bool input) {
    switch (shape.form) {
      case Form::kText:
        line(indent) << "type: string\n";
        break;
      case Form::kBool:
        line(indent) << "type: boolean\n";
        break;
      case Form::kInteger:
        line(indent) << "type: integer\n";
        line(indent) << "format: int64\n";
        break;
      case Form::kInstant:
        line(indent) << "type: string\n";
        line(indent) << "format: date-time\n";
        break;
      case Form::kDate:
        line(indent) << "type: string\n";
        line(indent) << "format: date\n";
        break;
      case Form::kReason:
        line(indent) << "$ref: '#/components/schemas/Reason'\n";
        break;
      case Form::kEnum:
        names(shape, indent);
        break;
      case Form::kOptional:
        optional(*shape.item, indent, input);
        break;
      case Form::kList:
        line(indent) << "type: array\n";
        line(indent) << "items:\n";
        value(*shape.item, indent + 2, input);
        break;
      case Form::kMap:
        line(indent) << "type: object\n";
        line(indent) << "additionalProperties:\n";
        value(*shape.item, indent + 2, input);
        break;
      case Form::kObject:
        object(shape, indent, input);
        break;
    }
  }

  void names(const Shape& shape, int indent) {
    line(indent) << "type: string\n";
    line(indent) << "enum: [";
    for (std::size_t i = 0; i < shape.names.count; ++i) text_ << (i ? ", " : "") << shape.names.first[i];
    text_ << "]\n";
  }

  void optional(const Shape& item, int indent, bool input) {
    line(indent) << "anyOf:\n";
    line(indent + 2) << "- type: 'null'\n";
    line(indent + 2) << "-\n";
    value(item, indent + 4, input);
  }

  void object(const Shape& shape, int indent, bool input) {
    line(indent) << "type: object\n";
    line(indent) << "additionalProperties: false\n";
    std::string required;
    for (std::size_t i = 0; i < shape.member_count; ++i)
      if (shape.members[i].visibility != model::Visibility::kSecret)
        required += (required.empty() ? "" : ", ") + std::string(shape.members[i].name);
    if (!input) line(indent) << "required: [" << required << "]\n";
    line(indent) << "properties:\n";
    for (std::size_t i = 0; i < shape.member_count; ++i) {
      const auto& member = shape.members[i];
      if (member.visibility == model::Visibility::kSecret) continue;
      line(indent + 2) << member.name << ":\n";
      value(*member.shape, indent + 4, input);
      limits(member.range, indent + 4);
    }
  }

  void limits(const model::Range& range, int indent) {
    if (range.least != model::Range{}.least) line(indent) << "minimum: " << range.least << "\n";
    if (range.most != model::Range{}.most) line(indent) << "maximum: " << range.most << "\n";
  }

  std::ostringstream text_;
  std::map<const Shape*, std::string> outputs_;
};

// ---- The filters of the lists

// The fields by which a list of the noun with that schema is filtered; none where it is no list of rows.
std::map<std::string, std::vector<server::FilterField>, std::less<>> all_lists() {
  std::map<std::string, std::vector<server::FilterField>, std::less<>> lists;
#define DURE_LIST(Noun) lists[#Noun] = server::filter_fields<model::Noun>()
  DURE_LIST(Programme);
  DURE_LIST(PolicyVersion);
  DURE_LIST(Call);
  DURE_LIST(Application);
  DURE_LIST(CallAttachment);
  DURE_LIST(Document);
  DURE_LIST(Decision);
  DURE_LIST(Award);
  DURE_LIST(Project);
  DURE_LIST(Allocation);
  DURE_LIST(Obligation);
  DURE_LIST(Outage);
  DURE_LIST(Quota);
  DURE_LIST(Group);
  DURE_LIST(GroupMember);
  DURE_LIST(TrainingCompletion);
  DURE_LIST(CounterOffer);
  DURE_LIST(AllocationAction);
  DURE_LIST(Account);
  DURE_LIST(RoleGrant);
  DURE_LIST(Session);
  DURE_LIST(ApiToken);
  DURE_LIST(Node);
  DURE_LIST(Card);
  DURE_LIST(Image);
  DURE_LIST(Volume);
  DURE_LIST(Workload);
  DURE_LIST(Run);
  DURE_LIST(Replica);
  DURE_LIST(Share);
  DURE_LIST(ShareUse);
  DURE_LIST(ShareFinding);
  DURE_LIST(Observation);
  DURE_LIST(LedgerEntry);
  DURE_LIST(Invoice);
  DURE_LIST(Payment);
  DURE_LIST(CreditNote);
  DURE_LIST(AuditEntry);
  DURE_LIST(Event);
  DURE_LIST(Notification);
  DURE_LIST(NoticePreference);
  DURE_LIST(NoticeSilence);
  DURE_LIST(NoticeText);
  DURE_LIST(MaintenanceWindow);
  DURE_LIST(Reservation);
  DURE_LIST(Supplier);
  DURE_LIST(SupplierCall);
  DURE_LIST(SupplierProposal);
  DURE_LIST(SupplierEvaluation);
  DURE_LIST(SupplyAgreement);
  DURE_LIST(CapacityBatch);
  DURE_LIST(SupplyTarget);
  DURE_LIST(DemandSurvey);
  DURE_LIST(DemandAnswer);
  DURE_LIST(BeneficiaryReservation);
  DURE_LIST(EvidenceDocument);
  DURE_LIST(Outcome);
  DURE_LIST(AcknowledgementCheck);
  DURE_LIST(DataShare);
  DURE_LIST(UserSurvey);
  DURE_LIST(DeletionJob);
  DURE_LIST(RetentionHold);
  DURE_LIST(DeletionCertificate);
  DURE_LIST(Determination);
  DURE_LIST(Question);
  DURE_LIST(ReviewCriteria);
  DURE_LIST(UtilisationReview);
  DURE_LIST(IdleWarning);
  DURE_LIST(Incident);
  DURE_LIST(Sanction);
  DURE_LIST(Restriction);
  DURE_LIST(Round);
  DURE_LIST(RoundEntry);
  DURE_LIST(Panel);
  DURE_LIST(PanelMember);
  DURE_LIST(ConflictOfInterest);
  DURE_LIST(Review);
  DURE_LIST(BonusClaim);
  DURE_LIST(Ranking);
  DURE_LIST(WaitlistEntry);
  DURE_LIST(Appeal);
#undef DURE_LIST
  return lists;
}

std::string value_schema(const server::FilterField& field) {
  switch (field.type) {
    case server::FilterType::kEnum:
      return "{type: string, enum: [" + joined(field.names) + "]}";
    case server::FilterType::kWhole:
      return "{type: integer, format: int64}";
    case server::FilterType::kBool:
      return "{type: boolean}";
    case server::FilterType::kInstant:
      return "{type: string, format: date-time}";
    case server::FilterType::kDate:
      return "{type: string, format: date}";
    case server::FilterType::kText:
    case server::FilterType::kNone:
      return "{type: string}";
  }
  return "{}";
}

constexpr std::string_view kFilter = "        - {name: ";
constexpr std::string_view kSort = "        - {$ref: '#/components/parameters/Sort'}\n";
constexpr std::string_view kItems = "items: {type: array, items: {$ref: '#/components/schemas/";

std::string filter_lines(const std::vector<server::FilterField>& fields) {
  std::string text;
  for (const auto& field : fields) {
    const std::string head = std::string(kFilter) + std::string(field.name);
    const std::string schema = value_schema(field);
    text +=
        head + ", in: query, style: form, explode: false, schema: {type: array, items: " + schema + "}}\n";
    if (!server::has_ranges(field.type)) continue;
    text += head + ".from, in: query, schema: " + schema + "}\n";
    text += head + ".to, in: query, schema: " + schema + "}\n";
  }
  return text;
}

// The paths with the filters of each list after its Sort, in place of those that stand there.
std::string with_filters(std::string_view paths) {
  const auto lists = all_lists();
  std::string text;
  for (;;) {
    const auto sort = paths.find(kSort);
    if (sort == std::string_view::npos) return text + std::string(paths);
    text += paths.substr(0, sort + kSort.size());
    paths.remove_prefix(sort + kSort.size());
    while (paths.starts_with(kFilter)) paths.remove_prefix(paths.find('\n') + 1);
    const auto items = paths.find(kItems);
    if (items == std::string_view::npos) continue;
    const auto name = paths.substr(items + kItems.size());
    const auto found = lists.find(name.substr(0, name.find('\'')));
    if (found != lists.end()) text += filter_lines(found->second);
  }
}

}  // namespace

std::string renew(const std::string& contract) {
  const std::string marker(kMarker);
  const auto at = contract.find(marker);
  if (at == std::string::npos) return "";
  std::string text = with_filters(std::string_view(contract).substr(0, at)) + marker;
  const auto all = all_schemas();
  Writer writer(all);
  for (const auto& named : all) text += writer.schema(named);
  return text;
}

}  // namespace dure::contract
