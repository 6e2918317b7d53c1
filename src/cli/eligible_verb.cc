// `dure eligible`: an application screened under a pack; without a server.
//
// The file is what POST /applications takes, and beside `form` the `facts` that a person of the centre would
// add.
#include <CLI/CLI.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>

#include "cli/application_file.h"
#include "cli/pack_files.h"
#include "cli/told.h"
#include "cli/verbs.h"
#include "programme/evidence.h"
#include "programme/example_application.h"
#include "programme/from_policy.h"
#include "wire/json_impl.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct EligibleInput {
  std::vector<std::string> policy_files;
  std::string application;
  std::string pool;
  std::string track;
  bool example = false;
};

json::array evidence_json(const std::vector<programme::Evidence>& all) {
  json::array array;
  for (const auto& each : all) {
    json::object object;
    object["kind"] = std::string(programme::to_text(each.kind));
    object["id"] = each.id;
    object["there"] = each.there;
    array.push_back(std::move(object));
  }
  return array;
}

json::object item_json(const model::ScreeningItem& item, const ApplicationFile& file,
                       const programme::ScreeningRules& rules, wire::Language language) {
  json::object object;
  object["rule"] = item.rule;
  if (const auto* rule = programme::rule_of(item, rules)) {
    object["title_ko"] = rule->title.ko;
    object["title_en"] = rule->title.en;
  }
  object["result"] = std::string(model::to_text(item.result));
  object["source"] = item.source;
  object["reason"] = told(item.reason, language);
  object["evidence"] = evidence_json(programme::evidence_for(item, file.form, file.facts, rules));
  return object;
}

json::object screening_json(const programme::Screening& screening, const ApplicationFile& file,
                            const programme::ScreeningRules& rules, wire::Language language) {
  json::object object;
  object["outcome"] = std::string(programme::to_text(screening.outcome));
  object["eligible"] = screening.outcome == programme::ScreeningOutcome::kEligible;
  object["received_on"] = base::to_text(file.facts.received_on);
  json::array items;
  for (const auto& item : screening.items) items.push_back(item_json(item, file, rules, language));
  object["items"] = std::move(items);
  return object;
}

void print_screening(const programme::Screening& screening, const ApplicationFile& file,
                     const programme::ScreeningRules& rules, wire::Language language) {
  std::printf("%s\n", std::string(programme::to_text(screening.outcome)).c_str());
  for (const auto& item : screening.items) {
    std::printf("  %-12s  %s (%s)\n", std::string(model::to_text(item.result)).c_str(), item.rule.c_str(),
                item.source.c_str());
    std::printf("      %s\n", sentence(item.reason, language).c_str());
    for (const auto& each : programme::evidence_for(item, file.form, file.facts, rules))
      std::printf("      + %s: %s%s\n", std::string(programme::to_text(each.kind)).c_str(), each.id.c_str(),
                  each.there ? " *" : "");
  }
}

base::Status known_pool(const policy::Pack& pack, const std::string& pool) {
  std::string names;
  for (const auto& each : pack.offer.pools) {
    if (each.id == pool) return {};
    names += (names.empty() ? "" : ", ") + each.id;
  }
  if (pool.empty()) return {};
  return base::invalid(base::Reason("cli.pool_unknown").with("pool", pool).with("pools", names));
}

base::Status known_track(const policy::Pack& pack, const std::string& track) {
  std::string names;
  for (const auto& each : pack.call.tracks) {
    if (each.id == track) return {};
    names += (names.empty() ? "" : ", ") + each.id;
  }
  if (track.empty()) return {};
  return base::invalid(base::Reason("selection.track_unknown")
                           .with("track", track)
                           .with("tracks", names.empty() ? "-" : names));
}

base::Status tell_eligible(Context& context, const EligibleInput& input) {
  // An example may be had before there is a pack: of the form alone, as the product's default leaves it.
  if (!input.example)
    DURE_TRY(option_given(input.policy_files.empty() ? "" : input.policy_files.front(), "--policy"));
  DURE_LET(pack, read_pack(input.policy_files));
  DURE_TRY(known_pool(pack, input.pool));
  DURE_TRY(known_track(pack, input.track));
  if (input.example) {
    auto made = programme::example_application(programme::screening_rules(pack, input.pool, input.track));
    if (!made.facts.answers.empty()) made.form.answers = std::move(made.facts.answers);
    made.facts.answers.clear();
    print_json(
        wire::to_json(ApplicationFile{"", input.track, made.form, made.facts}, wire::Out::everything()));
    return {};
  }
  DURE_TRY(option_given(input.application, "--application"));
  DURE_LET(text, read_file(input.application));
  const auto tree = wire::parse(text);
  if (!tree) return fault_in(tree.failure(), input.application, text);
  auto read = application_of(*tree);
  if (!read) return fault_in(read.failure(), input.application, text);
  auto& file = *read;
  if (!input.track.empty()) file.track = input.track;
  DURE_TRY(known_track(pack, file.track));
  const auto pool =
      input.pool.empty() ? programme::pool_with(pack, file.form.resources, file.track) : input.pool;
  const auto rules = programme::screening_rules(pack, pool, file.track);
  const auto screening = programme::screen(file.form, file.facts, rules);
  const auto language = wire::pick_language(context.connection.language);
  if (context.output() == Format::kTable) {
    print_screening(screening, file, rules, language);
    return {};
  }
  auto object = screening_json(screening, file, rules, language);
  object["programme"] = pack.meta.programme;
  object["policy_hash"] = pack.hash();
  object["pool"] = pool;
  object["track"] = file.track;
  print_json(object);
  return {};
}

}  // namespace

void add_eligible_verb(CLI::App& app, Context& context) {
  auto* verb =
      app.add_subcommand("eligible", "Whether an application may be considered: one answer for each rule");
  auto input = std::make_shared<EligibleInput>();
  verb->add_option("--policy", input->policy_files,
                   "Policy files over the product's default, lowest layer first");
  verb->add_option("--application", input->application,
                   "The application as a JSON file; - for standard input");
  verb->add_option("--pool", input->pool,
                   "The pool that is applied for; the first that offers the amount otherwise");
  verb->add_option("--track", input->track,
                   "The track of the call that is applied for; the file's otherwise");
  verb->add_flag("--example", input->example, "Print an application that is eligible under the pack");
  verb->callback([&context, input] { context.offline([&] { return tell_eligible(context, *input); }); });
}

}  // namespace dure::cli
