#include "programme/form_fields.h"

#include <array>
#include <cstdint>
#include <functional>

#include "calendar/period.h"
#include "model/ranges.h"
#include "programme/numbers.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Detail;
using base::Reason;
using model::Form1;

constexpr std::size_t kLine = 200;      // bytes of a short text
constexpr std::size_t kText = 100'000;  // of a long one

// A text of the form: its name in packs, its pointer, and how long it may be.
struct TextField {
  const char* name;
  const char* pointer;
  std::size_t most_bytes;
  std::string (*read)(const Form1&);
};

constexpr std::array<TextField, 19> kTexts{{
    {"applicant.name", "/applicant/name", kLine, [](const Form1& f) { return f.applicant.name; }},
    {"applicant.position", "/applicant/position", kLine, [](const Form1& f) { return f.applicant.position; }},
    {"applicant.organisation", "/applicant/organisation", kLine,
     [](const Form1& f) { return f.applicant.organisation; }},
    {"applicant.unit", "/applicant/unit", kLine, [](const Form1& f) { return f.applicant.unit; }},
    {"applicant.advisor", "/applicant/advisor", kLine, [](const Form1& f) { return f.applicant.advisor; }},
    {"applicant.region", "/applicant/region", kLine, [](const Form1& f) { return f.applicant.region; }},
    {"applicant.business_number", "/applicant/business_number", kLine,
     [](const Form1& f) { return f.applicant.business_number; }},
    {"applicant.email", "/applicant/email", kLine, [](const Form1& f) { return f.applicant.email; }},
    {"applicant.phone", "/applicant/phone", kLine, [](const Form1& f) { return f.applicant.phone; }},
    {"applicant.mobile", "/applicant/mobile", kLine, [](const Form1& f) { return f.applicant.mobile; }},
    {"applicant.address", "/applicant/address", kLine, [](const Form1& f) { return f.applicant.address; }},
    {"login", "/login", kLine, [](const Form1& f) { return f.login; }},
    {"public_ip", "/public_ip", kLine, [](const Form1& f) { return f.public_ip; }},
    {"plan.title", "/plan/title", kLine * 3, [](const Form1& f) { return f.plan.title; }},
    {"plan.content", "/plan/content", kText, [](const Form1& f) { return f.plan.content; }},
    {"plan.effects", "/plan/effects", kText, [](const Form1& f) { return f.plan.effects; }},
    {"plan.other_material", "/plan/other_material", kText,
     [](const Form1& f) { return f.plan.other_material; }},
    {"data.description", "/data/description", kText, [](const Form1& f) { return f.data.description; }},
    {"signer", "/signer", kLine, [](const Form1& f) { return f.signer; }},
}};

// Fields of the form that are not plain texts.
bool other_field_missing(const Form1& form, const std::string& name) {
  if (name == "applicant.organisation_class" || name == "kind") return false;  // always one of the list
  if (name == "environments") return form.environments.empty();
  if (name == "months") return form.months <= 0;
  if (name == "starts_on") return form.starts_on == base::Date{};
  if (name == "signed_on") return !form.signed_on;
  if (name == "resources.model") return form.resources.model.empty();
  if (name == "resources.blocks") return form.resources.blocks <= 0;
  if (name == "resources.storage_bytes") return form.resources.storage.value <= 0;
  return true;
}

bool field_missing(const Form1& form, const std::string& name) {
  for (const auto& field : kTexts)
    if (name == field.name) return blank(field.read(form));
  return other_field_missing(form, name);
}

// Logins are names on every engine too: a lower-case letter, then letters, digits, dashes and underscores.
bool login_name(const std::string& text) {
  if (text.size() < 3 || text.size() > 32 || text[0] < 'a' || text[0] > 'z') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

void check_texts(const Form1& form, bool resident_numbers_refused, std::vector<Detail>& faults) {
  for (const auto& field : kTexts) {
    const auto text = field.read(form);
    if (text.size() > field.most_bytes)
      faults.push_back({field.pointer, Reason("eligibility.text_too_long")
                                           .with("max_bytes", static_cast<std::int64_t>(field.most_bytes))});
    if (resident_numbers_refused && !find_resident_numbers(text).empty())
      faults.push_back({field.pointer, Reason("eligibility.resident_number")});
  }
}

// Answers are checked as their fields want it where the pack is known (form_answers.h); here for what is
// wrong in any programme.
void check_answers(const Form1& form, bool resident_numbers_refused, std::vector<Detail>& faults) {
  if (!form.answers) return;
  for (const auto& [field, parts] : *form.answers)
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string pointer = "/answers/" + field + "/" + std::to_string(i);
      if (parts[i].size() > kText)
        faults.push_back(
            {pointer,
             Reason("eligibility.text_too_long").with("max_bytes", static_cast<std::int64_t>(kText))});
      if (resident_numbers_refused && !find_resident_numbers(parts[i]).empty())
        faults.push_back({pointer, Reason("eligibility.resident_number")});
    }
}

