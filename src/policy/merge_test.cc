// Putting layers together: who wins, what floors refuse, what contradicts, and how a value explains itself.
#include <algorithm>
#include <cstdlib>
#include <random>

#include "policy/keys.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

std::string sessions(const std::string& kind, const std::string& value) {
  return head(kind, kind + "-layer") + "account: {max_sessions: " + sourced(value, kind) + "}\n";
}

Faults merge_faults(const std::vector<Layer>& layers) {
  const auto pack = merge(layers);
  return pack.ok() ? Faults{} : faults(pack.failure());
}

TEST(Merge, TheNarrowerLayerWinsWhateverTheOrderOfTheFiles) {
  std::vector<Layer> layers;
  for (const char* kind : {"default", "centre", "programme", "track", "call", "what-if"}) {
    layers.push_back(layer_of(sessions(kind, std::to_string(layers.size() + 1))));
    const auto pack = merge(layers);
    ASSERT_TRUE(pack.ok());
    EXPECT_EQ(pack->account.max_sessions, static_cast<std::int64_t>(layers.size()));
    EXPECT_EQ(pack->provenance("account.max_sessions")->source, kind);
    EXPECT_EQ(pack->provenance("account.max_sessions")->layer_id, std::string(kind) + "-layer");
  }
  const std::string hash = merge(layers)->hash();
  std::mt19937 random(19);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(layers.begin(), layers.end(), random);
    ASSERT_EQ(merge(layers)->hash(), hash);
    ASSERT_EQ(merge(layers)->account.max_sessions, 6);
  }
}

TEST(Merge, LaysListsOverListsWhole) {
  const Layer below = layer_of(head("default") + "application: {environments: " + sourced("[a, b]") + "}\n");
  const Layer above = layer_of(head("call") + "application: {environments: " + sourced("[c]") + "}\n");
  EXPECT_EQ(merge({below, above})->application.environments, (std::vector<std::string>{"c"}));
}

TEST(Merge, NoneTakesAnOptionalValueAway) {
  const Layer below = layer_of(head("programme") + "utilisation: {idle_days: " + sourced("21") + "}\n");
  const Layer above = layer_of(head("call") + "utilisation: {idle_days: " + sourced("none") + "}\n");
  EXPECT_EQ(merge({below})->utilisation.idle_days, 21);
  EXPECT_FALSE(merge({below, above})->utilisation.idle_days);
  EXPECT_EQ(merge({below, above})->value_text("utilisation.idle_days"), "none");
}

TEST(Merge, TwoLayersOfOneKindAreRefused) {
  const Layer one = layer_of(sessions("programme", "1"));
  EXPECT_EQ(merge_faults({one, one}), (Faults{"/layer policy.layer_twice"}));
}

TEST(Merge, ASectionIsOnWhenALayerAboveTheDefaultSpeaksOfIt) {
  const std::string idle = "utilisation: {idle_days: " + sourced("21") + "}\n";
  EXPECT_FALSE(merge({layer_of(head("default") + idle)})->on(Section::kUtilisation));
  EXPECT_TRUE(merge({layer_of(head("programme") + idle)})->on(Section::kUtilisation));
  EXPECT_TRUE(merge({})->on(Section::kAccount));
  EXPECT_FALSE(merge({})->on(Section::kEvaluation));
}

std::string floor_text(const std::string& key_lines) {
  return head("floors", "law") + key_lines;
}

TEST(Floors, I19_AValueMayBeStricterNeverLaxer) {
  const Layer law = layer_of(floor_text(
      "retention: {access_log_days: {floor: 365, direction: min, source: article 8, confidence: stated}}\n"
      "account: {password: {max_age: {floor: 3 months, direction: max, source: article 5, confidence: "
      "stated}}}\n"));
  const auto with = [&](const std::string& days, const std::string& age) {
    return merge_faults({law, layer_of(head("programme") + "retention: {access_log_days: " + sourced(days) +
                                       "}\naccount: {password: {max_age: " + sourced(age) + "}}\n")});
  };
  EXPECT_EQ(with("365", "3 months"), Faults{});
  EXPECT_EQ(with("400", "1 month"), Faults{});
  EXPECT_EQ(with("364", "1 month"), (Faults{"/retention/access_log_days policy.below_floor"}));
  EXPECT_EQ(with("365", "4 months"), (Faults{"/account/password/max_age policy.above_floor"}));
  EXPECT_EQ(with("365", "none"), (Faults{"/account/password/max_age policy.above_floor"}));
}

