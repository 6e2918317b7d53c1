#include "centre/notice_cast.h"

#include <boost/json/array.hpp>

#include "adapters/mail/mail_channel.h"
#include "adapters/webhook/channels.h"
#include "centre/taken.h"
#include "server/loops/loops.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

void turn_loop(Centre& centre, const std::string& role, const server::LoopBody& body) {
  const auto lease = taken(commands::acquire_lease(centre.world(), role, "test", base::Span::seconds(15)));
  DURE_ASSERT(lease.has_value());
  const auto done = body(*lease);
  if (!done) std::fprintf(stderr, "%s: %s\n", role.c_str(), done.failure().reason.code.c_str());
  DURE_ASSERT(done.ok());
}

}  // namespace

std::string notify_pack(const std::string& rules, const std::string& more) {
  auto text = s0_text();
  const auto start = text.find("\nnotify:\n");
  const auto end = text.find("\ndetermination:\n");
  DURE_ASSERT(start != std::string::npos && end != std::string::npos);
  return text.substr(0, start) +
         "\nnotify:\n  rules:\n    source: \"시험\"\n    confidence: chosen\n    value:\n" + rules + more +
         text.substr(end);
}

Post::Post(Centre& centre_in) : centre(centre_in) {
  ports::MailSettings letters;
  letters.server = mail.url();
  letters.from = "noreply@centre.kr";
  letters.from_name = "두레";
  channels[model::NoticeChannel::kMail] = taken(mail::open_mail(letters));
  channels[model::NoticeChannel::kSlack] = taken(webhook::open_slack({slack.url(), ""}));
  channels[model::NoticeChannel::kKakao] =
      taken(webhook::open_kakao({kakao.url(), "key", "sender", {{"*", "T0"}}, ""}));
  channels[model::NoticeChannel::kWebhook] = taken(webhook::open_webhook({hook.url(), "secret", ""}));
  turn();
  mail.forget();
}

void Post::make() {
  turn_loop(centre, "sealer", server::sealer_body(centre.world(), centre.hub()));
  turn_loop(centre, "notices", server::notice_body(centre.world()));
}

void Post::deliver() {
  turn_loop(centre, "courier", server::courier_body(centre.world(), channels, retries));
}

void Post::load(const std::string& pack) {
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", pack}}};
  const auto loaded = centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}});
  if (loaded.status >= 300) std::fprintf(stderr, "%s\n", loaded.text_body.c_str());
  DURE_ASSERT(loaded.status < 300);
  make();
}

std::vector<json::object> Post::list(const std::string& query) {
  const auto path = "/api/v1/notifications?limit=500" + (query.empty() ? "" : "&" + query);
  auto reply = centre.get(path, centre.operators);
  if (reply.status == 401) {  // a test's clock outlived the session
    centre.advance(base::Span{});
    reply = centre.get(path, centre.operators);
  }
  DURE_ASSERT(reply.status == 200);
  std::vector<json::object> rows;
  for (const auto& each : reply.body.at("items").as_array()) rows.push_back(each.as_object());
  return rows;
}

}  // namespace dure::tests
