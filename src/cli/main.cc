// dure: the command line. A client of the API, and offline tools on files.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "adapters/blobs/file_blobs.h"
#include "adapters/blobs/file_types.h"
#include "adapters/sql/store.h"
#include "adapters/system/secrets.h"
#include "cli/gaps_verb.h"
#include "cli/scenario_verb.h"
#include "cli/verbs.h"

namespace {

// Korean unless the environment asks for English (LC_ALL, LC_MESSAGES, LANG, in that order).
std::string language_of_environment() {
  for (const char* name : {"DURE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value)
      return std::string(value).substr(0, 2) == "en" ? "en" : "ko";
  return "ko";
}

// What a scenario is played on: a store in memory, and a folder that goes when the play is over. Its
// passwords guard nothing, so their hashes cost little.
dure::base::Result<dure::scenario::Outside> make_outside() {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "dure-scenario.XXXXXX").string();
  if (!::mkdtemp(folder.data()))
    return dure::base::error(dure::base::ErrorKind::kUnavailable,
                             dure::base::Reason("cli.file_unwritable").with("path", folder));
  dure::scenario::Outside outside;
  outside.folder = folder;
  outside.folder_kept = std::shared_ptr<void>(nullptr, [folder](void*) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  });
  DURE_LET(store, dure::sql::open_store("sqlite::memory:"));
  outside.store = std::move(store);
  DURE_LET(secrets,
           dure::system::open_secrets({.key_file = folder + "/key", .memory_bytes = 64 << 10, .passes = 1}));
  outside.secrets = std::move(secrets);
  DURE_LET(blobs, dure::blobs::open_file_blobs({.folder = folder + "/blobs"}));
  outside.blobs = std::move(blobs);
  DURE_LET(types, dure::blobs::open_file_types());
  outside.file_types = std::move(types);
  return outside;
}

}  // namespace

int main(int argc, char** argv) {
  dure::cli::Context context;
  context.connection.language = language_of_environment();
  CLI::App app{"dure: a shared GPU centre, from the application to the invoice"};
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", context.connection.server, "The centre's API")
      ->envname("DURE_SERVER")
      ->capture_default_str();
  app.add_option("-o,--output", context.format, "table or json")->check(CLI::IsMember({"table", "json"}));
  app.add_option("--language", context.connection.language, "ko or en")->check(CLI::IsMember({"ko", "en"}));
  dure::cli::add_offline_verbs(app, context);
  dure::cli::add_rate_verb(app, context);
  dure::cli::add_deadlines_verb(app, context);
  dure::cli::add_eligible_verb(app, context);
  dure::cli::add_session_verbs(app, context);
  dure::cli::add_centre_verbs(app, context);
  dure::cli::add_use_review_verbs(app, context);
  dure::cli::add_sanction_verbs(app, context);
  dure::cli::add_supply_verbs(app, context);
  dure::cli::add_outcome_verbs(app, context);
  dure::cli::add_closure_verbs(app, context);
  dure::cli::add_allocation_verbs(app, context);
  dure::cli::add_guidance_verbs(app, context);
  dure::cli::add_evaluation_verbs(app, context);
  dure::cli::add_maintenance_verbs(app, context);
  dure::cli::add_account_verbs(app, context);
  dure::cli::add_quota_verbs(app, context);
  dure::cli::add_group_verbs(app, context);
  dure::cli::add_workload_verbs(app, context);
  dure::cli::add_list_verbs(app, context);
  dure::cli::add_select_verb(app, context);
  dure::cli::add_gaps_verb(app, context);
  dure::cli::add_invoice_verbs(app, context);
  dure::cli::add_notice_verbs(app, context);
  dure::cli::add_consolidate_verb(app, context);
  dure::cli::add_tour_verb(app, context);
  dure::cli::add_simulate_verbs(app, context);
  dure::cli::add_scenario_verb(app, context, make_outside);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? dure::cli::kDone : dure::cli::kUsage;
  }
  return context.exit_code;
}
