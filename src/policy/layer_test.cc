// Reading one file: what is refused, where, and with what words.
#include "policy/layer.h"

#include "policy/test_layers.h"

namespace dure::policy {
namespace {

TEST(Layer, ReadsAValueWithItsSource) {
  const Layer layer =
      layer_of(head("programme") +
               "account:\n  max_sessions: {value: 5, source: article 11, confidence: stated, note: ok}\n");
  const Entry& entry = layer.entries.at("account.max_sessions");
  EXPECT_EQ(entry.value, Value{std::int64_t{5}});
  EXPECT_EQ(entry.source, "article 11");
  EXPECT_EQ(entry.confidence, Confidence::kStated);
  EXPECT_EQ(entry.note, "ok");
  EXPECT_EQ(entry.position, (Position{6, 17}));
}

TEST(Layer, RefusesAnUnknownKeyWithItsPlaceAndASuggestion) {
  const auto refused =
      parse_layer(head("programme") + "account:\n  password:\n    min_lenght: " + sourced("12"), "s0");
  ASSERT_FALSE(refused.ok());
  const base::Detail& detail = refused.failure().details.at(0);
  EXPECT_EQ(detail.pointer, "/account/password/min_lenght");
  EXPECT_EQ(detail.reason.code, "policy.unknown_key_near");
  EXPECT_EQ(parameter(detail.reason, "suggestion"), "min_length");
  EXPECT_EQ(parameter(detail.reason, "line"), "7");
  EXPECT_EQ(parameter(detail.reason, "column"), "5");
}

TEST(Layer, KnowsAKeyThatStandsInTheWrongSection) {
  const auto refused =
      parse_layer(head("programme") + "utilisation:\n  lock_failures: " + sourced("5"), "s0");
  EXPECT_EQ(parameter(refused.failure().details.at(0).reason, "suggestion"), "account.lock_failures");
}

TEST(Layer, RefusesUnknownSectionsFieldsOfEntriesAndOfRecords) {
  EXPECT_EQ(faults_of(head("programme") + "acount: {}\n"), (Faults{"/acount policy.unknown_key_near"}));
  EXPECT_EQ(faults_of(head("programme") + "zebra: {}\n"), (Faults{"/zebra policy.unknown_key"}));
  EXPECT_EQ(faults_of(head("programme") +
                      "queue: {order: {value: fifo, sorce: x, source: y, confidence: chosen}}\n"),
            (Faults{"/queue/order/sorce policy.unknown_key_near"}));
  EXPECT_EQ(faults_of(head("programme") + "meta: {title: " + sourced("{ko: a, fr: b}") + "}\n"),
            (Faults{"/meta/title/value/fr policy.unknown_key"}));
  EXPECT_EQ(faults_of(head("programme") + "meta: {\"a/b~\": 1}\n"),
            (Faults{"/meta/a~1b~0 policy.unknown_key"}));
}

TEST(Layer, RefusesAValueWithoutSourceOrConfidence) {
  EXPECT_EQ(faults_of(head("programme") + "account: {max_sessions: 5}\n"),
            (Faults{"/account/max_sessions policy.value_needs_source"}));
  EXPECT_EQ(faults_of(head("programme") + "account: {max_sessions: {value: 5}}\n"),
            (Faults{"/account/max_sessions policy.missing_field"}));
  EXPECT_EQ(
      faults_of(head("programme") + "account: {max_sessions: {value: 5, source: \"\", confidence: sure}}\n"),
      (Faults{"/account/max_sessions/source policy.text_empty",
              "/account/max_sessions/confidence policy.name_unknown"}));
}

TEST(Layer, TellsAllFindingsAtOnce) {
  EXPECT_EQ(faults_of(head("programme") + "account:\n  max_sessions: " + sourced("many") +
                      "\n  evict: " + sourced("oldets") + "\n  lock_failures: " + sourced("-1") + "\n"),
            (Faults{"/account/max_sessions/value policy.wrong_type",
                    "/account/evict/value policy.name_unknown_near",
                    "/account/lock_failures/value policy.number_out_of_range"}));
}

TEST(Layer, NeedsItsHead) {
  EXPECT_EQ(faults_of("account: {}\n"), (Faults{" policy.missing_field"}));
  EXPECT_EQ(faults_of("format: dure-policy/2\nlayer: programm\nid: x\nversion: \"1\"\n"),
            (Faults{"/format policy.format_unknown", "/layer policy.name_unknown_near"}));
  EXPECT_EQ(faults_of("- a\n"), (Faults{" policy.not_a_layer"}));
  EXPECT_EQ(faults_of(""), (Faults{" policy.file_empty"}));
  EXPECT_EQ(faults_of("# nothing\n"), (Faults{" policy.file_empty"}));
}

TEST(Layer, RefusesTheSameKeyTwice) {
  EXPECT_EQ(faults_of(head("programme") + "account: {max_sessions: " + sourced("5") +
                      ", max_sessions: " + sourced("6") + "}\n"),
            (Faults{"/account/max_sessions policy.duplicate_key"}));
  EXPECT_EQ(faults_of(head("programme") + "id: again\n"), (Faults{"/id policy.duplicate_key"}));
}

TEST(Layer, RefusesAnchorsAliasesTagsAndSecondDocuments) {
  EXPECT_EQ(faults_of(head("programme") + "account: &a {}\n"), (Faults{"/account policy.alias_refused"}));
  EXPECT_EQ(faults_of(head("programme") + "account: !!map {}\n"), (Faults{"/account policy.tag_refused"}));
  EXPECT_EQ(faults_of(head("programme") + "---\nx: y\n"), (Faults{" policy.several_documents"}));
  EXPECT_EQ(faults_of(head("programme") + "<<: {}\n"), (Faults{"/<< policy.unknown_key"}));
  EXPECT_EQ(faults_of(head("programme") + "? [a]\n: b\n"), (Faults{" policy.key_not_text"}));
}

TEST(Layer, AnAliasBombIsRefusedAtItsFirstAnchor) {
  std::string bomb = head("programme") + "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [*" + std::string(1, static_cast<char>(c - 1)) + ",*" +
            std::string(1, static_cast<char>(c - 1)) + "]\n";
  }
  EXPECT_EQ(faults_of(bomb), (Faults{"/a policy.alias_refused"}));
}

TEST(Layer, DeepTextIsRefusedInAnyStyleWithoutDeepRecursion) {
  for (const std::string unit : {"[", "{a: ", "- ", "? ", "a:\n"}) {
    std::string deep = head("programme") + "account: \n  ";
    for (int i = 0; i < 100'000; ++i) deep += unit;
    const auto refused = parse_layer(deep.substr(0, kMaxLayerBytes), "deep");
    ASSERT_FALSE(refused.ok()) << unit;
  }
  std::string brackets = head("programme") + "account: ";
  brackets += std::string(40, '[') + std::string(40, ']') + "\n";
  const auto refused = parse_layer(brackets, "deep");
  EXPECT_EQ(refused.failure().details.at(0).reason.code, "policy.too_deep");
}

TEST(Layer, TooLargeTextsAndTooManyNodesAreRefused) {
  EXPECT_EQ(faults_of(std::string(kMaxLayerBytes + 1, ' ')), (Faults{" policy.too_large"}));
  EXPECT_EQ(parse_layer(std::string(kMaxLayerBytes + 1, ' '), "x").failure().kind,
            base::ErrorKind::kTooLarge);
  std::string many = head("programme") + "account: [";
  for (std::size_t i = 0; i <= kMaxLayerNodes; ++i) many += "a,";
  EXPECT_EQ(faults_of(many + "]\n").size(), 1u);
  EXPECT_NE(faults_of(many + "]\n").begin()->find("policy.too_many_nodes"), std::string::npos);
}

TEST(Layer, RefusesWhatIsNotCleanText) {
  EXPECT_EQ(faults_of(head("programme") + std::string(1, '\0')), (Faults{" policy.not_text"}));
  EXPECT_EQ(faults_of(head("programme") + "# \xff\n"), (Faults{" policy.not_text"}));
  EXPECT_EQ(faults_of(head("programme") + "# \xc0\x80\n"), (Faults{" policy.not_text"}));      // overlong NUL
  EXPECT_EQ(faults_of(head("programme") + "# \xed\xa0\x80\n"), (Faults{" policy.not_text"}));  // half a pair
  EXPECT_EQ(faults_of(head("programme") + "meta: {version: " + sourced("\"a\\u0000b\"") + "}\n"),
            (Faults{"/meta/version/value policy.not_text"}));
  EXPECT_EQ(faults_of(head("programme") + "meta: [\n").size(), 1u);  // syntax
}

TEST(Layer, TextsAreNotGuessedToBeSomethingElse) {
  const Layer layer = layer_of(head("programme") + "meta:\n  version: " + sourced("1.10") +
                               "\n  ends_with: " + sourced("no") + "\n");
  EXPECT_EQ(layer.entries.at("meta.version").value, Value{std::string("1.10")});
  EXPECT_EQ(layer.entries.at("meta.ends_with").value, Value{std::string("no")});
  EXPECT_EQ(faults_of(head("programme") + "account: {max_sessions: " + sourced("\"5\"") + "}\n"),
            (Faults{"/account/max_sessions/value policy.wrong_type"}));
  EXPECT_EQ(faults_of(head("programme") + "account: {max_sessions: " + sourced("05") + "}\n"),
            (Faults{"/account/max_sessions/value policy.wrong_type"}));
  EXPECT_EQ(faults_of(head("programme") + "award: {top_up: " + sourced("yes") + "}\n"),
            (Faults{"/award/top_up/value policy.wrong_type"}));
}

TEST(Layer, AmountsMayCarryTheirUnit) {
  const auto with = [](const std::string& gpu, const std::string& memory) {
    return layer_of(head("programme") +
                    "offer: {ceiling: " + sourced("{gpu: " + gpu + ", memory: " + memory + "}") + "}\n")
        .hash;
  };
  EXPECT_EQ(with("8 GPU", "1 GiB"), with("8000", "1073741824"));
  EXPECT_EQ(with("800 blocks", "1024 MiB"), with("8000 milli-GPU", "1048576 KiB"));
  EXPECT_NE(with("8 GPU", "1 GiB"), with("8 GPU", "1 GB"));
  EXPECT_EQ(faults_of(head("programme") + "offer: {storage_primary: " + sourced("1 XB") + "}\n"),
            (Faults{"/offer/storage_primary/value policy.wrong_type"}));
}

TEST(Layer, SharesMayBeWrittenInPercent) {
  const Layer layer = layer_of(head("programme") + "supply: {self_use_max_bp: " + sourced("7.5 %") + "}\n");
  EXPECT_EQ(layer.entries.at("supply.self_use_max_bp").value, Value{std::int64_t{750}});
  EXPECT_EQ(faults_of(head("programme") + "supply: {self_use_max_bp: " + sourced("101 %") + "}\n"),
            (Faults{"/supply/self_use_max_bp/value policy.number_out_of_range"}));
}

TEST(Hash, IsThatOfTheContentNotOfItsWriting) {
  const std::string block = head("programme") +
                            "account:\n  max_sessions:\n    value: 5\n    source: article 11\n    "
                            "confidence: stated\n  lock_failures: "
                            "{value: 5, source: s, confidence: chosen}\n";
  const std::string flow =
      "# a comment\n\"version\": '1'\nid: test\n"
      "account: {lock_failures: {confidence: chosen, source: 's', value: 5}, \"max_sessions\": {source: "
      "\"article "
      "11\", confidence: stated, value: 5}}\nlayer: programme\nformat: dure-policy/1\n";
  EXPECT_EQ(layer_of(block).hash, layer_of(flow).hash);
  EXPECT_EQ(layer_of(block).canonical, layer_of(flow).canonical);
}

TEST(Hash, ChangesWithAnyContent) {
  const auto hash = [](const std::string& value, const std::string& source) {
    return layer_of(head("programme") + "account: {max_sessions: " + sourced(value, source) + "}\n").hash;
  };
  EXPECT_NE(hash("5", "a"), hash("6", "a"));
  EXPECT_NE(hash("5", "a"), hash("5", "b"));
  EXPECT_EQ(hash("5", "a").size(), 64u);
}

TEST(Hash, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Canonical, ReadsBackToItself) {
  for (const char* path :
       {"policies/default/policy.yaml", "policies/floors/policy.yaml",
        "policies/s0-regional-centre/policy.yaml", "policies/s0-regional-centre/sample-prices.yaml"}) {
    const Layer layer = layer_at(path);
    const Layer again = layer_of(layer.canonical);
    EXPECT_EQ(again.canonical, layer.canonical) << path;
    EXPECT_EQ(again.hash, layer.hash) << path;
  }
}

TEST(Check, WarnsOfUnverifiedSourcesAndChecksOverTheLayersBelow) {
  const std::string text =
      head("programme") + "account: {lock_failures: {value: 0, source: hearsay, confidence: unverified}}\n";
  const auto alone = check(text, "t");
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].severity, Finding::Severity::kWarning);
  EXPECT_EQ(alone[0].reason.code, "policy.value_unverified");
  const auto over =
      check(text, "t", {layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml")});
  ASSERT_EQ(over.size(), 2u);
  EXPECT_EQ(over[0].reason.code, "policy.below_floor");
  EXPECT_EQ(over[0].position.line, 5);
}

}  // namespace
}  // namespace dure::policy
