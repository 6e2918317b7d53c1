// Keys of supply.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<Batch> {
  static void declare(Fields<Batch>& f) {
    f.required("id", &Batch::id, id());
    f.required("title", &Batch::title);
    f.add("model", &Batch::model, id());
    f.add("quantity", &Batch::quantity, number(0, 10'000'000));
    f.add("quantity_is", &Batch::quantity_is);
    f.add("unit", &Batch::unit);
    f.required("tenure", &Batch::tenure);
    f.add("conditional", &Batch::conditional);
    f.add("ordered_on", &Batch::ordered_on);
    f.add("delivered_on", &Batch::delivered_on);
    f.add("service_from", &Batch::service_from);
    f.add("source", &Batch::source);
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

void procurement(Keys& keys) {
  keys.begin(Section::kSupply);
  keys.add(DURE_KEY(supply.target_gpus), number(0, 10'000'000, "GPU"), "확보 목표(GPU 수)",
           "Number of GPUs to procure");
  keys.add(DURE_KEY(supply.target_by), {}, "확보 목표일", "Day by which the target is to be met", kNotYet);
  keys.add(DURE_KEY(supply.decided_by), {}, "확보 방안을 의결한 기구", "Body that decided on the target",
           kInformative);
  keys.add(DURE_KEY(supply.decided_on), {}, "의결일", "Day of that decision", kInformative);
  keys.add(DURE_KEY(supply.budget), number(0, 1'000'000'000'000'000, "KRW"),
           "확보 예산. 공급자 공모의 예산은 이를 넘을 수 없습니다(0은 정한 것이 없음).",
           "Budget of the supply; a call for suppliers may not have more (0: none stated)");
  keys.add(DURE_KEY(supply.within_budget), {}, "공모의 예산을 넘는 공급자 제안은 받지 않습니다.",
           "A proposal above the budget of its call is not accepted");
  keys.add(DURE_KEY(supply.call_opens_on), {}, "공급자 공모 시작일", "First day of the call for suppliers",
           kNotYet);
  keys.add(DURE_KEY(supply.briefings), {}, "공급자 사전설명회", "Briefings of suppliers", kNotYet);
  keys.add(DURE_KEY(supply.preferred_members_of), id(), "참여 기업을 우대하는 기구",
           "Body whose members are preferred, as supply.member_preference says", kInformative);
  keys.add(DURE_KEY(supply.criteria), {}, "공급자 평가 기준", "Criteria for suppliers");
}

void judging(Keys& keys) {
  keys.add(
      DURE_KEY(supply.phases), {},
      "공급자 평가의 단계(서면, 발표, 현장실사)와 비중. 비중이 0이면 점수 없이 통과 여부만 봅니다.",
      "Phases in which suppliers are judged and their weights; one of weight 0 gives no points and still "
      "has to be passed");
  keys.add(DURE_KEY(supply.proposal_threshold_points), number(0, 100'000, "points"),
           "공급자 선정에 필요한 최저 점수", "Least points for a supplier to be selected");
  keys.add(DURE_KEY(supply.member_preference), {}, "supply.preferred_members_of에 참여하는 기업의 우대 방법",
           "How members of supply.preferred_members_of are preferred among suppliers");
  keys.add(DURE_KEY(supply.next_ranked_within_budget), {}, "예산이 남으면 다음 순위의 제안을 선정합니다.",
           "The next ranked proposal that fits is selected where budget is left");
}

void agreement(Keys& keys) {
  keys.add(DURE_KEY(supply.agreement_term), {}, "공급 협약의 기간", "Term of a supply agreement");
  keys.add(DURE_KEY(supply.owner), {}, "GPU의 소유 기관", "Body that owns the GPUs");
  keys.add(DURE_KEY(supply.user), {}, "GPU의 사용 기관", "Body that uses the GPUs");
  keys.add(
      DURE_KEY(supply.self_use_allowed), {},
      "공급자가 일부를 스스로 쓸 수 있습니다(supply.self_use_max_bp까지, 정하지 않았으면 얼마든지).",
      "The supplier may use a part itself: up to supply.self_use_max_bp, any share where that is not stated");
  keys.add(DURE_KEY(supply.self_use_max_bp), basis_points(), "공급자가 스스로 쓸 수 있는 몫",
           "Share that the supplier may use itself");
  keys.add(DURE_KEY(supply.self_use_is_running_cost), {}, "자체 활용분은 운영비의 성격을 가집니다.",
           "Own use counts as part of what running costs");
  keys.add(DURE_KEY(supply.payments), {}, "공급 협약 대금의 지급 시기와 비율",
           "When which part of an agreement's price is paid");
}

void capacity(Keys& keys) {
  keys.add(DURE_KEY(supply.stages), {}, "확보에서 서비스까지의 단계", "Steps from the order to service",
           kNotYet);
  keys.add(DURE_KEY(supply.facilities), one_of({"power", "network", "cooling", "space"}),
           "미리 정비하는 데이터센터 인프라", "What the site is prepared with beforehand", kNotYet);
  keys.add(DURE_KEY(supply.batches), {}, "들어오는 물량", "Capacity, batch by batch", kNotYet);
  keys.add(DURE_KEY(supply.conditional_capacity), {}, "공급자가 정해지기 전에 공모할 수 있습니다.",
           "A call may run before the supplier is fixed, and its capacity be promised");
  keys.add(DURE_KEY(supply.service_from), {}, "이 날부터 차례로 지원합니다.",
           "Users are let on step by step from this day", kNotYet);
  keys.add(DURE_KEY(supply.beneficiaries), one_of({"industry", "academia", "research", "national_project"}),
           "배분 대상: 예약할 때 여기에서 고릅니다.",
           "Whom the capacity is for: a reservation is for one of them");
  keys.add(DURE_KEY(supply.demand_survey), {}, "수요와 용처를 조사합니다.",
           "Demand and its purposes are surveyed", kNotYet);
  keys.add(DURE_KEY(supply.groups), {}, "이용 집단과 그 정책 우선순위, 실적",
           "Groups of users with their priority and past results");
  keys.add(DURE_KEY(supply.share_weights), {}, "수요, 정책 우선순위, 실적이 배분에서 차지하는 비중",
           "What demand, priority and results weigh when capacity is shared");
  keys.add(DURE_KEY(supply.matching_level_by), {}, "자부담(매칭) 수준을 정하는 기한",
           "Day by which the payers' share is fixed");
}

}  // namespace

void declare_supply_keys(Keys& keys) {
  procurement(keys);
  judging(keys);
  agreement(keys);
  capacity(keys);
}

}  // namespace dure::policy
