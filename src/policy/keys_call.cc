// Keys of call and contact.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<Track> {
  static void declare(Fields<Track>& f) {
    f.required("id", &Track::id, id());
    f.required("title", &Track::title);
    f.add("include", &Track::include);
    f.add("pools", &Track::pools, id());
    f.add("source", &Track::source);
  }
};

template <>
struct Record<Attachment> {
  static void declare(Fields<Attachment>& f) {
    f.required("id", &Attachment::id, id());
    f.required("title", &Attachment::title);
    f.add("document", &Attachment::document, id());
  }
};

template <>
struct Record<Desk> {
  static void declare(Fields<Desk>& f) {
    f.required("topic", &Desk::topic, id());
    f.required("title", &Desk::title);
    f.add("telephone", &Desk::telephone);
    f.add("email", &Desk::email);
    f.add("url", &Desk::url);
  }
};

template <>
struct Record<DeclinedRequest> {
  static void declare(Fields<DeclinedRequest>& f) {
    f.required("id", &DeclinedRequest::id, id());
    f.required("title", &DeclinedRequest::title);
    f.required("answer", &DeclinedRequest::answer);
    f.add("source", &DeclinedRequest::source);
  }
};

template <>
struct Record<Portal> {
  static void declare(Fields<Portal>& f) {
    f.required("id", &Portal::id, id());
    f.required("title", &Portal::title);
    f.required("url", &Portal::url);
  }
};

namespace {

using enum Effect;

void call(Keys& keys) {
  keys.begin(Section::kCall);
  keys.add(DURE_KEY(call.kind), {}, "공모 방식(수시 또는 정해진 기간)", "Rolling intake or a fixed window");
  keys.add(DURE_KEY(call.announced_on), {}, "공고일", "Day of the announcement", kNotYet);
  keys.add(DURE_KEY(call.opens_on), {}, "접수 시작일", "First day of intake");
  keys.add(DURE_KEY(call.closes_on), {}, "접수 마감일", "Last day of intake");
  keys.add(DURE_KEY(call.min_rounds_per_quarter), number(0, 100, "times"), "분기마다 적어도 몇 번 평가하는지",
           "Rounds of evaluation in a quarter, at least");
  keys.add(DURE_KEY(call.early_close_notice), {}, "조기 마감을 미리 알리는 기간",
           "Notice before an early close");
  keys.add(DURE_KEY(call.panel_within), {}, "마감 뒤 평가까지의 기한",
           "Evaluation within this time after the close");
  keys.add(DURE_KEY(call.result_within), {}, "마감 뒤 결과 통지까지의 기한",
           "Results told within this time after the close");
}

void around_the_call(Keys& keys) {
  keys.add(DURE_KEY(call.briefings), {}, "사업설명회", "Sessions at which the call is explained",
           kInformative);
  keys.add(DURE_KEY(call.attachments), {}, "공고에 붙는 양식", "Forms that hang at the announcement");
  keys.add(DURE_KEY(call.tracks), {}, "부문(트랙)과 부문별 자격",
           "Tracks, each with rules of eligibility of its own");
  keys.add(DURE_KEY(call.demand_register), {}, "접수한 신청을 수요로 두었다가 자원이 생기면 배정합니다.",
           "What is filed stands as demand and is matched when capacity appears");
  keys.add(DURE_KEY(call.online), {}, "온라인으로 신청합니다.", "Applications are filed online", kAlways);
  keys.begin(Section::kContact);
  keys.add(DURE_KEY(contact.desks), {}, "분야별 문의 창구", "Who answers questions about what");
  keys.add(DURE_KEY(contact.portals), {}, "누리집", "Sites of the programme", kInformative);
  keys.add(DURE_KEY(contact.declines), {}, "창구에서 받지 않는 요청과 그 답변",
           "What the desks do not do, and their answer");
}

}  // namespace

void declare_call_keys(Keys& keys) {
  call(keys);
  around_the_call(keys);
}

}  // namespace dure::policy