TEST(Floors, NameTheFloorAndItsSource) {
  const Layer law = layer_of(floor_text(
      "retention: {access_log_days: {floor: 365, direction: min, source: article 8, confidence: stated}}\n"));
  const auto refused =
      merge({law, layer_of(head("centre") + "retention: {access_log_days: " + sourced("30") + "}\n")});
  const base::Reason& reason = refused.failure().details.at(0).reason;
  EXPECT_EQ(parameter(reason, "key"), "retention.access_log_days");
  EXPECT_EQ(parameter(reason, "value"), "30");
  EXPECT_EQ(parameter(reason, "floor"), "365");
  EXPECT_EQ(parameter(reason, "source"), "article 8");
  EXPECT_EQ(parameter(reason, "layer"), "law");
}

TEST(Floors, BindTheNeutralValueToo) {
  const Layer law = layer_of(
      floor_text("account: {lock_failures: {floor: 1, direction: min, source: s, confidence: stated}}\n"));
  EXPECT_EQ(merge_faults({law}), (Faults{"/account/lock_failures policy.below_floor"}));
}

TEST(Floors, R2_MayHangOnAConditionOfThePack) {
  const std::vector<Layer> base{layer_at("policies/default/policy.yaml"),
                                layer_at("policies/floors/policy.yaml")};
  const auto with = [&](const std::string& days, const std::string& large) {
    std::vector<Layer> layers = base;
    layers.push_back(layer_of(head("programme") + "retention: {access_log_days: " + sourced(days) +
                              "}\nprivacy: {large_scale: " + sourced(large) + "}\n"));
    return merge_faults(layers);
  };
  EXPECT_EQ(with("365", "false"), Faults{});
  EXPECT_EQ(with("365", "true"), (Faults{"/retention/access_log_days policy.below_floor"}));
  EXPECT_EQ(with("730", "true"), Faults{});
}

TEST(Floors, TheStatutoryOnesRefuseEachLaxerValue) {
  const std::vector<Layer> base{layer_at("policies/default/policy.yaml"),
                                layer_at("policies/floors/policy.yaml")};
  const std::vector<std::pair<std::string, std::string>> laxer{
      {"retention: {access_log_days: " + sourced("364") + "}",
       "/retention/access_log_days policy.below_floor"},
      {"retention: {role_change_days: " + sourced("1094") + "}",
       "/retention/role_change_days policy.below_floor"},
      {"account: {password: {one_way: " + sourced("false") + "}}",
       "/account/password/one_way policy.not_as_floor"},
      {"account: {lock_failures: " + sourced("0") + "}", "/account/lock_failures policy.below_floor"},
      {"account: {staff_idle_minutes: " + sourced("0") + "}",
       "/account/staff_idle_minutes policy.below_floor"},
      {"privacy: {transport_encrypted: " + sourced("false") + "}",
       "/privacy/transport_encrypted policy.not_as_floor"},
      {"privacy: {staff_accounts_personal: " + sourced("false") + "}",
       "/privacy/staff_accounts_personal policy.not_as_floor"},
      {"privacy: {resident_numbers_refused: " + sourced("false") + "}",
       "/privacy/resident_numbers_refused policy.not_as_floor"},
      {"sanctions: {opinion_days: " + sourced("9") + "}", "/sanctions/opinion_days policy.below_floor"}};
  for (const auto& [text, fault] : laxer) {
    std::vector<Layer> layers = base;
    layers.push_back(layer_of(head("call") + text + "\n"));
    EXPECT_EQ(merge_faults(layers), (Faults{fault})) << text;
  }
}

TEST(Floors, AreReadOnlyFromFloorLayersAndNeedAnOrder) {
  EXPECT_EQ(
      faults_of(floor_text("queue: {order: {floor: fifo, direction: min, source: s, confidence: stated}}\n")),
      (Faults{"/queue/order policy.floor_not_ordered"}));
  EXPECT_EQ(faults_of(floor_text("queue: {order: " + sourced("fifo") + "}\n"))
                .count("/queue/order policy.missing_field"),
            1u);
  EXPECT_FALSE(
      faults_of(head("programme") +
                "account: {lock_failures: {floor: 1, direction: min, source: s, confidence: stated}}\n")
          .empty());
}

