// Verbs of the centre: programme, call, apply, application, award.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "base/id.h"
#include "cli/call_files.h"
#include "cli/call_show.h"
#include "cli/row_verbs.h"
#include "cli/verbs.h"
#include "net/url.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

base::Status load_programme(Context& context, Api& api, const std::vector<std::string>& files) {
  json::array layers;
  for (const auto& file : files) {
    DURE_LET(text, read_file(file));
    layers.push_back(json::object{{"name", file}, {"text", text}});
  }
  DURE_LET(programme, api.post("/api/v1/programmes", json::serialize(json::object{{"layers", layers}})));
  print(context.output(), programme, {{"CODE", "code"}, {"NAME", "name"}, {"ID", "id"}});
  return {};
}

base::Status open_call(Context& context, Api& api, const std::string& programme, const std::string& title) {
  DURE_LET(id, find_programme(api, programme));
  DURE_LET(call,
           api.post("/api/v1/calls", json::serialize(json::object{{"programme_id", id}, {"title", title}})));
  print(context.output(), call, {{"ID", "id"}, {"TITLE", "title"}, {"STATE", "state"}});
  return {};
}

struct Apply {
  std::string form;
  std::string call;
  std::vector<std::string> documents;  // kind=path
};

// The open call, where there is exactly one and none was named.
base::Result<std::string> choose_call(Api& api, const std::string& named) {
  if (!named.empty()) return named;
  DURE_LET(open, api.list("/api/v1/calls?state=open"));
  if (open.as_array().size() == 1) return text_at(open, "0/id");
  if (open.as_array().empty()) return base::invalid(base::Reason("cli.no_call"));
  return base::invalid(
      base::Reason("cli.which_call").with("open", static_cast<std::int64_t>(open.as_array().size())));
}

struct Document {
  std::string kind;
  std::string file_name;
  std::string bytes;
};

// From "kind=path". Read before anything is made in the centre: a path that is wrong shall leave nothing
// there.
base::Result<std::vector<Document>> read_documents(const std::vector<std::string>& named) {
  std::vector<Document> documents;
  for (const auto& each : named) {
    const auto equals = each.find('=');
    if (equals == std::string::npos) return base::invalid(base::Reason("cli.document").with("value", each));
    const std::string path = each.substr(equals + 1);
    DURE_LET(bytes, read_file(path));
    documents.push_back({each.substr(0, equals), path.substr(path.rfind('/') + 1), std::move(bytes)});
  }
  return documents;
}

base::Status attach_documents(Api& api, const std::string& application,
                              const std::vector<Document>& documents) {
  for (const auto& each : documents) {
    DURE_LET(document, api.post("/api/v1/applications/" + application +
                                    "/documents?kind=" + net::percent_encode(each.kind) +
                                    "&file_name=" + net::percent_encode(each.file_name),
                                each.bytes, "application/octet-stream"));
    std::printf("  %s  %s  %s bytes\n", text_at(document, "kind").c_str(),
                text_at(document, "media_type").c_str(), text_at(document, "size_bytes").c_str());
  }
  return {};
}

void print_kept_screening(const json::value& application) {
  std::printf("%s  %s\n", text_at(application, "receipt_number").c_str(),
              text_at(application, "state").c_str());
  if (const auto* items = application.as_object().if_contains("screening"))
    print_table(*items,
                {{"RULE", "rule"}, {"RESULT", "result"}, {"WHY", "reason/text"}, {"SOURCE", "source"}});
}

base::Status submit(Context& context, Api& api, const std::string& id) {
  DURE_LET(submitted, api.post("/api/v1/applications/" + id + "/submit"));
  if (context.output() == Format::kJson)
    print_json(submitted);
  else
    print_kept_screening(submitted);
  return {};
}

// Draft, documents, submission in one go. Without an account the filer gets a token for this one application.
base::Status apply(Context& context, Api& api, const Apply& input) {
  DURE_LET(text, read_file(input.form));
  DURE_LET(form, wire::read_form(text));
  DURE_LET(documents, read_documents(input.documents));
  DURE_LET(call, choose_call(api, input.call));
  json::object body{{"call_id", call}, {"form", wire::to_json(form, wire::Out{.personal = true})}};
  DURE_LET(created, api.post_once("/api/v1/applications", json::serialize(body)));
  const std::string id = text_at(created, "application/id");
  api.use_token(text_at(created, "access_token"));
  // At once: whatever comes after, the draft can be followed up with it.
  std::fprintf(stderr, "application %s\nexport DURE_TOKEN=%s\n", id.c_str(),
               text_at(created, "access_token").c_str());
  auto done = attach_documents(api, id, documents);
  if (done.ok()) done = submit(context, api, id);
  if (!done.ok()) context.note(base::Reason("cli.draft_left").with("id", id));
  return done;
}

struct Decide {
  std::string id;
  std::string verdict = "approve";
  std::string ground;
  std::int64_t blocks = 0;
  std::vector<std::string> answers;  // rule=ground
};

base::Status decide(Context& context, Api& api, const Decide& input) {
  json::object body{{"verdict", input.verdict}, {"ground", input.ground}};
  if (input.blocks > 0) {
    DURE_LET(application, api.get("/api/v1/applications/" + input.id));
    json::value amount = application.at("form").at("resources");
    amount.as_object()["blocks"] = input.blocks;
    body["awarded"] = amount;
  }
  json::array answers;
  for (const auto& each : input.answers) {
    const auto equals = each.find('=');
    answers.push_back(json::object{{"rule", each.substr(0, equals)},
                                   {"met", true},
                                   {"ground", equals == std::string::npos ? "" : each.substr(equals + 1)}});
  }
  body["answers"] = answers;
  DURE_LET(decided, api.post("/api/v1/applications/" + input.id + "/decision", json::serialize(body)));
  print(context.output(), decided, {{"RECEIPT", "receipt_number"}, {"STATE", "state"}, {"ID", "id"}});
  return {};
}

