#include "cli/try_table.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "cli/bill_text.h"
#include "cli/output.h"
#include "selection/points.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using wire::Language;

constexpr std::size_t kWidestValue = 60;  // columns; a longer value is told in its parts, or cut

class Printer {
 public:
  Printer(bool all, Language language) : all_(all), language_(language) {}

  void keys(const compare::Comparison& comparison) const;
  void round(const compare::RoundChange& round) const;
  void bills(const compare::Comparison& comparison) const;
  void screenings(const compare::Comparison& comparison) const;
  void events(const compare::Comparison& comparison) const;
  void totals(const compare::Comparison& comparison) const;

 private:
  bool korean() const { return language_ == Language::kKorean; }
  std::string sentence(const base::Reason& reason) const { return wire::render(reason, language_).text; }
  void say(const base::Reason& reason) const { std::printf("%s\n", sentence(reason).c_str()); }
  void refused(const std::vector<base::Reason>& reasons) const;
  std::string word(std::string_view text) const {
    const auto* entry = wire::find_reason("word." + std::string(text));
    if (entry == nullptr) return std::string(text);
    return korean() ? entry->ko : entry->en;
  }
  std::string by(const std::vector<compare::Cause>& because) const { return keys_of(because, language_); }
  Column column(const char* ko, const char* en, const char* path) const { return {korean() ? ko : en, path}; }

  bool all_;
  Language language_;
};

std::string arrow(const std::string& before, const std::string& after) {
  return before == after ? after : before + " → " + after;
}

std::string rank_text(const compare::Standing& standing) {
  return standing.rank ? std::to_string(*standing.rank) : "-";
}
std::string points_of(const compare::Standing& standing) {
  return standing.total_centi_points ? selection::points_text(*standing.total_centi_points) : "-";
}

std::string cut(const std::string& text) {
  if (display_width(text) <= kWidestValue) return text;
  std::string kept;
  for (std::size_t i = 0; i < text.size() && display_width(kept) < kWidestValue - 1;) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    kept += text.substr(i, length);
    i += length;
  }
  return kept + "…";
}

void add_key_rows(const compare::ChangedKey& key, json::array& rows) {
  const auto row = [&](const std::string& name, const std::string& before, const std::string& after) {
    rows.push_back(json::object{{"key", name},
                                {"before", cut(before)},
                                {"after", cut(after)},
                                {"before_at", place_text(key.before_file, key.before_line)},
                                {"after_at", place_text(key.after_file, key.after_line)},
                                {"source", key.after_source.empty() ? key.before_source : key.after_source}});
  };
  if (key.parts.empty() || (key.parts.size() == 1 && key.parts[0].path.empty()))
    return row(key.key, key.before, key.after);
  for (const auto& part : key.parts)
    row(key.key + part.path, part.before.value_or("-"), part.after.value_or("-"));
}

void Printer::keys(const compare::Comparison& comparison) const {
  if (comparison.keys.empty()) return say(base::Reason("compare.no_key"));
  say(base::Reason("compare.keys").with("count", static_cast<std::int64_t>(comparison.keys.size())));
  json::array rows;
  for (const auto& each : comparison.keys) add_key_rows(each, rows);
  print_table(rows, {column("키", "KEY", "key"), column("현행", "BEFORE", "before"),
                     column("초안", "AFTER", "after"), column("현행 위치", "BEFORE AT", "before_at"),
                     column("초안 위치", "AFTER AT", "after_at"), column("근거", "SOURCE", "source")});
}

void Printer::refused(const std::vector<base::Reason>& reasons) const {
  for (const auto& each : reasons) std::printf("  %s\n", sentence(each).c_str());
}

