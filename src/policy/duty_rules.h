// What a pack says about money, sanctions, reports, notices, and who decides what is not written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "calendar/period.h"
#include "policy/text.h"

namespace dure::policy {

enum class ChargeBasis { kHeld, kUsed };  // held (what was kept from others), used (device time)

// What one price pays for. A GPU is 1000 milli-GPU, a month is a calendar month.
enum class PriceUnit { kGpuHour, kMilliGpuHour, kGpuMonth, kServerMonth, kGibMonth };

struct PriceItem {
  std::string id;
  std::string model;  // "" = every model without an item of its own
  PriceUnit unit = PriceUnit::kGpuHour;
  base::Krw price;
  std::optional<base::Date> from;   // first day in force; none: always was
  std::optional<base::Date> until;  // last day in force, counted; none: no end
  bool tax_free = false;            // no tax is added to what this item costs
  std::string source;
  bool operator==(const PriceItem&) const = default;
};

// The payer pays `rate_bp` of the price (matching), or that much less (discount).
struct RateRule {
  std::string id;
  Text title;
  std::vector<Condition> when;
  std::int64_t rate_bp = 0;
  bool operator==(const RateRule&) const = default;
};

// Of a scale: a figure of at most `up_to` pays `rate_bp` of the price. The last band may have no end.
struct ScaleBand {
  std::optional<std::int64_t> up_to;
  std::int64_t rate_bp = 0;
  bool operator==(const ScaleBand&) const = default;
};

// Matching by a number of the payer's: S3 gives the ends of the scale (25 to 7.5 %) and leaves its variable
// open, so the pack names it ("employees", "turnover_million_krw").
struct ScaleRule {
  std::string id;
  Text title;
  std::vector<Condition> when;
  std::string figure;
  std::vector<ScaleBand> bands;  // by rising up_to
  bool operator==(const ScaleRule&) const = default;
};

// Several discounts at once: each on what the one before left (compound), their sum, or the largest alone.
enum class DiscountsCombine { kCompound, kSum, kLargest };

// A month of which only a part was held: its days (by_day), the whole of it (whole), or nothing (dropped).
enum class PartMonth { kByDay, kWhole, kDropped };

enum class RateStep { kMatching, kDiscount, kWaiver };  // matching, discount, waiver
enum class RoundAt { kLine, kInvoice };                 // line, invoice

struct Rounding {
  std::int64_t drop_below_won = 1;  // 10: the last digit becomes 0 (R19). 1 = exact
  RoundAt at = RoundAt::kInvoice;
  bool operator==(const Rounding&) const = default;
};

// Value added tax on the lines that are not tax-free; its fractions are dropped by a rule of its own.
struct Tax {
  std::int64_t rate_bp = 0;
  std::int64_t drop_below_won = 1;
  RoundAt at = RoundAt::kInvoice;
  bool operator==(const Tax&) const = default;
};

struct Billing {
  std::string currency = "KRW";
  bool free_during_programme = false;  // every price item is 0 then (checked)
  bool fee_needs_amendment = false;
  ChargeBasis basis = ChargeBasis::kHeld;
  std::vector<std::string> charged_to;  // whose use is added up and charged: user, team
  std::vector<PriceItem> prices;
  std::vector<RateRule> matching;
  std::vector<ScaleRule> scales;  // where no rule of `matching` holds
  std::vector<RateRule> discounts;
  DiscountsCombine discounts_combine = DiscountsCombine::kCompound;
  std::vector<Rule> waivers;
  std::vector<RateStep> order;
  Rounding rounding;
  PartMonth part_month = PartMonth::kByDay;
  Tax tax;
  std::int64_t invoice_due_days = 0;
  bool operator==(const Billing&) const = default;
};

enum class SanctionMeasure {
  kWarn,
  kStop,
  kReclaim,
  kRestrict,
  kSuspendAccount,
  kDeleteAccount,
  kVoidApplication,
  kLegalAction
};
enum class Deliberation { kNone, kBeforeMeasure, kBeforeLegalAction };
// What a restriction is in later applications: they cannot be handed in, or they lose points (J2).
enum class LaterEffect { kExclusion, kPoints };  // exclusion, points

struct SanctionGround {
  std::string id;
  Text title;
  std::vector<SanctionMeasure> measures;
  bool at_once = false;  // urgent branch: measures other than legal action do not wait for opinions
  Deliberation deliberation = Deliberation::kNone;
  std::optional<calendar::Length> restriction;  // none with kRestrict: as the centre decides
  LaterEffect later = LaterEffect::kExclusion;
  std::int64_t later_points = 0;  // with kPoints: how many are lost
  std::vector<std::string>
      for_missing;                     // kinds of obligations and documents whose lack opens a case (J4, J5)
  std::vector<std::string> for_signs;  // kinds of incidents that open one: fake_load, mining (P23)
  bool user_liable = false;            // the notice says that the user is liable, not the centre (J7)
  std::string source;
  bool operator==(const SanctionGround&) const = default;
};

struct Sanctions {
  std::vector<SanctionGround> grounds;
  std::int64_t opinion_days = 0;
  std::optional<calendar::Length> appeal_within;
  bool operator==(const Sanctions&) const = default;
};

enum class ObligationEvent { kAllocationEnd, kOutcome, kAward };  // allocation_end, outcome, award

struct Obligation {
  std::string kind;  // result_report, data_share, survey, …
  Text title;
  std::string form;  // "form2"
  ObligationEvent after_event = ObligationEvent::kAllocationEnd;
  calendar::DueRule due;
  bool required = true;
  std::string source;
  bool operator==(const Obligation&) const = default;
};

// One way to register data (K5, K6). The first rank is what is owed; a later one may only stand in for it
// where all of `when` holds, as a person finds. Several of one rank: one of them is chosen.
struct DataShareType {
  std::string id;
  Text title;
  std::int64_t rank = 1;
  std::vector<Condition> when;
  Text where;  // how and where it is registered, and what is refused
  std::string source;
  bool operator==(const DataShareType&) const = default;
};

struct Outcomes {
  std::vector<Obligation> obligations;
  std::vector<std::string> kinds;  // paper, patent, …
  Text acknowledgement;            // with "{year}" and "{result}" where the text has a slot
  std::string grant_number;
  std::vector<std::string> acknowledged_kinds;  // whose evidence has to carry it (K4)
  bool evidence_required = false;               // with the report
  std::vector<DataShareType> data_share_types;
  std::vector<std::string> data_share_modes;
  bool data_registered_by_owner = false;  // on the data portal, by himself
  std::string data_definition;            // kind of the document that says what the data is (D7); "" = none
  std::int64_t surveys_per_year = 0;
  bool further_surveys = false;  // when needed
  bool operator==(const Outcomes&) const = default;
};

enum class Channel { kMail, kConsole, kWebhook, kKakao, kSlack };

struct NoticeRule {
  std::string event;  // "account.idle", "password.expiring", …
  // applicant, member, leader, developer, user (all of the programme), operator, reviewer, auditor, supplier
  std::vector<std::string> recipients;
  std::vector<Channel> channels;
  std::vector<std::int64_t> lead_days;  // days before the thing happens; 0 = when it happens
  std::string text;                     // id in texts.files
  std::string source;
  bool operator==(const NoticeRule&) const = default;
};

struct Notify {
  std::vector<NoticeRule> rules;
  std::vector<std::string> always;          // events that no silence and no wish of a person's holds back
  bool urgent_stop_without_notice = false;  // M1
  bool operator==(const Notify&) const = default;
};

struct Determination {
  Text decided_by;
  Text procedure;
  bool operator==(const Determination&) const = default;
};

}  // namespace dure::policy
