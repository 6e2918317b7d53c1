#include "wire/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <limits>
#include <random>

#include "model/access.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/maintenance.h"
#include "model/node_link.h"
#include "model/notice.h"
#include "model/programme.h"
#include "model/record.h"
#include "model/reservation.h"
#include "wire/json_impl.h"
#include "wire/text.h"

namespace dure::wire {

// A type of one's own with every kind of member.
enum class Colour { kRed, kBlue };

struct Inner {
  std::string name;
  std::int64_t count = 7;
  std::string token;
  bool operator==(const Inner&) const = default;
};

struct Every {
  std::string text = "untouched";
  bool flag = false;
  std::int64_t number = 1;
  base::Krw fee;
  base::Instant at;
  base::Date on;
  base::Span length;
  base::Id<Inner> id;
  base::Reason reason;
  Colour colour = Colour::kRed;
  std::optional<std::int64_t> maybe;
  std::vector<Inner> list;
  std::map<std::string, std::string> labels;
  Inner inner;
  std::string phone;
  std::string password_hash;
};

}  // namespace dure::wire

namespace dure::model {
using wire::Colour;
using wire::Every;
using wire::Inner;
DURE_ENUM(Colour, DURE_NAME(kRed, "red"), DURE_NAME(kBlue, "blue"));
DURE_VALUE_FIELDS(Inner, field("name", &Inner::name), field("count", &Inner::count),
                  field("token", &Inner::token, Visibility::kSecret));
DURE_VALUE_FIELDS(Every, field("text", &Every::text), field("flag", &Every::flag),
                  field("number", &Every::number), field("fee_krw", &Every::fee), field("at", &Every::at),
                  field("on", &Every::on), field("length_us", &Every::length), field("id", &Every::id),
                  field("reason", &Every::reason), field("colour", &Every::colour),
                  field("maybe", &Every::maybe), field("list", &Every::list), field("labels", &Every::labels),
                  field("inner", &Every::inner), field("phone", &Every::phone, Visibility::kPersonal),
                  field("password_hash", &Every::password_hash, Visibility::kSecret));
}  // namespace dure::model

namespace dure::wire {
namespace {

namespace json = boost::json;

Every example() {
  Every value;
  value.text = "따옴표 \" 와 \\ 그리고\n새 줄";
  value.flag = true;
  value.number = -9'007'199'254'740'993;  // 2^53 + 1: a double would lose it
  value.fee = {1'200};
  value.at = {1'788'220'800'250'000};
  value.on = {2026, 9, 1};
  value.length = base::Span::seconds(90);
  value.id = base::Id<Inner>("0192");
  value.reason = base::Reason("queue.no_capacity").with("need_blocks", 20).with("model", "a100");
  value.colour = Colour::kBlue;
  value.list = {{"하나", 1, "s1"}, {"둘", 2, "s2"}};
  value.labels = {{"b", "2"}, {"a/\"", "1"}};
  value.phone = "010-1234-5678";
  value.password_hash = "$argon2id$…";
  return value;
}

constexpr const char* kExampleText =
    R"({"text":"따옴표 \" 와 \\ 그리고\n새 줄","flag":true,"number":-9007199254740993,"fee_krw":1200,)"
    R"("at":"2026-09-01T00:00:00.250000Z","on":"2026-09-01","length_us":90000000,"id":"0192",)"
    R"("reason":{"code":"queue.no_capacity","parameters":{"need_blocks":20,"model":"a100"}},)"
    R"("colour":"blue","maybe":null,"list":[{"name":"하나","count":1},{"name":"둘","count":2}],)"
    R"("labels":{"a/\"":"1","b":"2"},"inner":{"name":"","count":7},"phone":"010-****-5678"})";

TEST(WriteJson, FollowsTheFieldTableAndHidesWhatMayNotLeave) {
  EXPECT_EQ(json_text(example()), kExampleText);
}

TEST(WriteJson, GivesSecretsAndPersonalDataOnlyWhenAsked) {
  const std::string all = json_text(example(), Out::everything());
  EXPECT_NE(all.find("\"phone\":\"010-1234-5678\""), std::string::npos);
  EXPECT_NE(all.find("\"token\":\"s2\""), std::string::npos);
  EXPECT_NE(all.find("password_hash"), std::string::npos);
  const std::string personal = json_text(example(), {.secrets = false, .personal = true});
  EXPECT_NE(personal.find("010-1234-5678"), std::string::npos);
  EXPECT_EQ(personal.find("token"), std::string::npos);
}

