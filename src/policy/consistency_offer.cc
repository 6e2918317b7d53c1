// What a pack offers: pools, menus, prices, software, services and data registration, held against itself.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/period.h"
#include "policy/conditions.h"
#include "policy/consistency.h"
#include "policy/names.h"
#include "policy/type.h"
#include "policy/version.h"

namespace dure::policy {
namespace {

using base::Reason;

class OfferChecker {
 public:
  OfferChecker(const Pack& pack, Findings& findings) : pack_(pack), findings_(findings) {}

  void run() {
    menus();
    scopes();
    models();
    pools_named();
    prices();
    software();
    data_share();
    contact();
  }

 private:
  void refuse(std::string_view key, Reason reason) {
    contradict(pack_, findings_, key, std::move(reason).with("key", std::string(key)));
  }

  // Each amount of a menu is made of whole units of its pool.
  void menus() {
    for (const Pool& pool : pack_.offer.pools) {
      if (pool.unit == OfferUnit::kServer && pool.gpus_per_unit == 0 && !pool.unit_menu.empty()) {
        refuse("offer.pools", Reason("policy.menu_without_size").with("name", pool.id));
        continue;
      }
      const std::int64_t unit = unit_of(pool);
      for (const base::MilliGpu& amount : pool.unit_menu) {
        if (amount.value > 0 && amount.value % unit == 0) continue;
        refuse("offer.pools", Reason("policy.menu_not_in_units")
                                  .with("name", pool.id)
                                  .with("amount_milli_gpu", amount.value)
                                  .with("unit_milli_gpu", unit));
      }
    }
  }
  static std::int64_t unit_of(const Pool& pool) {
    if (pool.unit == OfferUnit::kBlock) return base::MilliGpu::blocks(1).value;
    return base::MilliGpu::cards(pool.unit == OfferUnit::kServer ? pool.gpus_per_unit : 1).value;
  }

  void scopes() {
    for (const IdScope& scope : pack_.offer.id_scope) {
      for (const std::string& word : scope.org_classes) {
        const auto& known = organisation_classes();
        if (std::find(known.begin(), known.end(), word) != known.end()) continue;
        refuse("offer.id_scope", with_suggestion("policy.word_unknown", word, known).with("value", word));
      }
    }
  }

  // Where the catalogue lists accelerators, it lists all that are offered.
  void models() {
    const auto& all = pack_.catalogue.accelerators;
    refuse_repeated(pack_, findings_, "catalogue.accelerators", all,
                    [](const Accelerator& each) { return each.model; });
    if (all.empty()) return;
    for (const Pool& pool : pack_.offer.pools) {
      for (const std::string& model : pool.models) model_known("offer.pools", model);
    }
    for (const SoftwareStack& stack : pack_.catalogue.software)
      model_known("catalogue.software", stack.accelerator);
    for (const Batch& batch : pack_.supply.batches) model_known("supply.batches", batch.model);
  }
  void model_known(std::string_view key, const std::string& model) {
    const auto& all = pack_.catalogue.accelerators;
    if (model.empty() ||
        std::any_of(all.begin(), all.end(), [&](const Accelerator& each) { return each.model == model; })) {
      return;
    }
    refuse(key, Reason("policy.model_unknown").with("model", model));
  }

  void pools_named() {
    refuse_repeated(pack_, findings_, "catalogue.services", pack_.catalogue.services,
                    [](const CatalogueService& each) { return each.id; });
    for (const CatalogueService& each : pack_.catalogue.services)
      pools_known("catalogue.services", each.pools);
    for (const Track& track : pack_.call.tracks) pools_known("call.tracks", track.pools);
  }
  void pools_known(std::string_view key, const std::vector<std::string>& ids) {
    const auto& pools = pack_.offer.pools;
    for (const std::string& id : ids) {
      if (std::any_of(pools.begin(), pools.end(), [&](const Pool& pool) { return pool.id == id; })) continue;
      refuse(key, Reason("policy.pool_unknown").with("pool", id));
    }
  }

  // Where there are prices, each model that is offered has one for its GPUs, as long as there are any at all.
  void prices() {
    const Billing& billing = pack_.billing;
    if (billing.prices.empty() || billing.free_during_programme) return;
    for (const Pool& pool : pack_.offer.pools) {
      if (pool.models.empty()) price_of(pool, "", "policy.price_gap_any");
      for (const std::string& model : pool.models) price_of(pool, model, "policy.price_gap");
    }
  }