void check_forms(const Form1& form, std::vector<Detail>& faults) {
  const auto& applicant = form.applicant;
  if (!applicant.email.empty() && !mail_address(applicant.email))
    faults.push_back({"/applicant/email", Reason("eligibility.mail_address_malformed")});
  if (!applicant.business_number.empty() && !business_number(applicant.business_number))
    faults.push_back({"/applicant/business_number", Reason("eligibility.business_number_wrong")});
  if (!form.login.empty() && !login_name(form.login))
    faults.push_back({"/login", Reason("eligibility.login_malformed")});
}

void check_numbers(const Form1& form, std::vector<Detail>& faults) {
  for (auto& fault : model::out_of_range(form)) {
    const bool negative = std::get<std::int64_t>(*fault.reason.find("value")) < 0;
    const auto most = std::get<std::int64_t>(*fault.reason.find("most"));
    fault.reason = negative ? Reason("eligibility.number_negative")
                            : Reason("eligibility.number_too_large").with("max", most);
    faults.push_back(std::move(fault));
  }
}

void check_dates(const Form1& form, std::vector<Detail>& faults) {
  const auto check = [&](const char* pointer, base::Date date) {
    if (!base::valid(date))
      faults.push_back({pointer, Reason("eligibility.date_wrong")});
    else if (const auto plannable = calendar::check_plannable(date); !plannable)
      faults.push_back({pointer, plannable.failure().reason});
  };
  check("/starts_on", form.starts_on);
  if (form.signed_on) check("/signed_on", *form.signed_on);
}

}  // namespace

bool mail_address(const std::string& text) {
  const auto at = text.find('@');
  if (at == 0 || at == std::string::npos || text.find('@', at + 1) != std::string::npos) return false;
  if (text.find_first_of(" \t\r\n,;<>\"") != std::string::npos) return false;
  const auto dot = text.find('.', at);
  return dot != std::string::npos && dot > at + 1 && text.back() != '.';
}

std::vector<std::string> missing_fields(const Form1& form, const std::vector<std::string>& required) {
  std::vector<std::string> missing;
  for (const auto& name : required)
    if (field_missing(form, name)) missing.push_back(name);
  return missing;
}

std::string field_text(const Form1& form, const std::string& name) {
  if (field_missing(form, name)) return "";
  for (const auto& field : kTexts)
    if (name == field.name) return field.read(form);
  if (name == "kind") return std::string(model::to_text(form.kind));
  if (name == "applicant.organisation_class")
    return std::string(model::to_text(form.applicant.organisation_class));
  if (name == "environments") return joined(form.environments);
  if (name == "months") return std::to_string(form.months);
  if (name == "starts_on") return base::to_text(form.starts_on);
  if (name == "signed_on") return base::to_text(*form.signed_on);
  if (name == "resources.model") return form.resources.model;
  if (name == "resources.blocks") return std::to_string(form.resources.blocks);
  if (name == "resources.storage_bytes") return std::to_string(form.resources.storage.value);
  return "";
}

std::vector<Detail> form_faults(const Form1& form, bool resident_numbers_refused) {
  std::vector<Detail> faults;
  check_texts(form, resident_numbers_refused, faults);
  for (std::size_t i = 0; i < form.environments.size(); ++i)
    if (form.environments[i].size() > kLine || blank(form.environments[i]))
      faults.push_back({"/environments/" + std::to_string(i), Reason("eligibility.environment_malformed")});
  check_answers(form, resident_numbers_refused, faults);
  check_forms(form, faults);
  check_numbers(form, faults);
  check_dates(form, faults);
  return faults;
}

}  // namespace dure::programme
