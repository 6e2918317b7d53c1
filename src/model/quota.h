// What an operator says that an organisation, a project or an account may hold at a time, and what its turn
// weighs; and what of that is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class QuotaScope { kOrganisation, kProject, kAccount };
DURE_ENUM(QuotaScope, DURE_NAME(kOrganisation, "organisation"), DURE_NAME(kProject, "project"),
          DURE_NAME(kAccount, "account"));

inline constexpr std::int64_t kMostRuns = 1'000'000'000;  // at a time
inline constexpr std::int64_t kMostQuotaCpuMilli = kMostCores * 1000;
inline constexpr std::int64_t kMostWeight = 1'000'000'000;

// A limit that is null is none of this row's: what policy says for that dimension holds. One row for each
// subject, whose id is the row's.
struct Quota {
  QuotaId id;  // its text is the subject's id
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  QuotaScope scope = QuotaScope::kProject;
  std::optional<std::int64_t> runs;
  std::optional<std::int64_t> blocks;  // 100 per card
  std::optional<base::Bytes> card_memory;
  std::optional<std::int64_t> cpu_milli;
  std::optional<base::Bytes> memory;
  std::optional<std::int64_t> weight;  // where shares decide; null: by what was allocated
  std::string ground;
  std::optional<base::Instant> valid_from;   // null: at once
  std::optional<base::Instant> valid_until;  // not any more from then on; null: until it is removed
};
DURE_FIELDS(Quota, "quotas", field("id", &Quota::id), field("version", &Quota::version),
            field("created_at", &Quota::created_at), field("updated_at", &Quota::updated_at),
            field("scope", &Quota::scope), field("runs", &Quota::runs, Range{0, kMostRuns}),
            field("blocks", &Quota::blocks, Range{0, kMostBlocks}),
            field("card_memory_bytes", &Quota::card_memory, Range{0, kMostBytes}),
            field("cpu_milli", &Quota::cpu_milli, Range{0, kMostQuotaCpuMilli}),
            field("memory_bytes", &Quota::memory, Range{0, kMostBytes}),
            field("weight", &Quota::weight, Range{1, kMostWeight}), field("ground", &Quota::ground),
            field("valid_from", &Quota::valid_from), field("valid_until", &Quota::valid_until));

// The whole of what the row shall say.
struct SetQuota {
  QuotaScope scope = QuotaScope::kProject;
  std::optional<std::int64_t> runs;
  std::optional<std::int64_t> blocks;
  std::optional<base::Bytes> card_memory;
  std::optional<std::int64_t> cpu_milli;
  std::optional<base::Bytes> memory;
  std::optional<std::int64_t> weight;
  std::string ground;
  std::optional<base::Instant> valid_from;
  std::optional<base::Instant> valid_until;
};
DURE_VALUE_FIELDS(SetQuota, field("scope", &SetQuota::scope),
                  field("runs", &SetQuota::runs, Range{0, kMostRuns}),
                  field("blocks", &SetQuota::blocks, Range{0, kMostBlocks}),
                  field("card_memory_bytes", &SetQuota::card_memory, Range{0, kMostBytes}),
                  field("cpu_milli", &SetQuota::cpu_milli, Range{0, kMostQuotaCpuMilli}),
                  field("memory_bytes", &SetQuota::memory, Range{0, kMostBytes}),
                  field("weight", &SetQuota::weight, Range{1, kMostWeight}),
                  field("ground", &SetQuota::ground), field("valid_from", &SetQuota::valid_from),
                  field("valid_until", &SetQuota::valid_until));

// What the runs of somebody hold now.
struct HeldAmount {
  std::int64_t runs = 0;
  std::int64_t blocks = 0;
  base::Bytes card_memory;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
};
DURE_VALUE_FIELDS(HeldAmount, field("runs", &HeldAmount::runs), field("blocks", &HeldAmount::blocks),
                  field("card_memory_bytes", &HeldAmount::card_memory),
                  field("cpu_milli", &HeldAmount::cpu_milli), field("memory_bytes", &HeldAmount::memory));

struct QuotaUse {
  Quota quota;
  std::string name;       // of the organisation or project, the login of the account
  bool in_force = false;  // now, by its dates
  HeldAmount held;
};
DURE_VALUE_FIELDS(QuotaUse, field("quota", &QuotaUse::quota), field("name", &QuotaUse::name),
                  field("in_force", &QuotaUse::in_force), field("held", &QuotaUse::held));

// Where a weight comes from: what an operator set, the blocks that were allocated, or neither (1).
enum class WeightSource { kQuota, kBlocks, kNone };
DURE_ENUM(WeightSource, DURE_NAME(kQuota, "quota"), DURE_NAME(kBlocks, "blocks"), DURE_NAME(kNone, "none"));

// The share of somebody for whom something runs or waits, among all of those (millionths of the whole).
struct ShareRow {
  QuotaScope scope = QuotaScope::kOrganisation;
  std::string id;
  std::string parent_id;  // the organisation of a project, the project of an account; "": none
  std::string name;
  std::int64_t weight = 1;
  WeightSource weight_source = WeightSource::kNone;
  std::int64_t due_ppm = 0;          // by the weights, here and above
  std::int64_t had_ppm = 0;          // of what was used, decayed, and is held
  std::int64_t milli_gpu_s = 0;      // that, in milli-GPU-seconds
  std::int64_t held_blocks = 0;      // now
  std::int64_t waiting = 0;          // runs
  std::optional<std::int64_t> turn;  // of an account: its place if each were given one after the other
};
DURE_VALUE_FIELDS(ShareRow, field("scope", &ShareRow::scope), field("id", &ShareRow::id),
                  field("parent_id", &ShareRow::parent_id), field("name", &ShareRow::name),
                  field("weight", &ShareRow::weight), field("weight_source", &ShareRow::weight_source),
                  field("due_ppm", &ShareRow::due_ppm), field("had_ppm", &ShareRow::had_ppm),
                  field("milli_gpu_seconds", &ShareRow::milli_gpu_s),
                  field("held_blocks", &ShareRow::held_blocks), field("waiting", &ShareRow::waiting),
                  field("turn", &ShareRow::turn));

struct ShareTable {
  bool decides = false;          // whether shares decide whose turn it is: all programmes of the queue say so
  base::Span half_life;          // of what was used
  std::vector<ShareRow> owners;  // each organisation, below it its projects, below each its accounts
};
DURE_VALUE_FIELDS(ShareTable, field("decides", &ShareTable::decides),
                  field("half_life_us", &ShareTable::half_life), field("owners", &ShareTable::owners));

}  // namespace dure::model
