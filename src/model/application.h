// Applications: Form 1 of the regional centre as a value, its documents, and the screening of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/party.h"

namespace dure::model {

enum class ApplicationKind { kNew, kChange, kRenewal };
DURE_ENUM(ApplicationKind, DURE_NAME(kNew, "new"), DURE_NAME(kChange, "change"),
          DURE_NAME(kRenewal, "renewal"));

struct Applicant {
  std::string name;
  std::string position;
  std::string organisation;  // name
  std::string unit;          // department, laboratory, course (F1)
  std::string advisor;       // supervising professor
  OrganisationClass organisation_class = OrganisationClass::kOther;
  std::string region;           // code; of the organisation
  std::string business_number;  // ten digits, with or without dashes
  bool participating_university = false;
  std::string email;
  std::string phone;
  std::string mobile;
  std::string address;
};
DURE_VALUE_FIELDS(Applicant, field("name", &Applicant::name, Visibility::kPersonal),
                  field("position", &Applicant::position), field("organisation", &Applicant::organisation),
                  field("unit", &Applicant::unit),
                  field("advisor", &Applicant::advisor, Visibility::kPersonal),
                  field("organisation_class", &Applicant::organisation_class),
                  field("region", &Applicant::region), field("business_number", &Applicant::business_number),
                  field("participating_university", &Applicant::participating_university),
                  field("email", &Applicant::email, Visibility::kPersonal),
                  field("phone", &Applicant::phone, Visibility::kPersonal),
                  field("mobile", &Applicant::mobile, Visibility::kPersonal),
                  field("address", &Applicant::address, Visibility::kPersonal));

// More than any centre has.
inline constexpr std::int64_t kMostBlocks = 10'000'000;
inline constexpr std::int64_t kMostCores = 10'000'000;
inline constexpr std::int64_t kMostBytes = 1LL << 60;
inline constexpr std::int64_t kMostMonths = 1'200;

// What is asked for, and, in an award, what is granted. A block is 1 % of a card (P1).
struct ResourceAmount {
  std::string model;        // catalogue name: "a100-40gb", …
  std::int64_t blocks = 0;  // 100 per card
  std::int64_t cpu_cores = 0;
  base::Bytes memory;
  base::Bytes storage;
  bool operator==(const ResourceAmount&) const = default;
};
DURE_VALUE_FIELDS(ResourceAmount, field("model", &ResourceAmount::model),
                  field("blocks", &ResourceAmount::blocks, Range{0, kMostBlocks}),
                  field("cpu_cores", &ResourceAmount::cpu_cores, Range{0, kMostCores}),
                  field("memory_bytes", &ResourceAmount::memory, Range{0, kMostBytes}),
                  field("storage_bytes", &ResourceAmount::storage, Range{0, kMostBytes}));

struct UsePlan {
  std::string title;
  std::string content;
  std::string effects;
  std::string other_material;
};
DURE_VALUE_FIELDS(UsePlan, field("title", &UsePlan::title), field("content", &UsePlan::content),
                  field("effects", &UsePlan::effects), field("other_material", &UsePlan::other_material));

// What the data to be used contains (S0 article 7, D12); any true one needs the administrator's prior check.
struct DataDeclaration {
  bool faces_or_personal = false;
  bool medical = false;
  bool other_personal = false;
  bool copyrighted = false;
  std::string description;
};
DURE_VALUE_FIELDS(DataDeclaration, field("faces_or_personal", &DataDeclaration::faces_or_personal),
                  field("medical", &DataDeclaration::medical),
                  field("other_personal", &DataDeclaration::other_personal),
                  field("copyrighted", &DataDeclaration::copyrighted),
                  field("description", &DataDeclaration::description));

struct Form1 {
  ApplicationKind kind = ApplicationKind::kNew;
  Applicant applicant;
  std::string login;                      // wished account name
  std::string public_ip;                  // of the applicant's PC
  std::vector<std::string> environments;  // "jupyter", "terminal", "vscode", or other text
  ResourceAmount resources;
  base::Date starts_on;
  std::int64_t months = 0;
  UsePlan plan;
  DataDeclaration data;
  bool guideline_agreed = false;
  bool privacy_agreed = false;
  std::string signer;
  std::optional<base::Date> signed_on;
  // To the fields that the programme adds to the form (application.fields of its pack), by their ids; a text
  // for each part of an answer.
  std::optional<std::map<std::string, std::vector<std::string>>> answers;
  std::optional<std::string> track;  // id of one of the call's tracks (B5)
};
DURE_VALUE_FIELDS(Form1, field("kind", &Form1::kind), field("applicant", &Form1::applicant),
                  field("login", &Form1::login), field("public_ip", &Form1::public_ip, Visibility::kPersonal),
                  field("environments", &Form1::environments), field("resources", &Form1::resources),
                  field("starts_on", &Form1::starts_on),
                  field("months", &Form1::months, Range{0, kMostMonths}), field("plan", &Form1::plan),
                  field("data", &Form1::data), field("guideline_agreed", &Form1::guideline_agreed),
                  field("privacy_agreed", &Form1::privacy_agreed),
                  field("signer", &Form1::signer, Visibility::kPersonal),
                  field("signed_on", &Form1::signed_on),
                  field("answers", &Form1::answers, Visibility::kPersonal), field("track", &Form1::track));

enum class ScreeningResult { kMet, kNotMet, kNeedsPerson };
DURE_ENUM(ScreeningResult, DURE_NAME(kMet, "met"), DURE_NAME(kNotMet, "not_met"),
          DURE_NAME(kNeedsPerson, "needs_person"));

// One rule of eligibility, its result and its ground.
struct ScreeningItem {
  std::string rule;    // key in the policy pack
  std::string source;  // seed and article
  ScreeningResult result = ScreeningResult::kNotMet;
  base::Reason reason;
};
DURE_VALUE_FIELDS(ScreeningItem, field("rule", &ScreeningItem::rule), field("source", &ScreeningItem::source),
                  field("result", &ScreeningItem::result), field("reason", &ScreeningItem::reason));

// governance 5.3.
enum class ApplicationState {
  kDraft,
  kSubmitted,
  kReturned,
  kEligible,
  kIneligible,
  kUnderReview,
  kScored,
  kWaitlisted,
  kSelected,
  kNotSelected,
  kWithdrawn,
  kVoid
};
DURE_ENUM(ApplicationState, DURE_NAME(kDraft, "draft"), DURE_NAME(kSubmitted, "submitted"),
          DURE_NAME(kReturned, "returned"), DURE_NAME(kEligible, "eligible"),
          DURE_NAME(kIneligible, "ineligible"), DURE_NAME(kUnderReview, "under_review"),
          DURE_NAME(kScored, "scored"), DURE_NAME(kWaitlisted, "waitlisted"),
          DURE_NAME(kSelected, "selected"), DURE_NAME(kNotSelected, "not_selected"),
          DURE_NAME(kWithdrawn, "withdrawn"), DURE_NAME(kVoid, "void"));

struct Application {
  ApplicationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string receipt_number;  // what people quote: "S0-2026-000001"; given on submission
  ProgrammeId programme_id;
  CallId call_id;
  std::optional<AccountId> account_id;  // who filed it, where he has an account
  ApplicationState state = ApplicationState::kDraft;
  std::string organisation;  // copies of the form, for lists and filters
  std::string title;
  Form1 form;
  std::optional<base::Instant> submitted_at;
  std::optional<base::Instant> decided_at;
  std::vector<ScreeningItem> screening;
  std::string policy_hash;  // under which it was screened
};
DURE_FIELDS(Application, "applications", field("id", &Application::id),
            field("version", &Application::version), field("created_at", &Application::created_at),
            field("updated_at", &Application::updated_at),
            field("receipt_number", &Application::receipt_number),
            field("programme_id", &Application::programme_id), field("call_id", &Application::call_id),
            field("account_id", &Application::account_id), field("state", &Application::state),
            field("organisation", &Application::organisation), field("title", &Application::title),
            field("form", &Application::form), field("submitted_at", &Application::submitted_at),
            field("decided_at", &Application::decided_at), field("screening", &Application::screening),
            field("policy_hash", &Application::policy_hash));

// An uploaded file; its bytes lie encrypted behind the blobs port.
struct Document {
  DocumentId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ApplicationId application_id;
  std::string kind;        // key of the policy's document list
  std::string file_name;   // as uploaded, for people; never used as a path
  std::string media_type;  // found by content
  base::Bytes size;
  std::string sha256;
  std::string blob;      // name behind the port
  std::string blob_key;  // this document's own key, wrapped; destroying it deletes the document everywhere
  std::optional<base::Instant> erased_at;
};
DURE_FIELDS(Document, "documents", field("id", &Document::id), field("version", &Document::version),
            field("created_at", &Document::created_at), field("updated_at", &Document::updated_at),
            field("programme_id", &Document::programme_id),
            field("application_id", &Document::application_id), field("kind", &Document::kind),
            field("file_name", &Document::file_name, Visibility::kPersonal),
            field("media_type", &Document::media_type), field("size_bytes", &Document::size),
            field("sha256", &Document::sha256), field("blob", &Document::blob, Visibility::kSecret),
            field("blob_key", &Document::blob_key, Visibility::kSecret),
            field("erased_at", &Document::erased_at));

// A decision that can be made again and explained: what was decided, from which inputs, under which rules.
struct Decision {
  DecisionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::optional<ProgrammeId> programme_id;
  std::optional<ApplicationId> application_id;
  std::string kind;        // "screening", "award", "rating", …
  std::string subject;     // "applications/<id>", …
  std::string outcome;     // "eligible", "approved", …
  std::string decided_by;  // account, or "rule"
  std::string policy_hash;
  std::string rules;   // revision of the deciding code's rules
  std::string inputs;  // JSON text
  std::string note;    // a person's ground
  std::vector<base::Reason> reasons;
  std::vector<std::string> determination_ids;  // that it cites (M2)
};
DURE_FIELDS(Decision, "decisions", field("id", &Decision::id), field("version", &Decision::version),
            field("created_at", &Decision::created_at), field("updated_at", &Decision::updated_at),
            field("programme_id", &Decision::programme_id),
            field("application_id", &Decision::application_id), field("kind", &Decision::kind),
            field("subject", &Decision::subject), field("outcome", &Decision::outcome),
            field("decided_by", &Decision::decided_by), field("policy_hash", &Decision::policy_hash),
            field("rules", &Decision::rules), field("inputs", &Decision::inputs, Visibility::kPersonal),
            field("note", &Decision::note), field("reasons", &Decision::reasons),
            field("determination_ids", &Decision::determination_ids));

}  // namespace dure::model
