// Invariant 15 (R1, R2, R4) by the real commands: log-ins that succeed and fail, looks at forms and files,
// changes of passwords, roles and forms, what is refused; the sealer takes some at a time, dies between two
// transactions and comes back with a lease that has passed on. Every entry about somebody's data says who,
// when, from where, whose and what; nobody reads another's unmasked data without an entry; the chain holds
// after each sealing, and an entry that is altered, moved or taken away is found; none ever goes by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <random>
#include <set>

#include "centre/outcome_cast.h"
#include "centre/taken.h"
#include "commands/audit.h"
#include "commands/rows.h"
#include "histories/altered_audit.h"
#include "histories/known_person.h"
#include "histories/mortal_store.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;
using Entries = std::vector<model::AuditEntry>;

constexpr int kHistoriesOfACentre = 25;  // that share a store and its chain
constexpr int kSteps = 8;

// The commands that touch somebody's data, by the beginnings of their actions.
constexpr std::array kAboutPeople{
    "accounts.",  "sessions.", "api_tokens.",      "role_grants.",        "applications.",
    "documents.", "training.", "allocations.open", "evidence-documents.", "notice_preferences."};

bool about_people(const model::AuditEntry& entry) {
  return std::any_of(kAboutPeople.begin(), kAboutPeople.end(),
                     [&](const char* each) { return entry.action.starts_with(each); });
}

// A loop or the first start: no address is theirs.
bool by_itself(const model::AuditEntry& entry) {
  return entry.actor.starts_with("loop/") || entry.actor == "rule" || entry.action == "accounts.bootstrap";
}

class AuditLives {
 public:
  explicit AuditLives(std::uint64_t seed) : bits_(seed) {
    for (int i = 0; i < 3; ++i) people_.push_back(enter_centre(centre_, i));
    auto hired = centre_.post("/api/v1/accounts", centre_.operators, {{"login", "officer1"}});
    officer_ = centre_.log_in("officer1", hired.text("temporary_password"));
    centre_.post("/api/v1/me/password", officer_, {{"current", officer_.password}, {"new", kGoodPassword}});
    officer_.password = kGoodPassword;
    grant(officer_, "operator");
    expect_entries();
  }

