#include "cli/call_show.h"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/output.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct Section {
  const char* member;
  const char* korean;
  const char* english;
  std::vector<Column> columns;
};

const std::vector<Section>& sections(bool korean) {
  static const auto make = [](bool in_korean) {
    const std::string title = in_korean ? "title/ko" : "title/en";
    const std::string place = in_korean ? "place/ko" : "place/en";
    return std::vector<Section>{
        {"days", "날짜", "Days", {{"DAY", "what"}, {"ON", "on"}}},
        {"briefings",
         "설명회",
         "Briefings",
         {{"TITLE", title}, {"ON", "on"}, {"AT", "at"}, {"PLACE", place}}},
        {"tracks", "부문", "Tracks", {{"ID", "id"}, {"TITLE", title}}},
        {"attachments",
         "공고에 붙은 양식",
         "Attachments",
         {{"ID", "id"}, {"TITLE", title}, {"FILE", "file/file_name"}, {"BYTES", "file/size_bytes"}}},
        {"pools",
         "자원",
         "Pools",
         {{"ID", "id"},
          {"KIND", "kind"},
          {"TITLE", title},
          {"UNIT", "unit"},
          {"MENU (mGPU)", "menu_milli_gpu"},
          {"CORES", "cpu_cores_per_unit"},
          {"MEMORY", "memory_bytes_per_unit"}}},
        {"accelerators",
         "가속기",
         "Accelerators",
         {{"MODEL", "model"}, {"TITLE", title}, {"MAKER", "maker"}, {"MILLI-TFLOPS", "milli_teraflops"}}},
        {"software",
         "소프트웨어",
         "Software",
         {{"ACCELERATOR", "accelerator"},
          {"BY", "delivery"},
          {"SYSTEMS", "operating_systems"},
          {"PARTS", "parts"}}},
        {"services",
         "서비스",
         "Services",
         {{"ID", "id"}, {"TITLE", title}, {"KIND", "kind"}, {"POOLS", "pools"}}},
        {"documents",
         "제출 서류",
         "Documents",
         {{"KIND", "kind"}, {"TITLE", title}, {"NEED", "need"}, {"FILES", "extensions"}}},
        {"criteria", "평가 기준", "Criteria", {{"ID", "id"}, {"TITLE", title}, {"POINTS", "max_points"}}},
        {"desks",
         "문의",
         "Desks",
         {{"TOPIC", "topic"},
          {"TITLE", title},
          {"TELEPHONE", "telephone"},
          {"E-MAIL", "email"},
          {"URL", "url"}}},
        {"portals", "누리집", "Sites", {{"TITLE", title}, {"URL", "url"}}}};
  };
  static const auto kKorean = make(true);
  static const auto kEnglish = make(false);
  return korean ? kKorean : kEnglish;
}

// Sections that the pack leaves empty are left out.
base::Status show_announcement(Context& context, Api& api, const std::string& id) {
  DURE_LET(told, api.get("/api/v1/calls/" + id + "/announcement"));
  if (context.output() == Format::kJson) {
    print_json(told);
    return {};
  }
  const bool korean = context.connection.language != "en";
  std::printf("%s\n%s, %s\n", text_at(told, "title").c_str(),
              text_at(told, korean ? "programme/ko" : "programme/en").c_str(),
              text_at(told, korean ? "operator_name/ko" : "operator_name/en").c_str());
  for (const auto& section : sections(korean)) {
    const auto* rows = told.as_object().if_contains(section.member);
    if (!rows || !rows->is_array() || rows->as_array().empty()) continue;
    std::printf("\n%s\n", korean ? section.korean : section.english);
    print_table(*rows, section.columns);
  }
  return {};
}

}  // namespace

void add_call_show(CLI::App* call, Context& context) {
  auto* verb = call->add_subcommand("show", "Everything that whoever thinks of applying has to know");
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "The call")->required();
  verb->callback(
      [&context, id] { context.with_api([&](Api& api) { return show_announcement(context, api, *id); }); });
}

}  // namespace dure::cli
