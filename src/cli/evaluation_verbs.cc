// Verbs of an evaluation: round, panel, review, conflict, bonus, ranking, waiting, appeal, answer. Each is a
// line of a table: the path that it writes to, and the members of its body.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdio>
#include <map>
#include <memory>

#include "cli/evaluation_columns.h"
#include "cli/row_verbs.h"
#include "cli/sheet.h"
#include "cli/verbs.h"
#include "net/url.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// text, number, flag: a member. amount: "36 server" as {count, unit}. list: several, as an array. file: the
// whole body, as the API takes it.
enum class MemberKind { kText, kNumber, kFlag, kAmount, kList, kFile };

struct Member {
  const char* name;  // of the body: "cutoff_on" is --cutoff-on
  const char* help;
  MemberKind kind = MemberKind::kText;
  bool required = false;
};

struct Verb {
  const char* name;
  const char* help;
  const char* path;  // below /api/v1/; {id} is the first argument
  const char* id;    // what that argument is, "" for none
  const char* collection;
  std::vector<Member> members;
};

struct Group {
  const char* name;
  const char* help;
  std::vector<const char*> collections;  // that `list` shows, the first where none is named
  std::vector<Verb> verbs;
};

const Member kGroundMember{"ground", "Why", MemberKind::kText, true};
const Member kAnswers{"file", "Answers as the API takes them (JSON; - is stdin)", MemberKind::kFile, true};
const Member kScores{"file", "Scores as the API takes them (JSON; - is stdin)", MemberKind::kFile, true};

