// What the commands about the end, versions of the rules, determinations and desks take and give beside the
// nouns themselves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/closure.h"
#include "model/guidance.h"

namespace dure::model {

struct PlaceHold {
  std::vector<std::string> kinds;  // of DeletedKind; empty: the whole job waits
  std::string law;
  std::string ground;
  std::optional<base::Date> until;
};
DURE_VALUE_FIELDS(PlaceHold, field("kinds", &PlaceHold::kinds), field("law", &PlaceHold::law),
                  field("ground", &PlaceHold::ground), field("until", &PlaceHold::until));

// The last day of support (L2).
struct AnnounceEnd {
  base::Date ends_on;
  std::string ground;
};
DURE_VALUE_FIELDS(AnnounceEnd, field("ends_on", &AnnounceEnd::ends_on),
                  field("ground", &AnnounceEnd::ground));

// A version of the rules ends: on a day, or because something happened (M7).
struct EndPolicyVersion {
  base::Date ends_on;  // last day on which a decision may cite it
  std::string event;   // "" = the day alone
  std::string ground;
};
DURE_VALUE_FIELDS(EndPolicyVersion, field("ends_on", &EndPolicyVersion::ends_on),
                  field("event", &EndPolicyVersion::event), field("ground", &EndPolicyVersion::ground));

struct RecordDetermination {
  ProgrammeId programme_id;
  std::string question;
  base::Date met_on;
  std::string chair;
  std::string chair_office;
  std::vector<std::string> members;
  std::string minutes;
  std::string decision;
};
DURE_VALUE_FIELDS(RecordDetermination, field("programme_id", &RecordDetermination::programme_id),
                  field("question", &RecordDetermination::question),
                  field("met_on", &RecordDetermination::met_on), field("chair", &RecordDetermination::chair),
                  field("chair_office", &RecordDetermination::chair_office),
                  field("members", &RecordDetermination::members),
                  field("minutes", &RecordDetermination::minutes),
                  field("decision", &RecordDetermination::decision));

struct AskQuestion {
  ProgrammeId programme_id;
  std::string desk;
  std::string request;
  std::string title;
  std::string text;
};
DURE_VALUE_FIELDS(AskQuestion, field("programme_id", &AskQuestion::programme_id),
                  field("desk", &AskQuestion::desk), field("request", &AskQuestion::request),
                  field("title", &AskQuestion::title), field("text", &AskQuestion::text));

struct AnswerQuestion {
  std::string answer;
};
DURE_VALUE_FIELDS(AnswerQuestion, field("answer", &AnswerQuestion::answer));

// By which of the pack's reasons.
struct DeclineQuestion {
  std::string request;
};
DURE_VALUE_FIELDS(DeclineQuestion, field("request", &DeclineQuestion::request));

// Whom to ask about what, as the pack says.
struct DeskView {
  std::string topic;
  std::string title_ko;
  std::string title_en;
  std::string telephone;
  std::string email;
  std::string url;
};
DURE_VALUE_FIELDS(DeskView, field("topic", &DeskView::topic), field("title_ko", &DeskView::title_ko),
                  field("title_en", &DeskView::title_en), field("telephone", &DeskView::telephone),
                  field("email", &DeskView::email), field("url", &DeskView::url));

}  // namespace dure::model
