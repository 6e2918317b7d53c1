// Verbs of the end: deletion, and the end of programmes and of versions of their rules.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <memory>

#include "cli/row_verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using Kind = BodyOption;

const std::vector<Column> kJobs = {{"ID", "id"},
                                   {"STATE", "state"},
                                   {"LAST DAY", "last_day"},
                                   {"TOLD", "noticed_at"},
                                   {"DELETED ON", "purge_on"},
                                   {"WAITS FOR", "trouble/text"},
                                   {"PROJECT", "project_id"}};
const std::vector<Column> kHolds = {{"ID", "id"},       {"JOB", "deletion_job_id"},
                                    {"LAW", "law"},     {"KINDS", "kinds"},
                                    {"UNTIL", "until"}, {"RELEASED", "released_at"}};
const std::vector<Column> kCertificates = {
    {"NUMBER", "number"}, {"ISSUED", "issued_on"}, {"JOB", "deletion_job_id"}, {"ID", "id"}};

// As it is handed out.
void print_certificate(const json::value& certificate) {
  std::printf("%s  %s\n", text_at(certificate, "number").c_str(), text_at(certificate, "issued_on").c_str());
  print_table(certificate.at("lines"), {{"WHAT", "kind"},
                                        {"STATE", "state"},
                                        {"COUNT", "count"},
                                        {"BYTES", "size_bytes"},
                                        {"HELD UNDER", "law"}});
  for (const char* each : {"statement_ko", "statement_en"})
    if (const auto text = text_at(certificate, each); !text.empty()) std::printf("\n%s\n", text.c_str());
}

void add_certificate(CLI::App* deletion, Context& context) {
  auto* verb = deletion->add_subcommand("certificate", "What was destroyed, and what is held and why");
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "Of the certificate (see: dure deletion certificates)")->required();
  verb->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.get("/api/v1/deletion-certificates/" + net::percent_encode(*id)));
      if (context.output() == Format::kJson)
        print(context.output(), row, {});
      else
        print_certificate(row);
      return {};
    });
  });
}

void add_deletion(CLI::App& app, Context& context) {
  auto* deletion = app.add_subcommand("deletion", "What is deleted when use is over")->require_subcommand(1);
  add_row_list(deletion, context, "deletion-jobs", kJobs);
  add_row_list(deletion, context, "retention-holds", kHolds, "holds", "What is held back, under which law");
  add_row_list(deletion, context, "deletion-certificates", kCertificates, "certificates",
               "What was certified");
  add_row_verb(deletion, context,
               {"offboard", "Deletes an account whose use is over", "accounts", "offboard", {kGroundOption}},
               kJobs);
  add_row_verb(deletion, context,
               {"hold",
                "Holds back what a law makes one keep; without --kinds the whole deletion",
                "deletion-jobs",
                "hold",
                {{"law", "Which law or rule", true},
                 kGroundOption,
                 {"kinds", "volume, document, evidence, application, person, account", false, Kind::kList},
                 {"until", "Last day"}}},
               kHolds);
  add_row_verb(deletion, context, {"release", "Ends a hold", "retention-holds", "release", {kGroundOption}},
               kHolds);
  add_row_verb(deletion, context, {"cancel", "Does not delete", "deletion-jobs", "cancel", {kGroundOption}},
               kJobs);
  add_certificate(deletion, context);
}

// Of the programme given by its code or id.
void add_programme_end(CLI::App* programme, Context& context) {
  auto* verb = programme->add_subcommand("end", "Announces the last day of support");
  auto code = std::make_shared<std::string>();
  auto on = std::make_shared<std::string>();
  auto ground = std::make_shared<std::string>();
  verb->add_option("programme", *code, "Code or id")->required();
  verb->add_option("--on", *on, "2026-12-31")->required();
  verb->add_option("--ground", *ground, "Why")->required();
  verb->callback([&context, code, on, ground] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, find_programme(api, *code));
      const json::object body{{"ends_on", *on}, {"ground", *ground}};
      DURE_LET(row,
               api.post("/api/v1/programmes/" + net::percent_encode(id) + "/end", json::serialize(body)));
      print(context.output(), row, {{"CODE", "code"}, {"ENDS ON", "ends_on"}, {"ID", "id"}});
      return {};
    });
  });
}

void add_rules(CLI::App* programme, Context& context) {
  const std::vector<Column> versions = {{"ID", "id"},
                                        {"VERSION", "pack_version"},
                                        {"FROM", "effective_from"},
                                        {"UNTIL", "ends_on"},
                                        {"EVENT", "end_event"}};
  add_row_list(programme, context, "policy-versions", versions, "versions", "Versions of the rules");
  add_row_verb(programme, context,
               {"end-version",
                "Ends a version of the rules: no later decision cites it",
                "policy-versions",
                "end",
                {{"ends_on", "Last day", true}, {"event", "What ended it"}, kGroundOption}},
               versions);
}

}  // namespace

void add_closure_verbs(CLI::App& app, Context& context) {
  add_deletion(app, context);
  auto* programme = app.get_subcommand("programme");
  add_programme_end(programme, context);
  add_rules(programme, context);
}

}  // namespace dure::cli
