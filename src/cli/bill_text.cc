#include "cli/bill_text.h"

#include <numeric>

#include "cli/output.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

constexpr std::size_t kTextWidth = 58;
constexpr std::size_t kMoneyWidth = 20;

// Words of an invoice in the two languages.
struct Words {
  const char* ko;
  const char* en;
  std::string in(bool korean) const { return korean ? ko : en; }
};

std::string padded(const std::string& text, std::size_t width) {
  const auto taken = display_width(text);
  return text + std::string(width > taken ? width - taken : 0, ' ');
}

std::string before(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string row(const std::string& text, base::Krw won, const std::string& note) {
  std::string line = padded(text, kTextWidth) + " " + before(grouped(won.won), kMoneyWidth);
  if (!note.empty()) line += "  " + note;
  return line + "\n";
}

std::string unit_text(const std::string& unit, bool korean) {
  if (unit == "gpu_hour") return Words{"GPU시간", "GPU hours"}.in(korean);
  if (unit == "milli_gpu_hour") return Words{"밀리GPU시간", "milli-GPU hours"}.in(korean);
  if (unit == "gpu_month") return Words{"GPU월", "GPU months"}.in(korean);
  if (unit == "server_month") return Words{"서버월", "server months"}.in(korean);
  if (unit == "gib_month") return Words{"GiB월", "GiB months"}.in(korean);
  return "";
}

// "25 %", "7.5 %", "33.33 %".
std::string percent_of_points(std::int64_t bp) {
  std::string text = std::to_string(bp / 100);
  if (bp % 100 != 0) {
    const std::string digits = std::to_string(bp % 100);
    std::string fraction = (digits.size() < 2 ? "0" : "") + digits;
    if (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text + " %";
}

std::string step_name(const model::ChargeStep& step, bool korean) {
  const auto rate = " " + percent_of_points(step.rate_bp.value_or(0));
  switch (step.kind) {
    case model::ChargeStepKind::kPrice:
      return "";
    case model::ChargeStepKind::kFree:
      return Words{"무료", "free of charge"}.in(korean);
    case model::ChargeStepKind::kMatching:
      return Words{"자부담 ", "share paid "}.in(korean) + step.rule + rate;
    case model::ChargeStepKind::kDiscount:
      return Words{"할인 ", "discount "}.in(korean) + step.rule + rate;
    case model::ChargeStepKind::kWaiver:
      return Words{"면제 ", "waiver "}.in(korean) + step.rule;
    case model::ChargeStepKind::kRounding:
      return Words{"끝수 버림", "fractions dropped"}.in(korean);
    case model::ChargeStepKind::kTax:
      return Words{"부가가치세", "value added tax"}.in(korean) + rate;
  }
  return "";
}

std::string note_of(const std::string& key, const std::string& source) {
  return key + (source.empty() ? "" : ", " + source);
}

std::string step_text(const model::Charge& line, const model::ChargeStep& step, bool korean) {
  if (step.kind == model::ChargeStepKind::kPrice)
    return row("    " + units_text(line.quantity, line.per) + " " + unit_text(line.unit, korean) + " x " +
                   grouped(line.price.won),
               step.after, note_of(step.key + " " + step.rule, step.source));
  return row("    " + step_name(step, korean), step.after, note_of(step.key, step.source));
}

std::string line_text(const model::Charge& line, bool korean) {
  std::string text =
      before(std::to_string(line.number), 3) + "  " + (line.model.empty() ? std::string("-") : line.model);
  if (!line.account_id.empty()) text += "  " + line.account_id;
  text += "  " + base::to_text(line.first_day) + " .. " + base::to_text(line.last_day);
  if (!line.corrects.empty()) text += "  " + Words{"정정: ", "corrects "}.in(korean) + line.corrects;
  if (line.tax_free) text += "  " + Words{"면세", "tax-free"}.in(korean);
  text += "\n";
  for (const auto& step : line.steps) text += step_text(line, step, korean);
  return text;
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string units_text(std::int64_t quantity, std::int64_t per) {
  const std::string sign = quantity < 0 ? "-" : "";
  const std::int64_t size = quantity < 0 ? -quantity : quantity;
  const auto whole = size / per, rest = size % per;
  if (rest == 0) return sign + grouped(whole);
  const auto common = std::gcd(rest, per);
  const auto fraction = std::to_string(rest / common) + "/" + std::to_string(per / common);
  if (whole == 0) return sign + fraction;
  return sign +
         (sign.empty() ? grouped(whole) + " + " + fraction : "(" + grouped(whole) + " + " + fraction + ")");
}

std::string bill_text(const model::RatedStatement& bill, bool korean) {
  std::string text = Words{"사업 ", "Programme "}.in(korean) + bill.programme +
                     Words{", 정책 ", ", policy "}.in(korean) + bill.policy_version + " (" +
                     bill.policy_hash.substr(0, 12) + ")\n\n";
  for (const auto& line : bill.lines) text += line_text(line, korean);
  text += row(Words{"합계", "Total"}.in(korean), bill.total, "");
  for (const auto& step : bill.steps)
    text += row(step_name(step, korean), step.after, note_of(step.key, step.source));
  if (bill.steps.empty() && bill.tax.won != 0)
    text += row(Words{"부가가치세", "Value added tax"}.in(korean), bill.tax, "");
  text += row(Words{"납부할 금액(원)", "To pay, KRW"}.in(korean), bill.payable,
              bill.due_on ? Words{"납부 기한 ", "by "}.in(korean) + base::to_text(*bill.due_on) : "");
  const auto language = korean ? wire::Language::kKorean : wire::Language::kEnglish;
  if (!bill.not_applied.empty())
    text += "\n" + Words{"적용하지 않은 규칙", "Rules that did not apply"}.in(korean) + "\n";
  for (const auto& each : bill.not_applied)
    text += "    " + each.key + " " + each.rule + ": " + wire::render(each.reason, language).text + "\n";
  return text;
}

}  // namespace dure::cli
