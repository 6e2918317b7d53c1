#include "commands/notice_making.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "calendar/zone.h"
#include "commands/notice_facts.h"
#include "commands/notice_forgetting.h"
#include "commands/notice_recipients.h"
#include "commands/notice_texts.h"
#include "commands/rows.h"
#include "notices/fill.h"
#include "notices/notices.h"
#include "notices/silence.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

constexpr const char* kEventsMark = "events";
constexpr std::int64_t kMostMessages = 2000;  // of one transaction, but for those of a single event

// A programme in whose rules something is told; the centre itself has no pack.
struct Place {
  std::string programme_id;
  PackPtr pack;
};

// What is asked again for every message of a transaction.
struct Desk {
  Work& work;
  std::vector<model::NoticeSilence> silences;
  std::set<std::string> told;  // source, recipient and channel
};

base::Result<Desk> open_desk(Work& work) {
  Desk desk{work, {}, {}};
  DURE_LET(silences, load_all(work.tx.notice_silences(),
                              ports::Query{}.where("ends_at", work.now, ports::Compare::kGreater)));
  desk.silences = std::move(silences);
  return desk;
}

// Of the event's programme; of what belongs to none, of each programme, and where there is none, of the
// centre.
base::Result<std::vector<Place>> places_told(Work& work, const Happening& happening) {
  std::vector<std::string> ids{happening.programme_id};
  if (happening.programme_id.empty()) {
    ids.clear();
    DURE_LET(programmes, load_all(work.tx.programmes(), {}));
    for (const auto& each : programmes)
      if (each.policy_version_id) ids.push_back(each.id.text);
  }
  std::vector<Place> places;
  for (const auto& id : ids) {
    const auto pack = work.world.policies.of_programme(work.tx, model::ProgrammeId(id));
    if (pack) places.push_back({id, *pack});
    if (!pack && !is_of_the_row(pack.failure())) return pack.failure();
  }
  if (places.empty()) places.push_back({happening.programme_id, nullptr});
  return places;
}

base::Result<std::optional<model::NoticePreference>> wish_of(Work& work, const std::string& account) {
  if (account.empty()) return std::optional<model::NoticePreference>();
  return work.tx.notice_preferences().first(ports::Query{}.where("account_id", account).at_most(1));
}

// Of who has not chosen: the first that the programme speaks.
model::NoticeLanguage language_at(const Place& place) {
  const bool english = place.pack && !place.pack->meta.languages.empty() &&
                       place.pack->meta.languages.front() == policy::Language::kEnglish;
  return english ? model::NoticeLanguage::kEn : model::NoticeLanguage::kKo;
}

bool goes_to_all(model::NoticeChannel channel) {
  return channel == model::NoticeChannel::kSlack || channel == model::NoticeChannel::kWebhook;
}

// The words of the pack where it names a text that was taken in and all of whose slots have values.
base::Result<std::optional<std::string>> words_of_pack(Work& work, const Place& place,
                                                       const std::string& name,
                                                       model::NoticeLanguage language,
                                                       const NoticeFacts& facts) {
  if (!place.pack) return std::optional<std::string>();
  const auto wanted =
      language == model::NoticeLanguage::kKo ? policy::Language::kKorean : policy::Language::kEnglish;
  for (const auto& file : place.pack->texts.files) {
    if (file.id != name || file.language != wanted) continue;
    DURE_LET(row, work.tx.notice_texts().first(ports::Query{}
                                                   .where("programme_id", place.programme_id)
                                                   .where("name", name)
                                                   .where("language", language)
                                                   .where("sha256", file.sha256)
                                                   .at_most(1)));
    if (row) return notices::fill(row->text, facts);
  }
  return std::optional<std::string>();
}

// One for each day that it is told ahead for, whatever it is told by.
std::string message_source(const Happening& happening, const notices::Message& message) {
  if (message.lead == 0) return happening.source;
  return happening.type + "/" + happening.resource + "/" + base::to_text(*happening.on) + "/" +
         std::to_string(message.lead);
}