void Printer::round(const compare::RoundChange& round) const {
  std::printf("\n");
  const auto changed = static_cast<std::int64_t>(std::count_if(
      round.applications.begin(), round.applications.end(), [](const auto& each) { return each.changed; }));
  if (!round.refused.empty()) {
    say(base::Reason("compare.refused").with("item", round.id));
    return refused(round.refused);
  }
  say(base::Reason("compare.round")
          .with("round", round.id)
          .with("applications", static_cast<std::int64_t>(round.applications.size()))
          .with("changed", changed)
          .with("come_in", round.come_in)
          .with("go_out", round.go_out)
          .with("before", round.before.awarded)
          .with("after", round.after.awarded)
          .with("unit", std::string(model::to_text(round.unit)) + "s"));
  json::array rows;
  for (const auto& each : round.applications) {
    if (!each.changed && !all_) continue;
    rows.push_back(json::object{
        {"id", each.id},
        {"organisation", each.organisation},
        {"rank", arrow(rank_text(each.before), rank_text(each.after))},
        {"points", arrow(points_of(each.before), points_of(each.after))},
        {"awarded", arrow(std::to_string(each.before.awarded), std::to_string(each.after.awarded))},
        {"outcome",
         arrow(word(model::to_text(each.before.outcome)), word(model::to_text(each.after.outcome)))},
        {"by", by(each.because)}});
  }
  if (rows.empty()) return;
  print_table(rows, {column("신청", "APPLICATION", "id"), column("기관", "ORGANISATION", "organisation"),
                     column("순위", "RANK", "rank"), column("총점", "POINTS", "points"),
                     column("배정", "AWARDED", "awarded"), column("결과", "OUTCOME", "outcome"),
                     column("바뀐 키", "BY", "by")});
}

std::string won(const std::optional<base::Krw>& amount) {
  return amount ? grouped(amount->won) : "-";
}

json::object bill_row(const compare::BillChange& bill, const std::string& what,
                      const std::optional<base::Krw>& before, const std::optional<base::Krw>& after,
                      const std::string& by) {
  const std::int64_t difference = after.value_or(base::Krw{}).won - before.value_or(base::Krw{}).won;
  return {{"bill", bill.id},
          {"payer", bill.payer},
          {"what", what},
          {"before", won(before)},
          {"after", won(after)},
          {"difference", (difference > 0 ? "+" : "") + grouped(difference)},
          {"by", by}};
}

void Printer::bills(const compare::Comparison& comparison) const {
  if (comparison.bills.empty()) return;
  std::printf("\n");
  say(base::Reason("compare.bills")
          .with("bills", comparison.totals.bills)
          .with("changed", comparison.totals.bills_changed));
  json::array rows;
  for (const auto& bill : comparison.bills) {
    if (!bill.refused.empty()) {
      say(base::Reason("compare.refused").with("item", bill.id));
      refused(bill.refused);
      continue;
    }
    if (!bill.changed && !all_) continue;
    for (const auto& line : bill.lines)
      rows.push_back(bill_row(bill,
                              line.model + " " + line.account_id + " " + base::to_text(line.first_day) +
                                  " .. " + base::to_text(line.last_day),
                              line.before, line.after, by(line.because)));
    const std::string due =
        bill.due_before == bill.due_after || !bill.due_before || !bill.due_after
            ? ""
            : " (" + base::to_text(*bill.due_before) + " → " + base::to_text(*bill.due_after) + ")";
    rows.push_back(bill_row(bill, sentence(base::Reason("compare.to_pay")) + due, bill.before, bill.after,
                            by(bill.because)));
  }
  if (rows.empty()) return;
  print_table(rows, {column("청구서", "BILL", "bill"), column("납부자", "PAYER", "payer"),
                     column("내용", "LINE", "what"), column("현행(원)", "BEFORE", "before"),
                     column("초안(원)", "AFTER", "after"), column("차이", "DIFFERENCE", "difference"),
                     column("바뀐 키", "BY", "by")});
}

void Printer::screenings(const compare::Comparison& comparison) const {
  if (comparison.screenings.empty()) return;
  std::printf("\n");
  say(base::Reason("compare.screenings")
          .with("screenings", comparison.totals.screenings)
          .with("before", comparison.totals.eligible_before)
          .with("after", comparison.totals.eligible_after));
  json::array rows;
  for (const auto& each : comparison.screenings) {
    if (!each.refused.empty()) {
      say(base::Reason("compare.refused").with("item", each.id));
      refused(each.refused);
      continue;
    }
    if (!each.changed && !all_) continue;
    rows.push_back(json::object{{"id", each.id},
                                {"rule", "-"},
                                {"result", arrow(each.before, each.after)},
                                {"by", by(each.because)},
                                {"why", ""}});
    for (const auto& item : each.items)
      rows.push_back(json::object{
          {"id", each.id},
          {"rule", item.rule},
          {"result", arrow(item.before.empty() ? "-" : item.before, item.after.empty() ? "-" : item.after)},
          {"by", by(item.because)},
          {"why", item.why ? sentence(*item.why) : ""}});
  }
  if (rows.empty()) return;
  print_table(rows, {column("신청", "APPLICATION", "id"), column("규칙", "RULE", "rule"),
                     column("결과", "RESULT", "result"), column("바뀐 키", "BY", "by"),
                     column("사유", "WHY", "why")});
}

