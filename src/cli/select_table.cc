#include "cli/select_table.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "cli/output.h"
#include "selection/points.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using model::RankedApplication;
using wire::Language;

std::string word(std::string_view text, Language language) {
  const auto* entry = wire::find_reason("word." + std::string(text));
  if (entry == nullptr) return std::string(text);
  return language == Language::kKorean ? entry->ko : entry->en;
}

std::string points(const std::optional<std::int64_t>& centi_points) {
  return centi_points ? selection::points_text(*centi_points) : "-";
}

// Why it is behind the one with the same points; "" where no other has them.
std::string tie(const RankedApplication& it, Language language) {
  for (const auto& step : it.steps)
    if (step.reason.code.starts_with("selection.tie_by_"))
      return wire::render(step.reason, language).text + " ";
  return "";
}

// The sentence that says most: what was lacking, else the last step.
std::string decided(const RankedApplication& it, Language language) {
  std::string lacking = it.needed.empty() ? "" : wire::render(it.needed.front(), language).text;
  if (it.outcome == model::SelectionOutcome::kWaitlisted && !lacking.empty()) return lacking;
  std::string last = it.steps.empty() ? "" : wire::render(it.steps.back().reason, language).text;
  return lacking.empty() ? last : last + " " + lacking;
}

json::object row_of(const RankedApplication& it, Language language) {
  json::object row;
  row["rank"] = it.rank ? std::to_string(*it.rank) : "-";
  row["id"] = it.id;
  row["organisation"] = it.organisation;
  row["track"] = it.track.empty() ? "-" : it.track;
  row["base"] = points(it.base_centi_points);
  row["bonus"] = selection::points_text(it.bonus_centi_points);
  row["total"] = points(it.total_centi_points);
  row["requested"] = it.requested.count;
  row["recommended"] = it.recommended ? std::to_string(it.recommended->count) : "-";
  row["awarded"] = it.awarded.count;
  row["outcome"] = word(model::to_text(it.outcome), language);
  row["why"] = tie(it, language) + decided(it, language);
  return row;
}

std::vector<Column> columns(Language language) {
  if (language == Language::kKorean)
    return {{"순위", "rank"},        {"신청", "id"},      {"기관", "organisation"}, {"분야", "track"},
            {"평가", "base"},        {"가점", "bonus"},   {"총점", "total"},        {"신청량", "requested"},
            {"권고", "recommended"}, {"배정", "awarded"}, {"결과", "outcome"},      {"사유", "why"}};
  return {{"RANK", "rank"},       {"APPLICATION", "id"},  {"ORGANISATION", "organisation"},
          {"TRACK", "track"},     {"BASE", "base"},       {"BONUS", "bonus"},
          {"TOTAL", "total"},     {"ASKED", "requested"}, {"RECOMMENDED", "recommended"},
          {"AWARDED", "awarded"}, {"OUTCOME", "outcome"}, {"WHY", "why"}};
}

void say(const base::Reason& reason, Language language) {
  std::printf("%s\n", wire::render(reason, language).text.c_str());
}

}  // namespace

void print_selection(const model::SelectionResult& result, Language language) {
  json::array rows;
  for (const auto& each : result.ranking) rows.push_back(row_of(each, language));
  print_table(rows, columns(language));
  const std::string unit(model::to_text(result.unit));
  std::printf("\n");
  say(base::Reason("selection.summary")
          .with("capacity", result.totals.in_service + result.totals.conditional)
          .with("conditional", result.totals.conditional)
          .with("awarded", result.totals.awarded)
          .with("left", result.totals.left)
          .with("unit", unit + "s"),
      language);
  for (const auto& each : result.reservations)
    say(base::Reason("selection.summary_share")
            .with("track", each.track)
            .with("reserved", each.reserved)
            .with("awarded", each.awarded)
            .with("released", each.released)
            .with("held", each.held)
            .with("unit", unit + "s"),
        language);
}

void print_way(const RankedApplication& application, Language language) {
  json::array rows;
  for (const auto& step : application.steps) {
    json::object row;
    row["rule"] = step.rule;
    row["source"] = step.source.empty() ? "-" : step.source;
    row["text"] = wire::render(step.reason, language).text;
    rows.push_back(std::move(row));
  }
  for (const auto& reason : application.needed) {
    json::object row;
    row["rule"] = "-";
    row["source"] = "-";
    row["text"] = wire::render(reason, language).text;
    rows.push_back(std::move(row));
  }
  const bool korean = language == Language::kKorean;
  print_table(rows, {{korean ? "규칙" : "RULE", "rule"},
                     {korean ? "근거" : "SOURCE", "source"},
                     {korean ? "내용" : "WHAT IT MEANT", "text"}});
}

}  // namespace dure::cli
