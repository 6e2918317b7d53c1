#include "scenario/play.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/id.h"
#include "calendar/period.h"
#include "scenario/machine.h"
#include "scenario/people.h"
#include "scenario/transcript.h"
#include "scenario/values.h"
#include "wire/json.h"

namespace dure::scenario {
namespace {

namespace json = boost::json;
using policy::YamlNode;

// Where a step stands, for an error of the script itself.
base::Error at(const YamlNode& step, base::Error error) {
  error.reason.with("line", step.position.line);
  return error;
}

class Player {
 public:
  Player(const Script& script, Stage& stage, const ReadFile& read_file)
      : script_(script), stage_(stage), read_file_(read_file), people_(stage), text_(script.zone) {}

  base::Result<Played> play() {
    text_.heading(script_.title_ko);
    for (const auto& [name, file] : script_.files) {
      DURE_LET(bytes, read_file_(file));
      bindings_[name] = bytes;
    }
    DURE_TRY(play_steps(*script_.steps));
    return Played{text_.text(), text_.steps(), text_.checks(), text_.misses(), !stopped_};
  }

 private:
  base::Status play_steps(const YamlNode& steps) {
    for (const auto& step : steps.items) {
      if (stopped_) return {};
      if (auto status = play_step(step); !status.ok()) {
        if (status.failure().reason.find("line")) return status;
        return at(step, status.failure());
      }
    }
    return {};
  }

  base::Status play_step(const YamlNode& step) {
    using Verb = base::Status (Player::*)(const YamlNode&);
    static const std::map<std::string, Verb> kVerbs = {{"say", &Player::say},
                                                       {"send", &Player::send},
                                                       {"log_in", &Player::log_in},
                                                       {"wait", &Player::wait},
                                                       {"do", &Player::call},
                                                       {"node", &Player::add_node},
                                                       {"machine", &Player::use_machines}};
    return (this->*kVerbs.at(verb_of(step)))(step);
  }

  base::Result<std::string> member(const YamlNode& step, std::string_view key) {
    const auto* found = step.find(key);
    if (!found) return std::string();
    DURE_LET(value, to_json(*found, bindings_));
    return text_of(value);
  }

  base::Status say(const YamlNode& step) {
    DURE_LET(text, member(step, "say"));
    text_.heading(text);
    return {};
  }

  // ---- Requests

  base::Status send(const YamlNode& step) {
    DURE_LET(who, member(step, "as"));
    DURE_LET(title, member(step, "title"));
    DURE_LET(sent, make_request(step));
    text_.step(stage_.now(), who, title.empty() ? step.find("send")->text : title);
    DURE_LET(answered, people_.send(who, std::move(sent)));
    auto parsed = wire::parse(answered.body, wire::Limits{.max_bytes = 16 << 20});
    const json::value body = parsed ? *parsed : json::value(answered.body);
    if (!title.empty()) text_.line(step.find("send")->text + " → " + std::to_string(answered.status));
    if (!check_status(step, answered.status, body)) return {};
    DURE_TRY(keep(step, body));
    DURE_TRY(check(step, body));
    return show(step, body);
  }

  base::Result<Sent> make_request(const YamlNode& step) {
    Sent sent;
    DURE_LET(line, member(step, "send"));
    const auto space = line.find(' ');
    sent.method = line.substr(0, space);
    sent.target = space == std::string::npos ? "/" : line.substr(space + 1);
    if (const auto* body = step.find("body")) {
      DURE_LET(value, to_json(*body, bindings_));
      sent.body = json::serialize(value);
      sent.content_type = "application/json";
    } else if (step.find("text")) {
      DURE_LET(text, member(step, "text"));
      sent.body = text;
      sent.content_type = "application/octet-stream";
    } else if (step.find("file")) {
      DURE_LET(name, member(step, "file"));
      DURE_LET(bytes, read_file_(name));
      sent.body = bytes;
      sent.content_type = "application/octet-stream";
    } else if (sent.method == "POST") {
      sent.body = "{}";
      sent.content_type = "application/json";
    }
    return sent;
  }

  // False where the play ends here.
  bool check_status(const YamlNode& step, int status, const json::value& body) {
    const auto* wanted = step.find("status");
    if (wanted && wanted->text == std::to_string(status)) {
      text_.checked("status", std::to_string(status));
      return true;
    }
    if (!wanted && status < 400) return true;
    text_.missed("status", std::to_string(status), wanted ? wanted->text : "2xx");
    text_.refused(step.find("send")->text, json::serialize(body));
    stopped_ = true;
    return false;
  }