TEST(WriteJson, KeepsTheOutputValidWhateverBytesComeIn) {
  Inner value{"a\xff\xc3(\xed\xa0\x80z", 0, ""};
  const std::string text = json_text(value);
  EXPECT_TRUE(parse(text).ok()) << text;
  EXPECT_NE(text.find("a\xef\xbf\xbd"), std::string::npos);
  value.name = std::string("\0\x1f\x7f", 3);
  EXPECT_EQ(json_text(value), "{\"name\":\"\\u0000\\u001f\x7f\",\"count\":0}");
}

TEST(WriteJson, MasksWholeObjectsBelowAPersonalField) {
  model::Account account;
  account.allowed_addresses = {"203.0.113.7", "198.51.100.20"};
  EXPECT_NE(json_text(account).find(R"("allowed_addresses":["203.0.113.*","198.51.100.*"])"),
            std::string::npos);
  EXPECT_EQ(json_text(account).find("password_hash"), std::string::npos);
}

TEST(FromJson, ReadsWhatWasWritten) {
  const auto read = read_json<Every>(json_text(example(), Out::everything()), {.secrets = true});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(json_text(*read, Out::everything()), json_text(example(), Out::everything()));
}

TEST(FromJson, LeavesAbsentMembersAtTheirDefaults) {
  const auto read = read_json<Every>(R"({"flag":true})");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->text, "untouched");
  EXPECT_EQ(read->inner.count, 7);
}

// The reasons of a refusal as "pointer code" lines.
std::vector<std::string> faults(const base::Error& error) {
  std::vector<std::string> lines;
  lines.reserve(error.details.size());
  for (const auto& detail : error.details) lines.push_back(detail.pointer + " " + detail.reason.code);
  return lines;
}

TEST(FromJson, CollectsEveryFaultWithItsPointer) {
  const auto read = read_json<Every>(R"({
    "text": 5, "flag": "yes", "number": 1.5, "fee_krw": "1", "at": "today", "on": "2026-02-30",
    "length_us": true, "colour": "green", "maybe": [], "list": [{"count": 1e300}, 3, {"nmae": ""}],
    "labels": {"a/b~": 1}, "reason": {"parameters": {"x": null}}})");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.failure().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(read.failure().reason, base::Reason("json.invalid").with("count", 15));
  const std::vector<std::string> expected{
      "/text json.wrong_type",         "/flag json.wrong_type",
      "/number json.not_whole",        "/fee_krw json.wrong_type",
      "/at json.bad_instant",          "/on json.bad_date",
      "/length_us json.wrong_type",    "/reason/parameters/x json.wrong_type",
      "/reason/code json.missing",     "/colour json.not_one_of",
      "/maybe json.wrong_type",        "/list/0/count json.out_of_range",
      "/list/1 json.wrong_type",       "/list/2/nmae json.unknown_member_near",
      "/labels/a~1b~0 json.wrong_type"};
  EXPECT_EQ(faults(read.failure()), expected);
}

TEST(FromJson, SuggestsTheNameThatWasProbablyMeant) {
  const auto near = [](const char* text) {
    const auto read = read_json<Every>(text);
    const auto& reason = read.failure().details.at(0).reason;
    const auto* value = reason.find("near");
    return value ? std::get<std::string>(*value) : reason.code;
  };
  EXPECT_EQ(near(R"({"Labels":{}})"), "labels");
  EXPECT_EQ(near(R"({"lengthUs":1})"), "length_us");
  EXPECT_EQ(near(R"({"coluor":"red"})"), "colour");
  EXPECT_EQ(near(R"({"elephant":1})"), "json.unknown_member");
  EXPECT_EQ(near(R"({"password_hash":"x"})"), "json.unknown_member") << "secrets are not members of an input";
}

TEST(FromJson, AsksForWhatIsRequiredAtAnyDepth) {
  const In in{.required = {"text", "inner/name", "number"}};
  const auto read = read_json<Every>(R"({"number":1})", in);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(faults(read.failure()),
            (std::vector<std::string>{"/text json.missing", "/inner/name json.missing"}));
  EXPECT_TRUE(read_json<Every>(R"({"number":1,"text":"","inner":{"name":""}})", in).ok());
  const auto whole = read_json<Inner>(R"({"name":""})", {.allow_missing = false});
  EXPECT_EQ(faults(whole.failure()), std::vector<std::string>{"/count json.missing"});
}

TEST(FromJson, StopsListingAfterTwentyButCountsOn) {
  std::string text = "[";
  for (int i = 0; i < 30; ++i) text += i ? ",1" : "1";
  const auto read = read_json<std::vector<Inner>>(text + "]");
  EXPECT_EQ(read.failure().details.size(), kMaxDetails);
  EXPECT_EQ(std::get<std::int64_t>(*read.failure().reason.find("count")), 30);
}

