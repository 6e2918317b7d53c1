// The verbs of `dure`, one function per family: each adds its subcommands to the command line.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/api.h"
#include "cli/output.h"

namespace CLI {
class App;
}

namespace dure::cli {

// What all verbs share: filled from flags and environment before a verb runs.
struct Context {
  Connection connection;
  std::string format = "table";  // "table", "json"; "csv" where a verb takes it
  int exit_code = kDone;

  Format output() const { return format == "json" ? Format::kJson : Format::kTable; }
  // Runs the body with an open API and keeps the exit code.
  void with_api(const std::function<base::Status(Api&)>& body);
  // A sentence on standard error, in the user's language.
  void note(const base::Reason& reason) const;
  // Says on standard error what a list without rows means: nobody is logged in, nothing fits the filters, or
  // there is nothing yet, and `next` is what would make one ("" for a list that fills by itself). Nothing
  // with -o json.
  void explain_empty(bool filtered, const std::string& next) const;
  // The same as with_api() for verbs that need no server.
  void offline(const std::function<base::Status()>& body);
};

void add_offline_verbs(CLI::App& app, Context& context);   // password, calendar, form; and policy
void add_policy_verbs(CLI::App& app, Context& context);    // policy check, explain, software, try
void add_policy_try(CLI::App& policy, Context& context);   // policy try, below policy
void add_session_verbs(CLI::App& app, Context& context);   // login, logout, whoami, token
void add_deadlines_verb(CLI::App& app, Context& context);  // deadlines
void add_eligible_verb(CLI::App& app, Context& context);   // eligible
void add_centre_verbs(CLI::App& app, Context& context);  // programme, call, apply, application, award, report
void add_use_review_verbs(CLI::App& app, Context& context);  // utilisation, idle
void add_sanction_verbs(CLI::App& app, Context& context);    // incident, sanction, restriction
void add_supply_verbs(CLI::App& app, Context& context);      // supply
void add_outcome_verbs(CLI::App& app, Context& context);     // outcome, data-share, survey
void add_allocation_verbs(CLI::App& app,
                          Context& context);                 // training, counter-offer, allocation-action
void add_closure_verbs(CLI::App& app, Context& context);     // deletion, and what ends
void add_guidance_verbs(CLI::App& app, Context& context);    // determination, question
void add_evaluation_verbs(CLI::App& app, Context& context);  // round, panel, review, ranking, waiting, appeal
void add_maintenance_verbs(CLI::App& app, Context& context);  // maintenance, reservation
void add_account_verbs(CLI::App& app, Context& context);      // account, outage
void add_quota_verbs(CLI::App& app, Context& context);        // quota, share
void add_group_verbs(CLI::App& app, Context& context);        // group
void add_workload_verbs(CLI::App& app, Context& context);     // workspace, job, exec, logs, terminal, queue
void add_list_verbs(CLI::App& app,
                    Context& context);                       // resources, ledger, nodes, audit, events, get
void add_select_verb(CLI::App& app, Context& context);       // select
void add_consolidate_verb(CLI::App& app, Context& context);  // consolidate
void add_tour_verb(CLI::App& app, Context& context);         // the main job, played
void add_notice_verbs(CLI::App& app, Context& context);      // notice
void add_invoice_verbs(CLI::App& app, Context& context);     // invoice
void add_rate_verb(CLI::App& app, Context& context);         // rate
void add_simulate_verbs(CLI::App& app, Context& context);    // simulate openb, jobs

// The day that it is at a centre in Korea.
base::Date today_in_korea();

// What one file of a verb may be at most; a verb may take less.
inline constexpr std::size_t kMostFileBytes = std::size_t{1} << 30U;

// The whole file, or standard input for "-": every verb reads through this. Refuses "cli.file_unreadable"
// {path}, "cli.file_is_folder" {path}, "cli.file_too_large" {path, limit_bytes}.
base::Result<std::string> read_file(const std::string& path);

// A fault of `text` that was read from `path`: names the file, and the line where the fault knows its byte.
base::Error fault_in(base::Error fault, const std::string& path, std::string_view text);

}  // namespace dure::cli
