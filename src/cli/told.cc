#include "cli/told.h"

#include "cli/verbs.h"
#include "wire/json.h"

namespace dure::cli {

namespace json = boost::json;

json::object told(const base::Reason& reason, wire::Language language) {
  json::object object = wire::to_json(reason).as_object();
  const auto ko = wire::render(reason, wire::Language::kKorean);
  const auto en = wire::render(reason, wire::Language::kEnglish);
  const bool korean = language == wire::Language::kKorean;
  object["text"] = korean ? ko.text : en.text;
  object["text_ko"] = ko.text;
  object["text_en"] = en.text;
  if (ko.help.empty() && en.help.empty()) return object;
  object["help"] = korean ? ko.help : en.help;
  object["help_ko"] = ko.help;
  object["help_en"] = en.help;
  return object;
}

json::array told(const std::vector<base::Reason>& reasons, wire::Language language) {
  json::array array;
  for (const auto& reason : reasons) array.push_back(told(reason, language));
  return array;
}

std::string sentence(const base::Reason& reason, wire::Language language) {
  return wire::render(reason, language).text;
}

base::Status option_given(const std::string& value, const char* option) {
  if (!value.empty()) return {};
  return base::invalid(base::Reason("cli.option_missing").with("option", option));
}

}  // namespace dure::cli
