#include "programme/form_answers.h"

#include <algorithm>
#include <charconv>

#include "calendar/period.h"
#include "programme/form_fields.h"
#include "programme/numbers.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ScreeningItem;
using model::ScreeningResult;
using policy::AnswerType;
using policy::FormField;
using Parts = std::vector<std::string>;

constexpr std::int64_t kShort = 200;  // characters of a text that the pack does not bound
constexpr std::int64_t kLong = 30'000;
constexpr std::size_t kContactParts = 3;

Reason about(const char* code, const FormField& field) {
  return Reason(code).with("field", field.id);
}

// Characters of UTF-8: bytes that do not continue one.
std::int64_t characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::int64_t most_characters(const FormField& field) {
  if (field.max_chars > 0) return field.max_chars;
  return field.type == AnswerType::kLongText || field.type == AnswerType::kMonthlyPlan ? kLong : kShort;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// Parts that the type asks for; 0 = at least one.
std::size_t parts_of(AnswerType type, std::int64_t months) {
  switch (type) {
    case AnswerType::kChoices:
      return 0;
    case AnswerType::kContact:
      return kContactParts;
    case AnswerType::kMonthlyPlan:
      return static_cast<std::size_t>(std::max<std::int64_t>(1, months));
    case AnswerType::kQuarterlyPlan:
      return static_cast<std::size_t>(std::max<std::int64_t>(1, (months + 2) / 3));
    default:
      return 1;
  }
}

std::optional<Reason> wrong_part(const FormField& field, const std::string& part) {
  switch (field.type) {
    case AnswerType::kNumber:
    case AnswerType::kQuarterlyPlan: {
      const auto number = whole_number(part);
      if (!number) return about("answer.no_number", field).with("value", part);
      if (*number < field.least || *number > field.most)
        return about("answer.number_out_of_range", field)
            .with("value", *number)
            .with("least", field.least)
            .with("most", field.most);
      return std::nullopt;
    }
    case AnswerType::kDate: {
      const auto date = base::parse_date(part);
      if (!date || !calendar::check_plannable(*date))
        return about("answer.no_date", field).with("value", part);
      return std::nullopt;
    }
    case AnswerType::kChoice:
    case AnswerType::kChoices:
      if (among(field.choices, part)) return std::nullopt;
      return about("answer.no_choice", field).with("value", part).with("choices", joined(field.choices));
    case AnswerType::kYesNo:
      if (part == "yes" || part == "no") return std::nullopt;
      return about("answer.no_choice", field).with("value", part).with("choices", "yes, no");
    default:
      return std::nullopt;
  }
}

std::optional<Reason> wrong_length(const FormField& field, const Parts& parts) {
  const auto most = most_characters(field);
  for (const auto& part : parts)
    if (characters(part) > most)
      return about("answer.too_long", field).with("characters", characters(part)).with("most", most);
  return std::nullopt;
}

bool empty_answer(const Parts& parts) {
  return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return blank(part); });
}

const Parts& answer_of(const Facts& facts, const std::string& id) {
  static const Parts kNone;
  const auto found = facts.answers.find(id);
  return found == facts.answers.end() ? kNone : found->second;
}

ScreeningItem answer_item(const std::string& id, std::string source, const ScreeningRules& rules,
                          ScreeningResult result, Reason reason) {
  if (source.empty())
    if (const auto listed = rules.sources.find("application.fields"); listed != rules.sources.end())
      source = listed->second;
  return {"application.fields." + id, std::move(source), result, std::move(reason)};
}

Answer answer_asked_for(const FormField& field, const model::Form1& form, const Facts& facts) {
  if (field.need == policy::Need::kRequired) return Answer::kYes;
  if (field.need == policy::Need::kOptional) return Answer::kNo;
  return evaluate(field.when, form, facts).answer;
}

ScreeningItem screen_field(const FormField& field, const model::Form1& form, const Facts& facts,
                           const ScreeningRules& rules) {
  const auto& parts = answer_of(facts, field.id);
  const auto made = [&](ScreeningResult result, Reason reason) {
    return answer_item(field.id, field.source, rules, result, std::move(reason));
  };
  if (!empty_answer(parts)) {
    if (auto wrong = wrong_answer(field, parts, form.months))
      return made(ScreeningResult::kNotMet, std::move(*wrong));
    if (rules.resident_numbers_refused)
      for (const auto& part : parts)
        if (!find_resident_numbers(part).empty())
          return made(ScreeningResult::kNotMet, Reason("eligibility.resident_number"));
    return made(ScreeningResult::kMet, about("answer.given", field));
  }
  switch (answer_asked_for(field, form, facts)) {
    case Answer::kYes:
      return made(ScreeningResult::kNotMet, about("answer.missing", field));
    case Answer::kUnknown:
      return made(ScreeningResult::kNeedsPerson, about("answer.may_be_needed", field));
    case Answer::kNo:
      break;
  }
  return made(ScreeningResult::kMet, about("answer.not_needed", field));
}

