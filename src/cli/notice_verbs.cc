// Verbs of notices: list, show, read, resend, test, preferences, silence, silences, unsilence, texts.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

const std::vector<Column> kMessageColumns = {
    {"ID", "id"},          {"WHEN", "created_at"}, {"EVENT", "event"}, {"TITLE", "title"},
    {"TO", "recipient"},   {"BY", "channel"},      {"STATE", "state"}, {"SENT", "sent_at"},
    {"TRIES", "attempts"}, {"WHY", "failure/text"}};
const std::vector<Column> kSilenceColumns = {{"ID", "id"},          {"EVENT", "event"},   {"BY", "channel"},
                                             {"FROM", "starts_at"}, {"UNTIL", "ends_at"}, {"WHY", "ground"}};
const std::vector<Column> kPreferenceColumns = {{"LANGUAGE", "language"},
                                                {"MAIL", "email"},
                                                {"MOBILE", "mobile"},
                                                {"QUIET FROM", "quiet_from"},
                                                {"UNTIL", "quiet_until"}};
const CLI::IsMember kChannels({"mail", "console", "webhook", "kakao", "slack"});

void show_notices(const Context& context, json::value rows) {
  if (context.output() == Format::kTable) add_reason_texts(rows, context.connection.language);
  print(context.output(), rows, kMessageColumns);
}

std::string notice_path(const std::string& id) {
  return "/api/v1/notifications/" + net::percent_encode(id);
}

void add_notice_list(CLI::App* notice, Context& context) {
  auto* verb = notice->add_subcommand("list", "Who was told what, when and by which channel");
  auto filters = std::make_shared<std::map<std::string, std::string>>();
  for (const char* name : {"state", "channel", "event", "recipient"})
    verb->add_option(std::string("--") + name, (*filters)[name], "Only of this one");
  verb->callback([&context, filters] {
    context.with_api([&](Api& api) -> base::Status {
      std::string query = "?sort=-created_at";
      bool filtered = false;
      for (const auto& [name, value] : *filters) {
        if (value.empty()) continue;
        query += "&" + name + "=" + net::percent_encode(value);
        filtered = true;
      }
      DURE_LET(rows, api.list("/api/v1/notifications" + query));
      show_notices(context, rows);
      if (rows.as_array().empty()) context.explain_empty(filtered, "");
      return {};
    });
  });
}

void add_show(CLI::App* notice, Context& context) {
  auto* verb = notice->add_subcommand("show", "The words of one message");
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "See: dure notice list")->required();
  verb->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.get(notice_path(*id)));
      if (context.output() == Format::kJson)
        print_json(row);
      else
        std::printf("%s\n\n%s\n", text_at(row, "title").c_str(), text_at(row, "text").c_str());
      return {};
    });
  });
}

void add_notice_step(CLI::App* notice, Context& context, const std::string& step, const std::string& what) {
  auto* verb = notice->add_subcommand(step, what);
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "See: dure notice list")->required();
  verb->callback([&context, id, step] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post(notice_path(*id) + "/" + step));
      show_notices(context, row);
      return {};
    });
  });
}

// Waits until the message has left, or cannot.
base::Result<json::value> wait_for(Api& api, const std::string& id, std::int64_t seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    DURE_LET(row, api.get(notice_path(id)));
    const auto state = text_at(row, "state");
    if (state == "sent" || state == "failed" || state == "silenced") return std::move(row);
    if (!text_at(row, "failure/code").empty() || std::chrono::steady_clock::now() >= until)
      return std::move(row);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

void add_test(CLI::App* notice, Context& context) {
  auto* verb = notice->add_subcommand("test", "Sends a message to yourself, or to what the channel leads to");
  auto channel = std::make_shared<std::string>();
  auto seconds = std::make_shared<std::int64_t>(30);
  verb->add_option("--channel", *channel, "Which")->required()->check(kChannels);
  verb->add_option("--wait", *seconds, "Seconds to wait for it to leave")->capture_default_str();
  verb->callback([&context, channel, seconds] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(made, api.post("/api/v1/notice-tests", json::serialize(json::object{{"channel", *channel}})));
      DURE_LET(row, wait_for(api, text_at(made, "id"), *seconds));
      if (text_at(row, "state") != "sent") context.exit_code = kFailed;
      show_notices(context, std::move(row));
      return {};
    });
  });
}

