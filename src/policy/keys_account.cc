// Keys of account, privacy and retention.
#include "policy/keys.h"
#include "policy/records.h"

namespace dure::policy {

template <>
struct Record<ConsentItem> {
  static void declare(Fields<ConsentItem>& f) {
    f.required("id", &ConsentItem::id, id());
    f.required("purpose", &ConsentItem::purpose);
    f.required("items", &ConsentItem::items);
    f.required("period", &ConsentItem::period);
    f.add("required", &ConsentItem::required);
    f.add("text", &ConsentItem::text, id());
  }
};

namespace {

using enum Effect;

void password(Keys& keys) {
  keys.begin(Section::kAccount);
  keys.add(DURE_KEY(account.password.min_length), number(1, 128, "characters"), "비밀번호의 최소 길이",
           "Least length of a password");
  keys.add(DURE_KEY(account.password.max_length), number(8, 1024, "characters"), "비밀번호의 최대 길이",
           "Greatest length of a password");
  keys.add(DURE_KEY(account.password.classes), {}, "반드시 섞어 쓸 글자 종류",
           "Classes of characters that must all occur");
  keys.add(DURE_KEY(account.password.run_min), number(0, 32, "characters"),
           "연속된 글자(abcd, qwer)가 이 길이부터 금지됩니다. 0은 규칙 없음.",
           "Length from which runs (abcd, qwer) are refused; 0 = no rule");
  keys.add(DURE_KEY(account.password.keyboard_layouts), {}, "연속을 찾을 자판",
           "Keyboards on which runs are looked for");
  keys.add(DURE_KEY(account.password.zigzag), {}, "두 줄을 오가는 연속(1q2w3e)도 금지합니다.",
           "Runs that alternate between two rows (1q2w3e) are refused too");
  keys.add(DURE_KEY(account.password.history), number(0, 100, "passwords"),
           "다시 쓸 수 없는 지난 비밀번호의 수", "Former passwords that may not come back");
  keys.add(DURE_KEY(account.password.max_age), {}, "비밀번호를 바꾸어야 하는 주기",
           "Age at which a password must be changed");
  keys.add(DURE_KEY(account.password.notice_days), number(0, 366, "days"), "변경 기한 며칠 전에 알리는지",
           "Days before that age on which it is told");
  keys.add(DURE_KEY(account.password.on_expiry), {}, "바꾸지 않았을 때의 조치",
           "What happens to one that is not changed", kNotYet);
  keys.add(DURE_KEY(account.password.one_way), {}, "비밀번호를 되돌릴 수 없게 저장합니다.",
           "Passwords are kept only as one-way hashes", kAlways);
}

void account(Keys& keys) {
  const Hint minutes = number(0, 5'256'000, "minutes");
  keys.add(DURE_KEY(account.lock_failures), number(0, 100, "times"),
           "잇달아 틀리면 잠기는 횟수. 0은 잠그지 않음.",
           "Wrong passwords in a row that lock the account; 0 = never");
  keys.add(DURE_KEY(account.lock_minutes), minutes, "잠금이 풀리기까지의 시간. 0은 담당자가 풉니다.",
           "Minutes until a lock opens by itself; 0 = a person opens it");
  keys.add(DURE_KEY(account.ip_block), {}, "많이 틀린 IP 주소를 차단 목록에 올립니다.",
           "Addresses with many failures go on a blacklist");
  keys.add(DURE_KEY(account.ip_block_failures), number(0, 10'000, "times"), "IP 주소를 차단하는 실패 횟수",
           "Failures from one address that block it");
  keys.add(DURE_KEY(account.ip_block_minutes), minutes, "IP 차단 시간. 0은 담당자가 풉니다.",
           "Minutes that an address stays blocked; 0 = a person opens it");
  keys.add(DURE_KEY(account.max_sessions), number(0, 1000, "connections"),
           "계정 하나의 최대 동시 접속. 0은 한도 없음.", "Parallel connections of one account; 0 = no limit");
  keys.add(DURE_KEY(account.evict), {}, "한도를 넘을 때 먼저 접속한 세션을 끊는지",
           "Whether the oldest connection ends when one too many comes");
  keys.add(DURE_KEY(account.ip_allowlist), {}, "등록한 공인 IP에서만 접속하게 하는지",
           "Whether log-in is bound to the registered public address");
  keys.add(DURE_KEY(account.idle_minutes), minutes, "이용자의 유휴 접속 차단 시간. 0은 차단하지 않음.",
           "Idle minutes after which a user is disconnected; 0 = never");
  keys.add(DURE_KEY(account.staff_idle_minutes), minutes, "개인정보취급자의 유휴 접속 차단 시간",
           "Idle minutes after which a handler of personal data is disconnected");
  keys.add(DURE_KEY(account.personal_logins), {}, "자원은 부서에 배정해도 접속 계정은 사람마다 따로 줍니다.",
           "Log-ins are personal even where the allocation is a unit's", kAlways);
  keys.add(DURE_KEY(account.temporary_password_must_change), {},
           "임시 비밀번호는 첫 접속 때 바꾸어야 합니다.",
           "A temporary password must be changed at the first log-in");
}

void privacy(Keys& keys) {
  keys.begin(Section::kPrivacy);
  keys.add(DURE_KEY(privacy.resident_numbers_refused), {}, "주민등록번호를 받지 않습니다.",
           "Resident registration numbers are refused");
  keys.add(DURE_KEY(privacy.transport_encrypted), {}, "전송 구간을 암호화합니다.", "Transport is encrypted",
           kNotYet);
  keys.add(DURE_KEY(privacy.staff_accounts_personal), {}, "담당자마다 계정을 따로 둡니다.",
           "One account for each handler, not shared", kAlways);
  keys.add(DURE_KEY(privacy.mask_by_default), {}, "개인정보를 가려서 보여 줍니다.",
           "Personal data is shown masked", kAlways);
  keys.add(DURE_KEY(privacy.download_reason_required), {}, "개인정보를 내려받을 때 사유가 필요합니다.",
           "A download of personal data needs a reason");
  keys.add(DURE_KEY(privacy.large_scale), {}, "정보주체 5만 명 이상이거나 고유식별·민감정보를 처리합니다.",
           "50,000 persons or more, or unique identifiers or sensitive data", kNotYet);
  keys.add(DURE_KEY(privacy.access_log_review), {}, "접속기록 점검 주기",
           "How often access records are reviewed", kNotYet);
  keys.add(DURE_KEY(privacy.consents), {}, "개인정보 동의 항목", "Items of consent", kNotYet);
}

void retention(Keys& keys) {
  const Hint days = number(0, 36'600, "days");
  keys.begin(Section::kRetention);
  keys.add(DURE_KEY(retention.access_log_days), days, "접속기록 보관 일수",
           "Days that access records are kept", kNotYet);
  keys.add(DURE_KEY(retention.role_change_days), days, "권한 변경 기록 보관 일수",
           "Days that grants and changes of rights are kept", kNotYet);
  keys.add(DURE_KEY(retention.delete_after_end_days), days, "사용 종료 뒤 계정과 데이터를 지우기까지의 일수",
           "Days after the end of use until account and data are deleted");
  keys.add(DURE_KEY(retention.deletion_notice_days), days, "삭제를 미리 알리는 일수",
           "Days before deletion on which it is told");
  keys.add(DURE_KEY(retention.holds), id(), "다른 법에 따라 따로 보관하는 기록",
           "Kinds of records that another law makes one keep");
  keys.add(DURE_KEY(retention.no_liability), {},
           "끝났거나 회수된 자원의 데이터에 대한 책임. 삭제 확인서에 적습니다.",
           "Who answers for data on what ended or was reclaimed; printed on the certificate");
}

}  // namespace

void declare_account_keys(Keys& keys) {
  password(keys);
  account(keys);
  privacy(keys);
  retention(keys);
}

}  // namespace dure::policy
