// What the rules leave open and who decides it (M2), and the desks that answer questions (M5, M6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// What a meeting decided about something that is not written. Never changed; later decisions may cite it.
struct Determination {
  DeterminationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string question;
  base::Date met_on;
  std::string chair;                 // personal
  std::string chair_office;          // as the pack names it
  std::vector<std::string> members;  // who was there; personal
  std::string minutes;
  std::string decision;
  std::string policy_hash;  // of the rules that leave it open
  std::string recorded_by;
};
DURE_FIELDS(Determination, "determinations", field("id", &Determination::id),
            field("version", &Determination::version), field("created_at", &Determination::created_at),
            field("updated_at", &Determination::updated_at),
            field("programme_id", &Determination::programme_id), field("question", &Determination::question),
            field("met_on", &Determination::met_on),
            field("chair", &Determination::chair, Visibility::kPersonal),
            field("chair_office", &Determination::chair_office),
            field("members", &Determination::members, Visibility::kPersonal),
            field("minutes", &Determination::minutes), field("decision", &Determination::decision),
            field("policy_hash", &Determination::policy_hash),
            field("recorded_by", &Determination::recorded_by));

enum class QuestionState { kOpen, kAnswered, kDeclined, kClosed };
DURE_ENUM(QuestionState, DURE_NAME(kOpen, "open"), DURE_NAME(kAnswered, "answered"),
          DURE_NAME(kDeclined, "declined"), DURE_NAME(kClosed, "closed"));

// A question to a desk of the pack.
struct Question {
  QuestionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  AccountId account_id;  // who asks
  std::string desk;      // topic of the pack
  std::string request;   // "" for a question; else what is asked to be done, as the pack's list has it
  std::string title;
  std::string text;
  QuestionState state = QuestionState::kOpen;
  std::string answer;
  std::string answered_by;
  std::optional<base::Instant> answered_at;
};
DURE_FIELDS(Question, "questions", field("id", &Question::id), field("version", &Question::version),
            field("created_at", &Question::created_at), field("updated_at", &Question::updated_at),
            field("programme_id", &Question::programme_id), field("account_id", &Question::account_id),
            field("desk", &Question::desk), field("request", &Question::request),
            field("title", &Question::title), field("text", &Question::text),
            field("state", &Question::state), field("answer", &Question::answer),
            field("answered_by", &Question::answered_by), field("answered_at", &Question::answered_at));

}  // namespace dure::model