// "HH:MM" as a minute of the day; none for anything else.
std::optional<std::int64_t> minute_of(const std::string& text) {
  int hour = 0;
  int minute = 0;
  char more = 0;
  if (std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &more) != 2) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

struct Wishes {
  std::string language;
  std::optional<std::string> email;
  std::optional<std::string> mobile;
  std::vector<std::string> mute;  // "run.*", "allocation.extended:mail"
  std::vector<std::string> unmute;
  std::string quiet;  // "22:00-07:00", "none"
};

json::value muted_of(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return json::object{{"event", text}, {"channel", nullptr}};
  return json::object{{"event", text.substr(0, colon)}, {"channel", text.substr(colon + 1)}};
}

// The body of the change: what is there, with what was asked.
json::object changed(const json::value& now, const Wishes& wishes) {
  json::object body;
  for (const char* name : {"language", "muted", "quiet_from", "quiet_until", "email", "mobile"})
    if (const auto* value = now.is_object() ? now.as_object().if_contains(name) : nullptr)
      if (!value->is_null()) body[name] = *value;
  if (!wishes.language.empty()) body["language"] = wishes.language;
  if (wishes.email) body["email"] = *wishes.email;
  if (wishes.mobile) body["mobile"] = *wishes.mobile;
  json::array muted;
  if (body.contains("muted"))
    for (const auto& each : body["muted"].as_array()) {
      bool stays = true;
      for (const auto& text : wishes.unmute) stays = stays && each != muted_of(text);
      if (stays) muted.push_back(each);
    }
  for (const auto& text : wishes.mute) muted.push_back(muted_of(text));
  body["muted"] = muted;
  return body;
}

base::Status set_quiet(json::object& body, const std::string& text) {
  if (text.empty()) return {};
  body.erase("quiet_from");
  body.erase("quiet_until");
  if (text == "none") return {};
  const auto dash = text.find('-');
  const auto from = minute_of(text.substr(0, dash));
  const auto until = dash == std::string::npos ? std::nullopt : minute_of(text.substr(dash + 1));
  if (!from || !until) return base::invalid(base::Reason("notice.quiet_half"));
  body["quiet_from"] = *from;
  body["quiet_until"] = *until;
  return {};
}

// How one is told who has chosen nothing.
json::value nothing_chosen() {
  return json::object{{"language", "ko"}, {"muted", json::array{}}, {"email", ""},
                      {"mobile", ""},     {"quiet_from", nullptr},  {"quiet_until", nullptr}};
}

void add_preferences(CLI::App* notice, Context& context) {
  auto* verb = notice->add_subcommand("preferences", "How you want to be told; changes only what is named");
  auto wishes = std::make_shared<Wishes>();
  verb->add_option("--language", wishes->language, "ko or en")->check(CLI::IsMember({"ko", "en"}));
  verb->add_option("--email", wishes->email, "Where mail goes; \"\" for the one of the application");
  verb->add_option("--mobile", wishes->mobile, "Where KakaoTalk goes");
  verb->add_option("--mute", wishes->mute, "Not this: allocation.extended, run.*, allocation.extended:mail");
  verb->add_option("--unmute", wishes->unmute, "This again, as it was muted");
  verb->add_option("--quiet", wishes->quiet, "Nothing but the console in these hours: 22:00-07:00, or none");
  verb->callback([&context, wishes, verb] {
    context.with_api([&](Api& api) -> base::Status {
      auto now = api.get("/api/v1/me/notice-preference");
      if (!now && api.last_problem().status != 404) return now.failure();
      json::value row = now ? *now : nothing_chosen();
      if (verb->count_all() > 1) {
        auto body = changed(row, *wishes);
        DURE_TRY(set_quiet(body, wishes->quiet));
        DURE_LET(kept, api.put("/api/v1/me/notice-preference", json::serialize(body)));
        row = kept;
      }
      if (context.output() == Format::kJson) {
        print_json(row);
        return {};
      }
      print(context.output(), row, kPreferenceColumns);
      if (!row.at("muted").as_array().empty())
        print(context.output(), row.at("muted"), {{"MUTED", "event"}, {"BY", "channel"}});
      return {};
    });
  });
}