  base::Status keep(const YamlNode& step, const json::value& body) {
    if (const auto* names = step.find("keep"))
      for (const auto& each : names->members) {
        DURE_LET(name, fill_in(each.key, bindings_));
        DURE_LET(path, fill_in(each.value.text, bindings_));
        bindings_[name] = part_of(body, path);
      }
    if (const auto* tokens = step.find("token"))
      for (const auto& each : tokens->members) {
        DURE_LET(name, fill_in(each.key, bindings_));
        people_.give_token(name, text_of(part_of(body, each.value.text)));
      }
    return {};
  }

  base::Status check(const YamlNode& step, const json::value& body) {
    const auto* claims = step.find("expect");
    if (!claims) return {};
    for (const auto& each : claims->members) {
      DURE_LET(path, fill_in(each.key, bindings_));
      DURE_LET(wanted, to_json(each.value, bindings_));
      const auto got = part_of(body, path);
      if (got == wanted || text_of(got) == text_of(wanted))
        text_.checked(each.key, told(got, each.value));
      else
        text_.missed(each.key, text_of(got), text_of(wanted));
    }
    return {};
  }

  // An id is told by the name under which it was kept: the text is the same at every play.
  static std::string told(const json::value& got, const YamlNode& wanted) {
    const auto text = text_of(got);
    return base::is_uuid(text) ? wanted.text : text;
  }

  base::Status show(const YamlNode& step, const json::value& body) {
    const auto* paths = step.find("show");
    if (!paths) return {};
    for (const auto& each : paths->items) {
      DURE_LET(path, fill_in(each.text, bindings_));
      text_.shown(each.text, text_of(part_of(body, path)));
    }
    return {};
  }

  // ---- People, time, procedures

  base::Status log_in(const YamlNode& step) {
    DURE_LET(who, member(step, "log_in"));
    DURE_LET(login, member(step, "login"));
    DURE_LET(password, member(step, "password"));
    DURE_LET(title, member(step, "title"));
    text_.step(stage_.now(), who, title.empty() ? "log in" : title);
    return people_.log_in(who, login, password);
  }

  base::Status wait(const YamlNode& step) {
    DURE_LET(text, member(step, "wait"));
    DURE_LET(title, member(step, "title"));
    DURE_LET(instant, instant_of(text));
    if (instant < stage_.now())
      return base::invalid(base::Reason("scenario.back_in_time").with("value", text));
    // A machine is heard of every day, as in life it is every second.
    while (stage_.now() < instant) {
      DURE_TRY(stage_.wait_until(std::min(instant, stage_.now() + base::Span::days(1))));
      for (auto& [node, machine] : machines_) DURE_TRY(machine.report());
    }
    if (!machines_.empty()) DURE_TRY(stage_.turn_loops());
    if (!title.empty()) text_.step(stage_.now(), "", title);
    return {};
  }

  // An instant; a day, of which nine in the morning is meant; or a length from now on.
  base::Result<base::Instant> instant_of(const std::string& text) {
    if (const auto instant = base::parse_instant(text)) return *instant;
    const auto local = calendar::local_time(stage_.now(), script_.zone);
    if (const auto date = base::parse_date(text))
      return calendar::start_of(*date, script_.zone) + base::Span::hours(9);
    if (const auto space = text.find(' '); space != std::string::npos) {
      const auto unit = text.substr(space + 1);
      const auto count = json_number(text.substr(0, space));
      if (count && (unit == "hours" || unit == "hour")) return stage_.now() + base::Span::hours(*count);
      if (count && (unit == "minutes" || unit == "minute")) return stage_.now() + base::Span::minutes(*count);
    }
    if (const auto length = calendar::parse_length(text)) {
      const auto date = calendar::day_after(calendar::period_end(local.date, *length));
      return calendar::start_of(date, script_.zone) + base::Span{local.microsecond_of_day};
    }
    return base::invalid(base::Reason("scenario.no_instant").with("value", text));
  }

  static std::optional<std::int64_t> json_number(const std::string& text) {
    if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string::npos)
      return std::nullopt;
    return std::stoll(text);
  }

  base::Status call(const YamlNode& step) {
    DURE_LET(title, member(step, "title"));
    DURE_LET(quiet, member(step, "quiet"));
    if (!title.empty()) text_.step(stage_.now(), "", title);
    if (quiet == "true") text_.be_quiet(true);
    auto status = call_each(step);
    if (quiet == "true") text_.be_quiet(false);
    return status;
  }

