#include "cli/scenario_verb.h"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/record.h"
#include "cli/told.h"
#include "scenario/play.h"
#include "scenario/script.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct ScenarioInput {
  std::vector<std::string> files;
  bool accept = false;
  bool quiet = false;
};

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

// scenario.yaml -> scenario.txt: what was played when it was last accepted.
std::string golden_of(const std::string& file) {
  const auto dot = file.rfind('.');
  const auto slash = file.rfind('/');
  const bool has_ending = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return file.substr(0, has_ending ? dot : file.size()) + ".txt";
}

std::optional<std::string> read_golden(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

base::Status write_golden(const std::string& path, const std::string& text) {
  std::ofstream stream(path, std::ios::trunc);
  stream << text;
  stream.flush();
  if (stream.good()) return {};
  return base::error(base::ErrorKind::kUnavailable, base::Reason("cli.file_unwritable").with("path", path));
}

// The first line in which the two differ.
base::Reason first_difference(const std::string& path, const std::string& golden, const std::string& text) {
  std::istringstream had(golden), came(text);
  for (std::int64_t line = 1;; ++line) {
    std::string one, other;
    const bool more = static_cast<bool>(std::getline(had, one));
    const bool others = static_cast<bool>(std::getline(came, other));
    if (one == other && more && others) continue;
    return base::Reason("scenario.differs")
        .with("file", path)
        .with("line", line)
        .with("wanted", more ? one : std::string("-"))
        .with("got", others ? other : std::string("-"));
  }
}

struct Told {
  scenario::Played played;
  std::string golden = "none";  // none, same, differs, accepted
  std::optional<base::Reason> difference;
  bool good() const { return played.finished && played.misses == 0 && golden != "differs"; }
};

base::Result<Told> run_one(const std::string& file, const ScenarioInput& input,
                           const scenario::MakeOutside& outside) {
  DURE_LET(text, read_file(file));
  DURE_LET(script, scenario::read_script(text));
  DURE_LET(made, outside());
  DURE_LET(stage, scenario::Stage::set(std::move(made), script.starts_at));
  stage->watch([](const net::Request& request, const scenario::Answered& answered) {
    record({request.method, request.target, request.headers, request.body, answered.status, answered.headers,
            answered.body});
  });
  const std::string folder = folder_of(file);
  DURE_LET(played, scenario::play(script, *stage,
                                  [&](const std::string& name) { return read_file(folder + "/" + name); }));
  Told told{std::move(played), "none", std::nullopt};
  const auto path = golden_of(file);
  const auto golden = read_golden(path);
  if (golden) told.golden = *golden == told.played.text ? "same" : "differs";
  if (told.golden == "differs") told.difference = first_difference(path, *golden, told.played.text);
  if (input.accept && told.golden != "same" && told.played.finished && told.played.misses == 0) {
    DURE_TRY(write_golden(path, told.played.text));
    told.golden = "accepted";
    told.difference.reset();
  }
  return told;
}

json::object as_json(const std::string& file, const Told& told, wire::Language language) {
  json::object object{{"file", file},
                      {"steps", told.played.steps},
                      {"checks", told.played.checks},
                      {"misses", told.played.misses},
                      {"finished", told.played.finished},
                      {"golden", told.golden}};
  object["difference"] = told.difference ? json::value(cli::told(*told.difference, language)) : nullptr;
  object["text"] = told.played.text;
  return object;
}

void print_told(const std::string& file, const Told& told, bool quiet, wire::Language language) {
  if (!quiet || !told.good()) std::fputs(told.played.text.c_str(), stdout);
  if (told.difference) std::printf("\n%s\n", sentence(*told.difference, language).c_str());
  std::printf("%s%s: %d steps, %d checks, %d missed, golden: %s\n", quiet ? "" : "\n", file.c_str(),
              told.played.steps, told.played.checks, told.played.misses, told.golden.c_str());
  std::fflush(stdout);
}

base::Status run_scenarios(Context& context, const ScenarioInput& input,
                           const scenario::MakeOutside& outside) {
  const auto language = wire::pick_language(context.connection.language);
  spdlog::set_level(spdlog::level::off);  // what the loops log is not the story
  json::array all;
  std::string bad;
  for (const auto& file : input.files) {
    auto told = run_one(file, input, outside);
    if (!told) {
      auto error = told.failure();
      error.details.push_back({file, error.reason});
      return error;
    }
    if (context.output() == Format::kJson)
      all.push_back(as_json(file, *told, language));
    else
      print_told(file, *told, input.quiet, language);
    if (!told->good() && bad.empty()) bad = file;
  }
  if (context.output() == Format::kJson) print_json(all);
  if (bad.empty()) return {};
  return base::error(base::ErrorKind::kConflict, base::Reason("scenario.failed").with("file", bad));
}

}  // namespace

void add_scenario_verb(CLI::App& app, Context& context, scenario::MakeOutside outside) {
  auto input = std::make_shared<ScenarioInput>();
  auto* scenario = app.add_subcommand("scenario", "A programme's whole story on a virtual clock, offline");
  scenario->require_subcommand(1);
  auto* run_verb = scenario->add_subcommand(
      "run", "Play scenarios; each is held against its own claims and the text that was kept beside it");
  run_verb->add_option("files", input->files, "Scenarios (policies/*/scenario.yaml)")->required();
  run_verb->add_flag("--accept", input->accept, "Keep what was played as the text to compare with");
  run_verb->add_flag("--quiet", input->quiet, "One line for each that went as it says");
  run_verb->callback([&context, input, outside = std::move(outside)] {
    context.offline([&] { return run_scenarios(context, *input, outside); });
  });
}

}  // namespace dure::cli