const std::vector<Group>& groups() {
  static const std::vector<Group> kGroups{
      {"round",
       "Rounds of a call",
       {"rounds", "round-entries"},
       {{"plan",
         "Plans a round of a call",
         "rounds",
         "",
         "rounds",
         {{"call_id", "Id of the call (see: dure calls)", MemberKind::kText, true},
          {"cutoff_on", "Last day of intake: 2026-09-30"},
          {"title", "What it is called"}}},
        {"answer",
         "Answers what the screening of an application left open",
         "applications/{id}/screening",
         "application",
         "applications",
         {kAnswers}},
        {"cut-off", "Fixes what is in it", "rounds/{id}/cut-off", "round", "rounds", {}},
        {"admit",
         "Considers what is not eligible, by a recorded decision",
         "rounds/{id}/entries",
         "round",
         "round-entries",
         {{"application_id", "Id of the application", MemberKind::kText, true}, kGroundMember}},
        {"evaluate", "Begins the evaluation", "rounds/{id}/evaluate", "round", "rounds", {}},
        {"assign",
         "Gives the members their reviews",
         "rounds/{id}/assign",
         "round",
         "rounds",
         {{"per_application", "So many of each; every member, where left out", MemberKind::kNumber}}},
        {"recommend",
         "What the panel finds right instead of what was asked for",
         "round-entries/{id}/recommend",
         "entry",
         "round-entries",
         {{"amount", "\"4 gpu\"", MemberKind::kAmount, true},
          kGroundMember,
          {"decision", "Where more than was asked for was decided"}}},
        {"cancel", "Leaves it out", "rounds/{id}/cancel", "round", "rounds", {kGroundMember}},
        {"close-early",
         "Announces that the intake of a call ends early",
         "calls/{id}/close-early",
         "call",
         "calls",
         {{"closes_on", "Last day of intake", MemberKind::kText, true}, kGroundMember}}}},
      {"panel",
       "Panels of experts",
       {"panels", "panel-members"},
       {{"convene",
         "Convenes the panel of a round",
         "panels",
         "",
         "panels",
         {{"round_id", "Id of the round", MemberKind::kText, true}, {"title", "What it is called"}}},
        {"resize",
         "Another number of members than the pack's",
         "panels/{id}/resize",
         "panel",
         "panels",
         {{"size", "How many", MemberKind::kNumber, true}, kGroundMember}},
        {"invite",
         "Invites a reviewer",
         "panels/{id}/members",
         "panel",
         "panel-members",
         {{"account_id", "Id of the account", MemberKind::kText, true},
          {"organisation", "Where he works", MemberKind::kText, true},
          {"unit", "Department or laboratory"},
          {"business_number", "Of the organisation"},
          {"chair", "Takes the chair", MemberKind::kFlag},
          {"outside_expert", "From outside", MemberKind::kFlag}}},
        {"respond",
         "Accepts one's invitation, or declines it",
         "panel-members/{id}/respond",
         "invitation",
         "panel-members",
         {{"accept", "Accepts", MemberKind::kFlag}, {"note", "What to say"}}},
        {"release",
         "Takes a seat back",
         "panel-members/{id}/release",
         "member",
         "panel-members",
         {kGroundMember}},
        {"minutes",
         "Records the minutes",
         "panels/{id}/minutes",
         "panel",
         "panels",
         {{"text", "What was decided", MemberKind::kText, true},
          {"held_on", "The day of the meeting", MemberKind::kText, true},
          {"signed_by", "Account of a member who signed; several times", MemberKind::kList, true}}}}},
      {"review",
       "Reviews of applications",
       {"reviews"},
       {{"accept", "Takes it on", "reviews/{id}/accept", "review", "reviews", {}},
        {"decline", "Declines it", "reviews/{id}/decline", "review", "reviews", {kGroundMember}},
        {"start", "Begins to read", "reviews/{id}/start", "review", "reviews", {}},
        {"draft", "Puts down what one finds so far", "reviews/{id}/draft", "review", "reviews", {kScores}},
        {"submit", "Hands it in", "reviews/{id}/submit", "review", "reviews", {kScores}},
        {"lock", "Locks it; by the chair", "reviews/{id}/lock", "review", "reviews", {}},
        {"reopen", "Reopens it; by the chair", "reviews/{id}/reopen", "review", "reviews", {kGroundMember}}}},
      {"conflict",
       "Conflicts of interest",
       {"conflicts-of-interest"},
       {{"declare",
         "Declares one of one's own",
         "conflicts-of-interest",
         "",
         "conflicts-of-interest",
         {{"application_id", "Id of the application", MemberKind::kText, true},
          {"round_id", "Id of the round", MemberKind::kText, true},
          {"kind", "relative, participant, mutual_evaluation, same_unit, …", MemberKind::kText, true},
          {"note", "What to know"}}},
        {"resolve",
         "Ends one",
         "conflicts-of-interest/{id}/resolve",
         "conflict",
         "conflicts-of-interest",
         {{"outcome", "dismissed, waived or recused", MemberKind::kText, true}, kGroundMember}}}},
      {"bonus",
       "Claims of bonus points and priority",
       {"bonus-claims"},
       {{"claim",
         "Claims one",
         "bonus-claims",
         "",
         "bonus-claims",
         {{"application_id", "Id of the application", MemberKind::kText, true},
          {"rule", "Id of the bonus or priority in the pack", MemberKind::kText, true},
          {"evidence", "Id of a document of the application; several times", MemberKind::kList, true},
          {"note", "What to know"},
          {"programme", "Name of the programme, where the rule asks for one"}}},
        {"decide",
         "Grants or refuses one",
         "bonus-claims/{id}/decide",
         "claim",
         "bonus-claims",
         {{"granted", "Grants it", MemberKind::kFlag},
          kGroundMember,
          {"programme", "Name of the programme, where the claim has another or none"}}}}},
      {"ranking",
       "Rankings",
       {"rankings"},
       {{"compute",
         "Computes one from what is stored",
         "rankings",
         "",
         "rankings",
         {{"round_id", "Id of the round", MemberKind::kText, true},
          {"pool", "Which, where the pack has several"},
          {"in_service", "What there is to give: \"120 server\"", MemberKind::kAmount},
          {"conditional", "What is promised beside it", MemberKind::kAmount}}},
        {"confirm",
         "Makes it binding",
         "rankings/{id}/confirm",
         "ranking",
         "rankings",
         {{"starts_on", "First day of use"}, {"ground", "What to remember"}}}}},
      {"waiting",
       "Who waits for capacity",
       {"waitlist-entries"},
       {{"match",
         "Offers what is free to those who wait",
         "programmes/{id}/match-demand",
         "programme",
         "match",
         {{"pool", "Which, where the pack has several"},
          {"available", "What has become free: \"4 gpu\"", MemberKind::kAmount},
          {"starts_on", "First day of use"},
          {"ground", "Where it comes from"}}},
        {"withdraw",
         "Waits no more",
         "waitlist-entries/{id}/withdraw",
         "entry",
         "waitlist-entries",
         {kGroundMember}}}},
      {"appeal",
       "Appeals against decisions",
       {"appeals"},
       {{"file",
         "Appeals against a decision",
         "appeals",
         "",
         "appeals",
         {{"application_id", "Id of the application", MemberKind::kText, true}, kGroundMember}},
        {"withdraw", "Withdraws it", "appeals/{id}/withdraw", "appeal", "appeals", {}},
        {"decide",
         "Upholds or dismisses it",
         "appeals/{id}/decide",
         "appeal",
         "appeals",
         {{"upheld", "Upholds it", MemberKind::kFlag},
          kGroundMember,
          {"remedy", "reconsider or award, of one that is upheld"},
          {"starts_on", "First day of use, of an award"}}}}},
      {"offer",
       "The answer to an award",
       {"awards"},
       {{"accept", "Accepts it", "awards/{id}/accept", "award", "awards", {}},
        {"decline", "Declines it", "awards/{id}/decline", "award", "awards", {kGroundMember}},
        {"agree",
         "Records that its agreement was signed",
         "awards/{id}/agreement",
         "award",
         "awards",
         {{"signed_on", "When; today where left out"}, {"note", "What to remember"}}}}},
  };
  return kGroups;
}

