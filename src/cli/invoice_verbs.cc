// Verbs on invoices: preview, make, who pays, pay, credit, write off, export.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <optional>

#include "cli/invoice_sheet.h"
#include "cli/verbs.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

void print_invoice_view(Context& context, const json::value& view) {
  if (context.output() == Format::kJson) return print_json(view);
  print_table(view.at("lines"), {{"#", "number"},
                                 {"MODEL", "model"},
                                 {"MILLI-GPU-MS", "milli_gpu_ms"},
                                 {"PER GPU-HOUR", "price_per_gpu_hour_krw"},
                                 {"KRW", "amount_krw"},
                                 {"RULE", "rule"}});
  std::printf("%s KRW\n", text_at(view, "invoice/total_krw").c_str());
  if (text_at(view, "invoice/tax_krw") != "0")
    std::printf("%s KRW tax\n", text_at(view, "invoice/tax_krw").c_str());
}

void add_making(CLI::App& invoice, Context& context) {
  for (const std::string kind : {"preview", "make"}) {
    auto* verb = invoice.add_subcommand(kind, kind == "make" ? "Makes and issues the invoice up to now"
                                                             : "What it would be; nothing is kept");
    auto id = std::make_shared<std::string>();
    auto prices = std::make_shared<std::vector<std::string>>();
    verb->add_option("allocation", *id)->required();
    if (kind == "preview")
      verb->add_option("--prices", *prices, "What-if policy layers over the pack in force");
    verb->callback([&context, id, prices, kind] {
      context.with_api([&](Api& api) -> base::Status {
        json::object body{{"allocation_id", *id}};
        json::array layers;
        for (const auto& file : *prices) {
          DURE_LET(text, read_file(file));
          layers.push_back(json::object{{"name", file}, {"text", text}});
        }
        if (!layers.empty()) body["what_if"] = layers;
        DURE_LET(view, api.post(kind == "make" ? "/api/v1/invoices" : "/api/v1/invoices/preview",
                                json::serialize(body)));
        print_invoice_view(context, view);
        return {};
      });
    });
  }
}

struct Change {
  std::string invoice;
  std::optional<std::int64_t> amount;
  std::string on;
  std::string method;
  std::string reference;
  std::string note;
  std::string ground;
};

json::object change_body(const Change& change) {
  json::object body;
  if (change.amount) body["amount_krw"] = *change.amount;
  for (const auto& [name, text] : {std::pair{"paid_on", &change.on}, std::pair{"method", &change.method},
                                   std::pair{"reference", &change.reference}, std::pair{"note", &change.note},
                                   std::pair{"ground", &change.ground}})
    if (!text->empty()) body[name] = *text;
  return body;
}

// A verb that posts the change to /invoices/{id}/<path> and prints the row that comes back.
void add_change(CLI::App* verb, Context& context, const std::shared_ptr<Change>& change,
                const std::string& path, const std::vector<Column>& columns) {
  verb->add_option("invoice", change->invoice, "Its id")->required();
  verb->callback([&context, change, path, columns] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/invoices/" + change->invoice + "/" + path,
                             json::serialize(change_body(*change))));
      print(context.output(), row, columns);
      return {};
    });
  });
}

void add_settling(CLI::App& invoice, Context& context) {
  auto paid = std::make_shared<Change>();
  auto* pay = invoice.add_subcommand("pay", "Records a payment, or, below zero, what was paid back");
  pay->add_option("--amount", paid->amount, "Won")->required();
  pay->add_option("--on", paid->on, "Day on which it came, YYYY-MM-DD; today where it is left out");
  pay->add_option("--method", paid->method, "bank_transfer, card, …");
  pay->add_option("--reference", paid->reference, "Of the bank; the same again changes nothing");
  pay->add_option("--note", paid->note);
  add_change(pay, context, paid, "payments",
             {{"KRW", "amount_krw"}, {"PAID ON", "paid_on"}, {"REFERENCE", "reference"}, {"ID", "id"}});
  auto credited = std::make_shared<Change>();
  auto* credit = invoice.add_subcommand("credit", "Takes a part of an invoice back, or the whole");
  credit->add_option("--amount", credited->amount, "Won; all that is left where it is left out");
  credit->add_option("--ground", credited->ground, "Why")->required();
  add_change(credit, context, credited, "credit-notes",
             {{"NUMBER", "number"}, {"KRW", "amount_krw"}, {"GROUND", "ground"}});
  auto given_up = std::make_shared<Change>();
  auto* write_off = invoice.add_subcommand("write-off", "Gives up what is owed of an overdue invoice");
  write_off->add_option("--ground", given_up->ground, "Why")->required();
  add_change(write_off, context, given_up, "write-off",
             {{"NUMBER", "number"}, {"STATE", "state"}, {"KRW", "total_krw"}, {"PAID", "paid_krw"}});
}

void add_payer(CLI::App& invoice, Context& context) {
  auto* verb = invoice.add_subcommand("payer", "Confirms what the price list asks about who pays");
  auto id = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  verb->add_option("application", *id, "Of the project that is billed")->required();
  verb->add_option("file", *file,
                   "JSON: certificates, open_source_from, figures, …, ground; - for standard input")
      ->required();
  verb->callback([&context, id, file] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(text, read_file(*file));
      DURE_LET(row, api.post("/api/v1/applications/" + *id + "/payer", text));
      print(context.output(), row,
            {{"DECISION", "id"}, {"KIND", "kind"}, {"BY", "decided_by"}, {"GROUND", "note"}});
      return {};
    });
  });
}

void add_export(CLI::App& invoice, Context& context) {
  auto* verb = invoice.add_subcommand("export", "All invoices as a table: CSV, or XLSX");
  auto file = std::make_shared<std::string>("-");
  auto xlsx = std::make_shared<bool>(false);
  auto state = std::make_shared<std::string>();
  verb->add_option("file", *file, "Where to; - for standard output")->capture_default_str();
  verb->add_flag("--xlsx", *xlsx, "As a workbook");
  verb->add_option("--state", *state, "Only those in that state");
  verb->callback([&context, file, xlsx, state] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(rows, api.list("/api/v1/invoices?sort=number" + (state->empty() ? "" : "&state=" + *state)));
      const auto sheet = invoice_sheet(rows.as_array());
      return write_sheet(sheet, *file, *xlsx);
    });
  });
}

}  // namespace

void add_invoice_verbs(CLI::App& app, Context& context) {
  auto* invoice = app.add_subcommand("invoice", "Invoices of an allocation, and what becomes of them")
                      ->require_subcommand(1);
  add_making(*invoice, context);
  add_settling(*invoice, context);
  add_payer(*invoice, context);
  add_export(*invoice, context);
}

}  // namespace dure::cli