TEST(Consistency, ContradictionsAreRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"meta: {time_zone: " + sourced("Mars/Olympus") + "}", "/meta/time_zone policy.zone_unknown"},
      {"account: {evict: " + sourced("oldest") + "}", "/account/evict policy.needs_key"},
      {"account: {ip_block: " + sourced("true") + "}", "/account/ip_block policy.needs_key"},
      {"account: {password: {zigzag: " + sourced("true") + "}}", "/account/password/zigzag policy.needs_key"},
      {"account: {password: {run_min: " + sourced("1") + "}}", "/account/password/run_min policy.run_of_one"},
      {"account: {password: {min_length: " + sourced("20") + ", max_length: " + sourced("10") + "}}",
       "/account/password/min_length policy.min_above_max"},
      {"evaluation: {mode: " + sourced("panel") +
           ", criteria: " + sourced("[{id: a, title: {ko: a}, max_points: 90}]") + "}",
       "/evaluation/criteria policy.points_do_not_add_up"},
      {"evaluation: {mode: " + sourced("panel") +
           ", criteria: " + sourced("[{id: a, title: {ko: a}, max_points: 100}]") +
           ", threshold_points: " + sourced("101") + "}",
       "/evaluation/threshold_points policy.threshold_above_total"},
      {"evaluation: {threshold_points: " + sourced("60") + "}",
       "/evaluation/threshold_points policy.needs_value"},
      {"evaluation: {mode: " + sourced("centre") + ", min_reviews: " + sourced("3") + "}",
       "/evaluation/min_reviews policy.needs_value"},
      {"call: {tracks: " + sourced("[{id: a, title: {ko: a}}, {id: b, title: {ko: b}}]") +
           "}\nselection: {reservations: " +
           sourced("[{track: a, share_bp: 60 %}, {track: b, share_bp: 50 %}]") + "}",
       "/selection/reservations policy.shares_above_whole"},
      {"utilisation: {bands: " +
           sourced("[{below_bp: 10 %, measure: keep}, {below_bp: 5 %, measure: reduce}]") + "}",
       "/utilisation/bands policy.not_rising"},
      {"billing: {free_during_programme: " + sourced("true") +
           ", prices: " + sourced("[{id: a, unit: gpu_hour, price_krw: 1}]") + "}",
       "/billing/prices policy.price_while_free"},
      {"billing: {order: " + sourced("[waiver, waiver]") + "}", "/billing/order policy.listed_twice"},
      {"notify: {rules: " + sourced("[{event: e, recipients: [member], channels: [mail], text: t}]") + "}",
       "/notify/rules policy.text_unknown"},
      {"eligibility: {include: " +
           sourced("[{id: a, title: {ko: a}, all: [{is: org.region, in: [ulsam]}]}]") + "}",
       "/eligibility/include policy.word_unknown_near"},
      {"eligibility: {include: " + sourced("[{id: a, title: {ko: a}, all: [{is: org.region}]}]") + "}",
       "/eligibility/include policy.condition_needs_field"},
      {"eligibility: {include: " +
           sourced("[{id: a, title: {ko: a}, all: [{is: restriction.none, of: x}]}]") + "}",
       "/eligibility/include policy.condition_refuses_field"},
      {"eligibility: {include: " + sourced("[{id: a, title: {ko: a}, all: [], evidence: [licence]}]") + "}",
       "/eligibility/include policy.document_unknown"},
      {"documents: {list: " +
           sourced("[{kind: a, title: {ko: a}, need: conditional, extensions: [pdf], mime_types: "
                   "[application/pdf]}]") +
           "}",
       "/documents/list policy.condition_missing"}};
  for (const auto& [text, fault] : cases) {
    EXPECT_EQ(merge_faults({layer_of(head("programme") + text + "\n")}), (Faults{fault})) << text;
  }
}

