// Pack: the rules of a programme in force, typed, each value with where it comes from.
//
//   DURE_LET(pack, policy::merge({defaults, floors, programme}));
//   pack.account.password.min_length                          12
//   pack.provenance("account.password.min_length")->source    "S0 article 5"
//   pack.on(Section::kEvaluation)                             is the feature wanted at all
//
// A section that no layer above the product's default speaks of is off: its feature does not exist in that
// programme (its values are then the neutral ones). The sections that are always on are meta, calendar,
// texts, application, documents, offer, award, account, privacy, retention, queue, workload and notify.
// `dure policy explain SECTION` says what is missing when a section is off.
//
// A pack is an immutable value once merged; copies and concurrent reads are safe. A decision keeps hash().
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/business_days.h"
#include "calendar/zone.h"
#include "policy/account_rules.h"
#include "policy/allocation_rules.h"
#include "policy/application_rules.h"
#include "policy/call_rules.h"
#include "policy/catalogue_rules.h"
#include "policy/duty_rules.h"
#include "policy/effect.h"
#include "policy/layer.h"
#include "policy/programme_rules.h"

namespace dure::policy {

enum class Section {
  kMeta,
  kCalendar,
  kTexts,
  kSupply,
  kCall,
  kEligibility,
  kApplication,
  kDocuments,
  kOffer,
  kEvaluation,
  kSelection,
  kAward,
  kAccount,
  kPrivacy,
  kUtilisation,
  kQueue,
  kWorkload,
  kBilling,
  kSanctions,
  kOutcomes,
  kRetention,
  kNotify,
  kDetermination,
  kCatalogue,
  kContact,
};

// Where a value of the pack comes from.
struct Provenance {
  bool built_in = true;  // no layer sets it: the neutral value of the key table
  LayerKind layer = LayerKind::kDefault;
  std::string layer_id;
  std::string file;  // name given to parse_layer
  Position position;
  std::string source;
  Confidence confidence = Confidence::kChosen;
  std::string note;
  bool operator==(const Provenance&) const = default;
};

struct Pack {
  Meta meta;
  CalendarRules calendar;
  Texts texts;
  Supply supply;
  Call call;
  Eligibility eligibility;
  ApplicationRules application;
  Documents documents;
  Offer offer;
  Evaluation evaluation;
  Selection selection;
  Award award;
  AccountRules account;
  Privacy privacy;
  Utilisation utilisation;
  Queue queue;
  WorkloadRules workload;
  Billing billing;
  Sanctions sanctions;
  Outcomes outcomes;
  Retention retention;
  Notify notify;
  Determination determination;
  Catalogue catalogue;
  Contact contact;

  std::vector<Layer> layers;  // that it was made of, lowest first

  bool on(Section section) const;

  // Of a key of the key table, else nullptr.
  const Provenance* provenance(std::string_view key) const;
  // The value of a key as text ("12", "6 months", a list as JSON); none for an unknown key.
  std::optional<std::string> value_text(std::string_view key) const;
  // The floors on a key, whether met by condition or not.
  std::vector<Floor> floors(std::string_view key) const;

  // SHA-256 of canonical(); the same for any order of keys, comments and style of the files.
  const std::string& hash() const { return hash_; }
  // The pack as one text that restore() reads back to an equal pack (but for file names and lines).
  const std::string& canonical() const { return canonical_; }

 private:
  friend struct PackMaker;  // merge.cc

  std::map<std::string, Provenance, std::less<>> provenance_;  // of keys that a layer sets
  std::map<std::string, Entry, std::less<>> values_;           // likewise
  std::string canonical_;
  std::string hash_;
};

// One pack of layers in any order: default < centre < programme < track < call < what-if; any number of
// floors; at most one layer of each other kind. Refuses (kInvalid "policy.merge_refused") values that break a
// floor, naming the floor and its source (invariant 19), and values that contradict each other.
base::Result<Pack> merge(const std::vector<Layer>& layers);

// The pack whose canonical() is `text` (as kept with a PolicyVersion).
base::Result<Pack> restore(std::string_view text);

// What `dure policy explain KEY` prints. Works without a pack for the static part.
struct Explanation {
  std::string key;
  std::string type_ko;
  std::string type_en;  // "whole number, 1 .. 128 characters"
  std::string description_ko;
  std::string description_en;
  std::string neutral;  // the value when no layer sets it
  std::string value;    // in force
  Provenance provenance;
  std::vector<Floor> floors;
  // Layers that set it too and were overridden, lowest first: (layer id, value).
  std::vector<std::pair<std::string, std::string>> overridden;
  bool section_on = true;
  Effect effect = Effect::kInForce;
};

// Refuses (kNotFound "policy.key_unknown") what is no key, with a suggestion.
base::Result<Explanation> explain(const Pack& pack, std::string_view key);

// One row of the key table.
struct KeyInfo {
  std::string key;
  std::string type_ko;
  std::string type_en;
  std::string neutral;
  std::string description_ko;
  std::string description_en;
  Effect effect = Effect::kInForce;
};
std::vector<KeyInfo> key_table();
// Precondition: `key` is one.
Effect effect_of(std::string_view key);
struct SectionInfo {
  Section section;
  std::string name;
  bool always_on = false;
  std::string off_ko;  // what is missing when it is off
  std::string off_en;
};
const std::vector<SectionInfo>& section_table();
// The key table as Markdown: docs/formats/policy-keys.md.
std::string key_table_markdown();

std::string_view name_of(LayerKind kind);
std::string_view name_of(Confidence confidence);
std::string_view name_of(Direction direction);
std::string_view name_of(Effect effect);

// The pack's zone and business days (Korean holidays and calendar.extra_holidays).
calendar::Zone zone_of(const Pack& pack);
calendar::BusinessDays business_days_of(const Pack& pack);
// Deadline rule of the pack: first day not counted, rolling as calendar.roll_deadlines says.
calendar::PeriodRule deadline_rule(const Pack& pack);

}  // namespace dure::policy
