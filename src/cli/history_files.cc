#include "cli/history_files.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <string_view>

#include "cli/application_file.h"
#include "cli/verbs.h"
#include "model/charge.h"
#include "wire/json_impl.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr wire::Limits kHistoryLimits{256U << 20U, 20};

// The failure with its pointers below a place.
base::Error below(const std::string& place, base::Error failure) {
  if (failure.details.empty()) failure.details.push_back({"", failure.reason});
  for (auto& detail : failure.details) detail.pointer = place + detail.pointer;
  return failure;
}

template <class T>
base::Result<T> at(const std::string& place, base::Result<T> result) {
  if (result.ok()) return result;
  return below(place, result.failure());
}

base::Error wrong(const std::string& place, base::Reason reason) {
  return base::invalid(reason, {{place, reason}});
}

base::Result<model::SelectionRequest> round_of(const json::value& tree) {
  wire::In whole;
  whole.allow_missing = false;
  return wire::from_json<model::SelectionRequest>(tree, whole);
}

base::Result<model::UsageStatement> statement_of(const json::value& tree) {
  return wire::from_json<model::UsageStatement>(tree, {{"payer", "payer/organisation_class", "uses"}});
}

base::Result<compare::Screened> screened_of(const std::string& id, const std::string& pool,
                                            const json::value& tree) {
  DURE_LET(file, application_of(tree));
  return compare::Screened{id, pool, file.track, std::move(file.form), std::move(file.facts)};
}

// Text members of an object; refuses another type, a missing one that is required, and members that are not
// known.
struct Members {
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
};

base::Status check_members(const json::value& tree, const Members& members) {
  std::string known;
  for (const auto* list : {&members.required, &members.optional})
    for (const auto each : *list) known += (known.empty() ? "" : ", ") + std::string(each);
  const auto* object = tree.if_object();
  if (object == nullptr) return wrong("", base::Reason("compare.members_missing").with("members", known));
  for (const auto each : members.required)
    if (!object->contains(each))
      return wrong("/" + std::string(each),
                   base::Reason("compare.members_missing").with("members", std::string(each)));
  for (const auto& member : *object) {
    const std::string name(member.key());
    if (known.empty() || (", " + known + ",").find(", " + name + ",") == std::string::npos)
      return wrong("/" + wire::pointer_token(name),
                   base::Reason("compare.member_unknown").with("member", name).with("members", known));
  }
  return {};
}

// "" where it is not there.
base::Result<std::string> text_of(const json::value& tree, std::string_view member) {
  const auto* value = tree.as_object().if_contains(member);
  if (value == nullptr || value->is_null()) return std::string();
  if (const auto* text = value->if_string()) return std::string(*text);
  const std::string place = "/" + std::string(member);
  return wrong(place, base::Reason("compare.text_expected").with("member", std::string(member)));
}

base::Result<compare::Happened> happened_of(const std::string& id, const json::value& tree) {
  DURE_LET(event, text_of(tree, "event"));
  DURE_LET(date, text_of(tree, "date"));
  const auto day = base::parse_date(date);
  if (!day) return wrong("/date", base::Reason("cli.date").with("value", date));
  return compare::Happened{id, event, *day};
}

base::Status add_round(const json::value& entry, compare::History& history) {
  DURE_TRY(check_members(entry, {{"id", "selection"}, {}}));
  DURE_LET(id, text_of(entry, "id"));
  DURE_LET(request, at("/selection", round_of(entry.as_object().at("selection"))));
  history.rounds.push_back({id, std::move(request)});
  return {};
}

base::Status add_bill(const json::value& entry, compare::History& history) {
  DURE_TRY(check_members(entry, {{"id", "statement"}, {"payer"}}));
  DURE_LET(id, text_of(entry, "id"));
  DURE_LET(payer, text_of(entry, "payer"));
  DURE_LET(statement, at("/statement", statement_of(entry.as_object().at("statement"))));
  history.bills.push_back({id, payer, std::move(statement)});
  return {};
}

