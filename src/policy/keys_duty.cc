// Keys of billing, sanctions, outcomes, notify and determination.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<PriceItem> {
  static void declare(Fields<PriceItem>& f) {
    f.required("id", &PriceItem::id, id());
    f.add("model", &PriceItem::model, id());
    f.required("unit", &PriceItem::unit);
    f.required("price_krw", &PriceItem::price);
    f.add("from", &PriceItem::from);
    f.add("until", &PriceItem::until);
    f.add("tax_free", &PriceItem::tax_free);
    f.add("source", &PriceItem::source);
  }
};

template <>
struct Record<RateRule> {
  static void declare(Fields<RateRule>& f) {
    f.required("id", &RateRule::id, id());
    f.required("title", &RateRule::title);
    f.add("when", &RateRule::when);
    f.required("rate_bp", &RateRule::rate_bp, basis_points());
  }
};

template <>
struct Record<ScaleBand> {
  static void declare(Fields<ScaleBand>& f) {
    f.add("up_to", &ScaleBand::up_to, number(0, kMaxNumber));
    f.required("rate_bp", &ScaleBand::rate_bp, basis_points());
  }
};

template <>
struct Record<ScaleRule> {
  static void declare(Fields<ScaleRule>& f) {
    f.required("id", &ScaleRule::id, id());
    f.required("title", &ScaleRule::title);
    f.add("when", &ScaleRule::when);
    f.required("figure", &ScaleRule::figure, id());
    f.required("bands", &ScaleRule::bands);
  }
};

