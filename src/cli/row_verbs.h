// Verbs that list rows, make one, or take one a step further, declared as data: one shape for all families.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/verbs.h"

namespace dure::cli {

// One member of the body: "--chair-office" is chair_office. kPairs takes "what=text" and makes objects of the
// two members `first` and `second`. `within`: the object of the body that it is a member of, under the name
// `as` where that differs from the option's.
struct BodyOption {
  enum Kind { kText, kNumber, kFlag, kList, kPairs };
  std::string member;
  std::string help;
  bool required = false;
  Kind kind = kText;
  std::string first = "of";
  std::string second = "ground";
  std::string within = "";
  std::string as = "";
};

// The ground that a step asks for.
inline const BodyOption kGroundOption{"ground", "Why", true, BodyOption::kText, "", ""};

struct RowVerb {
  std::string name;
  std::string help;
  std::string collection;
  std::string step;  // "" = makes a row of the collection
  std::vector<BodyOption> options;
  bool of_programme = false;  // takes the programme's code or id first, as programme_id
  std::vector<std::pair<std::string, bool>> fixed = {};  // members that the verb itself says
};

// <parent> list [--where state=…] [--csv], over the collection.
void add_row_list(CLI::App* parent, Context& context, const std::string& collection,
                  const std::vector<Column>& columns, const std::string& name = "list",
                  const std::string& help = "All of them");

// Posts the body that its options make, and prints the row. `--file` gives the body whole, as the API takes
// it; options come on top.
void add_row_verb(CLI::App* parent, Context& context, const RowVerb& verb,
                  const std::vector<Column>& columns);

// <parent> <name> ID: one row or view, at "<collection>/ID<rest>".
void add_row_show(CLI::App* parent, Context& context, const std::string& name, const std::string& help,
                  const std::string& collection, const std::string& rest, const std::vector<Column>& columns);

// "--cutoff-on" of the member "cutoff_on".
std::string option_of(std::string member);

// Rows of an array as CSV, for a spreadsheet.
void print_csv(const boost::json::value& rows, const std::vector<Column>& columns);

// The id of a programme given by its code, or the id itself; kNotFound "cli.programme_unknown" {code} where
// it is neither.
base::Result<std::string> find_programme(Api& api, const std::string& text);

}  // namespace dure::cli
