// Keys of offer, award, queue, workload and utilisation.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<Pool> {
  static void declare(Fields<Pool>& f) {
    f.required("id", &Pool::id, id());
    f.required("kind", &Pool::kind);
    f.required("title", &Pool::title);
    f.add("models", &Pool::models, id());
    f.required("unit", &Pool::unit);
    f.add("unit_menu", &Pool::unit_menu, number(1, 100'000'000));
    f.add("gpus_per_unit", &Pool::gpus_per_unit, number(0, 1000, "GPU"));
    f.add("cpu_cores_per_unit", &Pool::cpu_cores_per_unit, number(0, 100'000, "cores"));
    f.add("memory_per_unit", &Pool::memory_per_unit);
    f.add("milli_teraflops_per_unit", &Pool::milli_teraflops_per_unit, number(0, 1'000'000'000));
    f.add("share", &Pool::share);
    f.add("share_weight", &Pool::share_weight, number(0, 1'000'000));
  }
};

template <>
struct Record<Ceiling> {
  static void declare(Fields<Ceiling>& f) {
    f.add("gpu", &Ceiling::gpu, number(0, 100'000'000));
    f.add("gpu_memory", &Ceiling::gpu_memory);
    f.add("cpu_cores", &Ceiling::cpu_cores, number(0, 1'000'000, "cores"));
    f.add("memory", &Ceiling::memory);
    f.add("storage", &Ceiling::storage);
    f.add("network_mbps", &Ceiling::network_mbps, number(0, 100'000'000, "Mb/s"));
  }
};

template <>
struct Record<IdScope> {
  static void declare(Fields<IdScope>& f) {
    f.required("org_classes", &IdScope::org_classes, id());
    f.required("units", &IdScope::units, id());
    f.add("ids", &IdScope::ids, number(0, 10'000));
  }
};

template <>
struct Record<TrainingMaterial> {
  static void declare(Fields<TrainingMaterial>& f) {
    f.required("id", &TrainingMaterial::id, id());
    f.required("title", &TrainingMaterial::title);
    f.required("address", &TrainingMaterial::address);
    f.required("version", &TrainingMaterial::version);
  }
};

template <>
struct Record<Band> {
  static void declare(Fields<Band>& f) {
    f.required("below_bp", &Band::below_bp, number(0, 10'001, "bp"));
    f.required("measure", &Band::measure);
    f.add("share_bp", &Band::share_bp, basis_points());
    f.add("of", &Band::of);
    f.add("after", &Band::after, number(0, 120));
  }
};

template <>
struct Record<FakeLoadSigns> {
  static void declare(Fields<FakeLoadSigns>& f) {
    f.required("least_minutes", &FakeLoadSigns::least_minutes, number(0, 527'040, "minutes"));
    f.add("used_at_least_bp", &FakeLoadSigns::used_at_least_bp, basis_points());
    f.add("memory_at_most", &FakeLoadSigns::memory_at_most);
    f.add("mining_programs", &FakeLoadSigns::mining_programs, id());
    f.add("load_programs", &FakeLoadSigns::load_programs, id());
  }
};

namespace {

using enum Effect;

const Hint kMinutes = number(0, 5'256'000, "minutes");

void offer(Keys& keys) {
  keys.begin(Section::kOffer);
  keys.add(DURE_KEY(offer.pools), {}, "제공하는 자원 묶음", "Pools on offer");
  keys.add(DURE_KEY(offer.ceiling), {}, "계정 하나가 한꺼번에 쓸 수 있는 최대치. 0은 한도 없음.",
           "The most that one account may hold at a time; 0 = no ceiling");
  keys.add(DURE_KEY(offer.project_ceiling), {},
           "과제 하나가 한꺼번에 쓸 수 있는 최대치. 운영자가 따로 정한 한도가 있으면 그것을 따릅니다. 0은 "
           "한도 없음.",
           "The most that one project may hold at a time, where no quota is set for it; 0 = no ceiling");
  keys.add(DURE_KEY(offer.organisation_ceiling), {},
           "기관 하나가 한꺼번에 쓸 수 있는 최대치. 운영자가 따로 정한 한도가 있으면 그것을 따릅니다. 0은 "
           "한도 없음.",
           "The most that one organisation may hold at a time, where no quota is set for it; 0 = no ceiling");
  keys.add(DURE_KEY(offer.id_scope), {}, "기관 종류별로 ID를 어느 단위에 몇 개 주는지",
           "To which units, and how many, IDs are given, by class of organisation");
  keys.add(DURE_KEY(offer.ids_by_demand), {}, "ID 수를 수요에 따라 조정할 수 있습니다.",
           "The number of IDs may follow demand");
  keys.add(DURE_KEY(offer.storage_primary), {}, "기본 저장 공간", "Storage of an allocation");
  keys.add(DURE_KEY(offer.storage_backup), {}, "백업 저장 공간", "Backup storage of an allocation", kNotYet);
  keys.add(DURE_KEY(offer.more_storage_with_reason), {}, "사유를 적으면 저장 공간을 더 줄 수 있습니다.",
           "More storage may be given where a reason is written");
  keys.add(DURE_KEY(offer.one_pool_per_project), {}, "과제 하나는 한 자원 묶음만 씁니다.",
           "One project, one pool");
  keys.add(DURE_KEY(offer.one_model_per_project), {}, "과제 하나는 한 종류의 가속기만 씁니다.",
           "One project, one model of accelerator");
  keys.add(DURE_KEY(offer.sized_by_scale), {}, "연구개발 규모에 맞추어 배정합니다.",
           "The amount follows the scale of the work", kNotYet);
  keys.add(DURE_KEY(offer.may_change), {}, "제공 자원은 운영에 따라 바뀔 수 있습니다.",
           "The offer may change in the course of the programme", kNotYet);
  keys.add(DURE_KEY(offer.software), id(), "제공하는 소프트웨어", "Software on offer", kNotYet);
  keys.add(DURE_KEY(offer.group_binds), one_of({"users", "nodes", "namespaces", "registries", "volumes"}),
           "사용자 그룹이 묶는 것", "What a group of users binds together");
}

void award(Keys& keys) {
  keys.begin(Section::kAward);
  keys.add(DURE_KEY(award.max_period), {}, "최대 사용 기간", "Longest period of use");
  keys.add(DURE_KEY(award.min_period), {}, "최소 사용 기간", "Shortest period of use");
  keys.add(DURE_KEY(award.use_until), {}, "사용 기간이 남아도 이 날까지만 씁니다.",
           "No use after this day, whatever the period");
  keys.add(DURE_KEY(award.accept_within), {}, "선정 수락 기한", "Time to accept an award");
  keys.add(DURE_KEY(award.setup_grace_days), number(0, 366, "days"), "사용률에서 빼는 준비 기간",
           "Days of set-up that utilisation does not count");
  keys.add(DURE_KEY(award.agreement_required), {}, "협약이 필요합니다.", "A formal agreement is required");
  keys.add(DURE_KEY(award.training_required), {}, "사용 전 교육이 필요합니다.",
           "Training before use is required");
  keys.add(DURE_KEY(award.training), {}, "사용 전에 마쳐야 하는 교육 자료. 판이 바뀌면 다시 마칩니다.",
           "Material of the training before use; a new version is gone through anew");
  keys.add(DURE_KEY(award.steps), {}, "선정 뒤의 차례", "What follows an award, in order");
  keys.add(DURE_KEY(award.outage_extension), {}, "중지된 기간만큼 사용 기간을 늘리는지",
           "Whether time lost to a stop is added to the period");
  keys.add(DURE_KEY(award.top_up), {}, "여유가 있으면 자원을 더 줄 수 있습니다.",
           "More may be added where there is slack");
  keys.add(DURE_KEY(award.extendable), {},
           "요청하면 최대 사용 기간과 마지막 사용일 안에서 끝을 늦출 수 있습니다.",
           "The end may be moved on request, within the longest period and the last day of use");
  keys.add(
      DURE_KEY(award.counter_offer_within), {},
      "신청한 자원이 없을 때 내놓은 다른 자원에 답하는 기한. 없으면 내놓지 않습니다.",
      "Time to answer the offer of another resource where the one asked for is not available; none: no such "
      "offers");
}

void queue_and_workload(Keys& keys) {
  keys.begin(Section::kQueue);
  keys.add(DURE_KEY(queue.order), {}, "대기열의 순서", "Order of the queue");
  keys.add(DURE_KEY(queue.automatic_pending), {}, "바로 시작할 수 없으면 자동으로 대기 예약됩니다.",
           "What cannot start now is reserved its place by itself", kAlways);
  keys.add(DURE_KEY(queue.operator_may_reorder), {}, "운영자가 순서를 바꿀 수 있습니다.",
           "An operator may change the order");
  keys.add(DURE_KEY(queue.backfill), {}, "앞선 작업을 늦추지 않으면 뒤의 작업을 먼저 시작합니다.",
           "Later work may start first where it delays nothing before it");
  keys.add(DURE_KEY(queue.max_pending_per_account), number(0, 100'000, "entries"),
           "계정 하나의 최대 대기 수. 0은 한도 없음.", "Most waiting entries of one account; 0 = no limit");
  keys.add(DURE_KEY(queue.promises), number(0, 1'000, "entries"),
           "같은 자원을 기다리는 작업 가운데 시작 시각을 약속하는 수",
           "How many of the first that wait for the same are promised a start");
  keys.add(
      DURE_KEY(queue.unknown_start_hours), number(0, 87'600, "hours"),
      "시작 시각을 알 수 없는 작업이 뒤의 작업을 먼저 보내는 시간. 그 뒤에는 앞을 막습니다. 0은 바로 막음.",
      "For so long what has no known start lets later work by, with backfill; then it holds it up; 0 = at "
      "once");
  keys.add(DURE_KEY(queue.half_life_hours), number(0, 87'600, "hours"),
           "공정 배분에서 과거 사용량이 절반으로 줄어드는 시간. 0은 줄지 않음.",
           "Half life of what was used, where shares decide; 0 = it never fades");
  keys.add(DURE_KEY(queue.ageing_hours), number(0, 87'600, "hours"),
           "이만큼 기다린 작업은 공정 배분보다 먼저 시작합니다. 0은 사용하지 않음.",
           "Who has waited for so long goes before the shares; 0 = never");
  keys.add(DURE_KEY(queue.borrow_percent), number(0, 10'000, "%"),
           "중지될 수 있는 작업이 배정량을 넘어 빌려 쓸 수 있는 비율. 0은 빌리지 않음.",
           "How much beyond its allocation what is preemptible may hold, in percent of it; 0 = nothing");
  keys.add(DURE_KEY(queue.least_run_minutes), number(0, 10'080, "minutes"),
           "빌려 쓰는 작업은 시작한 뒤 이 시간 동안 중지하지 않습니다.",
           "What is borrowed is not stopped for its owner before it has run for so long");
  keys.add(DURE_KEY(queue.maintenance_notice_hours), number(0, 87'600, "hours"),
           "점검 시작 전 이 시간 동안 시간 제한이 없는 작업은 그 노드에서 시작하지 않습니다.",
           "For so long before a maintenance window nothing without a time limit starts on the node");
  keys.begin(Section::kWorkload);
  keys.add(DURE_KEY(workload.kinds), one_of({"workspace", "job", "service", "application"}),
           "실행할 수 있는 종류", "Kinds of workload that may run");
  keys.add(DURE_KEY(workload.job_default_minutes), kMinutes, "작업의 기본 시간 제한. 0은 사용 기간까지.",
           "Time limit of a job that names none; 0 = the end of the allocation");
  keys.add(DURE_KEY(workload.job_max_minutes), kMinutes, "작업의 최대 시간 제한. 0은 사용 기간까지.",
           "Longest time limit of a job; 0 = the end of the allocation");
  keys.add(DURE_KEY(workload.job_max_retries), number(0, 100, "times"), "작업의 최대 재시도",
           "Most retries of a job");
  keys.add(DURE_KEY(workload.workspace_max_minutes), kMinutes, "작업공간의 최대 시간. 0은 사용 기간까지.",
           "Longest run of a workspace; 0 = the end of the allocation");
  keys.add(DURE_KEY(workload.workspace_idle_minutes), kMinutes,
           "장치 사용이 없는 작업공간을 멈추기까지의 시간. 0은 멈추지 않음.",
           "Minutes without device work after which a workspace stops; 0 = never", kNotYet);
  keys.add(DURE_KEY(workload.max_running_per_account), number(0, 100'000, "workloads"),
           "계정 하나의 최대 동시 실행 수. 0은 한도 없음.",
           "Most running workloads of one account; 0 = no limit");
}

void utilisation(Keys& keys) {
  keys.begin(Section::kUtilisation);
  keys.add(DURE_KEY(utilisation.idle_days), number(1, 3660, "days"), "미접속·미사용으로 보는 일수",
           "Days without log-in or use that make an allocation idle");
  keys.add(DURE_KEY(utilisation.idle_when), {}, "미접속과 미사용 중 하나면 되는지 둘 다여야 하는지",
           "Whether one of no log-in and no use is enough, or both are needed");
  keys.add(DURE_KEY(utilisation.idle_measure), {}, "미사용 시의 조치", "What follows when it is idle");
  keys.add(DURE_KEY(utilisation.notice_days), number(0, 366, "days"), "안내한 뒤 조치까지의 일수",
           "Days between the notice and the measure");
  keys.add(DURE_KEY(utilisation.measure_cycle), {}, "사용률을 재고 살피는 주기",
           "How often use is measured and looked at");
  keys.add(DURE_KEY(utilisation.measures), {}, "점검의 결과로 할 수 있는 조치",
           "Measures that a review may lead to");
  keys.add(DURE_KEY(utilisation.compare_with_plan), {}, "계획 대비 사용 실적을 봅니다.",
           "Actual use is held against the plan");
  keys.add(DURE_KEY(utilisation.review_cycle), {}, "정기 점검 주기", "How often use is reviewed");
  keys.add(DURE_KEY(utilisation.bands), {}, "사용률 구간별 조치", "Measures by band of use");
  keys.add(DURE_KEY(utilisation.low_use_partial_reclaim), {},
           "사용률이 저조하면(수치 없음) 일부를 회수할 수 있습니다. 담당자가 제안합니다.",
           "Low use, without a number, may lead to a partial reclaim that a person proposes");
  keys.add(DURE_KEY(utilisation.exempt), {}, "사용률 계산에서 빼는 기간", "What utilisation does not count");
  keys.add(DURE_KEY(utilisation.fake_load), {}, "채굴·가짜 부하를 찾았을 때의 조치",
           "What follows when mining or fake load is found");
  keys.add(DURE_KEY(utilisation.fake_load_signs), {}, "채굴·가짜 부하로 의심하는 징후",
           "What looks like mining or fake load");
  keys.add(DURE_KEY(utilisation.criteria_published_first), {}, "점검 기준과 날짜를 먼저 공지해야 합니다.",
           "Dates and criteria must be published before the first review");
}

}  // namespace

void declare_allocation_keys(Keys& keys) {
  offer(keys);
  award(keys);
  queue_and_workload(keys);
  utilisation(keys);
}

}  // namespace dure::policy
