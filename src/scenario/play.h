// Plays a script on a stage: sends what it says as whom it says, moves the clock, and holds every answer
// against what the script expects.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "scenario/script.h"
#include "scenario/stage.h"

namespace dure::scenario {

struct Played {
  std::string text;  // transcript.h
  int steps = 0;
  int checks = 0;
  int misses = 0;         // checks that did not hold
  bool finished = false;  // false where a step was refused that had to go: the text says which
};

// Bytes of a file that the script names, relative to the script's own folder.
using ReadFile = std::function<base::Result<std::string>(const std::string& name)>;

// Fails only where the script itself is wrong (a name that nothing kept: "scenario.name_unknown" {name,
// line}) or the stage breaks; what the centre refuses is a part of the text.
base::Result<Played> play(const Script& script, Stage& stage, const ReadFile& read_file);

}  // namespace dure::scenario