template <>
struct Record<Tax> {
  static void declare(Fields<Tax>& f) {
    f.required("rate_bp", &Tax::rate_bp, basis_points());
    f.add("drop_below_won", &Tax::drop_below_won, number(1, 10'000, "KRW"));
    f.add("at", &Tax::at);
  }
};

template <>
struct Record<Rounding> {
  static void declare(Fields<Rounding>& f) {
    f.required("drop_below_won", &Rounding::drop_below_won, number(1, 10'000, "KRW"));
    f.add("at", &Rounding::at);
  }
};

template <>
struct Record<SanctionGround> {
  static void declare(Fields<SanctionGround>& f) {
    f.required("id", &SanctionGround::id, id());
    f.required("title", &SanctionGround::title);
    f.required("measures", &SanctionGround::measures);
    f.add("at_once", &SanctionGround::at_once);
    f.add("deliberation", &SanctionGround::deliberation);
    f.add("restriction", &SanctionGround::restriction);
    f.add("later", &SanctionGround::later);
    f.add("later_points", &SanctionGround::later_points, number(0, 1'000, "points"));
    f.add("for_missing", &SanctionGround::for_missing, id());
    f.add("for_signs", &SanctionGround::for_signs, one_of({"fake_load", "mining"}));
    f.add("user_liable", &SanctionGround::user_liable);
    f.add("source", &SanctionGround::source);
  }
};

template <>
struct Record<calendar::DueRule> {
  static void declare(Fields<calendar::DueRule>& f) {
    f.required("after", &calendar::DueRule::after);
    f.add("roll", &calendar::DueRule::roll);
    f.add("year_end_month", &calendar::DueRule::year_end_month, number(1, 12, "months"));
    f.add("due_month", &calendar::DueRule::due_month, number(1, 12, "months"));
  }
};

template <>
struct Record<Obligation> {
  static void declare(Fields<Obligation>& f) {
    f.required("kind", &Obligation::kind, id());
    f.required("title", &Obligation::title);
    f.add("form", &Obligation::form, id());
    f.required("after_event", &Obligation::after_event);
    f.required("due", &Obligation::due);
    f.add("required", &Obligation::required);
    f.add("source", &Obligation::source);
  }
};

template <>
struct Record<NoticeRule> {
  static void declare(Fields<NoticeRule>& f) {
    f.required("event", &NoticeRule::event, id());
    f.required("recipients", &NoticeRule::recipients,
               one_of({"applicant", "member", "leader", "developer", "user", "operator", "reviewer",
                       "auditor", "supplier"}));
    f.required("channels", &NoticeRule::channels);
    f.add("lead_days", &NoticeRule::lead_days, number(0, 366, "days"));
    f.add("text", &NoticeRule::text, id());
    f.add("source", &NoticeRule::source);
  }
};

template <>
struct Record<DataShareType> {
  static void declare(Fields<DataShareType>& f) {
    f.required("id", &DataShareType::id, id());
    f.required("title", &DataShareType::title);
    f.required("rank", &DataShareType::rank, number(1, 100));
    f.add("when", &DataShareType::when);
    f.add("where", &DataShareType::where);
    f.add("source", &DataShareType::source);
  }
};

namespace {

using enum Effect;

void billing(Keys& keys) {
  keys.begin(Section::kBilling);
  keys.add(DURE_KEY(billing.currency), one_of({"KRW"}), "통화", "Currency", kAlways);
  keys.add(DURE_KEY(billing.free_during_programme), {}, "사업 기간에는 무료입니다.",
           "Free of charge during the programme");
  keys.add(DURE_KEY(billing.fee_needs_amendment), {}, "사용료는 지침을 개정해야 받을 수 있습니다.",
           "A fee needs an amendment of the guideline");
  keys.add(DURE_KEY(billing.basis), {}, "요금의 기준(배정받아 잡고 있던 양 또는 장치를 쓴 양)",
           "What is charged: what was held, or device time");
  keys.add(DURE_KEY(billing.charged_to), one_of({"user", "team"}), "사용량을 모아 요금을 매기는 단위",
           "Whose use is added up and charged", kAlways);
  keys.add(DURE_KEY(billing.prices), {}, "단가표", "Price list");
  keys.add(DURE_KEY(billing.matching), {}, "자부담 비율", "Share of the price that the payer pays");
  keys.add(DURE_KEY(billing.scales), {}, "수치(상시 근로자 수, 매출액 등)에 따른 자부담 비율",
           "Share of the price by a figure of the payer (employees, turnover)");
  keys.add(DURE_KEY(billing.discounts), {}, "할인", "Discounts");
  keys.add(DURE_KEY(billing.discounts_combine), {}, "여러 할인을 함께 적용하는 방법",
           "How several discounts come together");
  keys.add(DURE_KEY(billing.waivers), {}, "면제", "Who pays nothing");
  keys.add(DURE_KEY(billing.order), {}, "자부담·할인·면제를 적용하는 순서",
           "Order in which matching, discounts and waivers apply");
  keys.add(DURE_KEY(billing.rounding), {}, "끝수 처리", "What is dropped from a sum");
  keys.add(DURE_KEY(billing.part_month), {}, "한 달을 채우지 못한 사용의 요금",
           "What is charged of a month that was not held whole");
  keys.add(DURE_KEY(billing.tax), {}, "부가가치세", "Value added tax");
  keys.add(DURE_KEY(billing.invoice_due_days), number(0, 3660, "days"), "청구서의 납부 기한",
           "Days to pay an invoice");
}

void sanctions(Keys& keys) {
  keys.begin(Section::kSanctions);
  keys.add(DURE_KEY(sanctions.grounds), {}, "제재 사유와 조치", "Grounds and measures");
  keys.add(DURE_KEY(sanctions.opinion_days), number(0, 366, "days"), "의견을 낼 수 있는 일수",
           "Days to give an opinion before a measure");
  keys.add(DURE_KEY(sanctions.appeal_within), {}, "이의신청 기한", "Time to appeal");
}

void outcomes(Keys& keys) {
  keys.begin(Section::kOutcomes);
  keys.add(DURE_KEY(outcomes.obligations), {}, "내야 하는 보고서와 기한", "Reports and when they fall due");
  keys.add(DURE_KEY(outcomes.kinds), id(), "성과의 종류", "Kinds of outcome");
  keys.add(DURE_KEY(outcomes.acknowledgement), {}, "논문·특허에 적을 사사 문구",
           "Sentence to print in papers and patents", kInformative);
  keys.add(DURE_KEY(outcomes.grant_number), {}, "과제 번호", "Grant number", kInformative);
  keys.add(DURE_KEY(outcomes.acknowledged_kinds), id(), "사사 문구를 적어야 하는 성과의 종류",
           "Kinds of outcome that have to carry the sentence");
  keys.add(DURE_KEY(outcomes.evidence_required), {}, "보고서에 증빙 자료를 붙입니다.",
           "A report comes with evidence");
  keys.add(DURE_KEY(outcomes.data_share_types), {}, "데이터 등록 유형과 대신할 수 있는 순서",
           "Types of data registration, and which may stand in for which");
  keys.add(DURE_KEY(outcomes.data_registered_by_owner), {}, "데이터 포털에 직접 등록합니다.",
           "Data is registered on the portal by its owner");
  keys.add(DURE_KEY(outcomes.data_definition), id(), "데이터 정의서의 서류 종류",
           "Kind of the document that says what the data is");
  keys.add(DURE_KEY(outcomes.data_share_modes), id(), "데이터 공유 방식", "Modes of data sharing");
  keys.add(DURE_KEY(outcomes.surveys_per_year), number(0, 366, "times"), "한 해의 최소 만족도 조사 횟수",
           "Surveys in a year, at least");
  keys.add(DURE_KEY(outcomes.further_surveys), {}, "필요하면 조사를 더 합니다.",
           "Further surveys when needed");
}

void notices(Keys& keys) {
  keys.begin(Section::kNotify);
  keys.add(DURE_KEY(notify.rules), {}, "무엇을 누구에게 어떻게 알리는지", "What is told to whom, and how");
  keys.add(DURE_KEY(notify.always), id(), "누가 무엇을 끄더라도 반드시 알리는 일",
           "What is told whatever anybody has silenced or muted");
  keys.add(DURE_KEY(notify.urgent_stop_without_notice), {},
           "긴급할 때는 사전 통보 없이 멈추고 뒤에 알릴 수 있습니다.",
           "An urgent stop may come without notice and is told afterwards");
  keys.begin(Section::kDetermination);
  keys.add(DURE_KEY(determination.decided_by), {}, "지침에 없는 사항을 정하는 사람",
           "Who decides what the rules leave open");
  keys.add(DURE_KEY(determination.procedure), {}, "정하는 방법", "How it is decided", kInformative);
}

}  // namespace

void declare_duty_keys(Keys& keys) {
  billing(keys);
  sanctions(keys);
  outcomes(keys);
  notices(keys);
}

}  // namespace dure::policy
