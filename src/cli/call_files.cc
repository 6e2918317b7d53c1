#include "cli/call_files.h"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/sheet.h"
#include "net/url.h"
#include "policy/layer.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

const std::vector<Column>& file_columns() {
  static const std::vector<Column> kColumns{
      {"FORM", "form"},        {"EDITION", "edition"}, {"FILE", "file_name"}, {"TYPE", "media_type"},
      {"BYTES", "size_bytes"}, {"SHA-256", "sha256"},  {"ID", "id"}};
  return kColumns;
}

std::string last_part(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

struct FormFile {
  std::string call;
  std::string path;
  std::string form;
  std::string title;
  std::string folder = ".";
};

base::Status hang(Context& context, Api& api, const FormFile& wish) {
  DURE_LET(bytes, read_file(wish.path));
  std::string target = "/api/v1/calls/" + wish.call + "/attachments?form=" + net::percent_encode(wish.form) +
                       "&file_name=" + net::percent_encode(last_part(wish.path));
  if (!wish.title.empty()) target += "&title=" + net::percent_encode(wish.title);
  DURE_LET(row, api.post(target, bytes, "application/octet-stream"));
  print(context.output(), row, file_columns());
  return {};
}

// Never over a file that is there. What the server calls it is a name, not a path.
base::Status keep_file(const std::string& folder, const std::string& name, const std::string& bytes) {
  const std::string path = folder + "/" + last_part(name);
  std::FILE* file = last_part(name).empty() ? nullptr : std::fopen(path.c_str(), "wbx");
  const bool written = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = file && std::fclose(file) == 0;
  if (!written || !closed)
    return base::error(base::ErrorKind::kInvalid, base::Reason("cli.file_unwritable").with("path", path));
  std::printf("%s\n", path.c_str());
  return {};
}

base::Status fetch(Api& api, const json::value& file, const std::string& folder) {
  std::string bytes;
  DURE_TRY(
      api.stream("/api/v1/call-attachments/" + text_at(file, "id") + "/content", [&](std::string_view chunk) {
        bytes += chunk;
        return true;
      }));
  if (policy::sha256_hex(bytes) != text_at(file, "sha256"))
    return base::error(base::ErrorKind::kInvalid,
                       base::Reason("cli.file_damaged").with("file", text_at(file, "file_name")));
  return keep_file(folder, text_at(file, "file_name"), bytes);
}

// All forms of the call that have a file, or the one that is named.
base::Status download(Api& api, const FormFile& wish) {
  DURE_LET(told, api.get("/api/v1/calls/" + wish.call + "/announcement"));
  bool any = false;
  for (const auto& each : told.at("attachments").as_array()) {
    if (!wish.form.empty() && text_at(each, "id") != wish.form) continue;
    if (text_at(each, "file/id").empty()) continue;
    any = true;
    DURE_TRY(fetch(api, each.at("file"), wish.folder));
  }
  if (any) return {};
  return base::invalid(base::Reason("cli.no_form_file").with("form", wish.form.empty() ? "-" : wish.form));
}

struct SummaryWish {
  std::string id;
  std::string file = "-";
  bool xlsx = false;
  std::string ground;
};

// Receipt and state before the pack's own columns.
Sheet summary_table(const json::value& told, bool korean) {
  Sheet sheet{"summary", {korean ? "접수번호" : "Receipt", korean ? "상태" : "State"}, {}};
  for (const auto& column : told.at("columns").as_array())
    sheet.titles.push_back(text_at(column, korean ? "ko" : "en"));
  for (const auto& line : told.at("rows").as_array()) {
    auto& row = sheet.rows.emplace_back();
    row.emplace_back(text_at(line, "receipt_number"));
    row.emplace_back(text_at(line, "state"));
    for (const auto& cell : line.at("cells").as_array()) row.emplace_back(std::string(cell.as_string()));
  }
  return sheet;
}

base::Status export_summary(Context& context, Api& api, const SummaryWish& wish) {
  std::string target = "/api/v1/calls/" + wish.id + "/summary";
  if (!wish.ground.empty()) target += "?reveal=" + net::percent_encode(wish.ground);
  DURE_LET(told, api.get(target));
  if (context.output() == Format::kJson) {
    print_json(told);
    return {};
  }
  return write_sheet(summary_table(told, context.connection.language != "en"), wish.file, wish.xlsx);
}

// Column by column, with what is still empty.
base::Status show_summary(Context& context, Api& api, const std::string& id) {
  DURE_LET(told, api.get("/api/v1/applications/" + id + "/summary"));
  if (context.output() == Format::kJson) {
    print_json(told);
    return {};
  }
  const bool korean = context.connection.language != "en";
  const auto& columns = told.at("columns").as_array();
  const auto& line = told.at("rows").as_array().at(0);
  const auto& cells = line.at("cells").as_array();
  json::array rows;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string gap;
    for (const auto& each : line.at("gaps").as_array())
      if (each.as_string() == columns[i].at("id").as_string()) gap = korean ? "빈칸" : "missing";
    rows.push_back(json::object{
        {"column", text_at(columns[i], korean ? "ko" : "en")}, {"value", cells[i]}, {"gap", gap}});
  }
  print_table(rows, {{korean ? "칸" : "COLUMN", "column"}, {korean ? "값" : "VALUE", "value"}, {"", "gap"}});
  return {};
}

}  // namespace

