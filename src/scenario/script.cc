#include "scenario/script.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace dure::scenario {
namespace {

using policy::YamlNode;
using Kind = YamlNode::Kind;

constexpr policy::YamlLimits kLimits{1 << 20, 50'000, 24};

// The words of each kind of step; its own stands first.
const std::map<std::string, std::set<std::string>>& words() {
  static const std::map<std::string, std::set<std::string>> kWords = {
      {"say", {"say"}},
      {"send", {"send", "as", "body", "text", "file", "status", "keep", "token", "expect", "show", "title"}},
      {"log_in", {"log_in", "login", "password", "title"}},
      {"wait", {"wait", "title"}},
      {"do", {"do", "with", "each", "title", "quiet"}},
      {"node", {"node", "title"}},
      {"machine", {"machine", "title"}},
  };
  return kWords;
}

class Reader {
 public:
  std::vector<base::Detail> findings;

  void find(const policy::Position& at, base::Reason reason) {
    reason.with("line", at.line).with("column", at.column);
    findings.push_back({std::to_string(at.line) + ":" + std::to_string(at.column), std::move(reason)});
  }
  void check_steps(const YamlNode& steps, const std::map<std::string, const YamlNode*>& procedures) {
    if (steps.kind != Kind::kList) return find(steps.position, base::Reason("scenario.not_a_list"));
    for (const auto& step : steps.items) check_step(step, procedures);
  }

 private:
  void check_step(const YamlNode& step, const std::map<std::string, const YamlNode*>& procedures) {
    if (step.kind != Kind::kMap || step.members.empty())
      return find(step.position, base::Reason("scenario.not_a_step"));
    const auto& verb = step.members.front().key;
    const auto known = words().find(verb);
    if (known == words().end())
      return find(step.position, base::Reason("scenario.verb_unknown").with("verb", verb));
    for (const auto& member : step.members)
      if (!known->second.count(member.key))
        find(member.position,
             base::Reason("scenario.word_unknown").with("word", member.key).with("verb", verb));
    if (verb == "do" && !procedures.count(step.members.front().value.text))
      find(step.position,
           base::Reason("scenario.procedure_unknown").with("name", step.members.front().value.text));
  }
};

std::string text_member(const YamlNode& node, std::string_view key) {
  const auto* member = node.find(key);
  return member && member->kind == Kind::kScalar ? member->text : "";
}

void read_head(const YamlNode& root, Script& script, Reader& reader) {
  static const std::set<std::string> kKeys = {"format", "title",      "starts_at", "zone",
                                              "files",  "procedures", "steps"};
  for (const auto& member : root.members)
    if (!kKeys.count(member.key))
      reader.find(member.position,
                  base::Reason("scenario.word_unknown").with("word", member.key).with("verb", "scenario"));
  if (text_member(root, "format") != "dure-scenario/1")
    reader.find(root.position, base::Reason("scenario.format"));
  if (const auto* title = root.find("title")) {
    script.title_ko = text_member(*title, "ko");
    script.title_en = text_member(*title, "en");
  }
  if (const auto at = base::parse_instant(text_member(root, "starts_at")))
    script.starts_at = *at;
  else
    reader.find(root.position, base::Reason("scenario.start_missing"));
  const auto zone = text_member(root, "zone");
  if (const auto found = calendar::find_zone(zone.empty() ? "Asia/Seoul" : zone))
    script.zone = *found;
  else
    reader.find(root.position, base::Reason("scenario.zone_unknown").with("zone", zone));
}

}  // namespace

base::Result<Script> read_script(std::string_view text) {
  Reader reader;
  Script script;
  auto read = policy::read_yaml(text, kLimits);
  for (const auto& finding : read.findings) {
    auto reason = finding.reason;
    reader.find(finding.position, std::move(reason));
  }
  if (reader.findings.empty() && read.root.kind != Kind::kMap)
    reader.find({1, 1}, base::Reason("scenario.format"));
  if (reader.findings.empty()) {
    script.tree = std::make_shared<const YamlNode>(std::move(read.root));
    read_head(*script.tree, script, reader);
    if (const auto* procedures = script.tree->find("procedures"))
      for (const auto& each : procedures->members) script.procedures[each.key] = &each.value;
    for (const auto& [name, steps] : script.procedures) reader.check_steps(*steps, script.procedures);
    if (const auto* files = script.tree->find("files"))
      for (const auto& each : files->members) script.files[each.key] = each.value.text;
    script.steps = script.tree->find("steps");
    if (script.steps)
      reader.check_steps(*script.steps, script.procedures);
    else
      reader.find({1, 1}, base::Reason("scenario.steps_missing"));
  }
  if (reader.findings.empty()) return script;
  const auto count = static_cast<std::int64_t>(reader.findings.size());
  return base::invalid(base::Reason("scenario.refused").with("findings", count), std::move(reader.findings));
}

const std::string& verb_of(const YamlNode& step) {
  return step.members.front().key;
}

}  // namespace dure::scenario
