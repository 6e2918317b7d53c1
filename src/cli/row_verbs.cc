#include "cli/row_verbs.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <map>
#include <memory>

#include "base/id.h"
#include "cli/sheet.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// What the options of one call hold.
struct Given {
  std::string programme;
  std::string row;
  std::string file;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, bool> flags;
  std::map<std::string, std::vector<std::string>> lists;
};

// "what=text" as an object; a flag member "holds" is the word yes or no before a comma: "of=yes,ground".
json::object pair_of(const std::string& text, const BodyOption& option) {
  const auto equals = text.find('=');
  json::object object;
  object[option.first] = text.substr(0, equals);
  std::string rest = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (option.second == "evidence") {
    const auto comma = rest.rfind('@');
    object["ground"] = rest.substr(0, comma);
    object["evidence"] = json::array{comma == std::string::npos ? "" : rest.substr(comma + 1)};
  } else if (option.second == "holds") {
    const auto comma = rest.find(',');
    object["holds"] = rest.substr(0, comma) == "yes";
    object["ground"] = comma == std::string::npos ? "" : rest.substr(comma + 1);
  } else if (option.second == "choice") {
    object["choice"] = std::strtoll(rest.c_str(), nullptr, 10);
  } else {
    object[option.second] = rest;
  }
  return object;
}

json::object& member_of(json::object& body, const std::string& name) {
  if (!body.contains(name)) body[name] = json::object{};
  return body[name].as_object();
}

base::Result<json::object> row_body(const Given& given, const RowVerb& verb) {
  json::object body;
  if (!given.file.empty()) {
    DURE_LET(text, read_file(given.file));
    boost::system::error_code problem;
    auto read = json::parse(text, problem);
    if (problem || !read.is_object())
      return base::invalid(base::Reason("cli.file_not_json").with("file", given.file));
    body = std::move(read.as_object());
  }
  for (const auto& option : verb.options) {
    const auto& name = option.member;
    json::object said;
    switch (option.kind) {
      case BodyOption::kText:
        if (const auto& text = given.texts.at(name); !text.empty()) said[name] = text;
        break;
      case BodyOption::kNumber:
        if (const auto number = given.numbers.at(name); number >= 0) said[name] = number;
        break;
      case BodyOption::kFlag:
        if (given.flags.at(name)) said[name] = true;
        break;
      case BodyOption::kList:
        if (const auto& list = given.lists.at(name); !list.empty())
          said[name] = json::array(list.begin(), list.end());
        break;
      case BodyOption::kPairs:
        if (const auto& list = given.lists.at(name); !list.empty()) {
          json::array objects;
          for (const auto& each : list) objects.push_back(pair_of(each, option));
          said[name] = objects;
        }
        break;
    }
    if (said.empty()) continue;
    auto& place = option.within.empty() ? body : member_of(body, option.within);
    place[option.as.empty() ? name : option.as] = said[name];
  }
  for (const auto& [name, value] : verb.fixed) body[name] = value;
  return body;
}

void add_option(CLI::App* verb, Given& given, const BodyOption& option) {
  const auto name = option_of(option.member);
  CLI::Option* added = nullptr;
  switch (option.kind) {
    case BodyOption::kText:
      added = verb->add_option(name, given.texts[option.member], option.help);
      break;
    case BodyOption::kNumber:
      given.numbers[option.member] = -1;
      added =
          verb->add_option(name, given.numbers[option.member], option.help)->check(CLI::NonNegativeNumber);
      break;
    case BodyOption::kFlag:
      given.flags[option.member] = false;
      verb->add_flag(name, given.flags[option.member], option.help);
      return;
    case BodyOption::kList:
    case BodyOption::kPairs:
      added = verb->add_option(name, given.lists[option.member], option.help);
      break;
  }
  if (option.required) added->required();
}

}  // namespace

std::string option_of(std::string member) {
  for (auto& letter : member) letter = letter == '_' ? '-' : letter;
  return "--" + member;
}

void print_csv(const json::value& rows, const std::vector<Column>& columns) {
  Sheet sheet;
  for (const auto& column : columns) sheet.titles.push_back(column.title);
  for (const auto& row : rows.as_array()) {
    std::vector<Cell> cells;
    cells.reserve(columns.size());
    for (const auto& column : columns) cells.emplace_back(text_at(row, column.path));
    sheet.rows.push_back(std::move(cells));
  }
  std::fputs(to_csv(sheet).c_str(), stdout);
}

base::Result<std::string> find_programme(Api& api, const std::string& text) {
  DURE_LET(found, api.list("/api/v1/programmes?code=" + net::percent_encode(text)));
  if (!found.as_array().empty()) return text_at(found, "0/id");
  if (base::is_uuid(text)) return text;
  return base::error(base::ErrorKind::kNotFound, base::Reason("cli.programme_unknown").with("code", text));
}

void add_row_list(CLI::App* parent, Context& context, const std::string& collection,
                  const std::vector<Column>& columns, const std::string& name, const std::string& help) {
  auto* verb = parent->add_subcommand(name, help);
  auto filters = std::make_shared<std::vector<std::string>>();
  auto csv = std::make_shared<bool>(false);
  verb->add_option("--where", *filters, "A filter of the list: state=open");
  verb->add_flag("--csv", *csv, "As CSV");
  verb->callback([&context, filters, csv, collection, columns] {
    context.with_api([&](Api& api) -> base::Status {
      std::string path = "/api/v1/" + collection;
      for (std::size_t i = 0; i < filters->size(); ++i) path += (i == 0 ? "?" : "&") + (*filters)[i];
      DURE_LET(rows, api.list(path));
      if (*csv)
        print_csv(rows, columns);
      else
        print(context.output(), rows, columns);
      if (rows.as_array().empty() && !*csv) context.explain_empty(!filters->empty(), "");
      return {};
    });
  });
}

void add_row_verb(CLI::App* parent, Context& context, const RowVerb& verb,
                  const std::vector<Column>& columns) {
  auto* added = parent->add_subcommand(verb.name, verb.help);
  auto given = std::make_shared<Given>();
  if (!verb.step.empty())
    added->add_option("id", given->row, "Of the row")->required();
  else if (verb.of_programme)
    added->add_option("programme", given->programme, "Code or id (see: dure programmes)")->required();
  for (const auto& option : verb.options) add_option(added, *given, option);
  added->add_option("--file", given->file, "The body as the API takes it; - for standard input");
  added->callback([&context, given, verb, columns] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(body, row_body(*given, verb));
      if (verb.of_programme) {
        DURE_LET(id, find_programme(api, given->programme));
        body["programme_id"] = id;
      }
      std::string path = "/api/v1/" + verb.collection;
      if (!verb.step.empty()) path += "/" + net::percent_encode(given->row) + "/" + verb.step;
      DURE_LET(row, api.post(path, json::serialize(body)));
      print(context.output(), row, columns);
      return {};
    });
  });
}

void add_row_show(CLI::App* parent, Context& context, const std::string& name, const std::string& help,
                  const std::string& collection, const std::string& rest,
                  const std::vector<Column>& columns) {
  auto* verb = parent->add_subcommand(name, help);
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "Of the row")->required();
  verb->callback([&context, id, collection, rest, columns] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(view, api.get("/api/v1/" + collection + "/" + net::percent_encode(*id) + rest));
      print(context.output(), view, columns);
      return {};
    });
  });
}

}  // namespace dure::cli
