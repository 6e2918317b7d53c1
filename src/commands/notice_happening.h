// Something that people may have to be told: an event of the outbox, or a day that comes.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "model/record.h"

namespace dure::commands {

struct Happening {
  std::string source;    // of the messages that are made of it
  std::string type;      // "application.decided"
  std::string resource;  // "applications/<id>"
  std::string programme_id;
  std::string project_id;
  std::string application_id;
  std::string account_id;
  std::string data;              // JSON text, no personal data
  std::optional<base::Date> on;  // the day that comes
};

// The id behind "<collection>/"; "" for another collection's.
inline std::string id_in(const std::string& resource, const std::string& collection) {
  const std::string start = collection + "/";
  return resource.starts_with(start) ? resource.substr(start.size()) : "";
}

// Whether a programme's own people may know of it: what happens in a programme, and what happens to the
// machines that all of them share.
inline bool is_of_a_programme(const Happening& happening) {
  if (!happening.programme_id.empty()) return true;
  for (const char* machines : {"nodes", "cards", "outages", "maintenance-windows"})
    if (!id_in(happening.resource, machines).empty()) return true;
  return false;
}

inline Happening happening_of(const model::Event& event) {
  Happening made;
  made.source = "events/" + event.id.text;
  made.type = event.type;
  made.resource = event.resource;
  made.programme_id = event.programme_id;
  made.project_id = event.project_id;
  made.application_id = event.application_id;
  made.account_id = event.account_id.empty() ? id_in(event.resource, "accounts") : event.account_id;
  made.data = event.data;
  return made;
}

}  // namespace dure::commands
