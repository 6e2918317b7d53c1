#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "cli/tour.h"
#include "cli/verbs.h"

namespace dure::cli {

void add_tour_verb(CLI::App& app, Context& context) {
  auto* verb =
      app.add_subcommand("tour", "Plays the main job on this centre: one application, from form to invoice");
  auto options = std::make_shared<TourOptions>();
  verb->add_option("--operator-password-file", options->operator_password_file, "The operator's password")
      ->required();
  verb->add_option("--policies", options->policies, "Folder of the policy packs")->required();
  verb->add_flag("--check", options->check, "Verify each step; the last line is one JSON object");
  verb->callback([&context, options] {
    context.connection.token = "-";  // the tour logs in by itself
    context.with_api([&](Api& api) -> base::Status {
      api.use_token("");
      Tour tour(api, *options);
      DURE_LET(report, tour.play());
      if (options->check) print_json(report);
      return {};
    });
  });
}

}  // namespace dure::cli
