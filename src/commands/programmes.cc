#include "commands/programmes.h"

#include "calendar/zone.h"
#include "commands/programme_end.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

base::Result<policy::Pack> merge_over_base(Work& work, const std::vector<model::PolicyLayerText>& texts) {
  std::vector<policy::Layer> layers = work.world.settings.base_layers;
  for (const auto& text : texts) {
    DURE_LET(layer, policy::parse_layer(text.text, text.name));
    if (layer.kind == policy::LayerKind::kWhatIf)
      return base::invalid(
          base::Reason("programme.what_if_layer").with("layer", layer.id).with("name", text.name));
    layers.push_back(std::move(layer));
  }
  return policy::merge(layers);
}

base::Result<model::Programme> programme_or_new(Work& work, const policy::Pack& pack) {
  DURE_LET(found, work.tx.programmes().first(ports::Query{}.where("code", pack.meta.programme).at_most(1)));
  if (found) {
    DURE_TRY(work.require(access::Permission::kProgrammeManage, resource_of(*found)));
    DURE_TRY(work.expect(*found));
    return *found;
  }
  DURE_TRY(work.require(access::Permission::kProgrammeManage, {.kind = access::ResourceKind::kProgramme}));
  model::Programme programme;
  work.stamp(programme);
  programme.code = pack.meta.programme;
  programme.name = pack.meta.title.ko;
  programme.name_en = pack.meta.title.en;
  programme.zone = pack.meta.time_zone;
  DURE_TRY(work.tx.programmes().insert(programme));
  return programme;
}

base::Result<model::PolicyVersion> keep_version(Work& work, const model::Programme& programme,
                                                const policy::Pack& pack) {
  DURE_LET(found,
           work.tx.policy_versions().first(
               ports::Query{}.where("programme_id", programme.id).where("hash", pack.hash()).at_most(1)));
  if (found) return *found;
  model::PolicyVersion version;
  work.stamp(version);
  version.programme_id = programme.id;
  version.pack_version = pack.meta.version;
  version.hash = pack.hash();
  version.text = pack.canonical();
  version.effective_from = pack.meta.effective_from;
  DURE_TRY(work.tx.policy_versions().insert(version));
  return version;
}

// What waits for its day stays, though other rules come into force before; but not what is in force now, or
// would have come no later than that.
base::Status drop_overtaken(Work& work, model::Programme& programme, const model::PolicyVersion& now) {
  if (!programme.next_policy_version_id) return {};
  DURE_LET(next, work.tx.policy_versions().get(*programme.next_policy_version_id));
  const bool overtaken = now.effective_from && *next.effective_from <= *now.effective_from;
  if (next.id == now.id || overtaken) programme.next_policy_version_id.reset();
  return {};
}

// Rules of a later day wait for it; those that are in force stay so until then (M3).
base::Result<model::Programme> schedule_rules(Work& work, model::Programme programme,
                                              const model::PolicyVersion& version) {
  if (programme.next_policy_version_id == version.id) return programme;
  std::string instead;  // of the rules that waited until now
  if (programme.next_policy_version_id) {
    DURE_LET(waited, work.tx.policy_versions().get(*programme.next_policy_version_id));
    instead = ",\"instead_of\":\"" + waited.hash + "\"";
  }
  programme.next_policy_version_id = version.id;
  DURE_TRY(work.save(work.tx.programmes(), programme));
  const auto where = resource_of(programme);
  const auto name = "programmes/" + programme.id.text;
  const auto detail = "{\"hash\":\"" + version.hash + "\",\"effective_from\":\"" +
                      base::to_text(*version.effective_from) + "\"" + instead + "}";
  DURE_TRY(work.publish("programme.policy_scheduled", name, where, detail));
  DURE_TRY(work.audit("programmes.load_policy", name, where, detail));
  return programme;
}

base::Error amendment_refused(base::Reason reason) {
  return base::error(base::ErrorKind::kConflict, std::move(reason));
}

// I1 (S0 article 4(4)): what is free by the guideline costs something only by a new version of the guideline.
base::Status check_fee_amended(const policy::Pack& former, const policy::Pack& pack) {
  const bool ends_free = former.billing.free_during_programme && !pack.billing.free_during_programme;
  if (!ends_free || !former.billing.fee_needs_amendment || pack.meta.version != former.meta.version)
    return {};
  return amendment_refused(
      base::Reason("programme.fee_needs_amendment").with("version", former.meta.version));
}

// I5 (S4): from that day on the payers' share stays as it was fixed, until rules name a later day for
// another.
base::Status check_matching_fixed(const policy::Pack& former, const policy::Pack& pack, base::Date today) {
  const auto& by = former.supply.matching_level_by;
  if (!by || today <= *by) return {};
  if (pack.supply.matching_level_by && *pack.supply.matching_level_by >= today) return {};
  if (pack.billing.matching == former.billing.matching && pack.billing.scales == former.billing.scales)
    return {};
  return amendment_refused(base::Reason("programme.matching_fixed").with("by", base::to_text(*by)));
}

