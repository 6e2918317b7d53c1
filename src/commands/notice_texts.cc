#include "commands/notice_texts.h"

#include <algorithm>

#include "wire/reasons.h"

namespace dure::commands {
namespace {

bool has_all(const wire::CatalogueEntry& entry, const base::Reason& reason) {
  return std::all_of(entry.params.begin(), entry.params.end(),
                     [&](const std::string& name) { return reason.find(name) != nullptr; });
}

std::string fact(const std::vector<base::ReasonParameter>& facts, const std::string& name) {
  for (const auto& each : facts)
    if (each.name == name)
      if (const auto* text = std::get_if<std::string>(&each.value)) return *text;
  return "";
}

}  // namespace

NoticeWords catalogue_words(const std::string& event, const std::vector<base::ReasonParameter>& facts,
                            model::NoticeLanguage language) {
  base::Reason reason("told." + event, facts);
  const auto* entry = wire::find_reason(reason.code);
  if (entry == nullptr || !has_all(*entry, reason))
    reason = base::Reason("told.something").with("event", event).with("resource", fact(facts, "resource"));
  const auto rendered = wire::render(
      reason, language == model::NoticeLanguage::kKo ? wire::Language::kKorean : wire::Language::kEnglish);
  return {rendered.text, rendered.help.empty() ? rendered.text : rendered.text + "\n" + rendered.help};
}

void write_words(model::Notification& row, NoticeWords words) {
  row.title = std::move(words.title);
  row.text = std::move(words.text);
}

void make_due(const Work& work, model::Notification& row, base::Instant at) {
  if (row.channel == model::NoticeChannel::kConsole) {
    row.state = model::NotificationState::kSent;
    row.sent_at = work.now;
    row.next_attempt_at.reset();
    return;
  }
  row.state = model::NotificationState::kPending;
  row.next_attempt_at = at;
}

base::Status keep_new(Work& work, model::Notification& row) {
  make_due(work, row, work.now);
  return work.tx.notifications().insert(row);
}

}  // namespace dure::commands