  base::Status call_each(const YamlNode& step) {
    const auto& steps = *script_.procedures.at(step.find("do")->text);
    const auto* each = step.find("each");
    if (!each) return call_with(steps, step.find("with"), nullptr);
    for (const auto& with : each->items) DURE_TRY(call_with(steps, step.find("with"), &with));
    return {};
  }

  // The parameters hold within the procedure; what it keeps stays.
  base::Status call_with(const YamlNode& steps, const YamlNode* common, const YamlNode* own) {
    if (++depth_ > 20) return base::invalid(base::Reason("scenario.too_deep"));
    Bindings parameters;
    for (const auto* given : {common, own})
      if (given)
        for (const auto& member : given->members) {
          DURE_LET(value, to_json(member.value, bindings_));
          parameters[member.key] = value;
        }
    Bindings hidden;
    for (const auto& [name, value] : parameters) {
      if (const auto old = bindings_.find(name); old != bindings_.end()) hidden[name] = old->second;
      bindings_[name] = value;
    }
    DURE_TRY(play_steps(steps));
    for (const auto& [name, value] : parameters) bindings_.erase(name);
    for (auto& [name, value] : hidden) bindings_[name] = std::move(value);
    --depth_;
    return {};
  }

  // ---- Machines

  base::Status add_node(const YamlNode& step) {
    DURE_LET(spec, to_json(*step.find("node"), bindings_));
    DURE_LET(title, member(step, "title"));
    if (!spec.is_object()) return base::invalid(base::Reason("scenario.not_a_step"));
    text_.step(stage_.now(), "node", title.empty() ? text_of(part_of(spec, "name")) : title);
    DURE_LET(machine, Machine::enrol(stage_, spec.as_object()));
    machines_.insert_or_assign(machine.node(), machine);
    return stage_.turn_loops();
  }

  base::Status use_machines(const YamlNode& step) {
    DURE_LET(told, to_json(*step.find("machine"), bindings_));
    DURE_LET(title, member(step, "title"));
    if (!title.empty()) text_.step(stage_.now(), "node", title);
    DURE_TRY(stage_.turn_loops());
    if (const auto starts = part_of(told, "starts"); starts.is_array())
      for (const auto& workload : starts.as_array())
        DURE_TRY(of_each(
            workload, [](Machine& machine, const PlayedReplica& replica) { return machine.start(replica); }));
    if (const auto busy = part_of(told, "busy"); busy.is_array())
      for (const auto& each : busy.as_array()) {
        const auto percent = part_of(each, "percent");
        DURE_TRY(of_each(part_of(each, "workload"), [&](Machine& machine, const PlayedReplica& replica) {
          return machine.use(replica, percent.is_int64() ? percent.get_int64() : 0);
        }));
      }
    if (const auto ends = part_of(told, "ends"); ends.is_array())
      for (const auto& workload : ends.as_array())
        DURE_TRY(of_each(
            workload, [](Machine& machine, const PlayedReplica& replica) { return machine.end(replica); }));
    return stage_.turn_loops();
  }

  // Every replica of the workload's last run that was placed on a played machine.
  template <class Act>
  base::Status of_each(const json::value& workload, Act act) {
    DURE_LET(answered,
             people_.send("operator", {"GET", "/api/v1/workloads/" + text_of(workload), "", "", ""}));
    DURE_LET(view, wire::parse(answered.body));
    const auto replicas = part_of(view, "replicas");
    int acted = 0;
    for (const auto& each : replicas.is_array() ? replicas.as_array() : json::array()) {
      const auto machine = machines_.find(text_of(part_of(each, "node_id")));
      if (machine == machines_.end()) continue;
      PlayedReplica replica{text_of(part_of(each, "id")), "", 0};
      const auto share = part_of(view, "shares/[replica_id=" + replica.id + "]");
      replica.card = text_of(part_of(share, "card_id"));
      if (const auto milli = part_of(share, "milli_gpu"); milli.is_int64())
        replica.milli_gpu = milli.get_int64();
      DURE_TRY(act(machine->second, replica));
      ++acted;
    }
    if (acted == 0) return base::invalid(base::Reason("scenario.not_placed"));
    return {};
  }

  const Script& script_;
  Stage& stage_;
  const ReadFile& read_file_;
  People people_;
  Transcript text_;
  Bindings bindings_;
  std::map<std::string, Machine> machines_;  // by the node's id
  int depth_ = 0;
  bool stopped_ = false;
};

}  // namespace

base::Result<Played> play(const Script& script, Stage& stage, const ReadFile& read_file) {
  return Player(script, stage, read_file).play();
}

}  // namespace dure::scenario