TEST(FromJson, SpendsLittleOnTextThatIsWrongThroughout) {
  std::string text = "{";
  for (int i = 0; i < 60'000; ++i) text += (i ? ",\"lenght_" : "\"lenght_") + std::to_string(i) + "\":0";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(read_json<Every>(text + "}", {}, {.max_bytes = 2 << 20}).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(FromJson, RefusesNulAndTextThatIsNotUtf8) {
  EXPECT_EQ(read_json<Inner>(R"({"name":"a\u0000b"})").failure().details.at(0).reason.code, "json.nul");
  json::value tree = {{"name", json::string("\xff")}};
  EXPECT_EQ(from_json<Inner>(tree).failure().details.at(0).reason.code, "json.not_utf8");
  EXPECT_EQ((read_json<std::map<std::string, std::string>>("{\"a\\u0000\":\"\"}")
                 .failure()
                 .details.at(0)
                 .reason.code),
            "json.nul");
}

TEST(FromJson, TakesWholeNumbersInAnyNotationButNoneThatADoubleMayHaveChanged) {
  EXPECT_EQ(read_json<Inner>(R"({"count":1e3})")->count, 1000);
  EXPECT_EQ(read_json<Inner>(R"({"count":2.0})")->count, 2);
  EXPECT_EQ(read_json<Inner>(R"({"count":9223372036854775807})")->count, INT64_MAX);
  EXPECT_EQ(read_json<Inner>(R"({"count":-9223372036854775808})")->count, INT64_MIN);
  EXPECT_EQ(read_json<Inner>(R"({"count":1e17})").failure().details.at(0).reason.code, "json.out_of_range");
}

TEST(FromJson, RepeatsNoLongOrOddTextInItsReasons) {
  const auto read = read_json<Inner>("{\"" + std::string(5000, 'x') + "\\u0007\":1}");
  const auto& name = std::get<std::string>(*read.failure().details.at(0).reason.find("name"));
  EXPECT_LE(name.size(), 64u);
}

TEST(Patch, FollowsRfc7396) {
  // The examples of the RFC's appendix A: target, patch, result.
  const std::vector<std::array<const char*, 3>> cases{
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", "null", "null"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}};
  for (const auto& [target, patch, result] : cases)
    EXPECT_EQ(write_canonical(apply_patch(*parse(target), *parse(patch))), write_canonical(*parse(result)))
        << target << " + " << patch;
}

TEST(Write, AFractionReadsBackAsOne) {
  for (const char* text : {"6.327", "-92253372033720368547.5808", "1e300", "5e-324", "1.0", "0.1", "-0.0"}) {
    const auto value = parse(text);
    ASSERT_TRUE(value.ok()) << text;
    const auto again = parse(write(*value));
    ASSERT_TRUE(again.ok()) << write(*value);
    EXPECT_TRUE(*again == *value) << text;
  }
  EXPECT_EQ(write(*parse("6.327")), "6.327");
}

TEST(WriteCanonical, SortsMembersAtEveryDepth) {
  EXPECT_EQ(write_canonical(*parse(R"({"b":1,"a":[{"d":1,"c":2}]})")), R"({"a":[{"c":2,"d":1}],"b":1})");
  EXPECT_EQ(write(*parse(R"({ "b" : 1, "a" : 1.5 })")), R"({"b":1,"a":1.5})");
}

// ---- Every noun, with values made from its shape
// -------------------------------------------------------------

class Filler {
 public:
  explicit Filler(std::uint64_t seed) : random_(seed) {}

  void fill(const Shape& shape, void* at) {
    switch (shape.form) {
      case Form::kText:
        *shape.text(at) = text();
        break;
      case Form::kBool:
        *static_cast<bool*>(at) = pick(2) == 1;
        break;
      case Form::kInteger:
        *shape.integer(at) = integer();
        break;
      case Form::kInstant:
        static_cast<base::Instant*>(at)->us = instant();
        break;
      case Form::kDate:
        *static_cast<base::Date*>(at) = base::from_days(static_cast<std::int64_t>(pick(40'000)));
        break;
      case Form::kReason:
        *static_cast<base::Reason*>(at) = reason();
        break;
      case Form::kEnum:
        shape.set_name(at, shape.names.first[pick(shape.names.count)]);
        break;
      case Form::kOptional:
        if (pick(3) > 0) fill(*shape.item, shape.hold(at));
        break;
      case Form::kList:
        for (std::size_t i = pick(4); i > 0; --i) fill(*shape.item, shape.append(at));
        break;
      case Form::kMap:
        for (std::size_t i = pick(4); i > 0; --i) fill(*shape.item, shape.insert(at, text()));
        break;
      case Form::kObject:
        for (std::size_t i = 0; i < shape.member_count; ++i)
          fill(*shape.members[i].shape, shape.members[i].of(at));
    }
  }

 private:
  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  std::int64_t integer() {
    switch (pick(4)) {
      case 0:
        return INT64_MAX;
      case 1:
        return INT64_MIN;
      default:
        return static_cast<std::int64_t>(random_()) >> pick(60);
    }
  }
  std::int64_t instant() {
    const auto seconds = static_cast<std::int64_t>(pick(8'000'000'000)) - 4'000'000'000;
    return seconds * 1'000'000 + (pick(2) ? static_cast<std::int64_t>(pick(1'000'000)) : 0);
  }
  std::string text() {
    static const std::vector<std::string> kPieces{"a",
                                                  "Z",
                                                  "0",
                                                  " ",
                                                  "\"",
                                                  "\\",
                                                  "/",
                                                  "\n",
                                                  "\x01",
                                                  "\x7f",
                                                  "가",
                                                  "힣",
                                                  "🙂",
                                                  "é",
                                                  "{",
                                                  "}",
                                                  "010-1234-5678",
                                                  "@",
                                                  ".",
                                                  "ᄒ"};
    std::string out;
    for (std::size_t i = pick(12); i > 0; --i) out += kPieces[pick(kPieces.size())];
    return out;
  }
  base::Reason reason() {
    base::Reason made("area.what" + std::to_string(pick(9)));
    if (pick(2)) made.with("n", integer());
    if (pick(2)) made.with("t", text());
    if (pick(4) == 0) made.with("n", text());  // a repeated name counts once
    return made;
  }

  std::mt19937_64 random_;
};

template <class T>
void expect_round_trip(std::uint64_t seed) {
  T value{};
  Filler(seed).fill(kShape<T>, &value);
  for (const Out out : {Out{}, Out{true, false}, Out{false, true}, Out::everything()}) {
    const std::string text = json_text(value, out);
    ASSERT_EQ(text, write(to_json(value, out)));
    ASSERT_EQ(text, json::serialize(to_json(value, out)));
  }
  const std::string whole = json_text(value, Out::everything());
  const auto read = read_json<T>(whole, {.allow_missing = false, .secrets = true});
  ASSERT_TRUE(read.ok()) << whole << "\n" << faults(read.failure()).at(0);
  ASSERT_EQ(json_text(*read, Out::everything()), whole);
}

template <class... Nouns>
void expect_round_trips() {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) (expect_round_trip<Nouns>(seed), ...);
}

TEST(Codec, TextAndTreeAgreeAndComeBackForEveryNounOfTheCentre) {
  using namespace model;
  expect_round_trips<Organisation, Person, Account, RoleGrant, model::Session, ApiToken, BlockedAddress,
                     Programme, PolicyVersion, Call, Application, Document, Decision, Award, Project,
                     Allocation, Outage, Obligation, Invoice, InvoiceLine, AuditEntry, model::Event,
                     Notification, NoticePreference, NoticeSilence, NoticeText, NoticeMark, IdempotencyKey,
                     LoopLease, Form1>();
}

TEST(Codec, TextAndTreeAgreeAndComeBackForEveryNounOfTheMachineRoom) {
  using namespace model;
  expect_round_trips<Node, Card, Image, Volume, Workload, Revision, model::Run, Replica, Share, Observation,
                     LedgerEntry, MaintenanceWindow, Reservation, NodeReport, NodeOrders, AccessTicket,
                     std::vector<model::Run>, std::optional<base::Reason>,
                     std::map<std::string, std::string>>();
}

// Decision 8: masking is the default on the way out.
TEST(Codec, ShowsNothingOfAPersonByDefault) {
  model::Application application;
  auto& applicant = application.form.applicant;
  applicant = {.name = "홍길동",
               .advisor = "김철수",
               .email = "gildong@example.kr",
               .phone = "052-123-4567",
               .mobile = "010-1234-5678",
               .address = "울산광역시 남구 무거동 93-1"};
  application.form.public_ip = "203.0.113.7";
  application.form.signer = "홍길동";
  const std::string text = json_text(application);
  for (const char* personal : {"홍길동", "김철수", "gildong", "123-4567", "1234-5678", "93-1", "203.0.113.7"})
    EXPECT_EQ(text.find(personal), std::string::npos) << personal;
  EXPECT_NE(text.find("홍*동"), std::string::npos);
  EXPECT_NE(text.find("052-***-4567"), std::string::npos);
}

}  // namespace
}  // namespace dure::wire
