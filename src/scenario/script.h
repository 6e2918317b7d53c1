// A scenario's script: a programme's whole story as steps, in a YAML file beside its policy pack
// (docs/formats/scenario.md).
//
// Reading checks what can be known before it is played: the words of every step, procedures that are called
// and are not there. Immutable; may be shared by threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "calendar/zone.h"
#include "policy/yaml_tree.h"

namespace dure::scenario {

struct Script {
  std::string title_ko;
  std::string title_en;
  base::Instant starts_at;
  calendar::Zone zone;
  const policy::YamlNode* steps = nullptr;  // a list; lies in `tree`
  std::map<std::string, const policy::YamlNode*> procedures;
  std::map<std::string, std::string> files;  // name -> file, whose text is kept under the name
  std::shared_ptr<const policy::YamlNode> tree;
};

// Limits: 1 MiB, 50,000 nodes, 24 levels. Errors: kInvalid "scenario.refused" with one detail for each
// finding: its pointer is "line:column", which are its parameters, too.
base::Result<Script> read_script(std::string_view text);

// The word of a step ("send", "wait", …): its first member. REQUIRES: a step of a script that was read.
const std::string& verb_of(const policy::YamlNode& step);

}  // namespace dure::scenario