base::Status open_allocation(Context& context, Api& api, const std::string& award, const std::string& login) {
  json::object body;
  if (!login.empty()) body["login"] = login;
  DURE_LET(opened, api.post_once("/api/v1/awards/" + award + "/allocation", json::serialize(body)));
  if (context.output() == Format::kJson) {
    print_json(opened);
    return {};
  }
  std::printf("allocation %s  %s .. %s\naccount    %s\npassword   %s\n",
              text_at(opened, "allocation/id").c_str(), text_at(opened, "allocation/starts_on").c_str(),
              text_at(opened, "allocation/ends_on").c_str(), text_at(opened, "account/login").c_str(),
              text_at(opened, "temporary_password").c_str());
  return {};
}

void add_programmes(CLI::App& app, Context& context) {
  auto* programme = app.add_subcommand("programme", "Programmes and their policy")->require_subcommand(1);
  auto* load = programme->add_subcommand("load", "Puts a policy pack in force");
  auto files = std::make_shared<std::vector<std::string>>();
  load->add_option("files", *files, "Policy files: programme, then track and call layers")->required();
  load->callback([&context, files] {
    context.with_api([&](Api& api) { return load_programme(context, api, *files); });
  });
  auto* call = app.add_subcommand("call", "Calls")->require_subcommand(1);
  auto* open = call->add_subcommand("open", "Opens a call");
  auto code = std::make_shared<std::string>();
  auto title = std::make_shared<std::string>();
  open->add_option("programme", *code, "Code or id of the programme")->required();
  open->add_option("--title", *title, "Title of the call");
  open->callback([&context, code, title] {
    context.with_api([&](Api& api) { return open_call(context, api, *code, *title); });
  });
  add_call_show(call, context);
  add_call_files(call, context);
  auto* close = call->add_subcommand("close", "Ends the intake of a call");
  auto id = std::make_shared<std::string>();
  close->add_option("id", *id)->required();
  close->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(closed, api.post("/api/v1/calls/" + *id + "/close"));
      print(context.output(), closed, {{"ID", "id"}, {"STATE", "state"}});
      return {};
    });
  });
}

void add_apply(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand(
      "apply", "Files an application from a form file, with its documents, and submits it");
  auto input = std::make_shared<Apply>();
  verb->add_option("form", input->form, "Form file (see: dure form example)")->required();
  verb->add_option("--call", input->call, "Call; the open one, where there is one");
  verb->add_option("--document", input->documents, "KIND=PATH, for each document");
  verb->callback(
      [&context, input] { context.with_api([&](Api& api) { return apply(context, api, *input); }); });
}

void add_application(CLI::App& app, Context& context) {
  auto* application = app.add_subcommand("application", "Applications")->require_subcommand(1);
  auto* show = application->add_subcommand("show", "One application with its screening");
  auto id = std::make_shared<std::string>();
  show->add_option("id", *id)->required();
  show->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.get("/api/v1/applications/" + *id));
      if (context.output() == Format::kJson)
        print_json(row);
      else
        print_kept_screening(row);
      return {};
    });
  });
  auto* attach =
      application->add_subcommand("attach", "Attaches documents to a draft or returned application");
  auto documents = std::make_shared<std::vector<std::string>>();
  attach->add_option("id", *id)->required();
  attach->add_option("--document", *documents, "KIND=PATH, for each document")->required();
  attach->callback([&context, id, documents] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(read, read_documents(*documents));
      return attach_documents(api, *id, read);
    });
  });
  auto* send = application->add_subcommand("submit", "Submits a draft or returned application");
  send->add_option("id", *id)->required();
  send->callback([&context, id] { context.with_api([&](Api& api) { return submit(context, api, *id); }); });
  auto* verb = application->add_subcommand("decide", "The centre's decision");
  auto input = std::make_shared<Decide>();
  verb->add_option("id", input->id)->required();
  verb->add_option("--verdict", input->verdict, "approve, return or reject")->capture_default_str();
  verb->add_option("--ground", input->ground, "Why");
  verb->add_option("--blocks", input->blocks, "Blocks to award; what was asked for, where left out");
  verb->add_option("--answer", input->answers, "RULE=GROUND: an item that a person answers, as met");
  verb->callback(
      [&context, input] { context.with_api([&](Api& api) { return decide(context, api, *input); }); });
}

void add_awards(CLI::App& app, Context& context) {
  auto* award = app.add_subcommand("award", "Awards")->require_subcommand(1);
  auto* open = award->add_subcommand("open", "Opens the allocation of an award, with its account");
  auto id = std::make_shared<std::string>();
  auto login = std::make_shared<std::string>();
  open->add_option("id", *id)->required();
  open->add_option("--login", *login, "Account name; the form's wish, where left out");
  open->callback([&context, id, login] {
    context.with_api([&](Api& api) { return open_allocation(context, api, *id, *login); });
  });
}

}  // namespace

void add_centre_verbs(CLI::App& app, Context& context) {
  add_programmes(app, context);
  add_apply(app, context);
  add_application(app, context);
  add_awards(app, context);
  add_summary_verbs(app.get_subcommand("call"), app.get_subcommand("application"), context);
}

}  // namespace dure::cli
