// Packs and applications for the tests of this folder, and a result as one text.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "policy/test_layers.h"
#include "selection/select.h"

namespace dure::selection::testing {

// How many random cases: many in the full tier.
inline int cases(int by_default) {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 10'000 : by_default;
}

// The criteria of S1: 30, 30, 20, 20, ties broken in that order; 60 points are needed.
inline const char* const kCriteria =
    "[{id: policy_fit, title: {ko: 정책부합성}, max_points: 30, tie_order: 1},"
    " {id: excellence, title: {ko: 과제우수성}, max_points: 30, tie_order: 2},"
    " {id: feasibility, title: {ko: 자원필요성}, max_points: 20, tie_order: 3},"
    " {id: outcomes, title: {ko: 목표성과}, max_points: 20, tie_order: 4}]";

inline std::string key(const std::string& name, const std::string& value) {
  return "  " + name + ": " + policy::sourced(value, "test " + name) + "\n";
}

// `evaluation` and `selection`: lines made by key(); `pool`: a pool in YAML.
inline base::Result<policy::Pack> pack_of(const std::string& evaluation, const std::string& selection,
                                          const std::string& pool, const std::string& more = "") {
  return policy::merge({policy::layer_of(policy::head("programme") + "call:\n" +
                                         key("tracks", "[{id: young, title: {ko: 청년}}]") + "evaluation:\n" +
                                         evaluation + (selection.empty() ? "" : "selection:\n" + selection) +
                                         "offer:\n" + key("pools", "[" + pool + "]") + more)});
}

inline std::string panel() {
  return key("mode", "panel") + key("criteria", kCriteria) + key("threshold_points", "60");
}

inline const char* const kGpus = "{id: p, kind: shared, title: {ko: p}, models: [], unit: gpu}";
inline const char* const kServers =
    "{id: p, kind: dedicated, title: {ko: p}, models: [], unit: server, gpus_per_unit: 8}";
inline const char* const kMenu =
    "{id: p, kind: shared, title: {ko: p}, models: [], unit: gpu,"
    " unit_menu: [1 GPU, 2 GPU, 4 GPU, 8 GPU, 16 GPU]}";

inline SelectionRules rules_with(const std::string& evaluation, const std::string& selection,
                                 const std::string& pool = kGpus, const std::string& more = "") {
  const auto pack = pack_of(evaluation, selection, pool, more);
  EXPECT_TRUE(pack.ok());
  if (!pack.ok()) return {};
  return *rules_of(*pack, std::nullopt);
}

inline model::SelectionReview review(const std::string& reviewer, const std::vector<std::int64_t>& centi,
                                     const std::vector<std::string>& criteria = {"policy_fit", "excellence",
                                                                                 "feasibility", "outcomes"}) {
  model::SelectionReview made;
  made.reviewer = reviewer;
  made.state = model::ReviewState::kLocked;
  for (std::size_t i = 0; i < centi.size(); ++i) made.scores.push_back({criteria[i], centi[i]});
  return made;
}

// Asks for `count` GPUs, with one review of these hundredths; submitted so many seconds after a day began.
inline model::SelectionApplication application(const std::string& id, std::int64_t count,
                                               const std::vector<std::int64_t>& centi,
                                               std::int64_t second = 0) {
  model::SelectionApplication made;
  made.id = id;
  made.organisation = "기관 " + id;
  made.submitted_at = base::Instant{1'770'000'000'000'000} + base::Span::seconds(second);
  made.requested = {count, model::AmountUnit::kGpu};
  if (!centi.empty()) made.reviews = {review("r1", centi)};
  return made;
}

inline model::SelectionRequest request(std::int64_t capacity,
                                       std::vector<model::SelectionApplication> applications,
                                       model::AmountUnit unit = model::AmountUnit::kGpu) {
  model::SelectionRequest made;
  made.capacity = model::SelectionCapacity{{capacity, unit}, std::nullopt};
  made.applications = std::move(applications);
  return made;
}

inline model::SelectionResult selected(const model::SelectionRequest& request, const SelectionRules& rules) {
  auto result = select(request, rules);
  EXPECT_TRUE(result.ok());
  if (result.ok()) return *result;
  for (const auto& detail : result.failure().details)
    ADD_FAILURE() << detail.pointer << " " << detail.reason.code;
  return {};
}

// "C 1 selected 4; B 2 waitlisted 0": id, rank, outcome, awarded.
inline std::string told(const model::SelectionResult& result) {
  std::string text;
  for (const auto& each : result.ranking)
    text += (text.empty() ? "" : "; ") + each.id + " " + (each.rank ? std::to_string(*each.rank) : "-") +
            " " + std::string(model::to_text(each.outcome)) + " " + std::to_string(each.awarded.count);
  return text;
}

inline const model::RankedApplication& of(const model::SelectionResult& result, const std::string& id) {
  for (const auto& each : result.ranking)
    if (each.id == id) return each;
  ADD_FAILURE() << id;
  static const model::RankedApplication kNobody;
  return kNobody;
}

inline const model::SelectionStep* step(const model::RankedApplication& it, const std::string& code) {
  for (const auto& each : it.steps)
    if (each.reason.code == code) return &each;
  return nullptr;
}

// "pointer code" of each fault.
inline std::set<std::string> faults(const model::SelectionRequest& request, const SelectionRules& rules) {
  const auto result = select(request, rules);
  return result.ok() ? std::set<std::string>{} : policy::faults(result.failure());
}

// Any value of model/selection.h as one text, every field in its order.
inline std::string flat(const base::Reason& reason) {
  std::string text = reason.code;
  for (const auto& each : reason.parameters)
    text += " " + each.name + "=" + policy::parameter(reason, each.name);
  return text;
}

struct Flat {
  template <class T>
  std::string operator()(const T& value) const {
    if constexpr (std::is_same_v<T, std::string>) {
      return value;
    } else if constexpr (std::is_same_v<T, base::Reason>) {
      return flat(value);
    } else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, bool>) {
      return std::to_string(value);
    } else if constexpr (std::is_same_v<T, base::Instant> || std::is_same_v<T, base::Date>) {
      return base::to_text(value);
    } else if constexpr (requires { value.has_value(); }) {
      return value ? (*this)(*value) : "none";
    } else if constexpr (requires { value.begin(); }) {
      std::string text = "[";
      for (const auto& each : value) text += (*this)(each) + ",";
      return text + "]";
    } else if constexpr (requires { value.first; }) {
      return (*this)(value.first) + " -> " + (*this)(value.second);
    } else if constexpr (model::Named<T>) {
      return std::string(model::to_text(value));
    } else {
      std::string text = "{";
      model::for_each_field<T>([&](const auto& field) {
        text += std::string(field.name) + ": " + (*this)(value.*field.member) + "; ";
      });
      return text + "}";
    }
  }
};

template <class T>
std::string flat(const T& value) {
  return Flat()(value);
}

}  // namespace dure::selection::testing