base::Status write(Desk& desk, const Happening& happening, const Place& place,
                   const notices::Message& message, const NoticeRecipient& to, NoticeFacts facts) {
  Work& work = desk.work;
  model::Notification row;
  row.source = message_source(happening, message);
  row.channel = message.channel;
  row.recipient = to.name;
  if (!desk.told.insert(row.source + "\n" + row.recipient + "\n" + std::string(to_text(row.channel))).second)
    return {};
  work.stamp(row);
  // What is of no programme stays with the centre, so that a programme's operators do not read of it here.
  if (!place.programme_id.empty() && is_of_a_programme(happening))
    row.programme_id = model::ProgrammeId(place.programme_id);
  if (!to.account_id.empty()) row.account_id = model::AccountId(to.account_id);
  row.event = happening.type;
  row.resource = happening.resource;
  row.template_name = message.template_name;
  DURE_LET(wish, wish_of(work, to.account_id));
  row.language = wish ? wish->language : language_at(place);
  DURE_TRY(add_own_facts(work, to, place.pack, facts));
  facts = in_language(std::move(facts), row.language);
  write_words(row, catalogue_words(row.event, facts, row.language));
  DURE_LET(own, words_of_pack(work, place, row.template_name, row.language, facts));
  if (own) row.text = *own;
  static const std::vector<std::string> kNone;
  const auto& always = place.pack ? place.pack->notify.always : kNone;
  const notices::Candidate candidate{row.event, happening.programme_id, row.channel};
  const auto* asked = wish ? &*wish : nullptr;
  if (auto why = notices::held_back(candidate, always, desk.silences, asked, work.now)) {
    row.state = model::NotificationState::kSilenced;
    row.failure = std::move(why);
  } else {
    const auto zone = place.pack ? policy::zone_of(*place.pack) : calendar::seoul();
    make_due(work, row, notices::leaves_at(candidate, always, asked, zone, work.now));
  }
  return work.tx.notifications().insert(row);
}

// A contact of an application has no account: on the console it is for whoever has one for him.
std::string on_console(const std::string& recipient) {
  return recipient == "leader" || recipient == "developer" ? "applicant" : recipient;
}

base::Status write_to_each(Desk& desk, const Happening& happening, const Place& place,
                           const std::vector<notices::Message>& messages) {
  if (messages.empty()) return {};
  NoticeFacts facts{{"event", happening.type}, {"resource", happening.resource}};
  auto found = facts_of(desk.work, happening, place.pack);
  if (found)
    facts = std::move(*found);
  else if (!is_of_the_row(found.failure()))
    return found.failure();
  NoticeRecipients recipients(desk.work, happening, place.programme_id);
  for (const auto& message : messages) {
    if (goes_to_all(message.channel)) {
      const NoticeRecipient all{"channels/" + std::string(to_text(message.channel)), "", "", ""};
      DURE_TRY(write(desk, happening, place, message, all, facts));
      continue;
    }
    DURE_LET(whom,
             recipients.find(message.channel == model::NoticeChannel::kConsole ? on_console(message.recipient)
                                                                               : message.recipient));
    for (const auto& each : whom)
      if (message.channel != model::NoticeChannel::kConsole || !each.account_id.empty())
        DURE_TRY(write(desk, happening, place, message, each, facts));
  }
  return {};
}

// The day that the event speaks of, where it says one.
std::optional<base::Date> day_in(const std::string& data) {
  const auto tree = wire::parse(data);
  const auto* object = tree.ok() ? tree->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  for (const char* name : {"ends_on", "closes_on", "due_on", "purge_on", "on"}) {
    const auto* value = object->if_contains(name);
    if (value != nullptr && value->is_string())
      return base::parse_date(std::string_view(value->get_string()));
  }
  return std::nullopt;
}

// Leaves those out that were told ahead for the same of its days before.
base::Status leave_out_told(Work& work, const Happening& happening, std::vector<notices::Message>& messages) {
  std::set<std::int64_t> told;
  std::set<std::int64_t> asked{0};
  for (const auto& each : messages) {
    if (!asked.insert(each.lead).second) continue;
    DURE_LET(row, work.tx.notifications().first(
                      ports::Query{}.where("source", message_source(happening, each)).at_most(1)));
    if (row) told.insert(each.lead);
  }
  std::erase_if(messages, [&](const auto& each) { return told.contains(each.lead); });
  return {};
}