void add_silence(CLI::App* notice, Context& context) {
  auto* verb =
      notice->add_subcommand("silence", "Tells nobody of an event for a while; it stays in the list");
  auto body = std::make_shared<std::map<std::string, std::string>>();
  verb->add_option("event", (*body)["event"], "node.lost, run.*, or *")->required();
  verb->add_option("--until", (*body)["ends_at"], "2026-09-01T18:00:00+09:00")->required();
  verb->add_option("--from", (*body)["starts_at"], "From then on; from now where left out");
  verb->add_option("--programme-id", (*body)["programme_id"], "Of this programme alone");
  verb->add_option("--channel", (*body)["channel"], "By this channel alone")->check(kChannels);
  verb->add_option("--ground", (*body)["ground"], "Why")->required();
  verb->callback([&context, body] {
    context.with_api([&](Api& api) -> base::Status {
      json::object object;
      for (const auto& [name, value] : *body)
        if (!value.empty()) object[name] = value;
      DURE_LET(made, api.post("/api/v1/notice-silences", json::serialize(object)));
      print(context.output(), made, kSilenceColumns);
      return {};
    });
  });
  notice->add_subcommand("silences", "What is silenced, and why")->callback([&context] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(rows, api.list("/api/v1/notice-silences?sort=-ends_at"));
      print(context.output(), rows, kSilenceColumns);
      if (rows.as_array().empty()) context.explain_empty(false, "");
      return {};
    });
  });
  auto* end = notice->add_subcommand("unsilence", "Ends a silence now");
  auto id = std::make_shared<std::string>();
  end->add_option("id", *id, "See: dure notice silences")->required();
  end->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/notice-silences/" + net::percent_encode(*id) + "/end"));
      print(context.output(), row, kSilenceColumns);
      return {};
    });
  });
}

// The files of a folder that are called NAME.LANGUAGE.txt, in the order of their names.
std::vector<std::filesystem::path> texts_in(const std::string& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".ko.txt") || name.ends_with(".en.txt")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_texts(CLI::App* notice, Context& context) {
  auto* verb =
      notice->add_subcommand("texts", "Hands in the texts of a pack, in whose words people are told");
  auto programme = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  verb->add_option("programme", *programme, "Code or id (see: dure programmes)")->required();
  verb->add_option("folder", *folder, "policies/…/texts")->required()->check(CLI::ExistingDirectory);
  verb->callback([&context, programme, folder] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(found, api.list("/api/v1/programmes?code=" + net::percent_encode(*programme)));
      const auto id = found.as_array().empty() ? *programme : text_at(found, "0/id");
      json::array kept;
      for (const auto& path : texts_in(*folder)) {
        const auto file = path.filename().string();
        const auto dot = file.size() - std::string(".ko.txt").size();
        DURE_LET(text, read_file(path.string()));
        DURE_LET(row, api.post("/api/v1/notice-texts",
                               json::serialize(json::object{{"programme_id", id},
                                                            {"name", file.substr(0, dot)},
                                                            {"language", file.substr(dot + 1, 2)},
                                                            {"text", text}})));
        kept.push_back(row);
      }
      print(context.output(), kept, {{"NAME", "name"}, {"LANGUAGE", "language"}, {"SHA-256", "sha256"}});
      return {};
    });
  });
}

}  // namespace

void add_notice_verbs(CLI::App& app, Context& context) {
  auto* notice = app.add_subcommand("notice", "Messages: who was told what, channels, wishes, silences");
  notice->require_subcommand(1);
  add_notice_list(notice, context);
  add_show(notice, context);
  add_notice_step(notice, context, "read", "Marks one as read");
  add_notice_step(notice, context, "resend", "Sends one again that was not sent");
  add_test(notice, context);
  add_preferences(notice, context);
  add_silence(notice, context);
  add_texts(notice, context);
}

}  // namespace dure::cli
