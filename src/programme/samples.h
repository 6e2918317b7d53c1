// Forms and rules for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "policy/pack.h"
#include "policy/test_layers.h"
#include "programme/eligibility.h"
#include "programme/from_policy.h"

namespace dure::programme {

// A small company in Ulsan asks for 50 blocks for six months; complete under the regional centre's rules.
inline model::Form1 good_form() {
  model::Form1 form;
  form.applicant.name = "홍길동";
  form.applicant.position = "책임연구원";
  form.applicant.organisation = "가온정밀";
  form.applicant.organisation_class = model::OrganisationClass::kSmallCompany;
  form.applicant.region = "ulsan";
  form.applicant.business_number = "120-81-47521";
  form.applicant.email = "gildong@example.org";
  form.applicant.mobile = "010-1234-5678";
  form.applicant.address = "울산광역시 남구";
  form.login = "gaon";
  form.public_ip = "210.119.3.7";
  form.environments = {"jupyter", "terminal"};
  form.resources = {"a100-40gb", 50, 16, {64LL << 30}, {100LL << 30}};
  form.starts_on = {2026, 9, 1};
  form.months = 6;
  form.plan = {"불량 검출", "표면 영상으로 불량을 찾는 모델을 학습합니다.", "불량률 감소", ""};
  form.guideline_agreed = true;
  form.privacy_agreed = true;
  form.signer = "홍길동";
  form.signed_on = base::Date{2026, 8, 20};
  return form;
}

inline Facts good_facts() {
  Facts facts;
  facts.received_on = {2026, 8, 21};
  facts.documents = {{"form1", "application/pdf", {100'000}}};
  facts.restricted = false;
  return facts;
}

// The pack of a folder below policies/.
inline policy::Pack pack_named(const std::string& folder) {
  const auto merged = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                     policy::layer_at("policies/floors/policy.yaml"),
                                     policy::layer_at("policies/" + folder + "/policy.yaml")});
  EXPECT_TRUE(merged.ok());
  return merged.ok() ? *merged : policy::Pack{};
}

// AICA's of 2024 (S1).
inline const policy::Pack& aica_2024() {
  static const policy::Pack pack = pack_named("s1-aica-2024");
  return pack;
}

// The regional centre's pack as it is published.
inline const policy::Pack& regional_centre() {
  static const policy::Pack pack = [] {
    const auto merged = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                       policy::layer_at("policies/floors/policy.yaml"),
                                       policy::layer_at("policies/s0-regional-centre/policy.yaml")});
    EXPECT_TRUE(merged.ok());
    return merged.ok() ? *merged : policy::Pack{};
  }();
  return pack;
}

inline policy::Condition condition_of(policy::Predicate is) {
  policy::Condition made;
  made.is = is;
  return made;
}

}  // namespace dure::programme