// What is due of a day that comes: for the lead day that today has come to, or that had passed when the day
// was settled.
base::Result<std::vector<notices::Message>> due_ahead(Work& work, const Happening& happening,
                                                      const Place& place) {
  std::vector<notices::Message> messages;
  if (!happening.on || !place.pack) return messages;
  const auto today = calendar::local_date(work.now, policy::zone_of(*place.pack));
  messages = notices::messages_ahead(happening.type, place.pack->notify, *happening.on, today);
  DURE_TRY(leave_out_told(work, happening, messages));
  return messages;
}

base::Status tell_event(Desk& desk, Happening happening) {
  happening.on = day_in(happening.data);
  DURE_LET(places, places_told(desk.work, happening));
  for (const auto& place : places) {
    static const policy::Notify kSilentPack;
    auto messages = notices::messages_for(happening.type, place.pack ? place.pack->notify : kSilentPack);
    DURE_LET(ahead, due_ahead(desk.work, happening, place));
    for (auto& each : ahead) messages.push_back(std::move(each));
    DURE_TRY(write_to_each(desk, happening, place, messages));
  }
  return forget_addresses(desk.work, happening);
}

base::Status tell_day(Desk& desk, const Happening& happening) {
  DURE_LET(places, places_told(desk.work, happening));
  for (const auto& place : places) {
    DURE_LET(messages, due_ahead(desk.work, happening, place));
    DURE_TRY(write_to_each(desk, happening, place, messages));
  }
  return {};
}

base::Result<std::vector<model::Event>> events_after(ports::Transaction& tx, std::int64_t position,
                                                     std::int64_t limit) {
  DURE_LET(page, tx.events().list(ports::Query{}
                                      .where("position", position, ports::Compare::kGreater)
                                      .ordered("position")
                                      .at_most(limit)));
  return std::move(page.rows);
}

base::Result<model::NoticeMark> events_mark(ports::Transaction& tx) {
  DURE_LET(found, tx.notice_marks().first(ports::Query{}.where("name", kEventsMark).at_most(1)));
  if (found) return *found;
  return base::error(base::ErrorKind::kInternal, base::Reason("store.not_found").with("what", kEventsMark));
}

// Looked at first, so that a quiet centre writes nothing.
base::Result<bool> any_event(World& world, const HeldLease& lease) {
  return look<bool>(world, system_caller(lease.role), [](Work& work) -> base::Result<bool> {
    DURE_LET(mark, events_mark(work.tx));
    DURE_LET(events, events_after(work.tx, mark.position, 1));
    return !events.empty();
  });
}

}  // namespace

base::Result<std::int64_t> tell_ahead(Work& work, const std::vector<Happening>& coming) {
  if (coming.empty()) return std::int64_t{0};
  DURE_LET(desk, open_desk(work));
  for (const auto& each : coming) DURE_TRY(tell_day(desk, each));
  return static_cast<std::int64_t>(desk.told.size());
}

base::Result<std::int64_t> make_notices(World& world, const HeldLease& lease, std::int64_t limit) {
  DURE_LET(any, any_event(world, lease));
  if (!any) return std::int64_t{0};
  return run<std::int64_t>(world, system_caller(lease.role), [&](Work& work) -> base::Result<std::int64_t> {
    DURE_TRY(check_lease(work, lease));
    DURE_LET(mark, events_mark(work.tx));
    DURE_LET(events, events_after(work.tx, mark.position, limit));
    DURE_LET(desk, open_desk(work));
    for (const auto& event : events) {
      DURE_TRY(tell_event(desk, happening_of(event)));
      mark.position = event.position;
      if (static_cast<std::int64_t>(desk.told.size()) >= kMostMessages) break;
    }
    DURE_TRY(work.save(work.tx.notice_marks(), mark));
    return static_cast<std::int64_t>(desk.told.size());
  });
}

}  // namespace dure::commands
