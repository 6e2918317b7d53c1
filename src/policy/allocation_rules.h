// What a pack says about what is offered, for how long, how it waits and runs, and how its use is reviewed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "calendar/period.h"
#include "policy/text.h"

namespace dure::policy {

enum class PoolKind { kShared, kDedicated };     // shared, dedicated
enum class OfferUnit { kBlock, kGpu, kServer };  // block (1 % of a card), gpu, server

// How a share of a card is held to its blocks: hard (never more), borrow (by weight what others leave idle),
// priority (likewise, by the run's priority first). As model::SharePolicy.
enum class ShareRule { kHard, kBorrow, kPriority };

// The most that somebody may hold at a time (of an account: F14); 0 = no ceiling.
struct Ceiling {
  base::MilliGpu gpu;
  base::Bytes gpu_memory;
  std::int64_t cpu_cores = 0;
  base::Bytes memory;
  base::Bytes storage;
  std::int64_t network_mbps = 0;
  bool operator==(const Ceiling&) const = default;
};

struct Pool {
  std::string id;
  PoolKind kind = PoolKind::kShared;
  Text title;
  std::vector<std::string> models;  // of the catalogue: "a100-40gb"; empty: any
  OfferUnit unit = OfferUnit::kGpu;
  std::vector<base::MilliGpu> unit_menu;      // amounts that may be picked at a start (P18); empty: any
  std::int64_t gpus_per_unit = 0;             // of a server set (dedicated); 0 = not fixed
  std::int64_t cpu_cores_per_unit = 0;        // with so many GPUs
  base::Bytes memory_per_unit;                // likewise
  std::int64_t milli_teraflops_per_unit = 0;  // likewise, as the programme counts them: 16000 = 16 TF
  ShareRule share = ShareRule::kHard;
  std::int64_t share_weight = 0;  // of what others leave idle; 0: as the blocks of each
  bool operator==(const Pool&) const = default;
};

// How many IDs which kind of unit may have (F1).
struct IdScope {
  std::vector<std::string> org_classes;
  std::vector<std::string> units;  // department, professor, laboratory, company
  std::int64_t ids = 1;
  bool operator==(const IdScope&) const = default;
};

struct Offer {
  std::vector<Pool> pools;
  Ceiling ceiling;
  Ceiling project_ceiling;       // of all runs of a project, where no quota says otherwise
  Ceiling organisation_ceiling;  // of all runs of an organisation
  std::vector<IdScope> id_scope;
  bool ids_by_demand = false;
  base::Bytes storage_primary;
  base::Bytes storage_backup;
  bool more_storage_with_reason = false;  // D11
  bool one_pool_per_project = false;
  bool one_model_per_project = false;
  bool sized_by_scale = false;  // F2
  bool may_change = false;      // the operator may change the offer in the course of the programme
  std::vector<std::string> software;
  std::vector<std::string> group_binds;  // P4: users, nodes, namespaces, registries, volumes
  bool operator==(const Offer&) const = default;
};

enum class OutageExtension { kNone, kOneToOne };                            // none, one_to_one
enum class AwardStep { kAgreement, kAllocation, kSetup, kTraining, kUse };  // agreement, allocation, …

// What everybody who uses the resources goes through before (F4). Another version is gone through anew.
struct TrainingMaterial {
  std::string id;
  Text title;
  std::string address;  // where it is: a page, a file
  std::string version;
  bool operator==(const TrainingMaterial&) const = default;
};

struct Award {
  calendar::Length max_period{6, calendar::Unit::kMonths};
  std::optional<calendar::Length> min_period;
  std::optional<base::Date> use_until;  // no use after this day, whatever the period
  std::optional<calendar::Length> accept_within;
  std::int64_t setup_grace_days = 0;
  bool agreement_required = false;
  bool training_required = false;
  std::vector<TrainingMaterial> training;  // its material
  std::vector<AwardStep> steps;            // in this order (F3)
  OutageExtension outage_extension = OutageExtension::kNone;
  bool top_up = false;      // more may be added where there is slack (F2)
  bool extendable = false;  // the end may be moved on request, within max_period and use_until (F2)
  std::optional<calendar::Length> counter_offer_within;  // to answer another offer (F11); none: none is made
  bool operator==(const Award&) const = default;
};

// fifo: in order of submission. priority: by class, then submission. fair_share: by use so far.
enum class QueueOrder { kFifo, kPriority, kFairShare };

struct Queue {
  QueueOrder order = QueueOrder::kFifo;
  bool automatic_pending = true;  // what cannot start is reserved its place without asking (F8)
  bool operator_may_reorder = false;
  bool backfill = false;
  std::int64_t max_pending_per_account = 0;  // 0 = no limit
  std::int64_t promises = 0;                 // to so many of the first in a lane
  std::int64_t unknown_start_hours = 0;      // so long what has no known start lets others by
  std::int64_t half_life_hours = 0;          // of what was used, where shares decide; 0 = it never fades
  std::int64_t ageing_hours = 0;             // who has waited for so long goes before the shares; 0 = never
  std::int64_t borrow_percent = 0;           // of its blocks, beyond an allocation, for what is preemptible
  std::int64_t least_run_minutes = 0;        // what is borrowed is not stopped before
  std::int64_t maintenance_notice_hours =
      0;  // before a node closes, nothing without a time limit starts on it
  bool operator==(const Queue&) const = default;
};

struct WorkloadRules {
  std::vector<std::string> kinds;        // workspace, job, service, application
  std::int64_t job_default_minutes = 0;  // 0 = until the end of the allocation
  std::int64_t job_max_minutes = 0;      // 0 = until the end of the allocation
  std::int64_t job_max_retries = 0;
  std::int64_t workspace_max_minutes = 0;    // 0 = until the end of the allocation
  std::int64_t workspace_idle_minutes = 0;   // without device work; 0 = never stopped for it
  std::int64_t max_running_per_account = 0;  // 0 = no limit
  bool operator==(const WorkloadRules&) const = default;
};

enum class IdleWhen { kNoLoginOrNoUse, kNoLoginAndNoUse };  // no_login_or_no_use, no_login_and_no_use
enum class IdleMeasure { kNone, kReview, kReclaim, kDeleteAccount };  // none, review, reclaim, delete_account
enum class ReviewCycle { kNone, kMonthly, kQuarterly };
enum class UseMeasure { kKeep, kReduce, kReclaim, kIncrease };
enum class Exemption { kSetupGrace, kOutage, kSharedPool };  // setup_grace, outage, shared_pool
enum class FakeLoadAction { kAskPerson, kStopAtOnce };       // ask_person, stop_at_once

enum class BandShare { kUnused, kAllocation };  // unused, allocation

// Use below `below_bp` of what is allocated (and not below a lower band) leads to the measure. A table may
// have bands of its own for what is reviewed after the first, second, … cycle of the use.
struct Band {
  std::int64_t below_bp = 0;
  UseMeasure measure = UseMeasure::kKeep;
  std::int64_t share_bp = 0;  // taken or added, of what `of` says; never more is taken than is unused
  BandShare of = BandShare::kUnused;
  std::int64_t after = 0;  // the cycle; 0: every one that has no band of its own
  bool operator==(const Band&) const = default;
};

// What looks like mining or fake load: a card is busy all the time with next to no memory, or a program of
// such a name was asked for. 0 minutes: what the card shows is not looked at.
struct FakeLoadSigns {
  std::int64_t least_minutes = 0;     // of readings, before anything is said
  std::int64_t used_at_least_bp = 0;  // of the device time that was given
  base::Bytes memory_at_most;         // the most that was ever held
  std::vector<std::string> mining_programs;
  std::vector<std::string> load_programs;
  bool operator==(const FakeLoadSigns&) const = default;
};

struct Utilisation {
  std::optional<std::int64_t> idle_days;
  IdleWhen idle_when = IdleWhen::kNoLoginAndNoUse;
  IdleMeasure idle_measure = IdleMeasure::kReview;
  std::int64_t notice_days = 0;                    // between the notice and the measure
  ReviewCycle measure_cycle = ReviewCycle::kNone;  // how often use is measured and looked at
  ReviewCycle review_cycle = ReviewCycle::kNone;   // how often it has consequences
  std::vector<UseMeasure> measures;                // that a review may lead to (H4); empty: any
  bool compare_with_plan = false;                  // actual against planned use (H5)
  std::vector<Band> bands;                         // by rising below_bp
  bool low_use_partial_reclaim = false;            // "low" without a number (S0): a person proposes
  std::vector<Exemption> exempt;
  FakeLoadAction fake_load = FakeLoadAction::kAskPerson;
  FakeLoadSigns fake_load_signs;
  bool criteria_published_first = false;  // H9
  bool operator==(const Utilisation&) const = default;
};

}  // namespace dure::policy