  void price_of(const Pool& pool, const std::string& model, const char* none) {
    std::vector<const PriceItem*> own;
    for (const PriceItem& item : pack_.billing.prices)
      if (pays_for_gpus(item) && (item.model.empty() || item.model == model)) own.push_back(&item);
    const auto told = [&](const char* code) {
      Reason reason(code);
      reason.with("pool", pool.id);
      if (!model.empty()) reason.with("model", model);
      return reason;
    };
    if (own.empty()) return refuse("billing.prices", told(none));
    if (const auto day = first_day_without(own))
      refuse("billing.prices", told(model.empty() ? "policy.price_gap_any_from" : "policy.price_gap_from")
                                   .with("day", base::to_text(*day)));
  }
  static bool pays_for_gpus(const PriceItem& item) { return item.unit != PriceUnit::kGibMonth; }

  // Of the days on which the list has any price for GPUs, the first on which none of these is in force.
  std::optional<base::Date> first_day_without(std::vector<const PriceItem*> own) const {
    constexpr base::Date kAlways{1, 1, 1};
    base::Date begins = calendar::kLastPlannable, ends = kAlways;
    for (const PriceItem& item : pack_.billing.prices) {
      if (!pays_for_gpus(item)) continue;
      begins = std::min(begins, item.from.value_or(kAlways));
      ends = std::max(ends, item.until.value_or(calendar::kLastPlannable));
    }
    std::stable_sort(own.begin(), own.end(), [&](const PriceItem* a, const PriceItem* b) {
      return a->from.value_or(kAlways) < b->from.value_or(kAlways);
    });
    base::Date day = begins;  // the first that is not seen to yet
    for (const PriceItem* item : own) {
      if (item->from.value_or(kAlways) > day) return day;
      if (!item->until || *item->until >= ends) return std::nullopt;
      if (*item->until >= day) day = calendar::day_after(*item->until);
    }
    return day;
  }

  void software() {
    refuse_repeated(pack_, findings_, "catalogue.software", pack_.catalogue.software,
                    [](const SoftwareStack& stack) { return stack.accelerator; });
    for (const SoftwareStack& stack : pack_.catalogue.software) one_stack(stack);
  }

  void one_stack(const SoftwareStack& stack) {
    refuse_repeated(pack_, findings_, "catalogue.software", stack.parts,
                    [](const SoftwarePart& part) { return part.name + " " + part.version; });
    const bool server = stack.delivery == SoftwareDelivery::kServer;
    if (server == stack.operating_systems.empty()) {
      refuse("catalogue.software", Reason(server ? "policy.system_missing" : "policy.system_in_container")
                                       .with("accelerator", stack.accelerator));
    }
    for (const SoftwarePart& driver : stack.parts) {
      if (driver.role == PartRole::kDriver && !driver.cuda.empty()) within_driver(stack, driver);
    }
  }
  void within_driver(const SoftwareStack& stack, const SoftwarePart& driver) {
    for (const SoftwarePart& part : stack.parts) {
      if (part.role == PartRole::kDriver || part.cuda.empty() || !version_less(driver.cuda, part.cuda))
        continue;
      refuse("catalogue.software", Reason("policy.part_above_driver")
                                       .with("part", part.name)
                                       .with("cuda", part.cuda)
                                       .with("driver", driver.name)
                                       .with("most", driver.cuda));
    }
  }

  // Ranks count from 1 without a gap; what may only stand in for another says when.
  void data_share() {
    const auto& types = pack_.outcomes.data_share_types;
    refuse_repeated(pack_, findings_, "outcomes.data_share_types", types,
                    [](const DataShareType& type) { return type.id; });
    std::int64_t rank = types.empty() ? 0 : 1;
    for (const DataShareType& type : types) {
      if (type.rank != rank && type.rank != rank + 1)
        refuse("outcomes.data_share_types", Reason("policy.not_rising").with("name", type.id));
      rank = type.rank;
      if (type.rank > 1 && type.when.empty())
        refuse("outcomes.data_share_types", Reason("policy.condition_missing").with("name", type.id));
    }
  }

  void contact() {
    refuse_repeated(pack_, findings_, "contact.desks", pack_.contact.desks,
                    [](const Desk& desk) { return desk.topic; });
    refuse_repeated(pack_, findings_, "contact.portals", pack_.contact.portals,
                    [](const Portal& portal) { return portal.id; });
  }

  const Pack& pack_;
  Findings& findings_;
};

}  // namespace

void check_offer(const Pack& pack, Findings& findings) {
  OfferChecker(pack, findings).run();
}

}  // namespace dure::policy
