// A history as files: what `dure policy try --on` reads, and an example of it.
#pragma once

#include <string>

#include "base/result.h"
#include "compare/history.h"
#include "policy/pack.h"

namespace dure::cli {

// `path`: a folder, of which every *.json is read in the order of its name; a file; or "-". A file is an
// input of `dure select`, `dure rate` or `dure eligible`, or {"event", "date"} as `dure deadlines` takes
// them: told apart by its members, and called by its name without ".json". Or it is a whole history:
//
//   {"rounds": [{"id", "selection"}], "bills": [{"id", "payer", "statement"}],
//    "screenings": [{"id", "pool", "application"}], "events": [{"id", "event", "date"}]}
//
// Refuses what cannot be read, with file and pointer; "compare.file_unknown" {file}, "compare.member_unknown"
// {member, members}, "compare.folder_empty" {path}.
base::Result<compare::History> read_history(const std::string& path);

// A whole history, as text, that the pack can decide: of each kind what the pack has rules for.
base::Result<std::string> example_history(const policy::Pack& pack);

}  // namespace dure::cli
