// An application as a file: what POST /applications takes, and beside `form` the `facts` that a person of the
// centre would add. `dure eligible` and `dure policy try` read it.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "base/result.h"
#include "commands/facts_fields.h"
#include "model/application.h"

namespace dure::cli {

struct ApplicationFile {
  std::string call_id;
  std::string track;  // of the call
  model::Form1 form;
  programme::Facts facts;
};

// Refuses what is not of that form, and facts that check_facts() refuses, each with its pointer.
base::Result<ApplicationFile> application_of(const boost::json::value& tree);

}  // namespace dure::cli

namespace dure::model {

DURE_VALUE_FIELDS(cli::ApplicationFile, field("call_id", &cli::ApplicationFile::call_id),
                  field("track", &cli::ApplicationFile::track), field("form", &cli::ApplicationFile::form),
                  field("facts", &cli::ApplicationFile::facts));

}  // namespace dure::model
