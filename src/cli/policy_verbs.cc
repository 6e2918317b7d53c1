// dure policy: packs as files - checked, explained, and asked what software goes together.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include "cli/pack_files.h"
#include "cli/verbs.h"
#include "commands/base_layers.h"
#include "policy/pack.h"
#include "programme/software.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

json::object finding_json(const policy::Finding& finding, const std::string& file, wire::Language language) {
  const auto rendered = wire::render(finding.reason, language);
  json::object object;
  object["code"] = finding.reason.code;
  object["text"] = rendered.text;
  object["help"] = rendered.help;
  object["file"] = finding.file.empty() ? file : finding.file;
  object["severity"] = finding.severity == policy::Finding::Severity::kError ? "error" : "warning";
  object["pointer"] = finding.pointer;
  object["line"] = finding.position.line;
  object["column"] = finding.position.column;
  return object;
}

// What the layers say that no program of this version acts on.
json::array written_only(std::span<const policy::Layer> layers) {
  std::set<std::string> keys;
  for (const auto& layer : layers)
    for (const auto& [key, entry] : layer.entries)
      if (policy::effect_of(key) == policy::Effect::kNotYet) keys.insert(key);
  json::array list;
  for (const auto& key : keys) list.emplace_back(key);
  return list;
}

struct Checked {
  std::vector<policy::Layer> layers;  // those of the product, then the files' own
  json::array findings;
  bool broken = false;
};

struct PolicyFile {
  std::string name;
  std::string text;
  std::optional<policy::Layer> layer;  // none where it cannot be read
};

// By the kinds of their layers, since these decide what lies over what, not the order in which they are
// named.
base::Result<std::vector<PolicyFile>> read_files(const std::vector<std::string>& names) {
  std::vector<PolicyFile> files;
  files.reserve(names.size());
  for (const auto& name : names) {
    DURE_LET(text, read_file(name));
    PolicyFile file{name, text, std::nullopt};
    if (auto layer = policy::parse_layer(file.text, name)) file.layer = std::move(*layer);
    files.push_back(std::move(file));
  }
  const auto place = [](const PolicyFile& file) {
    return file.layer ? static_cast<int>(file.layer->kind) : -1;
  };
  std::stable_sort(files.begin(), files.end(),
                   [&](const PolicyFile& one, const PolicyFile& other) { return place(one) < place(other); });
  return files;
}

// The findings of one file over the layers so far, its texts included; then it lies there for the next. What
// a layer says that it lies over is judged with the last file, when all of them are there.
void check_file(const PolicyFile& file, bool last, wire::Language language, Checked& checked) {
  auto findings = policy::check(file.text, file.name, checked.layers);
  if (!last) std::erase_if(findings, [](const auto& finding) { return finding.pointer == "/over"; });
  if (file.layer) {
    const auto texts = check_texts_beside(*file.layer, file.name);
    findings.insert(findings.end(), texts.begin(), texts.end());
    checked.layers.push_back(*file.layer);
  }
  for (const auto& finding : findings) {
    checked.broken = checked.broken || finding.severity == policy::Finding::Severity::kError;
    json::object told = finding_json(finding, file.name, language);
    auto& all = checked.findings;  // what lies in a file below was told with that file
    if (std::find(all.begin(), all.end(), told) == all.end()) all.push_back(std::move(told));
  }
}

void print_policy_findings(const json::array& findings) {
  for (const auto& each : findings) {
    std::printf("%s:%s:%s: %s: %s: %s\n", text_at(each, "file").c_str(), text_at(each, "line").c_str(),
                text_at(each, "column").c_str(), text_at(each, "severity").c_str(),
                text_at(each, "pointer").c_str(), text_at(each, "text").c_str());
    const std::string help = text_at(each, "help");
    if (!help.empty()) std::printf("    %s\n", help.c_str());
  }
}

// All findings of the files, each checked over the product's layers and those files that lie below it.
base::Status check_policy(Context& context, const std::vector<std::string>& files) {
  const auto language = wire::pick_language(context.connection.language);
  Checked checked;
  DURE_LET(below, commands::read_base_layers());
  checked.layers = below;
  DURE_LET(ordered, read_files(files));
  for (std::size_t i = 0; i < ordered.size(); ++i)
    check_file(ordered[i], i + 1 == ordered.size(), language, checked);
  std::string hash;
  if (!checked.broken) {
    DURE_LET(pack, policy::merge(checked.layers));
    hash = pack.hash();
  } else {
    context.exit_code = kFailed;
  }
  auto not_yet = written_only(std::span(checked.layers).subspan(below.size()));
  if (context.output() == Format::kJson) {
    json::object object;
    object["ok"] = !checked.broken;
    object["hash"] = hash;
    object["findings"] = std::move(checked.findings);
    object["not_yet"] = std::move(not_yet);
    print_json(object);
    return {};
  }
  print_policy_findings(checked.findings);
  const auto count = static_cast<std::int64_t>(not_yet.size());
  if (count > 0)
    std::printf("%s\n",
                wire::render(base::Reason("policy.not_yet").with("count", count), language).text.c_str());
  std::printf("%s\n", checked.broken ? "not ok" : ("ok " + hash).c_str());
  return {};
}

