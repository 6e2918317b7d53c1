// Invariant 17 (L1, L3, R12) by the real commands: pairs of projects with two allocations each and accounts
// that work in both or did, files, questions, sessions and tokens; holds are placed and lifted, deletions
// cancelled, reports come late, the keeper dies between any two transactions. What is certified is gone from
// every column of every table, but for what a hold in force keeps, and that is there still; once no hold is
// left, nothing is.
#include <gtest/gtest.h>

#include <array>
#include <boost/json/array.hpp>
#include <map>
#include <random>
#include <set>

#include "adapters/sql/nouns.h"
#include "centre/outcome_cast.h"
#include "centre/taken.h"
#include "commands/deletion.h"
#include "commands/leases.h"
#include "commands/rows.h"
#include "histories/known_person.h"
#include "histories/mortal_store.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr int kPairsOfACentre = 10;  // that share a store

// What a hold over a kind keeps of the rows of its project, by table.
const std::map<std::string, std::set<std::string>> kTablesOfProject{
    {"workload", {"workloads", "revisions"}},
    {"volume", {"volumes"}},
    {"application", {"applications", "decisions", "notifications"}},
    {"document", {"documents"}},
    {"evidence", {"evidence_documents"}}};

// What a hold keeps of everybody who ever worked in its project, by table: with a person, the accounts by
// which he is known.
const std::set<std::string> kTablesOfAccount{"accounts",  "sessions",   "notice_preferences", "notifications",
                                             "questions", "api_tokens", "role_grants"};
constexpr std::array kKinds{"account", "application", "document", "evidence", "person", "volume", "workload"};

bool is_digit(char each) {
  return '0' <= each && each <= '9';
}

// What can be read of somebody.
struct Readable {
  bool account = false;
  bool person = false;
  bool form = false;
  std::set<std::string> files;  // documents and evidence
};

struct Hold {
  int project = 0;  // of which of the two
  std::set<std::string> kinds;
  Readable there[2];  // when it was placed
};

struct Pair {
  KnownPerson people[2];
  bool joined[2] = {false, false};  // works in the project of the other, or did
  bool reported[2] = {false, false};
  std::map<std::string, Hold> holds;  // that are in force
  std::set<std::string> kept[2];      // tables
};

// In the row of whom, of the two.
struct Owner {
  const Pair* pair = nullptr;
  int i = 0;
};

class DeletionLives {
 public:
  explicit DeletionLives(std::uint64_t seed) : bits_(seed) {}

  void live(int pairs) {
    for (int i = 0; i < pairs; ++i) begin_pair(2 * i);
    expect_there();
    move_to(centre_, "2027-02-20T01:00:00Z");
    for (int round = 0; round < 10 && !testing::Test::HasFailure(); ++round) {
      centre_.advance(base::Span::days(1 + below(6)));
      for (auto& pair : pairs_) happen(pair);
      die_somewhere();
      if (below(3) != 0) centre_.turn_loops();
    }
    for (auto& pair : pairs_) settle(pair);
    lift(false);
    come_to_rest();
    expect_gone();
    expect_kept();
    lift(true);
    come_to_rest();
    expect_gone();
    expect_certified();
  }

