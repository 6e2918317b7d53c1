// Keys of meta, calendar, texts, supply and call.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<ExtraHoliday> {
  static void declare(Fields<ExtraHoliday>& f) {
    f.required("date", &ExtraHoliday::date);
    f.required("name", &ExtraHoliday::name);
  }
};

template <>
struct Record<TextFile> {
  static void declare(Fields<TextFile>& f) {
    f.required("id", &TextFile::id, id());
    f.required("language", &TextFile::language);
    f.required("file", &TextFile::file);
    f.required("sha256", &TextFile::sha256, form(Form::kHex64));
  }
};

template <>
struct Record<SupplyPhaseRule> {
  static void declare(Fields<SupplyPhaseRule>& f) {
    f.required("phase", &SupplyPhaseRule::phase);
    f.required("weight", &SupplyPhaseRule::weight, number(0, 10'000));
    f.add("min_evaluators", &SupplyPhaseRule::min_evaluators, number(1, 100, "people"));
  }
};

template <>
struct Record<PaymentRule> {
  static void declare(Fields<PaymentRule>& f) {
    f.required("title", &PaymentRule::title);
    f.required("share_bp", &PaymentRule::share_bp, number(1, 10'000, "bp"));
    f.required("after", &PaymentRule::after);
  }
};

template <>
struct Record<UserGroup> {
  static void declare(Fields<UserGroup>& f) {
    f.required("id", &UserGroup::id, id());
    f.required("title", &UserGroup::title);
    f.add("priority", &UserGroup::priority, number(0, 10'000));
    f.add("performance", &UserGroup::performance, number(0, 10'000));
  }
};

template <>
struct Record<ShareWeights> {
  static void declare(Fields<ShareWeights>& f) {
    f.add("demand", &ShareWeights::demand, number(0, 10'000));
    f.add("priority", &ShareWeights::priority, number(0, 10'000));
    f.add("performance", &ShareWeights::performance, number(0, 10'000));
  }
};

namespace {

using enum Effect;

void meta(Keys& keys) {
  keys.begin(Section::kMeta);
  keys.add(DURE_KEY(meta.programme), id(), "사업의 식별자", "Id of the programme");
  keys.add(DURE_KEY(meta.receipt_prefix), {}, "접수번호의 머리글자", "What receipt numbers begin with");
  keys.add(DURE_KEY(meta.title), {}, "사업의 이름", "Name of the programme");
  keys.add(DURE_KEY(meta.operator_name), {}, "운영 기관의 이름", "Name of the operating body", kInformative);
  keys.add(DURE_KEY(meta.version), {}, "지침의 판", "Version of the rules, as their owner counts them");
  keys.add(DURE_KEY(meta.issued_on), {}, "제정일", "Day on which the rules were first issued", kInformative);
  keys.add(DURE_KEY(meta.amended_on), {}, "개정일", "Day on which this version was issued", kInformative);
  keys.add(DURE_KEY(meta.effective_from), {}, "시행일", "Day from which this version is in force");
  keys.add(DURE_KEY(meta.ends_with), {},
           "효력이 끝나는 사건. 그 뒤의 결정은 이 지침을 근거로 삼을 수 없습니다.",
           "Event with which the rules end; no later decision may cite them", kNotYet);
  keys.add(DURE_KEY(meta.time_zone), {}, "날짜를 정하는 시간대", "Time zone in which dates are meant");
  keys.add(DURE_KEY(meta.languages), {}, "안내에 쓰는 언어", "Languages of notices", kNotYet);
  keys.add(DURE_KEY(meta.fiscal_year_end_month), number(1, 12, "months"), "회계연도가 끝나는 달",
           "Month in which the fiscal year ends", kNotYet);
}

void calendar_and_texts(Keys& keys) {
  keys.begin(Section::kCalendar);
  keys.add(DURE_KEY(calendar.extra_holidays), {}, "법정 공휴일 밖의 휴일(선거일, 임시공휴일, 개교기념일 등)",
           "Days off beyond the public holidays that Dure knows: elections, days named by the government or "
           "house");
  keys.add(DURE_KEY(calendar.roll_deadlines), {}, "기한의 마지막 날이 휴일이면 다음 업무일로 넘깁니다.",
           "A deadline whose last day is a Saturday or holiday moves to the next business day", kNotYet);
  keys.begin(Section::kTexts);
  keys.add(DURE_KEY(texts.files), {}, "동의서와 안내문 파일. 해시가 함께 적혀 글이 바뀌면 규칙도 바뀝니다.",
           "Files of consents and notices with their hashes, so that a changed text changes the pack",
           kNotYet);
}

void supply(Keys& keys) {
  keys.begin(Section::kSupply);
  keys.add(DURE_KEY(supply.target_gpus), number(0, 10'000'000, "GPU"), "확보 목표(GPU 수)",
           "Number of GPUs to procure");
  keys.add(DURE_KEY(supply.agreement_term), {}, "공급 협약의 기간", "Term of a supply agreement");
  keys.add(DURE_KEY(supply.owner), {}, "GPU의 소유 기관", "Body that owns the GPUs");
  keys.add(DURE_KEY(supply.user), {}, "GPU의 사용 기관", "Body that uses the GPUs");
  keys.add(DURE_KEY(supply.self_use_max_bp), basis_points(), "공급자가 스스로 쓸 수 있는 몫",
           "Share that the supplier may use itself");
  keys.add(DURE_KEY(supply.conditional_capacity), {}, "공급자가 정해지기 전에 공모할 수 있습니다.",
           "A call may run before the supplier is fixed, and its capacity be promised");
  keys.add(DURE_KEY(supply.criteria), {}, "공급자 평가 기준", "Criteria for suppliers");
  keys.add(
      DURE_KEY(supply.phases), {},
      "공급자 평가의 단계(서면, 발표, 현장실사)와 비중. 비중이 0이면 점수 없이 통과 여부만 봅니다.",
      "Phases in which suppliers are judged and their weights; one of weight 0 gives no points and still "
      "has to be passed");
  keys.add(DURE_KEY(supply.proposal_threshold_points), number(0, 100'000, "points"),
           "공급자 선정에 필요한 최저 점수", "Least points for a supplier to be selected");
  keys.add(DURE_KEY(supply.member_preference), {}, "국가AI컴퓨팅센터 참여 기업의 우대 방법",
           "How members of the national centre are preferred among suppliers");
  keys.add(DURE_KEY(supply.next_ranked_within_budget), {}, "예산이 남으면 다음 순위의 제안을 선정합니다.",
           "The next ranked proposal that fits is selected where budget is left");
  keys.add(DURE_KEY(supply.payments), {}, "공급 협약 대금의 지급 시기와 비율",
           "When which part of an agreement's price is paid");
  keys.add(DURE_KEY(supply.groups), {}, "이용 집단과 그 정책 우선순위, 실적",
           "Groups of users with their priority and past results");
  keys.add(DURE_KEY(supply.share_weights), {}, "수요, 정책 우선순위, 실적이 배분에서 차지하는 비중",
           "What demand, priority and results weigh when capacity is shared");
}

void call(Keys& keys) {
  keys.begin(Section::kCall);
  keys.add(DURE_KEY(call.kind), {}, "공모 방식(수시 또는 정해진 기간)", "Rolling intake or a fixed window");
  keys.add(DURE_KEY(call.opens_on), {}, "접수 시작일", "First day of intake", kNotYet);
  keys.add(DURE_KEY(call.closes_on), {}, "접수 마감일", "Last day of intake", kNotYet);
  keys.add(DURE_KEY(call.min_rounds_per_quarter), number(0, 100, "times"), "분기마다 적어도 몇 번 평가하는지",
           "Rounds of evaluation in a quarter, at least", kNotYet);
  keys.add(DURE_KEY(call.early_close_notice), {}, "조기 마감을 미리 알리는 기간",
           "Notice before an early close", kNotYet);
  keys.add(DURE_KEY(call.panel_within), {}, "마감 뒤 평가까지의 기한",
           "Evaluation within this time after the close", kNotYet);
  keys.add(DURE_KEY(call.result_within), {}, "마감 뒤 결과 통지까지의 기한",
           "Results told within this time after the close", kNotYet);
}

}  // namespace

void declare_programme_keys(Keys& keys) {
  meta(keys);
  calendar_and_texts(keys);
  supply(keys);
  call(keys);
}

}  // namespace dure::policy
