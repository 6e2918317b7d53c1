// Keys of meta, calendar and texts.
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

namespace {

using enum Effect;

void meta(Keys& keys) {
  keys.begin(Section::kMeta);
  keys.add(DURE_KEY(meta.programme), id(), "사업의 식별자", "Id of the programme");
  keys.add(DURE_KEY(meta.receipt_prefix), {}, "접수번호의 머리글자", "What receipt numbers begin with");
  keys.add(DURE_KEY(meta.title), {}, "사업의 이름", "Name of the programme");
  keys.add(DURE_KEY(meta.purpose), {}, "사업의 목적", "What the programme is for", kInformative);
  keys.add(DURE_KEY(meta.operator_name), {}, "운영 기관의 이름", "Name of the operating body", kInformative);
  keys.add(DURE_KEY(meta.version), {}, "지침의 판", "Version of the rules, as their owner counts them");
  keys.add(DURE_KEY(meta.issued_on), {}, "제정일", "Day on which the rules were first issued", kInformative);
  keys.add(DURE_KEY(meta.amended_on), {}, "개정일", "Day on which this version was issued", kInformative);
  keys.add(DURE_KEY(meta.effective_from), {}, "시행일", "Day from which this version is in force");
  keys.add(DURE_KEY(meta.ends_with), {},
           "효력이 끝나는 사건. 그 뒤의 결정은 이 지침을 근거로 삼을 수 없습니다.",
           "Event with which the rules end; no later decision may cite them");
  keys.add(DURE_KEY(meta.time_zone), {}, "날짜를 정하는 시간대", "Time zone in which dates are meant");
  keys.add(DURE_KEY(meta.languages), {}, "안내에 쓰는 언어, 앞의 것을 먼저",
           "Languages of notices, the first for who has not chosen");
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
           "Files of consents and notices with their hashes, so that a changed text changes the pack");
}

}  // namespace

void declare_programme_keys(Keys& keys) {
  meta(keys);
  calendar_and_texts(keys);
}

}  // namespace dure::policy