void add_call_files(CLI::App* call, Context& context) {
  auto put = std::make_shared<FormFile>();
  auto* attach = call->add_subcommand("attach", "Puts a form at the announcement, or a new edition of one");
  attach->add_option("call", put->call, "The call")->required();
  attach->add_option("file", put->path, "The file")->required();
  attach->add_option("--form", put->form, "Which one: its id in the announcement, or a word of its own")
      ->required();
  attach->add_option("--title", put->title, "Its title; the announcement's, where it has one");
  attach->callback([&context, put] { context.with_api([&](Api& api) { return hang(context, api, *put); }); });
  auto get = std::make_shared<FormFile>();
  auto* load = call->add_subcommand("download", "Brings the forms of a call; nobody has to log in for it");
  load->add_option("call", get->call, "The call")->required();
  load->add_option("--form", get->form, "Only that one");
  load->add_option("--to", get->folder, "Into that folder")->capture_default_str();
  load->callback([&context, get] { context.with_api([&](Api& api) { return download(api, *get); }); });
  auto id = std::make_shared<std::string>();
  auto ground = std::make_shared<std::string>();
  auto* withdraw = call->add_subcommand("withdraw-form", "Gives a form out no longer; its file goes");
  withdraw->add_option("id", *id, "Of the file, as attach and show give it")->required();
  withdraw->add_option("--ground", *ground, "Why")->required();
  withdraw->callback([&context, id, ground] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/call-attachments/" + *id + "/withdraw",
                             json::serialize(json::object{{"ground", *ground}})));
      print(context.output(), row, file_columns());
      return {};
    });
  });
}

void add_summary_verbs(CLI::App* call, CLI::App* application, Context& context) {
  auto wish = std::make_shared<SummaryWish>();
  auto* all = call->add_subcommand("summary", "The summary sheet of a call: CSV, or XLSX");
  all->add_option("call", wish->id, "The call")->required();
  all->add_option("file", wish->file, "Where to; - for standard output")->capture_default_str();
  all->add_flag("--xlsx", wish->xlsx, "As a workbook");
  all->add_option("--ground", wish->ground, "Why names and addresses are shown whole; each look is recorded");
  all->callback(
      [&context, wish] { context.with_api([&](Api& api) { return export_summary(context, api, *wish); }); });
  auto id = std::make_shared<std::string>();
  auto* one = application->add_subcommand("summary", "The summary sheet of one, with what is still empty");
  one->add_option("id", *id, "The application")->required();
  one->callback(
      [&context, id] { context.with_api([&](Api& api) { return show_summary(context, api, *id); }); });
}

}  // namespace dure::cli
