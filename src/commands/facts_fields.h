// The field tables of what is known about an application beside its form: as decisions keep it, and as files
// for `dure eligible` say it.
#pragma once

#include "model/fields.h"
#include "programme/facts.h"

namespace dure::model {

DURE_VALUE_FIELDS(programme::AttachedDocument, field("kind", &programme::AttachedDocument::kind),
                  field("media_type", &programme::AttachedDocument::media_type),
                  field("size_bytes", &programme::AttachedDocument::size));
DURE_VALUE_FIELDS(programme::Certificate, field("kind", &programme::Certificate::kind),
                  field("valid_from", &programme::Certificate::valid_from),
                  field("valid_until", &programme::Certificate::valid_until));
DURE_VALUE_FIELDS(programme::Restriction, field("against", &programme::Restriction::against),
                  field("ground", &programme::Restriction::ground),
                  field("from", &programme::Restriction::from),
                  field("until", &programme::Restriction::until));
DURE_VALUE_FIELDS(programme::UsedShare,
                  field("window_days", &programme::UsedShare::window_days, Range{1, 3660}),
                  field("used_bp", &programme::UsedShare::used_bp, Range{0, 1'000'000}));
DURE_VALUE_FIELDS(programme::ProgrammeRole, field("programme", &programme::ProgrammeRole::programme),
                  field("name", &programme::ProgrammeRole::name),
                  field("contractor", &programme::ProgrammeRole::contractor),
                  field("from", &programme::ProgrammeRole::from),
                  field("until", &programme::ProgrammeRole::until));
DURE_VALUE_FIELDS(programme::OtherApplication, field("title", &programme::OtherApplication::title),
                  field("ai_model", &programme::OtherApplication::ai_model));
DURE_VALUE_FIELDS(programme::StatementAnswer, field("of", &programme::StatementAnswer::of),
                  field("holds", &programme::StatementAnswer::holds),
                  field("ground", &programme::StatementAnswer::ground));
DURE_VALUE_FIELDS(programme::HeldResource, field("pool", &programme::HeldResource::pool),
                  field("model", &programme::HeldResource::model));
DURE_VALUE_FIELDS(
    programme::Facts, field("received_on", &programme::Facts::received_on),
    field("call_opens_on", &programme::Facts::call_opens_on),
    field("call_closes_on", &programme::Facts::call_closes_on),
    field("award_on", &programme::Facts::award_on), field("documents", &programme::Facts::documents),
    field("certificates", &programme::Facts::certificates),
    field("restricted", &programme::Facts::restricted),
    field("restrictions", &programme::Facts::restrictions), field("born_on", &programme::Facts::born_on),
    field("appointed_on", &programme::Facts::appointed_on),
    field("applicant_role", &programme::Facts::applicant_role), field("used", &programme::Facts::used),
    field("open_source", &programme::Facts::open_source), field("programmes", &programme::Facts::programmes),
    field("other_applications", &programme::Facts::other_applications),
    field("statements", &programme::Facts::statements), field("held", &programme::Facts::held),
    field("unit_ids", &programme::Facts::unit_ids, Range{0, 1'000'000}),
    field("answers", &programme::Facts::answers));

}  // namespace dure::model
