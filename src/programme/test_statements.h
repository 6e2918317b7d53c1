// Statements of use and packs with prices, for tests.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "policy/pack.h"
#include "policy/test_layers.h"
#include "programme/statement.h"

namespace dure::programme {

// S3's research programme in small (governance 6.5, 6.7): the prices are examples.
inline constexpr const char* kResearchPrices = R"(
  prices: {source: test prices, confidence: chosen, value: [{id: market, unit: gpu_month, price_krw: 3333000}]}
  matching:
    source: test matching
    confidence: chosen
    value:
      - {id: large, title: {ko: 대기업}, when: [{is: org.class, in: [large_company]}], rate_bp: 25 %}
      - {id: venture, title: {ko: 벤처}, when: [{is: org.class, in: [venture]}], rate_bp: 7.5 %}
      - {id: small, title: {ko: 중소}, when: [{is: org.class, in: [small_company]}], rate_bp: 3 %}
  discounts:
    source: test discounts
    confidence: chosen
    value:
      - {id: youth, title: {ko: 청년 기업}, when: [{is: certificate.valid, of: youth}], rate_bp: 50 %}
  waivers:
    source: test waivers
    confidence: chosen
    value:
      - {id: academia, title: {ko: 학계}, all: [{is: org.class, in: [university, institute]}]}
      - {id: open-source, title: {ko: 공개}, all: [{is: project.open_source}]}
)";

// The product's default, and a programme whose section `billing` is that text (indented by two).
inline policy::Pack pack_of(const std::string& billing) {
  const auto pack = policy::merge({policy::layer_at("policies/default/policy.yaml"),
                                   policy::layer_of(policy::head("programme") + "billing:" + billing)});
  EXPECT_TRUE(pack.ok()) << billing;
  return pack.ok() ? *pack : policy::Pack{};
}

inline model::UsageStatement held(std::int64_t gpus, base::Date from, std::int64_t months) {
  model::UsageStatement statement;
  statement.uses.emplace_back();
  statement.uses[0].model = "h200";
  statement.uses[0].gpus = gpus;
  statement.uses[0].starts_on = from;
  statement.uses[0].months = months;
  return statement;
}

inline model::UsageStatement metered(std::int64_t milli_gpu_ms, base::Date on) {
  model::UsageStatement statement;
  statement.uses.emplace_back();
  statement.uses[0].model = "h200";
  statement.uses[0].milli_gpu_ms = milli_gpu_ms;
  statement.uses[0].starts_on = on;
  return statement;
}

inline std::set<std::string> faults_of(const policy::Pack& pack, const model::UsageStatement& statement) {
  const auto bill = rate_statement(pack, statement);
  return bill.ok() ? std::set<std::string>{} : policy::faults(bill.failure());
}

}  // namespace dure::programme
