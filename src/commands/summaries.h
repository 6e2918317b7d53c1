// Summary sheets, made from the forms (D8; programme/summary.h). Personal data is masked as in the form
// itself: whose application it is sees it whole; others with a ground, each look being recorded
// (applications.h, reveal_application()).
#pragma once

#include <string>

#include "commands/work.h"
#include "model/summary.h"

namespace dure::commands {

// Of one application, also of a draft. Permission: applications.read.
base::Result<model::SummarySheet> summary_of_application(Work& work, const model::ApplicationId& id);

// Of every application of the call that the caller may read and that was handed in and not withdrawn, by
// receipt. With a ground it writes (the looks). Permission: calls.read, applications.read; with a ground
// applications.reveal.
base::Result<model::SummarySheet> summary_of_call(Work& work, const model::CallId& id,
                                                  const std::string& ground);

}  // namespace dure::commands