// What was typed for a verb.
struct VerbWish {
  std::string id;
  std::string file;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, bool> flags;
  std::map<std::string, std::vector<std::string>> lists;
};

// "36 server" as {"count":36,"unit":"server"}; a number alone is of GPUs.
base::Result<json::object> counted_amount(const std::string& text) {
  std::int64_t count = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  std::string unit(read.ptr, end);
  unit.erase(0, std::min(unit.size(), unit.find_first_not_of(' ')));
  if (read.ec != std::errc() || count < 0)
    return base::invalid(base::Reason("selection.capacity_text").with("value", text));
  return json::object{{"count", count}, {"unit", unit.empty() ? "gpu" : unit}};
}

base::Result<std::string> verb_body(const Verb& verb, const VerbWish& wish) {
  json::object body;
  for (const auto& member : verb.members) {
    const std::string name = member.name;
    switch (member.kind) {
      case MemberKind::kFile:
        return read_file(wish.file);
      case MemberKind::kFlag:
        body[name] = wish.flags.at(name);
        break;
      case MemberKind::kNumber:
        if (wish.numbers.at(name) >= 0) body[name] = wish.numbers.at(name);
        break;
      case MemberKind::kList:
        body[name] = json::array(wish.lists.at(name).begin(), wish.lists.at(name).end());
        break;
      case MemberKind::kText:
        if (!wish.texts.at(name).empty()) body[name] = wish.texts.at(name);
        break;
      case MemberKind::kAmount:
        if (wish.texts.at(name).empty()) break;
        DURE_LET(amount, counted_amount(wish.texts.at(name)));
        body[name] = amount;
        break;
    }
  }
  return json::serialize(body);
}

void add_member(CLI::App* sub, VerbWish& wish, const Member& member) {
  const std::string name = member.name;
  CLI::Option* option = nullptr;
  switch (member.kind) {
    case MemberKind::kFile:
      option = sub->add_option("file", wish.file, member.help);
      break;
    case MemberKind::kFlag:
      wish.flags[name] = false;
      option = sub->add_flag(option_of(name), wish.flags[name], member.help);
      break;
    case MemberKind::kNumber:
      wish.numbers[name] = -1;
      option =
          sub->add_option(option_of(name), wish.numbers[name], member.help)->check(CLI::NonNegativeNumber);
      break;
    case MemberKind::kList:
      option = sub->add_option(option_of(name), wish.lists[name], member.help);
      break;
    case MemberKind::kText:
    case MemberKind::kAmount:
      option = sub->add_option(option_of(name), wish.texts[name], member.help);
      break;
  }
  if (member.required) option->required();
}

// A programme may be named by its code.
base::Result<std::string> id_of(Api& api, const Verb& verb, const std::string& text) {
  if (std::string_view(verb.id) != "programme") return text;
  DURE_LET(found, api.list("/api/v1/programmes?code=" + net::percent_encode(text)));
  return found.as_array().empty() ? text : text_at(found, "0/id");
}

std::string verb_path(const Verb& verb, const std::string& id) {
  std::string path = std::string("/api/v1/") + verb.path;
  const auto at = path.find("{id}");
  if (at != std::string::npos) path.replace(at, 4, net::percent_encode(id));
  return path;
}

void print_matched(Context& context, const json::value& matched) {
  if (context.output() != Format::kTable) return print_json(matched);
  print(context.output(), matched.at("offered"), evaluation_columns().at("waitlist-entries"));
  if (!matched.at("passed_over").as_array().empty())
    print(context.output(), matched.at("passed_over"),
          {{"PASSED OVER", "waitlist_entry_id"}, {"REASON", "reason/code"}});
}