std::string day_text(const std::optional<base::Date>& day) {
  return day ? base::to_text(*day) : "-";
}

void Printer::events(const compare::Comparison& comparison) const {
  if (comparison.events.empty()) return;
  std::printf("\n");
  say(base::Reason("compare.deadlines")
          .with("deadlines", comparison.totals.deadlines)
          .with("changed", comparison.totals.deadlines_changed));
  json::array rows;
  for (const auto& event : comparison.events) {
    if (!event.refused.empty()) {
      say(base::Reason("compare.refused").with("item", event.id));
      refused(event.refused);
    }
    for (const auto& each : event.deadlines) {
      if (!each.changed && !all_) continue;
      rows.push_back(json::object{{"id", event.id},
                                  {"event", event.event + " " + base::to_text(event.on)},
                                  {"deadline", each.deadline},
                                  {"day", arrow(day_text(each.before), day_text(each.after))},
                                  {"by", by(each.because)}});
    }
  }
  if (rows.empty()) return;
  print_table(rows, {column("일", "ID", "id"), column("사건", "EVENT", "event"),
                     column("기한", "DEADLINE", "deadline"), column("날짜", "DAY", "day"),
                     column("바뀐 키", "BY", "by")});
}

void Printer::totals(const compare::Comparison& comparison) const {
  std::printf("\n");
  const auto& sums = comparison.totals;
  if (!comparison.changed) return say(base::Reason("compare.nothing"));
  if (sums.rounds > 0)
    say(base::Reason("compare.total_rounds")
            .with("applications", sums.applications)
            .with("changed", sums.applications_changed)
            .with("come_in", sums.come_in)
            .with("go_out", sums.go_out));
  if (sums.bills > 0) {
    if (comparison.payers.size() > 1)
      for (const auto& each : comparison.payers)
        say(base::Reason("compare.payer")
                .with("payer", each.payer)
                .with("before", grouped(each.before.won))
                .with("after", grouped(each.after.won))
                .with("difference", grouped(each.after.won - each.before.won)));
    say(base::Reason("compare.total_bills")
            .with("before", grouped(sums.before.won))
            .with("after", grouped(sums.after.won))
            .with("difference", grouped(sums.after.won - sums.before.won)));
  }
  if (sums.refused > 0) say(base::Reason("compare.total_refused").with("count", sums.refused));
}

std::string keys_of_one(const compare::Cause& cause, Language language) {
  const bool enough = !cause.enough.empty();
  std::string text;
  for (const auto& key : enough ? cause.enough : cause.needed)
    text += (text.empty() ? "" : enough ? " | " : " & ") + key;
  return text.empty() ? wire::render(base::Reason("compare.together"), language).text : text;
}

// As the columns call them.
std::string figure_word(const std::string& figure, Language language) {
  struct Word {
    const char* figure;
    const char* ko;
    const char* en;
  };
  static constexpr Word kWords[] = {
      {"rank", "순위", "rank"},          {"total_centi_points", "총점", "points"},
      {"awarded", "배정", "awarded"},    {"outcome", "결과", "outcome"},
      {"payable_krw", "금액", "to pay"}, {"due_on", "기한", "due"}};
  for (const auto& each : kWords)
    if (figure == each.figure) return language == Language::kKorean ? each.ko : each.en;
  return figure;
}

}  // namespace

std::string keys_of(const std::vector<compare::Cause>& because, Language language) {
  std::vector<std::pair<std::string, std::string>> found;  // keys, the figures that they make
  for (const auto& cause : because) {
    const auto keys = keys_of_one(cause, language);
    const auto same =
        std::find_if(found.begin(), found.end(), [&](const auto& each) { return each.first == keys; });
    if (same == found.end())
      found.emplace_back(keys, figure_word(cause.figure, language));
    else
      same->second += ", " + figure_word(cause.figure, language);
  }
  if (found.size() == 1) return found[0].first;
  std::string all;
  for (const auto& [keys, figures] : found) all += (all.empty() ? "" : "; ") + figures + ": " + keys;
  return all;
}

std::string place_text(const std::string& file, std::int64_t line) {
  if (line == 0) return "-";
  return file + ":" + std::to_string(line);
}

void print_comparison(const compare::Comparison& comparison, bool all, Language language) {
  const Printer printer(all, language);
  printer.keys(comparison);
  for (const auto& each : comparison.rounds) printer.round(each);
  printer.bills(comparison);
  printer.screenings(comparison);
  printer.events(comparison);
  printer.totals(comparison);
}

}  // namespace dure::cli