base::Status explain_policy(Context& context, const std::string& key, const std::vector<std::string>& files) {
  DURE_LET(pack, read_pack(files));
  DURE_LET(told, policy::explain(pack, key));
  const bool korean = wire::pick_language(context.connection.language) == wire::Language::kKorean;
  json::object object;
  object["key"] = told.key;
  object["value"] = told.value;
  object["type"] = korean ? told.type_ko : told.type_en;
  object["description"] = korean ? told.description_ko : told.description_en;
  object["layer"] = std::string(policy::name_of(told.provenance.layer));
  object["file"] = told.provenance.file;
  object["line"] = told.provenance.position.line;
  object["source"] = told.provenance.source;
  object["confidence"] = std::string(policy::name_of(told.provenance.confidence));
  object["note"] = told.provenance.note;
  object["section_on"] = told.section_on;
  object["effect"] = std::string(policy::name_of(told.effect));
  if (context.output() == Format::kJson) {
    print_json(object);
    return {};
  }
  for (const auto& [name, value] : object)
    std::printf("%-12s %s\n", std::string(name.data(), name.size()).c_str(),
                text_at(object, std::string_view(name.data(), name.size())).c_str());
  return {};
}

// "pytorch=2.0.1", or a name alone.
programme::Versioned versioned(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

struct SoftwareInput {
  std::string policy_file;
  std::string accelerator;
  std::string system;
  std::string cuda;
  std::string cudnn;
  std::vector<std::string> parts;
};

std::string words(const programme::Versioned& what) {
  return what.version.empty() ? what.name : what.name + " " + what.version;
}

// The environment that the choice comes to; what does not go together is refused, each with its ground.
base::Status check_software(Context& context, const SoftwareInput& input) {
  DURE_LET(pack, read_pack({input.policy_file}));
  programme::SoftwareChoice choice{versioned(input.system), input.cuda, input.cudnn, {}};
  for (const auto& part : input.parts) choice.parts.push_back(versioned(part));
  DURE_LET(made, programme::check_software(input.accelerator, choice, pack.catalogue));
  json::object object;
  object["accelerator"] = made.accelerator;
  object["system"] = words(made.system);
  object["driver"] = words(made.driver);
  object["cuda"] = made.cuda;
  object["cudnn"] = made.cudnn;
  json::array parts;
  std::string line;
  for (const auto& part : made.parts) {
    parts.emplace_back(words(part));
    line += (line.empty() ? "" : ", ") + words(part);
  }
  object["parts"] = std::move(parts);
  if (context.output() == Format::kJson) {
    print_json(object);
    return {};
  }
  for (const char* field : {"accelerator", "system", "driver", "cuda", "cudnn"}) {
    const std::string value = text_at(object, field);
    if (!value.empty()) std::printf("%-12s %s\n", field, value.c_str());
  }
  if (!line.empty()) std::printf("%-12s %s\n", "parts", line.c_str());
  return {};
}

void add_check(CLI::App& policy, Context& context) {
  auto* check =
      policy.add_subcommand("check", "Reads policy files and says everything that is wrong with them");
  auto files = std::make_shared<std::vector<std::string>>();
  check->add_option("files", *files, "Policy files, in any order")->required();
  check->callback([&context, files] { context.offline([&] { return check_policy(context, *files); }); });
}

void add_explain(CLI::App& policy, Context& context) {
  auto* explain = policy.add_subcommand("explain", "One value: what it is, and where it comes from");
  auto key = std::make_shared<std::string>();
  auto packs = std::make_shared<std::vector<std::string>>();
  explain->add_option("key", *key, "Key, such as account.password.min_length")->required();
  explain->add_option("--policy", *packs, "Policy files over the product's default");
  explain->callback(
      [&context, key, packs] { context.offline([&] { return explain_policy(context, *key, *packs); }); });
}

void add_software(CLI::App& policy, Context& context) {
  auto* software =
      policy.add_subcommand("software", "What software goes together on an accelerator of the programme");
  auto input = std::make_shared<SoftwareInput>();
  software->add_option("accelerator", input->accelerator, "Model, such as t4")->required();
  software->add_option("--policy", input->policy_file, "Policy pack with the catalogue")->required();
  software->add_option("--system", input->system, "Operating system, such as ubuntu-server=22.04");
  software->add_option("--cuda", input->cuda, "Version of CUDA; as the parts need it without");
  software->add_option("--cudnn", input->cudnn, "Version of cuDNN; likewise");
  software->add_option("--part", input->parts, "Framework or tool, such as pytorch=2.0.1; may be repeated");
  software->callback([&context, input] { context.offline([&] { return check_software(context, *input); }); });
}

}  // namespace

void add_policy_verbs(CLI::App& app, Context& context) {
  auto* policy = app.add_subcommand("policy", "Policy packs as files")->require_subcommand(1);
  add_check(*policy, context);
  add_explain(*policy, context);
  add_software(*policy, context);
  add_policy_try(*policy, context);
}

}  // namespace dure::cli