base::Status add_screening(const json::value& entry, compare::History& history) {
  DURE_TRY(check_members(entry, {{"id", "application"}, {"pool"}}));
  DURE_LET(id, text_of(entry, "id"));
  DURE_LET(pool, text_of(entry, "pool"));
  DURE_LET(screened, at("/application", screened_of(id, pool, entry.as_object().at("application"))));
  history.screenings.push_back(std::move(screened));
  return {};
}

base::Status add_event(const json::value& entry, compare::History& history) {
  DURE_TRY(check_members(entry, {{"id", "event", "date"}, {}}));
  DURE_LET(id, text_of(entry, "id"));
  DURE_LET(happened, happened_of(id, entry));
  history.events.push_back(std::move(happened));
  return {};
}

using Add = base::Status (*)(const json::value&, compare::History&);
struct HistoryKind {
  const char* name;
  Add add;
};
constexpr std::array<HistoryKind, 4> kKinds{
    {{"rounds", add_round}, {"bills", add_bill}, {"screenings", add_screening}, {"events", add_event}}};

base::Status add_whole(const json::value& tree, compare::History& history) {
  DURE_TRY(check_members(tree, {{}, {"rounds", "bills", "screenings", "events"}}));
  for (const auto& kind : kKinds) {
    const auto* list = tree.as_object().if_contains(kind.name);
    if (list == nullptr) continue;
    const std::string place = "/" + std::string(kind.name);
    if (!list->is_array())
      return wrong(place, base::Reason("compare.list_expected").with("member", kind.name));
    std::size_t number = 0;
    for (const auto& entry : list->as_array()) {
      if (const auto done = kind.add(entry, history); !done)
        return below(place + "/" + std::to_string(number), done.failure());
      ++number;
    }
  }
  return {};
}

// What the file is says its members.
base::Status add_file(const std::string& name, const json::value& tree, compare::History& history) {
  const auto* object = tree.if_object();
  const auto has = [&](const char* member) { return object != nullptr && object->contains(member); };
  if (std::any_of(kKinds.begin(), kKinds.end(), [&](const HistoryKind& kind) { return has(kind.name); }))
    return add_whole(tree, history);
  if (has("uses")) {
    DURE_LET(statement, statement_of(tree));
    history.bills.push_back({name, "", std::move(statement)});
  } else if (has("form")) {
    DURE_LET(screened, screened_of(name, "", tree));
    history.screenings.push_back(std::move(screened));
  } else if (has("event")) {
    DURE_TRY(check_members(tree, {{"event", "date"}, {}}));
    DURE_LET(happened, happened_of(name, tree));
    history.events.push_back(std::move(happened));
  } else if (has("applications")) {
    DURE_LET(request, round_of(tree));
    history.rounds.push_back({name, std::move(request)});
  } else {
    return wrong("", base::Reason("compare.file_unknown").with("file", name));
  }
  return {};
}

base::Status read_one(const std::string& path, compare::History& history) {
  DURE_LET(text, read_file(path));
  const std::string name = path == "-" ? path : fs::path(path).stem().string();
  const auto tree = wire::parse(text, kHistoryLimits);
  if (!tree) return below(path + ": ", tree.failure());
  if (const auto done = add_file(name, *tree, history); !done) return below(path + ": ", done.failure());
  return {};
}

}  // namespace

base::Result<compare::History> read_history(const std::string& path) {
  compare::History history;
  std::error_code failed;
  if (path == "-" || !fs::is_directory(path, failed)) {
    DURE_TRY(read_one(path, history));
    return history;
  }
  std::vector<std::string> files;
  for (fs::directory_iterator it(path, failed), end; !failed && it != end; it.increment(failed))
    if (it->path().extension() == ".json") files.push_back(it->path().string());
  if (files.empty()) return base::invalid(base::Reason("compare.folder_empty").with("path", path));
  std::sort(files.begin(), files.end());
  for (const auto& file : files) DURE_TRY(read_one(file, history));
  return history;
}

}  // namespace dure::cli
