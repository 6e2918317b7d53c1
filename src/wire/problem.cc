#include "wire/problem.h"

#include "wire/json.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

using base::ErrorKind;

struct Title {
  ErrorKind kind;
  std::string_view korean;
  std::string_view english;
};
constexpr Title kTitles[] = {
    {ErrorKind::kInvalid, "요청 내용이 올바르지 않습니다", "The request is not valid"},
    {ErrorKind::kUnauthenticated, "로그인이 필요합니다", "Authentication is needed"},
    {ErrorKind::kNotAllowed, "허용되지 않습니다", "Not allowed"},
    {ErrorKind::kNotFound, "찾을 수 없습니다", "Not found"},
    {ErrorKind::kConflict, "현재 상태에서는 할 수 없습니다", "Not possible in the present state"},
    {ErrorKind::kPrecondition, "그 사이에 내용이 바뀌었습니다", "It has changed in the meantime"},
    {ErrorKind::kTooLarge, "너무 큽니다", "Too large"},
    {ErrorKind::kNotEver, "여기에서는 충족할 수 없습니다", "It can never be met here"},
    {ErrorKind::kTooMany, "요청이 너무 많습니다", "Too many requests"},
    {ErrorKind::kUnavailable, "지금은 이용할 수 없습니다", "Not available now"},
    {ErrorKind::kInternal, "내부 오류가 발생했습니다", "An internal error occurred"},
};

std::string_view title_of(ErrorKind kind, Language language) {
  for (const auto& title : kTitles)
    if (title.kind == kind) return language == Language::kKorean ? title.korean : title.english;
  return "";
}

// Appends members to an object that is open.
class Members {
 public:
  explicit Members(std::string& text) : text_(text) { text_ += "{"; }

  std::string& next(std::string_view name) {
    if (!first_) text_ += ",";
    first_ = false;
    append_quoted(text_, name);
    text_ += ":";
    return text_;
  }
  void text(std::string_view name, std::string_view value) { append_quoted(next(name), value); }
  void text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::int64_t value) { append_number(next(name), value); }
  void close() { text_ += "}"; }

 private:
  std::string& text_;
  bool first_ = true;
};

void append_parameters(std::string& text, const base::Reason& reason) {
  Members members(text);
  for (const auto& parameter : reason.parameters) {
    if (reason.find(parameter.name) != &parameter.value) continue;
    if (const auto* number = std::get_if<std::int64_t>(&parameter.value))
      members.number(parameter.name, *number);
    else
      members.text(parameter.name, std::get<std::string>(parameter.value));
  }
  members.close();
}

void append_detail(std::string& text, const base::Detail& detail, Language language) {
  const Rendered rendered = render(detail.reason, language);
  Members members(text);
  members.text("pointer", detail.pointer);
  members.text("code", detail.reason.code);
  append_parameters(members.next("parameters"), detail.reason);
  members.text("detail", rendered.text);
  members.text_if_any("help", rendered.help);
  members.close();
}

void append_details(std::string& text, const std::vector<base::Detail>& details, Language language) {
  text += "[";
  for (std::size_t i = 0; i < details.size(); ++i) {
    if (i > 0) text += ",";
    append_detail(text, details[i], language);
  }
  text += "]";
}

// What may be told of it. Of our own faults nothing but the code; of something outside that does not answer,
// only numbers: its words may hold paths and addresses.
base::Reason tellable(const base::Error& error) {
  base::Reason told(error.reason.code);
  if (error.kind == ErrorKind::kInternal) return told;
  for (const auto& parameter : error.reason.parameters)
    if (error.kind != ErrorKind::kUnavailable || std::holds_alternative<std::int64_t>(parameter.value))
      told.parameters.push_back(parameter);
  return told;
}

}  // namespace

int http_status(const base::Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalid:
      return error.details.empty() ? 400 : 422;
    case ErrorKind::kUnauthenticated:
      return 401;
    case ErrorKind::kNotAllowed:
      return 403;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kPrecondition:
      return 412;
    case ErrorKind::kTooLarge:
      return 413;
    case ErrorKind::kNotEver:
      return 422;
    case ErrorKind::kTooMany:
      return 429;
    case ErrorKind::kUnavailable:
      return 503;
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

Problem problem(const base::Error& error, Language language, std::string_view instance,
                std::string_view request_id) {
  Problem made;
  made.status = http_status(error);
  const base::Reason told = tellable(error);
  const Rendered rendered = render(told, language);
  Members members(made.body);
  members.text("type", "/problems/" + error.reason.code);
  members.text("title", title_of(error.kind, language));
  members.number("status", made.status);
  members.text("detail", rendered.text);
  members.text_if_any("instance", instance);
  members.text("code", error.reason.code);
  append_parameters(members.next("parameters"), told);
  members.text_if_any("help", rendered.help);
  members.text_if_any("request_id", request_id);
  if (error.kind != ErrorKind::kInternal && !error.details.empty())
    append_details(members.next("errors"), error.details, language);
  members.close();
  if (const auto* value = error.reason.find("retry_after_s"))
    if (const auto* seconds = std::get_if<std::int64_t>(value)) made.retry_after_s = *seconds;
  return made;
}

}  // namespace dure::wire
