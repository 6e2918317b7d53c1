#include "adapters/webhook/channels.h"

#include <sodium.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/webhook/poster.h"

namespace dure::webhook {
namespace {

namespace json = boost::json;

base::Error missing(const std::string& field) {
  return base::invalid(base::Reason("notice.settings_missing").with("field", field));
}

// https://api.slack.com/reference/surfaces/formatting#escaping
std::string escaped(const std::string& text) {
  std::string out;
  for (const char each : text) {
    if (each == '&')
      out += "&amp;";
    else if (each == '<')
      out += "&lt;";
    else if (each == '>')
      out += "&gt;";
    else
      out += each;
  }
  return out;
}

class Slack : public ports::MessageChannel {
 public:
  explicit Slack(Poster poster) : poster_(std::move(poster)) {}
  base::Status send(const ports::OutgoingMessage& message) override {
    const std::string text = "*" + escaped(message.title) + "*\n" + escaped(message.text);
    return poster_.post(json::serialize(json::object{{"text", text}}));
  }

 private:
  const Poster poster_;
};

class Kakao : public ports::MessageChannel {
 public:
  Kakao(Poster poster, ports::KakaoSettings settings)
      : poster_(std::move(poster)), settings_(std::move(settings)) {}
  base::Status send(const ports::OutgoingMessage& message) override {
    auto found = settings_.templates.find(message.event);
    if (found == settings_.templates.end()) found = settings_.templates.find("*");
    if (found == settings_.templates.end())
      return base::invalid(base::Reason("notice.no_template").with("event", message.event));
    const json::object body{{"message_id", message.key},      {"sender_key", settings_.sender_key},
                            {"template_code", found->second}, {"to", message.mobile},
                            {"title", message.title},         {"text", message.text}};
    net::Headers headers;
    if (!settings_.api_key.empty()) headers.set("Authorization", "Bearer " + settings_.api_key);
    return poster_.post(json::serialize(body), headers);
  }

 private:
  const Poster poster_;
  const ports::KakaoSettings settings_;
};

class Webhook : public ports::MessageChannel {
 public:
  Webhook(Poster poster, std::string secret) : poster_(std::move(poster)), secret_(std::move(secret)) {}
  base::Status send(const ports::OutgoingMessage& message) override {
    const std::string body = json::serialize(json::object{{"id", message.key},
                                                          {"event", message.event},
                                                          {"resource", message.resource},
                                                          {"title", message.title},
                                                          {"text", message.text},
                                                          {"at", base::to_text(message.at)}});
    const std::string timestamp = std::to_string(message.at.us / 1'000'000);
    net::Headers headers;
    headers.set("Dure-Id", message.key);
    headers.set("Dure-Timestamp", timestamp);
    headers.set("Dure-Signature", "v1=" + signature(secret_, timestamp, body));
    return poster_.post(body, headers);
  }

 private:
  const Poster poster_;
  const std::string secret_;
};

}  // namespace

Channel open_slack(const ports::SlackSettings& settings) {
  DURE_LET(poster, Poster::open(settings.url, settings.ca_file, "slack"));
  return std::unique_ptr<ports::MessageChannel>(std::make_unique<Slack>(std::move(poster)));
}

Channel open_kakao(const ports::KakaoSettings& settings) {
  if (settings.sender_key.empty()) return missing("kakao.sender_key");
  DURE_LET(poster, Poster::open(settings.url, settings.ca_file, "kakao"));
  return std::unique_ptr<ports::MessageChannel>(std::make_unique<Kakao>(std::move(poster), settings));
}

Channel open_webhook(const ports::WebhookSettings& settings) {
  if (settings.secret.empty()) return missing("webhook.secret");
  DURE_LET(poster, Poster::open(settings.url, settings.ca_file, "webhook"));
  return std::unique_ptr<ports::MessageChannel>(
      std::make_unique<Webhook>(std::move(poster), settings.secret));
}

std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(timestamp), timestamp.size());
  crypto_auth_hmacsha256_update(&state, bytes("."), 1);
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
  crypto_auth_hmacsha256_final(&state, code.data());
  std::array<char, 2 * crypto_auth_hmacsha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), code.data(), code.size());
  return hex.data();
}

}  // namespace dure::webhook