// For comparing titles: one space for any white space, none at the ends, Latin letters small.
std::string plain_title(const std::string& title) {
  std::string plain;
  for (const char c : title) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (space && (plain.empty() || plain.back() == ' ')) continue;
    plain += space ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain;
}

// What stands between the marks and words that part a list.
Parts models_named(const Parts& answer) {
  Parts models;
  for (std::string text : answer) {
    for (const std::string_view mark : {",", ";", "\n", "、", "，", " 및 "})
      for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
        text.replace(at, mark.size(), 1, '\r');
    for (std::size_t from = 0; from <= text.size();) {
      const auto end = std::min(text.find('\r', from), text.size());
      if (auto model = text.substr(from, end - from); !blank(model)) models.push_back(std::move(model));
      from = end + 1;
    }
  }
  return models;
}

}  // namespace

std::optional<Reason> wrong_answer(const FormField& field, const Parts& parts, std::int64_t months) {
  if (empty_answer(parts)) return std::nullopt;
  const auto wanted = parts_of(field.type, months);
  if (wanted != 0 && parts.size() != wanted)
    return about("answer.parts", field)
        .with("parts", static_cast<std::int64_t>(parts.size()))
        .with("wanted", static_cast<std::int64_t>(wanted));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (blank(parts[i]))
      return about("answer.part_blank", field).with("part", static_cast<std::int64_t>(i + 1));
    if (auto wrong = wrong_part(field, parts[i])) return wrong;
  }
  if (field.type == AnswerType::kContact && !mail_address(parts[1]))
    return about("answer.no_mail_address", field).with("value", parts[1]);
  return wrong_length(field, parts);
}

std::vector<ScreeningItem> screen_answers(const model::Form1& form, const Facts& facts,
                                          const ScreeningRules& rules) {
  const auto& fields = rules.application.fields;
  std::vector<ScreeningItem> items;
  items.reserve(fields.size() + facts.answers.size());
  for (const auto& field : fields) items.push_back(screen_field(field, form, facts, rules));
  for (const auto& [id, parts] : facts.answers) {
    const bool known =
        std::any_of(fields.begin(), fields.end(), [&id = id](const auto& field) { return field.id == id; });
    if (!known)
      items.push_back(answer_item(id, "", rules, ScreeningResult::kNotMet,
                                  Reason("answer.field_unknown").with("field", id)));
  }
  return items;
}

std::optional<ScreeningItem> screen_title(const model::Form1& form, const Facts& facts,
                                          const ScreeningRules& rules) {
  if (!rules.application.distinct_titles) return std::nullopt;
  const auto source = rules.sources.find("application.distinct_titles");
  ScreeningItem item{"application.distinct_titles", source == rules.sources.end() ? "" : source->second,
                     ScreeningResult::kMet, Reason("answer.title_free")};
  for (const auto& other : facts.other_applications)
    if (plain_title(other.title) == plain_title(form.plan.title)) {
      item.result = ScreeningResult::kNotMet;
      item.reason =
          Reason("answer.title_taken").with("title", form.plan.title).with("ai_model", other.ai_model);
      break;
    }
  return item;
}

std::optional<ScreeningItem> screen_models(const Facts& facts, const ScreeningRules& rules) {
  const auto models = models_named(answer_of(facts, "ai_model"));
  if (!rules.application.one_ai_model_each || models.empty()) return std::nullopt;
  const auto source = rules.sources.find("application.one_ai_model_each");
  ScreeningItem item{"application.one_ai_model_each", source == rules.sources.end() ? "" : source->second,
                     ScreeningResult::kMet, Reason("answer.one_model")};
  if (models.size() > 1) {
    item.result = ScreeningResult::kNotMet;
    item.reason = Reason("answer.several_models").with("models", static_cast<std::int64_t>(models.size()));
  }
  return item;
}

}  // namespace dure::programme