// What the rules in force say of those that follow them.
base::Status check_amendment(Work& work, const model::Programme& programme, const policy::Pack& pack) {
  if (!programme.policy_version_id) return {};
  const auto former = work.world.policies.of_programme(work.tx, programme.id);
  if (!former) return is_of_the_row(former.failure()) ? base::Status{} : former.failure();
  DURE_TRY(check_fee_amended(**former, pack));
  return check_matching_fixed(**former, pack, today_of(work, pack));
}

}  // namespace

base::Result<model::Programme> load_policy(Work& work, const model::LoadPolicy& command) {
  DURE_LET(pack, merge_over_base(work, command.layers));
  DURE_LET(programme, programme_or_new(work, pack));
  DURE_TRY(check_amendment(work, programme, pack));
  DURE_LET(version, keep_version(work, programme, pack));
  if (programme.policy_version_id == version.id) return programme;
  if (waits_for_its_day(programme, pack, work.now)) return schedule_rules(work, programme, version);
  DURE_TRY(drop_overtaken(work, programme, version));
  programme.policy_version_id = version.id;
  programme.name = pack.meta.title.ko;
  programme.name_en = pack.meta.title.en;
  programme.zone = pack.meta.time_zone;
  DURE_TRY(work.save(work.tx.programmes(), programme));
  const auto where = resource_of(programme);
  DURE_TRY(work.publish("programme.policy_in_force", "programmes/" + programme.id.text, where,
                        "{\"hash\":\"" + version.hash + "\"}"));
  DURE_TRY(work.audit("programmes.load_policy", "programmes/" + programme.id.text, where,
                      "{\"hash\":\"" + version.hash + "\"}"));
  return programme;
}

namespace {

struct Intake {
  std::optional<base::Instant> from;
  std::optional<base::Instant> until;
};

// What the command says; else the days of the pack (call.opens_on, call.closes_on), both whole.
Intake days_of_intake(const model::OpenCall& command, const policy::Pack& pack) {
  const auto zone = policy::zone_of(pack);
  Intake days{command.opens_at, command.closes_at};
  if (!days.from && pack.call.opens_on) days.from = calendar::start_of(*pack.call.opens_on, zone);
  if (!days.until && pack.call.closes_on) days.until = calendar::end_of(*pack.call.closes_on, zone);
  return days;
}

}  // namespace

base::Result<model::Call> open_call(Work& work, const model::OpenCall& command) {
  DURE_LET(programme, work.tx.programmes().find(command.programme_id));
  if (!programme) return access::not_found();
  auto where = resource_of(*programme);
  where.kind = access::ResourceKind::kCall;
  DURE_TRY(work.require(access::Permission::kCallManage, where));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, programme->id, work.now));
  model::Call call;
  work.stamp(call);
  call.programme_id = programme->id;
  call.title = command.title.empty() ? pack->meta.title.ko : command.title;
  call.kind =
      pack->call.kind == policy::CallKind::kRolling ? model::CallKind::kRolling : model::CallKind::kFixed;
  const auto days = days_of_intake(command, *pack);
  const bool later = days.from && work.now < *days.from;  // B2: announced until then
  call.state = later ? model::CallState::kAnnounced : model::CallState::kOpen;
  call.opens_at = later ? *days.from : work.now;
  call.closes_at = days.until;
  if (call.closes_at && *call.closes_at <= *call.opens_at) {
    const base::Reason reason("call.opens_after_it_closes");
    return base::invalid(reason, {{"/closes_at", reason}});
  }
  DURE_TRY(work.tx.calls().insert(call));
  DURE_TRY(work.publish(later ? "call.announced" : "call.opened", "calls/" + call.id.text, where));
  DURE_TRY(work.audit(later ? "calls.announce" : "calls.open", "calls/" + call.id.text, where));
  return call;
}

namespace {

base::Status tell_closing(Work& work, const model::Call& call) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  return work.publish("call.closing_early", "calls/" + call.id.text, resource_of(call),
                      "{\"on\":\"" + base::to_text(today) + "\"}");
}

}  // namespace

base::Result<model::Call> close_call(Work& work, const model::CallId& id) {
  DURE_LET(call, load_for(work, work.tx.calls(), id, access::Permission::kCallManage));
  DURE_TRY(may_file(call, work.now));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  if (const auto& notice = pack->call.early_close_notice)  // B2: told before (commands/rounds.h, close_early)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("call.needs_notice").with("notice", calendar::to_text(*notice)));
  call.state = model::CallState::kClosed;
  call.closes_at = work.now;
  DURE_TRY(work.save(work.tx.calls(), call));
  DURE_TRY(work.publish("call.closed", "calls/" + call.id.text, resource_of(call)));
  // Rolling intake has no end that was announced with it (B2).
  if (call.kind == model::CallKind::kRolling) DURE_TRY(tell_closing(work, call));
  DURE_TRY(work.audit("calls.close", "calls/" + call.id.text, resource_of(call)));
  return call;
}

base::Status may_file(const model::Call& call, base::Instant now) {
  // One that will close early takes applications until it does (B2).
  const bool runs = call.state == model::CallState::kOpen || call.state == model::CallState::kClosingEarly;
  if (runs && (!call.closes_at || now < *call.closes_at)) return {};
  const auto state = runs ? std::string("closed") : std::string(model::to_text(call.state));
  return base::error(base::ErrorKind::kConflict, base::Reason("call.not_open").with("state", state));
}

}  // namespace dure::commands
