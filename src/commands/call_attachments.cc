#include "commands/call_attachments.h"

#include <algorithm>
#include <tuple>

#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "programme/eligibility.h"
#include "programme/words.h"
#include "wire/resident_number.h"

namespace dure::commands {
namespace {

using model::CallAttachment;

constexpr std::size_t kLongestFormWord = 64;    // bytes
constexpr std::size_t kLongestFileName = 255;   // likewise
constexpr std::size_t kLongestFormTitle = 400;  // likewise

base::Result<model::Call> call_to_furnish(Work& work, const model::CallId& id) {
  DURE_LET(call, load_for(work, work.tx.calls(), id, access::Permission::kCallManage));
  if (call.state != model::CallState::kArchived) return call;
  return conflict(
      base::Reason("call_attachment.call_over").with("state", std::string(model::to_text(call.state))));
}

bool is_form_word(const std::string& form) {
  return !form.empty() && form.size() <= kLongestFormWord &&
         form.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

base::Status check_form_words(const NewCallAttachment& wish) {
  if (!is_form_word(wish.form))
    return refused("/form", base::Reason("call_attachment.form_malformed").with("form", wish.form));
  DURE_TRY(check_texts({{"/file_name", wish.file_name}, {"/title", wish.title}}));
  for (const auto& [pointer, text, most] : {std::tuple("/file_name", &wish.file_name, kLongestFileName),
                                            std::tuple("/title", &wish.title, kLongestFormTitle)}) {
    if (wire::has_resident_number(*text)) return refused(pointer, base::Reason("form.resident_number"));
    if (text->size() > most)
      return refused(
          pointer,
          base::Reason("eligibility.text_too_long").with("max_bytes", static_cast<std::int64_t>(most)));
  }
  return {};
}

// What may be handed in may be given out: the programme's papers say which formats people there can read.
base::Status check_format(const NewCallAttachment& wish, const policy::Documents& rules) {
  bool any = false;
  std::vector<std::string> extensions;
  for (const auto& rule : rules.list) {
    any = any || rule.mime_types.empty();
    if (programme::among(rule.mime_types, wish.media_type)) return {};
    for (const auto& each : rule.extensions)
      if (!programme::among(extensions, each)) extensions.push_back(each);
  }
  if (any || rules.list.empty()) return {};
  return base::invalid(base::Reason("document.type_refused")
                           .with("kind", wish.form)
                           .with("media_type", wish.media_type)
                           .with("allowed", programme::joined(extensions)));
}

base::Status check_amount(const NewCallAttachment& wish, const std::vector<CallAttachment>& current,
                          const policy::Documents& rules) {
  const bool is_new =
      std::none_of(current.begin(), current.end(), [&](const auto& each) { return each.form == wish.form; });
  if (is_new && static_cast<std::int64_t>(current.size()) >= rules.max_files)
    return conflict(base::Reason("document.too_many").with("max_files", rules.max_files));
  if (wish.size.value > rules.max_bytes)
    return base::error(base::ErrorKind::kTooLarge, base::Reason("document.too_large")
                                                       .with("size_bytes", wish.size.value)
                                                       .with("max_bytes", rules.max_bytes));
  return {};
}

std::string title_in(const policy::Pack& pack, const std::string& form) {
  for (const auto& each : pack.call.attachments)
    if (each.id == form) return each.title.ko;
  return "";
}

base::Result<CallAttachment> readable_attachment(Work& work, const model::CallAttachmentId& id) {
  DURE_LET(row, read_row(work, work.tx.call_attachments(), id));
  if (row.erased_at) return access::not_found();
  return row;
}

base::Result<std::vector<CallAttachment>> editions_of(Work& work, const model::CallId& call,
                                                      const std::string& form) {
  return load_all(work.tx.call_attachments(), ports::Query{}.where("call_id", call).where("form", form));
}

}  // namespace

base::Result<NewCallAttachment> check_call_attachment(Work& work, NewCallAttachment wish,
                                                      const std::string& bytes) {
  DURE_LET(call, call_to_furnish(work, wish.call));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  if (wish.title.empty()) wish.title = title_in(*pack, wish.form);
  if (wish.title.empty())
    return refused("/title", base::Reason("call_attachment.title_missing").with("form", wish.form));
  DURE_TRY(check_form_words(wish));
  DURE_LET(media_type, work.world.file_types.media_type(bytes));
  wish.media_type = media_type;
  wish.size = base::Bytes{static_cast<std::int64_t>(bytes.size())};
  DURE_TRY(check_format(wish, pack->documents));
  DURE_LET(current, current_attachments(work, call.id));
  DURE_TRY(check_amount(wish, current, pack->documents));
  return wish;
}

base::Result<CallAttachment> attach_to_call(Work& work, const NewCallAttachment& wish,
                                            const ports::StoredBlob& blob) {
  DURE_LET(call, call_to_furnish(work, wish.call));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  DURE_LET(current, current_attachments(work, call.id));
  DURE_TRY(check_amount(wish, current, pack->documents));
  CallAttachment row;
  work.stamp(row);
  DURE_LET(editions, editions_of(work, call.id, wish.form));
  std::string replaces;
  for (auto& each : editions) {
    row.edition = std::max(row.edition, each.edition + 1);
    if (each.replaced_at || each.erased_at) continue;
    each.replaced_at = work.now;
    replaces = each.id.text;
    DURE_TRY(work.save(work.tx.call_attachments(), each));
  }
  row.programme_id = call.programme_id;
  row.call_id = call.id;
  row.form = wish.form;
  row.title = wish.title;
  row.file_name = wish.file_name;
  row.media_type = wish.media_type;
  row.size = wish.size;
  row.sha256 = blob.sha256;
  row.blob = blob.name;
  row.blob_key = blob.wrapped_key;
  DURE_TRY(work.tx.call_attachments().insert(row));
  const std::string detail = "{\"call_id\":\"" + call.id.text + "\",\"form\":\"" + row.form +
                             "\",\"edition\":" + std::to_string(row.edition) + ",\"sha256\":\"" + row.sha256 +
                             "\",\"replaces\":\"" + replaces + "\"}";
  DURE_TRY(tell(work, row, "call-attachments", "call_attachment.attached", "attach", detail));
  return row;
}

base::Result<CallAttachment> withdraw_call_attachment(Work& work, const model::CallAttachmentId& id,
                                                      const model::GiveGround& command) {
  DURE_LET(row, load_for(work, work.tx.call_attachments(), id, access::Permission::kCallManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  if (row.erased_at) return conflict(base::Reason("call_attachment.withdrawn"));
  row.erased_at = work.now;
  DURE_TRY(work.save(work.tx.call_attachments(), row));
  DURE_TRY(
      tell(work, row, "call-attachments", "call_attachment.withdrawn", "withdraw", "{}", command.ground));
  return row;
}

base::Result<CallAttachmentContent> open_call_attachment(World& world, const Caller& caller,
                                                         const model::CallAttachmentId& id) {
  DURE_LET(found,
           look<CallAttachment>(world, caller, [&](Work& work) { return readable_attachment(work, id); }));
  DURE_LET(bytes, world.blobs.get(found.blob, found.blob_key));
  return CallAttachmentContent{std::move(found), std::move(bytes)};
}

base::Result<std::vector<CallAttachment>> current_attachments(Work& work, const model::CallId& call) {
  DURE_LET(rows,
           load_all(work.tx.call_attachments(),
                    ports::Query{}.where("call_id", call).where_null("replaced_at").where_null("erased_at")));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.form < b.form; });
  return std::move(rows);
}

}  // namespace dure::commands
