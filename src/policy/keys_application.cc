// Keys of eligibility, application, documents, evaluation and selection.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<DocumentRule> {
  static void declare(Fields<DocumentRule>& f) {
    f.required("kind", &DocumentRule::kind, id());
    f.required("title", &DocumentRule::title);
    f.required("need", &DocumentRule::need);
    f.add("when", &DocumentRule::when);
    f.required("extensions", &DocumentRule::extensions, id());
    f.required("mime_types", &DocumentRule::mime_types);
    f.add("signer", &DocumentRule::signer);
    f.add("shows", &DocumentRule::shows, id());
    f.add("max_bytes", &DocumentRule::max_bytes, number(0, 10'000'000'000, "bytes"));
    f.add("source", &DocumentRule::source);
  }
};

template <>
struct Record<FormField> {
  static void declare(Fields<FormField>& f) {
    f.required("id", &FormField::id, id());
    f.required("title", &FormField::title);
    f.add("help", &FormField::help);
    f.required("type", &FormField::type);
    f.required("need", &FormField::need);
    f.add("when", &FormField::when);
    f.add("max_chars", &FormField::max_chars, number(0, 30'000, "characters"));
    f.add("least", &FormField::least, number(-kMaxNumber, kMaxNumber));
    f.add("most", &FormField::most, number(-kMaxNumber, kMaxNumber));
    f.add("choices", &FormField::choices, id());
    f.add("source", &FormField::source);
  }
};

template <>
struct Record<Bonus> {
  static void declare(Fields<Bonus>& f) {
    f.required("id", &Bonus::id, id());
    f.required("title", &Bonus::title);
    f.required("points", &Bonus::points, number(0, 100'000, "points"));
    f.required("when", &Bonus::when);
  }
};

template <>
struct Record<Reservation> {
  static void declare(Fields<Reservation>& f) {
    f.required("track", &Reservation::track, id());
    f.required("share_bp", &Reservation::share_bp, basis_points());
    f.add("release", &Reservation::release);
    f.add("beyond_share", &Reservation::beyond_share);
  }
};

namespace {

using enum Effect;

void eligibility(Keys& keys) {
  keys.begin(Section::kEligibility);
  keys.add(DURE_KEY(eligibility.include), {}, "이용 대상. 하나라도 맞으면 신청할 수 있습니다.",
           "Who may apply: one rule that holds is enough");
  keys.add(DURE_KEY(eligibility.exclude), {}, "제외 대상. 하나라도 맞으면 신청할 수 없습니다.",
           "Who may not: one rule that holds excludes");
  keys.add(DURE_KEY(eligibility.person_decides), {}, "제외할 수 있는 사유. 담당자가 사유를 적어 결정합니다.",
           "Grounds that may exclude: a person decides and writes the ground");
  keys.add(DURE_KEY(eligibility.missing_evidence), {}, "증빙이 없을 때(부적격 또는 보완 요청)",
           "What missing evidence leads to: ineligible, or returned for completion");
}

void application(Keys& keys) {
  keys.begin(Section::kApplication);
  keys.add(DURE_KEY(application.kinds), one_of({"new", "change", "renewal"}), "신청의 종류",
           "Kinds of application");
  keys.add(DURE_KEY(application.form), id(), "신청서 서식", "Form of the application");
  keys.add(DURE_KEY(application.required_fields), id(), "반드시 채울 칸", "Fields that must be filled in");
  keys.add(DURE_KEY(application.fields), {}, "신청서에 더하는 칸",
           "Fields that the programme adds to the form");
  keys.add(DURE_KEY(application.summary), id(), "이용신청 요약서의 칸. 빠짐없이 채웁니다.",
           "Columns of the summary sheet, none of which may be empty");
  keys.add(DURE_KEY(application.distinct_titles), {}, "한 기관의 신청은 과제명이 서로 달라야 합니다.",
           "Applications of one organisation must differ in title");
  keys.add(DURE_KEY(application.environments), id(), "고를 수 있는 개발환경",
           "Development environments to choose from");
  keys.add(DURE_KEY(application.guideline_consent_required), {}, "운영지침 동의가 필요합니다.",
           "Agreement to the guideline is required");
  keys.add(DURE_KEY(application.privacy_consent_required), {}, "개인정보 동의가 필요합니다.",
           "Consent to the processing of personal data is required");
  keys.add(DURE_KEY(application.signature_required), {}, "서명이나 직인이 필요합니다.",
           "A signature or seal is required");
  keys.add(DURE_KEY(application.change_must_be_filed), {}, "변경사항은 반드시 변경 신청을 해야 합니다.",
           "Every change must be filed", kNotYet);
  keys.add(DURE_KEY(application.contacts), one_of({"leader", "developer"}),
           "연락처를 반드시 적어야 하는 사람", "Who must be named with contacts", kNotYet);
  keys.add(DURE_KEY(application.one_ai_model_each), {},
           "서로 다른 AI 모델은 과제명을 달리하여 따로 신청합니다.",
           "A second AI model needs an application of its own with another title");
  keys.add(DURE_KEY(application.priority_needs_name), {},
           "우선지원은 신청서와 계획서에 수행 사업명을 적은 때에만 인정합니다.",
           "A claim of priority counts only with the programme's name");
  keys.add(DURE_KEY(application.immediate_use_planned), {}, "환경 설정 뒤 바로 쓸 수 있는 계획이어야 합니다.",
           "The plan must allow use at once after the set-up");
  keys.add(DURE_KEY(application.data_precheck), id(), "관리자의 사전 확인이 필요한 데이터",
           "Kinds of data that need the administrator's prior check");
}

void documents(Keys& keys) {
  keys.begin(Section::kDocuments);
  keys.add(DURE_KEY(documents.list), {}, "제출 서류", "Papers to hand in");
  keys.add(DURE_KEY(documents.max_bytes), number(1, 10'000'000'000, "bytes"), "파일 하나의 최대 크기",
           "Largest size of one file");
  keys.add(DURE_KEY(documents.max_files), number(0, 1000, "files"), "신청 하나의 최대 파일 수",
           "Most files of one application");
}

void evaluation(Keys& keys) {
  keys.begin(Section::kEvaluation);
  keys.add(DURE_KEY(evaluation.mode), {}, "평가 방식(없음, 센터 자체, 평가위원회)",
           "No evaluation, by the centre without points, or by a panel with points");
  keys.add(DURE_KEY(evaluation.panel_size), number(0, 1000, "people"), "평가위원 수", "Members of the panel");
  keys.add(DURE_KEY(evaluation.min_reviews), number(0, 1000, "times"), "신청 하나에 필요한 최소 평가 수",
           "Reviews that an application needs at least");
  keys.add(DURE_KEY(evaluation.outside_experts_only), {}, "평가위원은 모두 외부전문가입니다.",
           "Every member of the panel is an expert from outside");
  keys.add(DURE_KEY(evaluation.criteria), {}, "평가 기준과 배점", "Criteria and their points");
  keys.add(DURE_KEY(evaluation.total_points), number(1, 100'000, "points"), "배점의 합", "Sum of the points",
           kInformative);
  keys.add(DURE_KEY(evaluation.threshold_points), number(0, 100'000, "points"), "선정에 필요한 최저 점수",
           "Least points to be selected");
  keys.add(DURE_KEY(evaluation.threshold_on), {}, "최저 점수를 가점 전과 후 어느 쪽에 적용하는지",
           "Whether the threshold is read before or after the bonus");
  keys.add(DURE_KEY(evaluation.bonuses), {}, "가점", "Bonus points");
  keys.add(DURE_KEY(evaluation.bonus_cap_points), number(0, 100'000, "points"), "가점의 한도",
           "Most bonus points");
  keys.add(DURE_KEY(evaluation.consolidation), {}, "위원 점수를 모으는 방법",
           "How the reviewers' points are joined");
  keys.add(DURE_KEY(evaluation.trim_each_side), number(0, 100, "reviews"),
           "절사평균에서 위와 아래로 빼는 평가 수. 남는 평가가 없으면 단순평균입니다.",
           "Reviews left out at either end of a trimmed mean; the plain mean where none would be left");
  keys.add(DURE_KEY(evaluation.trim_by), {}, "빼는 평가를 총점으로 고르는지 기준마다 고르는지",
           "Whether what is left out is chosen by the review's total or for each criterion");
  keys.add(DURE_KEY(evaluation.rounding), {}, "평균을 소수 둘째 자리로 만드는 방법(버림, 반올림, 그대로)",
           "How a mean becomes hundredths of a point: cut off, rounded half up, or left exact");
  keys.add(DURE_KEY(evaluation.panel_may_change), {}, "평가위원회가 신청한 자원을 바꾸어 권고할 수 있습니다.",
           "The panel may recommend another amount than was asked for");
  keys.add(
      DURE_KEY(evaluation.conflict_rules), {},
      "규칙으로 찾는 이해충돌(신청자 자신, 같은 최하위 부서, 같은 기관)",
      "Conflicts of interest that are found by rule: the applicant himself, the same lowest unit, the same "
      "organisation");
}

void selection(Keys& keys) {
  keys.begin(Section::kSelection);
  keys.add(DURE_KEY(selection.priority_classes), {}, "우선 대상", "Who has priority");
  keys.add(DURE_KEY(selection.priority_effect), {}, "우선의 뜻(먼저 평가하거나 순위를 올립니다)",
           "What priority means: evaluated first, or ranked first");
  keys.add(DURE_KEY(selection.reservations), {}, "분야별로 먼저 배정하는 몫",
           "Shares that are filled first, by track");
  keys.add(DURE_KEY(selection.institution_cap_bp), basis_points(), "한 기관이 받을 수 있는 최대 몫",
           "Largest share of one institution");
  keys.add(DURE_KEY(selection.institution_penalty_points), number(0, 100'000, "points"),
           "같은 기관이 이미 받은 선정마다 빼는 점수",
           "Points off for each award that the institution already has");
  keys.add(DURE_KEY(selection.balance), {}, "기관 사이의 균형(없음, 적게 받은 기관부터)",
           "Balance between institutions: none, or those with the fewest awards first");
  keys.add(DURE_KEY(selection.partial_award), {}, "요청보다 적게 배정할 수 있습니다.",
           "Less than asked may be awarded");
  keys.add(DURE_KEY(selection.pass_over), {},
           "순위가 앞선 요청이 남은 자원에 맞지 않으면 뒤의 요청을 배정합니다.",
           "Where a request does not fit into what is left, those ranked behind it may be served");
  keys.add(DURE_KEY(selection.waiting_list), {}, "대기자 명부를 둡니다.", "There is a waiting list");
  keys.add(DURE_KEY(selection.tie_break), {}, "동점을 가리는 순서", "How ties are broken, in order");
  keys.add(DURE_KEY(selection.objection_within), {}, "결과 통지 뒤 이의신청 기한",
           "Time to object to a result after it was told");
}

}  // namespace

void declare_application_keys(Keys& keys) {
  eligibility(keys);
  application(keys);
  documents(keys);
  evaluation(keys);
  selection(keys);
}

}  // namespace dure::policy
