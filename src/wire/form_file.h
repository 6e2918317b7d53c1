// Form 1 as a file: what `dure apply form1.yaml` reads.
//
// The file is YAML 1.2 or JSON, with exactly the members of model::Form1's field table. Scalars take the type
// of their field (a phone number keeps its leading zero; a text field may hold "yes"); an empty scalar counts
// as absent. Limits: 256 KiB, 16 levels, 5,000 nodes. Anchors, aliases, tags, second documents and members
// named twice are refused.
//
// Errors are those of wire/json.h, each detail with the line and column of the file (counted from 1) as
// parameters; of the file as a whole: "form.too_large", "form.too_deep", "form.too_many_nodes",
// "form.anchor", "form.alias", "form.tag", "form.documents", "form.duplicate_member", "form.syntax",
// "form.utf8", "form.not_a_mapping". Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/application.h"

namespace dure::wire {

base::Result<model::Form1> read_form(std::string_view text);

// A commented example in YAML, with the Korean names of the paper form. read_form() accepts it.
std::string example_form();

}  // namespace dure::wire
