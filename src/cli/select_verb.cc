// dure select: a ranking with its reasons from files alone.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

#include "cli/example_text.h"
#include "cli/pack_files.h"
#include "cli/select_example.h"
#include "cli/select_table.h"
#include "cli/verbs.h"
#include "policy/pack.h"
#include "selection/canonical.h"
#include "selection/select.h"
#include "wire/json.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// 100,000 applications of five reviewers, indented, are some 400 MB.
constexpr wire::Limits kSelectionLimits{768U << 20U, 16};

struct SelectWish {
  std::vector<std::string> policies;
  std::string applications;
  std::string pool;
  std::string capacity;
  std::string conditional;
  std::string explain;
  bool example = false;
};

// "960 gpu", "120 servers"; a number alone is in the pool's unit.
base::Result<model::UnitAmount> asked_amount(const std::string& text, model::AmountUnit unit) {
  const auto refused = [&] {
    return base::invalid(base::Reason("selection.capacity_text").with("value", text));
  };
  model::UnitAmount amount{0, unit};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), amount.count);
  if (failed != std::errc() || amount.count < 0 || amount.count > model::kMostUnits) return refused();
  std::string word(end, text.data() + text.size());
  word.erase(0, word.find_first_not_of(' ') == std::string::npos ? word.size() : word.find_first_not_of(' '));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (word.empty()) return amount;
  if (word.back() == 's') word.pop_back();
  const auto named = model::parse_enum<model::AmountUnit>(word);
  if (!named) return refused();
  amount.unit = *named;
  return amount;
}

base::Status print_example(Context& context, const SelectWish& wish, const policy::Pack& pack) {
  std::optional<std::string> pool;
  if (!wish.pool.empty()) pool = wish.pool;
  if (!pool && !pack.offer.pools.empty()) pool = pack.offer.pools.front().id;
  DURE_LET(rules, selection::rules_of(pack, pool));
  std::printf("%s\n", example_text(wire::to_json(example_selection(rules))).c_str());
  if (wish.policies.empty()) context.note(base::Reason("selection.example_without_pack"));
  return {};
}

base::Result<model::SelectionResult> run_selection(const SelectWish& wish, const policy::Pack& pack) {
  DURE_LET(text, read_file(wish.applications));
  wire::In whole;
  whole.allow_missing = false;
  auto read = wire::read_json<model::SelectionRequest>(text, whole, kSelectionLimits);
  if (!read) return fault_in(read.failure(), wish.applications, text);
  auto request = std::move(*read);
  text = {};
  if (!wish.pool.empty()) request.pool = wish.pool;
  DURE_LET(rules, selection::rules_of(pack, request.pool));
  if (!wish.capacity.empty()) {
    DURE_LET(capacity, asked_amount(wish.capacity, selection::unit_of(rules.pool)));
    auto conditional = request.capacity ? request.capacity->conditional : std::nullopt;  // the file's stays
    request.capacity = model::SelectionCapacity{capacity, conditional};
  }
  if (!wish.conditional.empty() && request.capacity) {
    DURE_LET(conditional, asked_amount(wish.conditional, selection::unit_of(rules.pool)));
    request.capacity->conditional = conditional;
  }
  DURE_LET(result, selection::select(request, rules));
  result.inputs_hash = policy::sha256_hex(wire::json_text(selection::in_own_order(std::move(request))));
  return std::move(result);
}

base::Result<model::RankedApplication> ranked(const model::SelectionResult& result, const std::string& id) {
  const auto found = std::find_if(result.ranking.begin(), result.ranking.end(),
                                  [&](const auto& each) { return each.id == id; });
  if (found != result.ranking.end()) return *found;
  return base::error(base::ErrorKind::kNotFound,
                     base::Reason("selection.application_unknown").with("id", id));
}

void print_with_texts(json::value value, const std::string& language) {
  add_reason_texts(value, language);
  print_json(value);
}

base::Status select(Context& context, const SelectWish& wish) {
  DURE_LET(pack, read_pack(wish.policies));
  if (wish.example) return print_example(context, wish, pack);
  if (wish.applications.empty()) return base::invalid(base::Reason("selection.no_applications"));
  DURE_LET(result, run_selection(wish, pack));
  const std::string& language = context.connection.language;
  const bool as_json = context.output() == Format::kJson;
  if (!wish.explain.empty()) {
    DURE_LET(one, ranked(result, wish.explain));
    if (as_json)
      print_with_texts(wire::to_json(one), language);
    else
      print_way(one, wire::pick_language(language));
    return {};
  }
  if (as_json) {
    print_with_texts(wire::to_json(result), language);
    return {};
  }
  print_selection(result, wire::pick_language(language));
  return {};
}

}  // namespace

void add_select_verb(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("select", "Ranks applications under a policy pack, and says why");
  auto wish = std::make_shared<SelectWish>();
  verb->add_option("--policy", wish->policies, "Policy files over the product's default, lowest layer first");
  verb->add_option("--applications", wish->applications,
                   "File of applications with their reviews (JSON; - is stdin)");
  verb->add_option("--pool", wish->pool, "Pool of the pack that this selection is of");
  verb->add_option("--capacity", wish->capacity,
                   "What there is to give instead of the file's: \"960 gpu\", \"120 server\"");
  verb->add_option("--conditional", wish->conditional,
                   "Beside it, what is promised and not in service yet (A7)");
  verb->add_option("--explain", wish->explain, "The whole way of one application, by its id");
  verb->add_flag("--example", wish->example, "Prints an input to start from, made for the pack");
  verb->callback([&context, wish] { context.offline([&] { return select(context, *wish); }); });
}

}  // namespace dure::cli