void add_verb(CLI::App* group, Context& context, const Verb& verb) {
  auto* sub = group->add_subcommand(verb.name, verb.help);
  auto wish = std::make_shared<VerbWish>();
  if (*verb.id != '\0') sub->add_option(verb.id, wish->id, "Its id")->required();
  for (const auto& member : verb.members) add_member(sub, *wish, member);
  sub->callback([&context, &verb, wish] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, id_of(api, verb, wish->id));
      DURE_LET(body, verb_body(verb, *wish));
      DURE_LET(row, api.post(verb_path(verb, id), body));
      if (std::string_view(verb.collection) == "match")
        print_matched(context, row);
      else
        print(context.output(), row, evaluation_columns().at(verb.collection));
      return {};
    });
  });
}

void add_group_list(CLI::App* group, Context& context, const Group& of) {
  auto* verb = group->add_subcommand("list", "Their rows");
  auto name = std::make_shared<std::string>(of.collections.front());
  auto filters = std::make_shared<std::vector<std::string>>();
  auto csv = std::make_shared<bool>(false);
  verb->add_flag("--csv", *csv, "As CSV, for a spreadsheet");
  const std::vector<std::string> names(of.collections.begin(), of.collections.end());
  verb->add_option("collection", *name, "Which")->check(CLI::IsMember(names));
  verb->add_option("--filter", *filters, "FIELD=VALUE; several must all hold");
  verb->callback([&context, name, filters, csv] {
    context.with_api([&](Api& api) -> base::Status {
      std::string path = "/api/v1/" + *name;
      for (std::size_t i = 0; i < filters->size(); ++i) {
        const auto& filter = (*filters)[i];
        const auto equals = filter.find('=');
        path += (i == 0 ? "?" : "&") + net::percent_encode(filter.substr(0, equals)) + "=" +
                (equals == std::string::npos ? "" : net::percent_encode(filter.substr(equals + 1)));
      }
      DURE_LET(rows, api.list(path));
      if (*csv) {
        print_csv(rows, evaluation_columns().at(*name));
        return {};
      }
      print(context.output(), rows, evaluation_columns().at(*name));
      if (rows.as_array().empty()) context.explain_empty(!filters->empty(), "");
      return {};
    });
  });
}

// The rows in what was read: of a page, of a ranking; else itself.
json::value answer_rows(const json::value& answer) {
  for (const char* name : {"items", "ranking"})
    if (const auto* rows = answer.as_object().if_contains(name)) return *rows;
  return answer;
}

// Something that is read of a row.
void add_view(CLI::App* group, Context& context, const std::string& verb, const std::string& help,
              const std::string& path, const std::string& collection) {
  auto* sub = group->add_subcommand(verb, help);
  auto id = std::make_shared<std::string>();
  sub->add_option("id", *id, "Its id")->required();
  sub->callback([&context, id, path, collection] {
    context.with_api([&](Api& api) -> base::Status {
      std::string where = "/api/v1/" + path;
      where.replace(where.find("{id}"), 4, net::percent_encode(*id));
      DURE_LET(answer, api.get(where));
      // What is a file for another program is printed as it is.
      if (collection.empty() || context.output() == Format::kJson)
        print_json(answer);
      else
        print(context.output(), answer_rows(answer), evaluation_columns().at(collection));
      return {};
    });
  });
}

}  // namespace

void add_evaluation_verbs(CLI::App& app, Context& context) {
  for (const auto& group : groups()) {
    auto* sub = app.add_subcommand(group.name, group.help)->require_subcommand(1);
    add_group_list(sub, context, group);
    for (const auto& verb : group.verbs) add_verb(sub, context, verb);
    if (std::string_view(group.name) == "round") {
      add_view(sub, context, "status", "Where it stands, and what is late", "rounds/{id}/progress",
               "progress");
      add_view(sub, context, "results", "Its results, without names", "rounds/{id}/results", "results");
      add_view(sub, context, "duty", "How many rounds the quarter of a call wants, and has",
               "calls/{id}/round-duty", "duty");
    }
    if (std::string_view(group.name) == "ranking") {
      add_view(sub, context, "inputs", "The file of which dure select makes it again", "rankings/{id}/inputs",
               "");
      add_view(sub, context, "result", "The ranking with its reasons", "rankings/{id}/result", "ranked");
    }
  }
}

}  // namespace dure::cli
