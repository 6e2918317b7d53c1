#include <array>

#include "policy/keys.h"

namespace dure::policy {

// The sections, whether they are always on, and what does not exist when they are off.
const std::vector<SectionInfo>& section_table() {
  static const std::vector<SectionInfo> table{
      {Section::kMeta, "meta", true, "", ""},
      {Section::kCalendar, "calendar", true, "", ""},
      {Section::kTexts, "texts", true, "", ""},
      {Section::kSupply, "supply", false, "공급 협약과 공급자 평가를 다루지 않습니다.",
       "No supply agreements and no evaluation of suppliers."},
      {Section::kCall, "call", false, "공모가 없습니다. 신청은 언제나 받을 수 있습니다.",
       "No calls: applications may come at any time."},
      {Section::kEligibility, "eligibility", false, "적격성 심사가 없습니다. 누구나 신청할 수 있습니다.",
       "No screening: anybody may apply."},
      {Section::kApplication, "application", true, "", ""},
      {Section::kDocuments, "documents", true, "", ""},
      {Section::kOffer, "offer", true, "", ""},
      {Section::kEvaluation, "evaluation", false, "평가가 없습니다. 적격이면 센터가 바로 결정합니다.",
       "No evaluation: the centre decides on eligible applications at once."},
      {Section::kSelection, "selection", false, "순위를 매기지 않습니다. 신청 순서대로 결정합니다.",
       "No ranking: applications are decided in the order of receipt."},
      {Section::kAward, "award", true, "", ""},
      {Section::kAccount, "account", true, "", ""},
      {Section::kPrivacy, "privacy", true, "", ""},
      {Section::kUtilisation, "utilisation", false, "사용률 점검과 회수가 없습니다.",
       "No review of use and no reclaim."},
      {Section::kQueue, "queue", true, "", ""},
      {Section::kWorkload, "workload", true, "", ""},
      {Section::kBilling, "billing", false, "요금을 매기지 않고 청구서를 만들지 않습니다.",
       "Nothing is charged and there are no invoices."},
      {Section::kSanctions, "sanctions", false, "제재 절차가 없습니다.", "No sanctions."},
      {Section::kOutcomes, "outcomes", false, "성과 보고 의무가 없습니다.", "No reports fall due."},
      {Section::kRetention, "retention", true, "", ""},
      {Section::kNotify, "notify", true, "", ""},
      {Section::kDetermination, "determination", false,
       "지침에 없는 사항을 누가 정하는지 적혀 있지 않습니다.",
       "It is not written who decides what the rules leave open."},
      {Section::kCatalogue, "catalogue", false,
       "소프트웨어와 서비스의 목록이 없습니다. 이미지가 정하는 대로 씁니다.",
       "No catalogue of software and services: images bring what they bring."},
      {Section::kContact, "contact", false, "안내 창구가 적혀 있지 않습니다.",
       "It is not written whom to ask."},
  };
  return table;
}

std::string_view name_of(Section section) {
  return section_table()[static_cast<std::size_t>(section)].name;
}

}  // namespace dure::policy