  void live(int histories) {
    for (int i = 0; i < histories && !testing::Test::HasFailure(); ++i) {
      for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
        act();
        expect_entries();
        if (below(3) == 0) seal_some();
      }
      if (below(10) == 0) load_retention();
      seal_all();
      tamper();
      if (below(12) == 0) years_pass();
    }
  }

 private:
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(end));
  }
  KnownPerson& anybody() { return people_[static_cast<std::size_t>(below(std::ssize(people_)))]; }

  void grant(const Who& who, const std::string& role) {
    centre_.post("/api/v1/role-grants", centre_.operators,
                 {{"account_id", who.account}, {"role", role}, {"scope", "centre"}});
  }

  // One step of somebody; what comes back is looked at for what he may not see without an entry.
  void act() {
    auto& known = anybody();
    const Who staff = below(2) == 0 ? officer_ : centre_.operators;
    const std::string application = "/api/v1/applications/" + known.who.application;
    const std::string account = "/api/v1/accounts/" + known.who.account;
    switch (below(16)) {
      case 0:
        return seen(staff, "GET", application + "?reveal=" + (below(3) == 0 ? "" : "check"));
      case 1:
        return seen(staff, "GET", application);
      case 2:
        return seen(staff, "GET", application + "/summary");
      case 3:
        return seen(staff, "GET", "/api/v1/applications?sort=id");
      case 4:
        return open_file(staff, known);
      case 5:
        return seen(staff, "GET", "/api/v1/accounts");
      case 6:
        return seen(staff, "GET", "/api/v1/audit-entries?sort=-id");
      case 7:
        return seen(staff, "GET", below(2) == 0 ? "/api/v1/sessions" : "/api/v1/notice-preferences");
      case 8:
        return from_address(centre_, known,
                            [&] { seen({}, "POST", "/api/v1/sessions", log_in_with(known, "wrong")); });
      case 9:
        return renew(known);
      case 10:
        return seen(anybody().who, "GET", application + "?reveal=curious");
      case 11:
        return seen(staff, "POST", account + "/" + (below(2) == 0 ? "unlock" : "temporary-password"));
      case 12:
        return token_of(known);
      case 13:
        return seen(centre_.operators, "DELETE", account + "/sessions");
      case 14:
        return role_of(known);
      default:
        return wish(known);
    }
  }

  static json::object log_in_with(const KnownPerson& known, const std::string& password) {
    return {{"login", known.who.login}, {"password", password}};
  }
  void open_file(const Who& staff, const KnownPerson& known) {
    const auto id =
        centre_.get("/api/v1/documents?application_id=" + known.who.application, staff).text("items/0/id");
    seen(staff, "GET", "/api/v1/documents/" + id + "/content" + (below(3) == 0 ? "" : "?ground=check"));
  }
  void renew(KnownPerson& known) { enter_again(centre_, known); }
  void token_of(const KnownPerson& known) {
    from_address(centre_, known, [&] {
      const auto made = centre_.post("/api/v1/api-tokens", known.who, {{"name", "nightly"}});
      const auto id = made.text("api_token/id");
      if (!id.empty() && below(2) == 0) centre_.send("DELETE", "/api/v1/api-tokens/" + id, known.who.token);
    });
  }
  void role_of(const KnownPerson& known) {
    const auto made = centre_.post("/api/v1/role-grants", centre_.operators,
                                   {{"account_id", known.who.account},
                                    {"role", "reviewer"},
                                    {"scope", "programme"},
                                    {"scope_id", centre_.programme}});
    const auto id = made.text("id");
    if (!id.empty()) centre_.send("DELETE", "/api/v1/role-grants/" + id, centre_.operators.token);
  }
  void wish(const KnownPerson& known) {
    from_address(centre_, known, [&] {
      centre_.send("PUT", "/api/v1/me/notice-preference", known.who.token,
                   R"({"email":")" + known.mark + R"(@home.kr","mobile":")" + known.mobile + "\"}");
    });
  }

  // Does it, and demands an entry for each of those whose data came back and who is not the asker.
  void seen(const Who& who, const std::string& method, const std::string& target,
            const json::object& body = {}) {
    const auto reply = centre_.send(method, target, who.token, method == "GET" ? "" : json::serialize(body));
    std::set<std::string> told;
    for (const auto& entry : unsealed())
      if (!known_ids_.contains(entry.id.text) && entry.actor == "accounts/" + who.account)
        told.insert(entry.subject);
    for (const auto& known : people_) {
      if (known.who.account == who.account) continue;
      const bool readable = reply.text_body.find(known.mark) != std::string::npos ||
                            reply.text_body.find(known.mobile) != std::string::npos ||
                            reply.text_body.find(known.address + "\"") != std::string::npos;
      EXPECT_TRUE(!readable || told.contains("applications/" + known.who.application) ||
                  told.contains("accounts/" + known.who.account))
          << method << " " << target << " shows " << known.mark << " and nothing says so";
    }
  }

  Entries unsealed() { return entries_where(ports::Query{}.where("position", 0)); }
  Entries entries_where(ports::Query query) {
    Entries found;
    read_store(centre_, [&](commands::Work& work) -> base::Status {
      DURE_LET(all, commands::load_all(work.tx.audit_entries(), std::move(query)));
      found = std::move(all);
      return {};
    });
    return found;
  }

  // What has come since the last look has its five fields (R1).
  void expect_entries() {
    for (const auto& entry : unsealed()) {
      if (!known_ids_.insert(entry.id.text).second || !about_people(entry)) continue;

      EXPECT_FALSE(entry.actor.empty()) << entry.action << ": who";
      EXPECT_EQ(entry.created_at, centre_.clock.now()) << entry.action << ": when";
      EXPECT_TRUE(by_itself(entry) || !entry.personal.empty()) << entry.action << ": from where";
      EXPECT_FALSE(entry.subject.empty()) << entry.action << ": whose";
      EXPECT_FALSE(entry.action.empty() || entry.resource.empty() || entry.outcome.empty()) << "what";
      EXPECT_EQ(entry.personal_digest, centre_.world().secrets.digest(entry.personal_salt + entry.personal));
    }
  }

  commands::HeldLease lease() {
    const auto held = taken(commands::acquire_lease(centre_.world(), "sealer", "s" + std::to_string(below(2)),
                                                    base::Span::seconds(15), true));
    if (held) return *held;
    centre_.clock.advance(base::Span::seconds(20));
    return *taken(commands::acquire_lease(centre_.world(), "sealer", "s2", base::Span::seconds(15), true));
  }

  // A sealer that dies after some transactions; one whose role has passed on seals nothing.
  void seal_some() {
    const auto late = lease();
    const auto held = lease();
    const auto open = unsealed().size();
    EXPECT_FALSE(open > 0 && late.fencing != held.fencing && commands::seal(centre_.world(), late, 100).ok());
    EXPECT_EQ(unsealed().size(), open);
    auto& world = centre_.world();
    MortalStore mortal(world.store, below(6));
    commands::World dying{mortal,           world.clock,    world.secrets,       world.tickets, world.blobs,
                          world.file_types, world.policies, world.known_callers, world.settings};
    for (int i = 0; i < 3; ++i) static_cast<void>(commands::seal(dying, held, 1 + below(4)));
    expect_intact();
  }
  void seal_all() {
    const auto held = lease();
    while (!unsealed().empty()) ASSERT_TRUE(commands::seal(centre_.world(), held, 200).ok());
    expect_intact();
  }

  model::AuditVerdict verdict() {
    const auto reply = centre_.get("/api/v1/audit/verification", centre_.operators);
    EXPECT_EQ(reply.status, 200) << reply.text_body;
    model::AuditVerdict found;
    found.intact = reply.text("intact") == "true";
    found.entries = reply.number("entries");
    found.head = reply.text("head");
    return found;
  }
  void expect_intact() {
    const auto now = verdict();
    EXPECT_TRUE(now.intact);
    EXPECT_GE(now.entries, sealed_) << "none goes by itself";
    sealed_ = now.entries;
  }

  // One entry becomes another, or is not there: found by the chain; where the last is gone, by the head that
  // was told before. The store itself takes no altered entry (R4).
  void tamper() {
    const auto before = verdict();
    const auto position = 1 + below(before.entries);
    const auto found = entries_where(ports::Query{}.where("position", position));
    ASSERT_EQ(found.size(), 1u);
    const auto what = below(9);
    const auto after = verdict_of([&](std::vector<model::AuditEntry>& rows) {
      for (auto& each : rows)
        if (each.id == found.front().id) alter(each, what);
      std::erase_if(rows, [](const auto& each) { return each.id.empty(); });
    });
    EXPECT_TRUE(!after.intact || after.entries < before.entries)
        << "altered: " << what << " at " << position << " of " << before.entries;
    EXPECT_TRUE(!after.intact || (position == before.entries && after.head != before.head))
        << "the chain itself says so but of the last: " << what << " at " << position;
    auto written = found.front();
    alter(written, below(7));
    const auto kept = commands::run<bool>(centre_.world(), commands::system_caller("sealer"),
                                          [&](commands::Work& work) -> base::Result<bool> {
                                            DURE_TRY(work.tx.audit_entries().update(written));
                                            return true;
                                          });
    EXPECT_FALSE(kept.ok());
    EXPECT_TRUE(verdict().intact);
  }
  static void alter(model::AuditEntry& entry, std::int64_t what) {
    switch (what) {
      case 0:
        entry.actor += "x";
        return;
      case 1:
        entry.created_at = entry.created_at + base::Span::seconds(1);
        return;
      case 2:
        entry.personal += "1";
        return;
      case 3:
        entry.subject = "accounts/somebody";
        return;
      case 4:
        entry.action += "-not";
        return;
      case 5:
        entry.outcome += "-not";
        return;
      case 6:
        entry.detail += " ";
        return;
      case 7:
        entry.position += 1;
        return;
      default:
        entry.id = {};  // gone
    }
  }
  model::AuditVerdict verdict_of(AlterEntries change) {
    auto& world = centre_.world();
    AlteredStore altered(world.store, std::move(change));
    commands::World other{altered,          world.clock,    world.secrets,       world.tickets, world.blobs,
                          world.file_types, world.policies, world.known_callers, world.settings};
    commands::Caller auditor = commands::system_caller("sealer");
    access::Grant auditing;
    auditing.role = model::Role::kAuditor;
    auditing.scope = model::ScopeKind::kCentre;
    auditor.subject.grants.push_back(auditing);
    return taken(commands::verify_audit(other, auditor));
  }

  // R2: no pack is loaded that keeps records of access for less than the law wants.
  void load_retention() {
    const bool large = below(2) == 0;
    const std::array days{1L, 364L, 365L, 500L, 729L, 730L, 2000L};
    const auto kept = days[static_cast<std::size_t>(below(days.size()))];
    const auto value = [](const std::string& text) {
      return "{value: " + text + ", source: \"시험\", confidence: chosen}\n";
    };
    const auto layer =
        "format: dure-policy/1\nlayer: call\nid: kept\nversion: \"1\"\nretention:\n"
        "  access_log_days: " +
        value(std::to_string(kept)) + "privacy:\n  large_scale: " + value(large ? "true" : "false");
    const json::array layers{json::object{{"name", "policy.yaml"}, {"text", s0_text()}},
                             json::object{{"name", "kept.yaml"}, {"text", layer}}};
    const auto loaded = centre_.post("/api/v1/programmes", centre_.operators, {{"layers", layers}});
    EXPECT_EQ(loaded.status == 201, kept >= (large ? 730 : 365)) << kept << " " << large << loaded.text_body;
    expect_entries();
  }

  // Longer than anything is kept: the records are there still.
  void years_pass() {
    centre_.advance(base::Span::days(40 + below(400)));
    officer_ = again(centre_, officer_);
    centre_.turn_loops();
    for (const auto& entry : entries_where({})) known_ids_.insert(entry.id.text);
    EXPECT_EQ(entries_where({}).size(), known_ids_.size());
    seal_all();
  }

  std::mt19937_64 bits_;
  Centre centre_;
  std::vector<KnownPerson> people_;
  Who officer_;
  std::set<std::string> known_ids_;
  std::int64_t sealed_ = 0;
};

TEST(AuditByCommands, R1_R2_R4_Invariant15_EntriesHaveTheirFiveFieldsAndTheChainFindsWhatIsChanged) {
  const int all = centre_histories(75);
  for (int done = 0, seed = 1; done < all && !testing::Test::HasFailure();
       done += kHistoriesOfACentre, ++seed) {
    SCOPED_TRACE(seed);
    AuditLives(static_cast<std::uint64_t>(seed)).live(kHistoriesOfACentre);
  }
}

}  // namespace
}  // namespace dure::tests
