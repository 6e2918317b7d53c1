#include "scenario/machine.h"

#include <boost/json/serialize.hpp>
#include <utility>

#include "scenario/values.h"
#include "wire/json.h"

namespace dure::scenario {
namespace {

namespace json = boost::json;

// A machine has been up for a while when it enrols; its boot's clock is never near zero.
constexpr base::Span kUpBefore = base::Span::hours(1);

std::string text_or(const json::object& object, const char* name, const std::string& otherwise) {
  const auto* found = object.if_contains(name);
  return found ? text_of(*found) : otherwise;
}
std::int64_t number_or(const json::object& object, const char* name, std::int64_t otherwise) {
  const auto* found = object.if_contains(name);
  return found && found->is_int64() ? found->get_int64() : otherwise;
}

}  // namespace

Machine::Machine(Stage& stage, json::object spec)
    : stage_(&stage),
      spec_(std::move(spec)),
      booted_at_(stage.now() - kUpBefore),
      boot_("boot-of-" + text_or(spec_, "name", "node")) {}

base::Result<Machine> Machine::enrol(Stage& stage, const json::object& spec) {
  Machine machine(stage, spec);
  json::value answer;
  const json::object body{{"name", text_or(spec, "name", "node")},
                          {"pool", text_or(spec, "pool", "gpu-server")}};
  DURE_TRY(machine.post("/node/v1/enrolment", stage.enrol_token(), body, &answer));
  machine.token_ = text_of(part_of(answer, "token"));
  machine.node_ = text_of(part_of(answer, "node_id"));
  DURE_TRY(machine.report());
  return machine;
}

base::Status Machine::post(const std::string& target, const std::string& token, const json::object& body,
                           json::value* answer) {
  const auto got = stage_->send({"POST", target, token, json::serialize(body), "application/json"});
  auto parsed = wire::parse(got.body);
  if (got.status >= 400)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("scenario.refused_by")
                           .with("status", static_cast<std::int64_t>(got.status))
                           .with("detail", parsed ? text_of(part_of(*parsed, "detail")) : got.body));
  if (answer && parsed) *answer = *parsed;
  return {};
}

std::int64_t Machine::boottime_us() const {
  return (stage_->now() - booted_at_).us;
}

base::Status Machine::report(json::object more) {
  json::array cards;
  const std::string name = text_or(spec_, "name", "node");
  for (std::int64_t i = 0; i < number_or(spec_, "cards", 1); ++i)
    cards.push_back(json::object{{"id", "SIM-" + name + "-" + std::to_string(i)},
                                 {"index", i},
                                 {"model", text_or(spec_, "model", "a100-40gb")},
                                 {"product", "simulated"},
                                 {"memory_bytes", number_or(spec_, "memory_gib", 40) << 30},
                                 {"simulated", true}});
  const json::array images{json::object{{"reference", text_or(spec_, "image", "localhost/dure/workspace:1")},
                                        {"digest", "sha256:1"},
                                        {"services", json::array{"terminal"}}}};
  json::object said{{"boot_id", boot_},
                    {"boottime_us", boottime_us()},
                    {"reported_at", base::to_text(stage_->now())},
                    {"cpu_milli", number_or(spec_, "cpu_cores", 64) * 1000},
                    {"memory_bytes", number_or(spec_, "ram_gib", 512) << 30},
                    {"cards", std::move(cards)},
                    {"images", images}};
  said["erased_volumes"] = erased_;
  for (auto& member : more) said[member.key()] = std::move(member.value());
  json::value orders;
  DURE_TRY(post("/node/v1/report", token_, said, &orders));
  const auto erase = part_of(orders, "erase_volumes");
  erased_ = erase.is_array() ? erase.as_array() : json::array();
  return {};
}

base::Status Machine::observe(const PlayedReplica& replica, const std::string& kind) {
  json::object row{
      {"boot_id", boot_}, {"sequence", ++sequence_},      {"replica_id", replica.id},
      {"kind", kind},     {"boottime_us", boottime_us()}, {"observed_at", base::to_text(stage_->now())}};
  if (kind == "ended") row["exit_code"] = 0;
  return report({{"observations", json::array{row}}});
}

base::Status Machine::start(const PlayedReplica& replica) {
  started_at_[replica.id] = stage_->now();
  return observe(replica, "started");
}

base::Status Machine::end(const PlayedReplica& replica) {
  return observe(replica, "ended");
}

base::Status Machine::use(const PlayedReplica& replica, std::int64_t percent) {
  const auto started = started_at_.find(replica.id);
  if (started == started_at_.end()) return base::invalid(base::Reason("scenario.not_started"));
  const std::int64_t given_ns = (stage_->now() - started->second).us * replica.milli_gpu;
  const std::int64_t device_ns = given_ns / 100 * percent;
  const json::object reading{{"replica_id", replica.id},
                             {"card_id", replica.card},
                             {"device_ns", device_ns},
                             {"elapsed_ns", device_ns},
                             {"memory_bytes", 1LL << 30},
                             {"memory_high_bytes", 1LL << 30},
                             {"refused", 0}};
  return report({{"readings", json::array{reading}}});
}

}  // namespace dure::scenario
