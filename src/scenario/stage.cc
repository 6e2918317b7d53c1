#include "scenario/stage.h"

#include <algorithm>
#include <utility>

#include "commands/base_layers.h"
#include "commands/leases.h"
#include "net/url.h"
#include "policy/pack.h"
#include "server/edge.h"
#include "server/first_start.h"
#include "server/loops/loops.h"
#include "server/routes/routes.h"
#include "server/state_folder.h"

namespace dure::scenario {
namespace {

constexpr base::Span kStep = base::Span::days(1);
constexpr base::Span kLease = base::Span::seconds(15);
// A played node reports when the script says so, and is never lost by the clock alone.
constexpr base::Span kNeverLost = base::Span::days(365 * 100);

}  // namespace

namespace {

// In a story each letter arrives.
struct Arrives : ports::MessageChannel {
  base::Status send(const ports::OutgoingMessage& message) override {
    static_cast<void>(message);
    return {};
  }
};

ports::MessageChannels all_arrive() {
  ports::MessageChannels channels;
  for (const auto channel : {model::NoticeChannel::kMail, model::NoticeChannel::kSlack,
                             model::NoticeChannel::kKakao, model::NoticeChannel::kWebhook})
    channels.emplace(channel, std::make_unique<Arrives>());
  return channels;
}

}  // namespace

Stage::Stage(Outside outside, base::Instant start)
    : outside_(std::move(outside)), clock_(start), channels_(all_arrive()) {}

base::Result<std::unique_ptr<Stage>> Stage::set(Outside outside, base::Instant start) {
  std::unique_ptr<Stage> stage(new Stage(std::move(outside), start));
  DURE_TRY(stage->set_up());
  return stage;
}

base::Status Stage::set_up() {
  commands::Settings settings;
  settings.node_lost_after = kNeverLost;
  DURE_LET(layers, commands::read_base_layers());
  DURE_LET(pack, policy::merge(layers));
  settings.base_layers = layers;
  settings.centre_rules = pack.account;
  DURE_LET(nobody, outside_.secrets->hash_password("nobody"));
  settings.nobody_hash = nobody;
  world_ = std::make_unique<commands::World>(
      commands::World{*outside_.store, clock_, *outside_.secrets, *outside_.secrets, *outside_.blobs,
                      *outside_.file_types, policies_, known_callers_, std::move(settings)});
  DURE_TRY(server::set_up_store(*world_, outside_.folder));
  hub_ = std::make_unique<server::EventHub>(*world_);
  api_ = std::make_unique<server::Api>(server::Api{*world_, ledgers_});
  server::add_all_routes(router_, *api_, *hub_);
  handler_ = server::make_handler(router_, *api_);
  return {};
}

Answered Stage::send(const Sent& sent) {
  net::Request request;
  request.method = sent.method;
  request.target = sent.target;
  const auto question = sent.target.find('?');
  request.path = sent.target.substr(0, question);
  if (question != std::string::npos)
    if (auto query = net::parse_query(sent.target.substr(question + 1))) request.query = std::move(*query);
  if (!sent.token.empty()) request.headers.add("Authorization", "Bearer " + sent.token);
  request.headers.add("Accept-Language", sent.language);
  if (!sent.content_type.empty()) request.headers.add("Content-Type", sent.content_type);
  request.body = sent.body;
  request.peer = "127.0.0.1:50000";
  const net::Response response = handler_(request);
  const auto* text = std::get_if<std::string>(&response.body);
  Answered answered{response.status, text ? *text : std::string(), response.headers};
  if (watch_) watch_(request, answered);
  return answered;
}

base::Status Stage::turn_loops() {
  using Make = std::function<server::LoopBody()>;
  const std::pair<const char*, Make> loops[] = {
      {"scheduler", [this] { return server::scheduler_body(*world_); }},
      {"sealer", [this] { return server::sealer_body(*world_, *hub_); }},
      {"keeper", [this] { return server::keeper_body(*world_); }},
      {"notices", [this] { return server::notice_body(*world_); }},
      {"courier", [this] { return server::courier_body(*world_, channels_, {}); }}};
  for (const auto& [role, make] : loops) {
    DURE_LET(lease, commands::acquire_lease(*world_, role, "scenario", kLease));
    if (!lease) continue;  // REQUIRES one thread: nobody else holds it
    DURE_TRY(make()(*lease));
  }
  hub_->pump();
  return {};
}

base::Status Stage::wait_until(base::Instant until) {
  while (clock_.now() < until) {
    clock_.set(std::min(until, clock_.now() + kStep));
    DURE_TRY(turn_loops());
  }
  return {};
}

std::string Stage::operator_password() const {
  return server::read_secret(outside_.folder + "/operator.password");
}
std::string Stage::enrol_token() const {
  return server::read_secret(outside_.folder + "/enrol.token");
}

}  // namespace dure::scenario