// I1: which day of which model has no price; one for the rest stands in, one for storage does not.
TEST(Consistency, I1_PricesLeaveNoDayOut) {
  const auto refused = [](const std::string& prices) {
    const auto merged =
        merge({layer_of(head("programme") + "offer: {pools: " +
                        sourced("[{id: a, kind: shared, title: {ko: a}, unit: gpu, models: [t4]}]") +
                        "}\nbilling: {prices: " + sourced("[" + prices + "]") + "}\n")});
    if (merged.ok()) return std::string("ok");
    const auto& reason = merged.failure().details.at(0).reason;
    return reason.code + " " + parameter(reason, "day");
  };
  const std::string t4 = "{id: p, model: t4, unit: gpu_month, price_krw: 9";
  const std::string rest = ", {id: r, unit: gpu_hour, price_krw: 1}";
  EXPECT_EQ(refused(t4 + "}"), "ok");
  EXPECT_EQ(refused(t4 + ", until: 2026-06-30}"), "ok") << "all prices end with it";
  EXPECT_EQ(refused(t4 + ", until: 2026-06-30}, {id: q, model: t4, unit: gpu_hour, price_krw: 8, from: "
                         "2026-07-01}"),
            "ok");
  EXPECT_EQ(refused(t4 + ", until: 2026-06-30}, {id: q, model: t4, unit: gpu_hour, price_krw: 8, from: "
                         "2026-07-02}"),
            "policy.price_gap_from 2026-07-01");
  EXPECT_EQ(refused(t4 + ", until: 2026-06-30}" + rest), "ok");
  EXPECT_EQ(refused("{id: g, unit: gib_month, price_krw: 1}"), "policy.price_gap (none)");
  EXPECT_EQ(refused(t4 + "}, {id: g, unit: gib_month, price_krw: 1}"), "ok");
}

TEST(Restore, APackComesBackFromItsCanonicalText) {
  const auto pack = merge({layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
                           layer_at("policies/s0-regional-centre/policy.yaml"),
                           layer_at("policies/s0-regional-centre/sample-prices.yaml")});
  ASSERT_TRUE(pack.ok());
  const auto back = restore(pack->canonical());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->hash(), pack->hash());
  EXPECT_EQ(back->canonical(), pack->canonical());
  EXPECT_EQ(back->account, pack->account);
  EXPECT_EQ(back->billing, pack->billing);
  EXPECT_EQ(back->outcomes, pack->outcomes);
  for (const Key& key : all_keys()) {
    EXPECT_EQ(back->value_text(key.name), pack->value_text(key.name)) << key.name;
    EXPECT_EQ(back->provenance(key.name)->source, pack->provenance(key.name)->source) << key.name;
  }
  EXPECT_EQ(restore("{}").failure().reason.code, "policy.not_a_pack");
}

TEST(Explain, TellsValueSourceLayerFloorAndWhatWasOverridden) {
  const auto pack = *merge({layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml"),
                            layer_at("policies/s0-regional-centre/policy.yaml")});
  const auto told = explain(pack, "account.password.min_length");
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->value, "12");
  EXPECT_EQ(told->provenance.layer_id, "s0-regional-centre");
  EXPECT_EQ(told->provenance.source, "지침 제5조");
  EXPECT_GT(told->provenance.position.line, 0);
  EXPECT_EQ(told->type_en, "whole number, 1 .. 128 characters");
  ASSERT_EQ(told->overridden.size(), 1u);
  EXPECT_EQ(told->overridden[0], (std::pair<std::string, std::string>{"dure-default", "10"}));
  EXPECT_EQ(explain(pack, "retention.access_log_days")->floors.size(), 2u);
  const auto unknown = explain(pack, "account.password.min_lenght");
  EXPECT_EQ(unknown.failure().reason.code, "policy.key_unknown_near");
  EXPECT_EQ(parameter(unknown.failure().reason, "suggestion"), "account.password.min_length");
}

TEST(KeyTable, EveryKeyIsDescribedInBothLanguagesAndLiesInItsSection) {
  std::set<std::string> names;
  for (const Key& key : all_keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_FALSE(key.ko.empty() || key.en.empty()) << key.name;
    EXPECT_EQ(key.name.substr(0, key.name.find('.')), name_of(key.section)) << key.name;
    EXPECT_FALSE(is_key_prefix(key.name)) << key.name << " is a key and a section at once";
  }
  EXPECT_GT(names.size(), 120u);
}

TEST(KeyTable, SectionsStandAtTheirEnumerator) {
  for (std::size_t i = 0; i < section_table().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(section_table()[i].section), i);
    EXPECT_EQ(section_table()[i].always_on, section_table()[i].off_ko.empty());
  }
}

// Writes the document where DURE_WRITE_DOCS is set, else holds it to the table.
TEST(KeyTable, TheDocumentIsTheTable) {
  const std::string path = "docs/formats/policy-keys.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(path) << key_table_markdown();
  EXPECT_TRUE(read_text(path) == key_table_markdown())
      << path << " is old: DURE_WRITE_DOCS=1 build/bin/policy_test --gtest_filter='KeyTable.*'";
}

}  // namespace
}  // namespace dure::policy
