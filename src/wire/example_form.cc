#include "wire/form_file.h"

namespace dure::wire {
namespace {

constexpr const char* kExample = R"yaml(# AI GPU 서버 사용신청서 (별지 제1호서식)
# '#' 뒤는 설명입니다. 값을 바꾼 뒤 제출하십시오: dure apply 이파일.yaml
# 주민등록번호는 어디에도 적지 마십시오.

kind: new                          # 구분: new 신규, change 변경, renewal 연장

applicant:                         # 신청자 정보
  name: 홍길동                     # 성명
  position: 선임연구원             # 직급
  organisation: 가나다기계         # 소속 (기업∙기관 이름)
  unit: 연구개발팀                 # 소속 부서, 학과, 연구실
  advisor:                         # 지도교수 (대학교만)
  organisation_class: small_company
  # 울산∙경남 소재 기업∙기관 구분:
  #   large_company 대기업, mid_company 중견기업, small_company 소기업, venture 벤처기업,
  #   public_body 공공기관, institute 정부 출연 연구원(소), university 대학교, other 기타
  region: ulsan                    # 소재지: ulsan 울산, gyeongnam 경남
  business_number: 123-45-67891    # 사업자등록번호
  participating_university: false  # 플랫폼사업에 참여하는 대학(교) 소속인지
  email: hong@example.kr           # 이메일
  phone: 052-000-0000              # 전화번호
  mobile: 010-0000-0000            # 연락처 (Mobile)
  address: 울산광역시 남구 무거동 1  # 기업∙기관 주소 (울산/경남)

login: hong01                      # 사용 신청 ID
public_ip: 203.0.113.7             # 신청 PC의 공인 IP

environments:                      # 개발환경: jupyter, terminal, vscode, 그 밖은 이름을 적습니다
  - jupyter
  - terminal

resources:                         # 신청 자원
  model: a100-40gb                 # GPU 종류
  blocks: 20                       # 블록 수. 1블록은 GPU 한 장의 1 %, 100블록이 한 장입니다
  cpu_cores: 8                     # CPU 코어 수
  memory_bytes: 34359738368        # 메모리, 바이트 (32 GiB)
  storage_bytes: 107374182400      # 저장 공간, 바이트 (100 GiB)

starts_on: 2026-09-01              # 사용기간: 시작일
months: 6                          # 사용기간: [ ]개월

plan:                              # 사용계획
  title: 용접 영상의 결함 검출     # 제목
  content: |                       # 내용
    용접부 영상에서 결함을 찾는 신경망을 학습합니다.
    영상 20만 장을 사용합니다.
  effects: 검사 시간을 줄이고 불량을 줄입니다.  # 기대효과
  other_material:                  # 기타 자료

data:                              # 사용할 데이터 (운영지침 제7조)
  faces_or_personal: false         # 사람 얼굴 사진 및 개인정보가 담긴 데이터
  medical: false                   # 진료데이터
  other_personal: false            # 기타 개인정보가 확인되는 데이터
  copyrighted: false               # 저작권으로 보호되는 데이터
  description: 회사가 직접 찍은 용접부 영상입니다.

guideline_agreed: true             # AI GPU 서버 운영지침에 동의합니다
privacy_agreed: true               # 개인정보 수집∙이용에 동의합니다
signer: 홍길동                     # 신청인
signed_on: 2026-08-17              # 신청일
)yaml";

}  // namespace

std::string example_form() {
  return kExample;
}

}  // namespace dure::wire