 private:
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(end));
  }

  void begin_pair(int number) {
    auto& pair = pairs_.emplace_back();
    for (int i = 0; i < 2; ++i) {
      auto& known = pair.people[i] = enter_centre(centre_, number + i);
      owner_[known.mark] = owner_[known.who.login] = owner_[known.mobile] =
          owner_[known.address] = {&pair, i};
      from_address(centre_, known, [&] { leave_traces(known); });
      add_second(known);
    }
    for (int i = 0; i < 2; ++i)
      if (below(3) == 0) {
        pair.joined[i] = true;
        const auto granted = centre_.post("/api/v1/role-grants", centre_.operators,
                                          {{"account_id", pair.people[i].who.account},
                                           {"role", "member"},
                                           {"scope", "project"},
                                           {"scope_id", pair.people[1 - i].project}});
        EXPECT_EQ(granted.status, 201) << granted.text_body;
      }
  }

  void leave_traces(const KnownPerson& known) {
    const auto put = centre_.send(
        "POST", "/api/v1/projects/" + known.project + "/evidence?kind=paper&file_name=" + known.mark + ".pdf",
        known.who.token, kPdfFile);
    EXPECT_EQ(put.status, 201) << put.text_body;
    if (below(2) == 0)
      centre_.post("/api/v1/questions", known.who,
                   {{"programme_id", centre_.programme},
                    {"desk", ""},
                    {"title", known.mark},
                    {"text", "번호는 " + known.mobile}});
    if (below(2) == 0) {
      const auto wished =
          centre_.send("PUT", "/api/v1/me/notice-preference", known.who.token,
                       R"({"email":")" + known.mark + R"(@home.kr","mobile":")" + known.mobile + "\"}");
      EXPECT_EQ(wished.status, 200) << wished.text_body;
    }
    if (below(2) == 0) centre_.post("/api/v1/api-tokens", known.who, {{"name", "nightly"}});
  }

  // A further allocation of the project, before, over or after the end of the first.
  void add_second(const KnownPerson& known) {
    const auto first_day = base::add_days(base::Date{2027, 2, 1}, static_cast<std::int32_t>(below(35)));
    const auto last_day = base::add_days(first_day, static_cast<std::int32_t>(below(25)));
    write_store(centre_, [&](commands::Work& work) -> base::Status {
      DURE_LET(first, work.tx.allocations().get(model::AllocationId(known.who.allocation)));
      auto next = first;
      work.stamp(next);
      next.version = 1;
      next.starts_on = first_day;
      next.ends_on = next.agreed_ends_on = last_day;
      next.state = model::AllocationState::kPlanned;
      return work.tx.allocations().insert(next);
    });
  }

  std::vector<std::pair<std::string, std::string>> jobs_of(const KnownPerson& known) {
    std::vector<std::pair<std::string, std::string>> jobs;
    const auto page =
        centre_.get("/api/v1/deletion-jobs?sort=id&project_id=" + known.project, centre_.operators);
    for (std::size_t i = 0; i < items_of(page).size(); ++i) {
      const auto at = "items/" + std::to_string(i);
      jobs.emplace_back(page.text(at + "/id"), page.text(at + "/state"));
    }
    return jobs;
  }

  void happen(Pair& pair) {
    const auto i = static_cast<int>(below(2));
    if (below(5) == 0 && !pair.reported[i]) report(pair, i);
    if (below(6) == 0) place(pair, i);
    if (below(8) == 0 && !pair.holds.empty()) release(pair, std::string(pair.holds.begin()->first));
    if (below(14) == 0) cancel(pair.people[i]);
    if (below(20) == 0) leave(pair, i);
  }

  void report(Pair& pair, int i) {
    auto& known = pair.people[i];
    pair.reported[i] = true;
    enter_again(centre_, known);
    const std::string path = "/api/v1/obligations/" + known.who.obligation;
    from_address(centre_, known, [&] {
      const auto sent = centre_.post(path + "/report", known.who,
                                     {{"kind", "other"}, {"title", "결과"}, {"content", "내용"}});
      EXPECT_EQ(sent.status / 100, 2) << sent.text_body;
    });
    const auto accepted = centre_.post(path + "/accept", centre_.operators);
    EXPECT_EQ(accepted.text("state"), "accepted") << accepted.text_body;
  }

  void place(Pair& pair, int project) {
    const auto jobs = jobs_of(pair.people[project]);
    if (jobs.empty()) return;
    json::object body{{"law", "형사소송법"}, {"ground", "수사 중인 사건"}};
    json::array kinds;
    if (below(3) != 0)
      for (const char* kind : kKinds)
        if (below(3) == 0) kinds.emplace_back(kind);
    if (!kinds.empty()) body["kinds"] = kinds;
    const auto made =
        centre_.post("/api/v1/deletion-jobs/" + jobs.back().first + "/hold", centre_.operators, body);
    if (made.status != 201) return;  // it has begun
    auto& hold = pair.holds[made.text("id")];
    hold.project = project;
    for (const auto& kind : kinds) hold.kinds.insert(std::string(kind.as_string()));
    for (int i = 0; i < 2; ++i) hold.there[i] = readable_of(pair.people[i]);
  }
  void release(Pair& pair, const std::string& hold) {
    const auto done = centre_.post("/api/v1/retention-holds/" + hold + "/release", centre_.operators,
                                   {{"ground", "수사 종결"}});
    EXPECT_EQ(done.status, 200) << done.text_body;
    pair.holds.erase(hold);
  }
  // The project of the other.
  void leave(const Pair& pair, int i) {
    const auto grants = centre_.get("/api/v1/role-grants?account_id=" + pair.people[i].who.account +
                                        "&scope_id=" + pair.people[1 - i].project,
                                    centre_.operators);
    for (const auto& each : items_of(grants))
      centre_.send("DELETE", "/api/v1/role-grants/" + std::string(each.at("id").as_string()),
                   centre_.operators.token);
  }
  void cancel(const KnownPerson& known) {
    const auto jobs = jobs_of(known);
    if (!jobs.empty())
      centre_.post("/api/v1/deletion-jobs/" + jobs.back().first + "/cancel", centre_.operators,
                   {{"ground", "다시 씁니다"}});
  }

  // One round of the keeper's part, in which the process dies after so many transactions.
  void die_somewhere() {
    MortalStore mortal(centre_.world().store, 1 + below(60));
    auto& world = centre_.world();
    commands::World dying{mortal,           world.clock,    world.secrets,       world.tickets, world.blobs,
                          world.file_types, world.policies, world.known_callers, world.settings};
    const auto lease = commands::acquire_lease(dying, "keeper", "test", base::Span::seconds(15));
    if (!lease.ok() || !*lease) return;
    static_cast<void>(commands::keep_deletions(dying, **lease));
  }

  void settle(Pair& pair) {
    for (int i = 0; i < 2; ++i)
      if (!pair.reported[i]) report(pair, i);
  }
  // Holds over the whole; all of them.
  void lift(bool all) {
    for (auto& pair : pairs_) {
      const auto holds = pair.holds;
      for (const auto& [id, hold] : holds)
        if (all || hold.kinds.empty()) release(pair, id);
      for (int i = 0; i < 2; ++i) {
        pair.kept[i].clear();
        for (const auto& [id, hold] : pair.holds) add_kept(pair, hold, i);
      }
    }
  }
  static bool works_in(const Pair& pair, int i, int project) { return i == project || pair.joined[i]; }
  static void add_kept(Pair& pair, const Hold& hold, int i) {
    auto& kept = pair.kept[i];
    for (const auto& kind : hold.kinds) {
      const auto found = kTablesOfProject.find(kind);
      if (found != kTablesOfProject.end()) {
        if (i == hold.project) kept.insert(found->second.begin(), found->second.end());
        continue;
      }
      if (!works_in(pair, i, hold.project)) continue;
      kept.insert(kTablesOfAccount.begin(), kTablesOfAccount.end());
      if (kind == "person") kept.insert("people");
    }
  }
  void come_to_rest() {
    for (int round = 0; round < 6; ++round) {
      centre_.advance(base::Span::days(8));
      centre_.turn_loops();
    }
  }

  template <class Noun>
  void look_through(ports::Repository<Noun>& rows) {
    const auto all = commands::load_all(rows, ports::Query{});
    ASSERT_TRUE(all.ok());
    const std::string table(model::Fields<Noun>::kTable);
    for (const auto& each : *all) {
      look_at(table, each.id.text, wire::json_text(each, wire::Out::everything()));
    }
  }

  // Whose text stands in the row, and whether it may.
  void look_at(const std::string& table, const std::string& id, const std::string& text) {
    for (const std::string prefix : {kMarkPrefix, kLoginPrefix, kMobilePrefix, kAddressPrefix}) {
      if (table == "audit_entries" && prefix == kAddressPrefix) continue;  // records of access stay (R2)
      for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
        const auto owner = owner_at(text, at);
        if (owner.pair == nullptr) continue;
        const auto& kept = owner.pair->kept[owner.i];
        EXPECT_TRUE(!ended_ || kept.contains(table))
            << table << " " << id << " still says " << text.substr(at, 14) << ", kept: " << kept.size();
        ++found_;
        break;
      }
    }
  }
  Owner owner_at(const std::string& text, std::size_t at) const {
    for (std::size_t length = 8; length <= 15 && at + length <= text.size(); ++length) {
      const auto found = owner_.find(text.substr(at, length));
      if (found != owner_.end() && (found->first[0] != '1' || !is_digit(text[at + length])))
        return found->second;
    }
    return {};
  }

  // The walk finds what is there while it is: else it would find nothing afterwards, either.
  void expect_there() {
    read_store(centre_, [&](commands::Work& work) -> base::Status {
      look_through_all(work);
      return {};
    });
    EXPECT_GE(found_, 12 * std::ssize(pairs_)) << "rows that name somebody";
    ended_ = true;
  }

  void look_through_all(commands::Work& work) {
#define DURE_LOOK_THROUGH(Noun, repository) look_through(work.tx.repository());
    DURE_SQL_NOUNS(DURE_LOOK_THROUGH)
#undef DURE_LOOK_THROUGH
  }

  void expect_gone() {
    std::vector<Who> gone;
    read_store(centre_, [&](commands::Work& work) -> base::Status {
      look_through_all(work);
      return expect_keys_gone(work, gone);
    });
    for (const auto& each : gone) EXPECT_EQ(centre_.get("/api/v1/me", each).status, 401) << each.login;
  }

  // Keys, homes and what opens an account.
  base::Status expect_keys_gone(commands::Work& work, std::vector<Who>& gone) {
    for (const auto& pair : pairs_)
      for (int i = 0; i < 2; ++i) DURE_TRY(expect_keys_gone(work, pair.people[i], pair.kept[i], gone));
    return {};
  }
  static base::Status expect_keys_gone(commands::Work& work, const KnownPerson& known,
                                       const std::set<std::string>& kept, std::vector<Who>& gone) {
    DURE_LET(account, work.tx.accounts().get(model::AccountId(known.who.account)));
    if (!kept.contains("accounts")) {
      EXPECT_EQ(model::to_text(account.state), "deleted") << known.mark;
      EXPECT_EQ(account.password_hash, "");
      EXPECT_TRUE(account.former_password_hashes.empty() && account.allowed_addresses.empty());
      gone.push_back(known.who);
    }
    DURE_LET(volumes, commands::load_all(work.tx.volumes(), ports::Query{}.where("account_id", account.id)));
    for (const auto& each : volumes) EXPECT_TRUE(each.erased_at || kept.contains("volumes")) << each.id.text;
    DURE_LET(documents, commands::load_all(work.tx.documents(), of_application(known)));
    for (const auto& each : documents)
      EXPECT_TRUE(each.blob_key.empty() || kept.contains("documents")) << each.id.text;
    DURE_LET(evidence, commands::load_all(work.tx.evidence_documents(), of_project(known)));
    for (const auto& each : evidence)
      EXPECT_TRUE(each.blob_key.empty() || kept.contains("evidence_documents")) << each.id.text;
    return {};
  }
  static ports::Query of_application(const KnownPerson& known) {
    return ports::Query{}.where("application_id", model::ApplicationId(known.who.application));
  }
  static ports::Query of_project(const KnownPerson& known) {
    return ports::Query{}.where("project_id", model::ProjectId(known.project));
  }

  Readable readable_of(const KnownPerson& known) {
    Readable found;
    read_store(centre_, [&](commands::Work& work) -> base::Status {
      DURE_LET(account, work.tx.accounts().get(model::AccountId(known.who.account)));
      found.account = account.login == known.who.login && !account.password_hash.empty();
      DURE_LET(person, work.tx.people().get(model::PersonId(known.id)));
      found.person = person.name == known.mark;
      DURE_LET(application, work.tx.applications().get(model::ApplicationId(known.who.application)));
      found.form = application.form.applicant.name == known.mark;
      DURE_LET(documents, commands::load_all(work.tx.documents(), of_application(known)));
      for (const auto& each : documents)
        if (!each.blob_key.empty()) found.files.insert("document " + each.id.text);
      DURE_LET(evidence, commands::load_all(work.tx.evidence_documents(), of_project(known)));
      for (const auto& each : evidence)
        if (!each.blob_key.empty()) found.files.insert("evidence " + each.id.text);
      return {};
    });
    return found;
  }

  // What was there when a hold was placed that is in force still is there still.
  void expect_kept() {
    for (const auto& pair : pairs_)
      for (int i = 0; i < 2; ++i) {
        const auto now = readable_of(pair.people[i]);
        for (const auto& [id, hold] : pair.holds) {
          SCOPED_TRACE(pair.people[i].mark + ", held by " + id);
          if (works_in(pair, i, hold.project)) expect_known(hold, hold.there[i], now);
          if (i == hold.project) expect_papers(hold, hold.there[i], now);
        }
      }
  }
  static void expect_known(const Hold& hold, const Readable& before, const Readable& now) {
    const bool person = hold.kinds.contains("person");
    EXPECT_TRUE(now.person || !before.person || !person);
    EXPECT_TRUE(now.account || !before.account || !(person || hold.kinds.contains("account")));
  }
  static void expect_papers(const Hold& hold, const Readable& before, const Readable& now) {
    EXPECT_TRUE(now.form || !before.form || !hold.kinds.contains("application"));
    for (const auto& each : before.files)
      EXPECT_TRUE(now.files.contains(each) || !hold.kinds.contains(each.substr(0, each.find(' ')))) << each;
  }

  void expect_certified() {
    for (const auto& pair : pairs_)
      for (const auto& known : pair.people) {
        const auto jobs = jobs_of(known);
        ASSERT_FALSE(jobs.empty()) << known.mark;
        std::int64_t certified = 0;
        for (const auto& [id, state] : jobs) {
          EXPECT_TRUE(state == "certified" || state == "cancelled") << known.mark << " " << state;
          if (state != "certified") continue;
          ++certified;
          const auto paper =
              centre_.get("/api/v1/deletion-certificates?deletion_job_id=" + id, centre_.operators);
          EXPECT_EQ(items_of(paper).size(), 1u) << paper.text_body;
        }
        EXPECT_GE(certified, 1) << known.mark;
        EXPECT_EQ(centre_.get("/api/v1/allocations/" + known.who.allocation, centre_.operators).text("state"),
                  "purged");
      }
  }

  std::mt19937_64 bits_;
  Centre centre_;
  std::vector<Pair> pairs_ = reserved();
  std::map<std::string, Owner> owner_;
  std::int64_t found_ = 0;
  bool ended_ = false;

  static std::vector<Pair> reserved() {
    std::vector<Pair> pairs;
    pairs.reserve(kPairsOfACentre);  // others point at them
    return pairs;
  }
};

TEST(DeletionByCommands, L1_L3_R12_Invariant17_NothingOfWhoIsDeletedIsReadableButWhatAHoldKeeps) {
  const int all = centre_histories(30);
  for (int done = 0, seed = 1; done < all && !testing::Test::HasFailure(); done += kPairsOfACentre, ++seed) {
    SCOPED_TRACE(seed);
    DeletionLives(static_cast<std::uint64_t>(seed)).live(kPairsOfACentre);
  }
}

}  // namespace
}  // namespace dure::tests
