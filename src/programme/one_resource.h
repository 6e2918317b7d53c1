// One project, one pool and one model of accelerator, where the pack says so (B6, C6, invariant 8; S1 page 2:
// "가속기 타입 1식"). Who needs two models files two applications with two titles, which are two projects.
//
// A project holds what its allocations that are not over give it: what a change replaces is left out by the
// caller. Docs: decision 60.
//
// Pure functions of values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/result.h"
#include "model/application.h"
#include "policy/allocation_rules.h"
#include "programme/eligibility.h"
#include "programme/facts.h"

namespace dure::programme {

// The models that a text names, without blanks: "h100, t4" names two. At , / + ; and &.
std::vector<std::string> models_named(const std::string& text);

// Why a project may not have that beside what it holds: "project.pools_several" {pools},
// "project.other_pool" {pool, held}. None where it may, or where the pack does not say one_pool_per_project.
std::optional<base::Reason> against_one_pool(const policy::Offer& offer,
                                             const std::vector<HeldResource>& held,
                                             const HeldResource& wanted);
// The same of models: "project.models_several" {models}, "project.model_unnamed" where the pool has more than
// one or says none, "project.other_model" {model, held}.
std::optional<base::Reason> against_one_model(const policy::Offer& offer,
                                              const std::vector<HeldResource>& held,
                                              const HeldResource& wanted);

// Refuses (kConflict) with the first of these reasons.
base::Status check_one_resource(const policy::Offer& offer, const std::vector<HeldResource>& held,
                                const HeldResource& wanted);

// One item for each of the two keys that the pack sets; what facts.held has is held.
std::vector<model::ScreeningItem> screen_one_resource(const model::Form1& form, const Facts& facts,
                                                      const ScreeningRules& rules);

}  // namespace dure::programme
