#include "wire/form_file.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <chrono>

#include "wire/json.h"
#include "wire/resident_number.h"

namespace dure::wire {
namespace {

std::string form_fault(std::string_view text) {
  const auto form = read_form(text);
  return form.ok() ? "" : form.failure().reason.code;
}
std::int64_t number(const base::Reason& reason, const char* name) {
  const auto* value = reason.find(name);
  return value ? std::get<std::int64_t>(*value) : -1;
}
// The single fault of a form: "pointer code line:column".
std::string fault_of(std::string_view text) {
  const auto form = read_form(text);
  if (form.ok() || form.failure().details.size() != 1) return form.ok() ? "none" : form.failure().reason.code;
  const auto& detail = form.failure().details.front();
  return detail.pointer + " " + detail.reason.code + " " + std::to_string(number(detail.reason, "line")) +
         ":" + std::to_string(number(detail.reason, "column"));
}

// F1: Form 1 as a file.
TEST(ReadForm, F1_TakesTheExampleThatItShows) {
  const auto form = read_form(example_form());
  ASSERT_TRUE(form.ok()) << form.failure().reason.code;
  EXPECT_EQ(form->applicant.name, "홍길동");
  EXPECT_EQ(form->applicant.organisation_class, model::OrganisationClass::kSmallCompany);
  EXPECT_EQ(form->applicant.phone, "052-000-0000");
  EXPECT_EQ(form->applicant.advisor, "");
  EXPECT_EQ(form->resources.blocks, 20);
  EXPECT_EQ(form->resources.memory.value, 32LL << 30);
  EXPECT_EQ(form->starts_on, (base::Date{2026, 9, 1}));
  EXPECT_EQ(form->months, 6);
  EXPECT_EQ(form->environments, (std::vector<std::string>{"jupyter", "terminal"}));
  EXPECT_EQ(form->plan.content,
            "용접부 영상에서 결함을 찾는 신경망을 학습합니다.\n영상 20만 장을 사용합니다.\n");
  EXPECT_TRUE(form->guideline_agreed);
  EXPECT_EQ(form->signed_on, (base::Date{2026, 8, 17}));
}

TEST(ReadForm, TakesTheSameFormAsJson) {
  const auto form = read_form(example_form());
  ASSERT_TRUE(form.ok());
  const std::string text = json_text(*form, Out::everything());
  const auto again = read_form(text);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(json_text(*again, Out::everything()), text);
}

TEST(ReadForm, TypesScalarsByTheirField) {
  const auto form =
      read_form("login: 12345\napplicant: {phone: 01012345678, name: yes, unit: 1.50}\nmonths: 06\n");
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(form->login, "12345");
  EXPECT_EQ(form->applicant.phone, "01012345678");
  EXPECT_EQ(form->applicant.name, "yes");
  EXPECT_EQ(form->applicant.unit, "1.50");
  EXPECT_EQ(form->months, 6);
}

TEST(ReadForm, SaysWhereEachFaultIs) {
  EXPECT_EQ(fault_of("login: a\nmonths: six\n"), "/months json.wrong_type 2:9");
  EXPECT_EQ(fault_of("months: \"6\"\n"), "/months json.wrong_type 1:9");
  EXPECT_EQ(fault_of("months: 1.5\n"), "/months json.not_whole 1:9");
  EXPECT_EQ(fault_of("guideline_agreed: yes\n"), "/guideline_agreed json.wrong_type 1:19");
  EXPECT_EQ(fault_of("plan:\n  titel: x\n"), "/plan/titel json.unknown_member_near 2:10");
  EXPECT_EQ(fault_of("environments:\n- jupyter\n- [x]\n"), "/environments/1 json.wrong_type 3:3");
  EXPECT_EQ(fault_of("kind: newest\n"), "/kind json.not_one_of 1:7");
  EXPECT_EQ(fault_of("starts_on: 2026-02-30\n"), "/starts_on json.bad_date 1:12");
  EXPECT_EQ(fault_of("{\"login\": \"a\",\n \"months\": \"six\"}"), "/months json.wrong_type 2:12");
  EXPECT_EQ(fault_of("{\"months\": null}"), "/months json.wrong_type 1:12");
}

TEST(ReadForm, CollectsAllFaults) {
  const auto form = read_form("months: six\nkind: old\nplan: none\n");
  ASSERT_FALSE(form.ok());
  EXPECT_EQ(form.failure().reason, base::Reason("form.invalid").with("count", 3));
  EXPECT_EQ(form.failure().details.size(), 3u);
}

TEST(ReadForm, RefusesWhatYamlOffersBeyondPlainData) {
  EXPECT_EQ(form_fault("plan: &p {title: x}\n"), "form.anchor");
  EXPECT_EQ(form_fault("plan: *p\n"), "form.syntax") << "yaml-cpp refuses unknown aliases itself";
  EXPECT_EQ(form_fault("login: &a x\nsigner: *a\n"), "form.anchor");
  EXPECT_EQ(form_fault("login: !!str x\n"), "form.tag");
  EXPECT_EQ(form_fault("plan: !secret {}\n"), "form.tag");
  EXPECT_EQ(form_fault("login: a\n---\nlogin: b\n"), "form.documents");
  EXPECT_EQ(form_fault("login: a\nlogin: b\n"), "form.duplicate_member");
  EXPECT_EQ(form_fault("plan: {title: a, \"title\": b}\n"), "form.duplicate_member");
  EXPECT_EQ(form_fault("? [a]\n: b\n"), "form.key");
  EXPECT_EQ(form_fault("login: [a\n"), "form.syntax");
  EXPECT_EQ(form_fault("login: \"a\n"), "form.syntax");
  EXPECT_EQ(form_fault(""), "form.not_a_mapping");
  EXPECT_EQ(form_fault("- a\n"), "form.not_a_mapping");
  EXPECT_EQ(form_fault("[1]"), "form.not_a_mapping");
  EXPECT_EQ(form_fault("{\"login\":\"a\",\"login\":\"b\"}"), "json.duplicate_member");
  EXPECT_EQ(form_fault("login: \"a\\0b\"\n"), "form.invalid");
}

TEST(ReadForm, RefusesTextThatNobodyCanRead) {
  EXPECT_EQ(form_fault("login: \xff\n"), "form.utf8");
  EXPECT_EQ(form_fault(std::string("login: a\0b\n", 11)), "form.utf8");
  EXPECT_EQ(form_fault("login: a\x1b[31m\n"), "form.utf8");
  const auto form = read_form("login: a\nsigner: 가\xff\n");
  EXPECT_EQ(number(form.failure().reason, "line"), 2);
  EXPECT_EQ(number(form.failure().reason, "column"), 10);
  EXPECT_EQ(form_fault("\xef\xbb\xbflogin: a\n"), "") << "a byte order mark, as Windows writes it";
  EXPECT_EQ(form_fault("login: a\r\nmonths: 3\r\n"), "");
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

TEST(ReadForm, KeepsItsLimitsWithoutEffort) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(read_form(std::string(300'000, '#')).failure().kind, base::ErrorKind::kTooLarge);
  EXPECT_EQ(form_fault("plan: " + std::string(400, '[') + std::string(400, ']')), "form.too_deep");
  EXPECT_NE(form_fault("plan: " + std::string(200'000, '[')), "");
  EXPECT_EQ(form_fault("plan: " + repeated("{a: ", 50'000)), "form.too_deep");
  EXPECT_EQ(form_fault(repeated("- ", 100'000)), "form.too_deep");
  EXPECT_EQ(form_fault("environments:\n" + repeated("- a\n", 6'000)), "form.too_many_nodes");
  EXPECT_EQ(form_fault("{\"environments\":[" + repeated("\"a\",", 6'000) + "\"a\"]}"), "form.too_many_nodes");
  EXPECT_EQ(form_fault(repeated("{\"a\":", 40'000)), "json.too_deep");
  const auto spent = std::chrono::steady_clock::now() - start;
  EXPECT_LT(std::chrono::duration_cast<std::chrono::seconds>(spent).count(), 5);
}

// R9: resident registration numbers are not taken.
TEST(ResidentNumber, R9_IsFoundHoweverItIsWritten) {
  for (const char* text :
       {"900101-1234567", "9001011234567", "번호는 900101-1234567 입니다", "(000229-3000000)",
        "900101 - 1234567", "900101–2234567", "９００１０１－１２３４５６７", "900101.1234567",
        "851231-5123456", "9001\u200b011234567", "02-9001011234567"})
    EXPECT_TRUE(has_resident_number(text)) << text;
}

TEST(ResidentNumber, R9_IsNotSeenInOtherNumbers) {
  for (const char* text : {"", "010-1234-5678", "123-45-67891", "901301-1234567", "900230-1234567",
                           "010229-1234567", "19001011234567", "90010112345678", "900101-123456",
                           "900101-12345678", "68719476736", "900101x1234567", "2026-09-01 2026-12-31"})
    EXPECT_FALSE(has_resident_number(text)) << text;
}

TEST(ResidentNumber, R9_IsRefusedWhereverTextStandsAndNeverRepeated) {
  const auto form = read_form(
      "kind: 900101-1234567\nplan:\n  content: |\n    담당자 900101-1234567\nenvironments: "
      "[\"9001011234567\"]\n"
      "months: x\n");
  ASSERT_FALSE(form.ok());
  ASSERT_EQ(form.failure().details.size(), 4u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(form.failure().details[i].reason.code, "form.resident_number");
    EXPECT_GT(number(form.failure().details[i].reason, "line"), 0);
  }
  for (const auto& detail : form.failure().details)
    EXPECT_EQ(json_text(detail.reason).find("1234567"), std::string::npos);
}

TEST(ResidentNumber, R9_IsRefusedInFormsFromElsewhere) {
  model::Form1 form;
  EXPECT_TRUE(refuse_resident_numbers(form).ok());
  form.data.description = "환자 900101-1234567";
  const auto refused = refuse_resident_numbers(form);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().details.at(0).pointer, "/data/description");
}

}  // namespace
}  // namespace dure::wire
