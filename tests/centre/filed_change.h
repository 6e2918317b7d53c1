// A change of a running allocation, by an application.
#pragma once

#include <string>

#include "centre/centre.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {

// A change of the user's allocation to so many blocks from that day on, filed, approved and opened.
inline Reply change_to(Centre& centre, std::int64_t blocks, base::Date from) {
  auto form = *wire::read_form(wire::example_form());
  form.login = "hong01";
  form.kind = model::ApplicationKind::kChange;
  form.resources.blocks = blocks;
  form.starts_on = from;
  form.months = 5;
  const auto created =
      centre.post("/api/v1/applications", {},
                  {{"call_id", centre.call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  const std::string id = created.text("application/id"), path = "/api/v1/applications/" + id;
  centre.send("POST", path + "/documents?kind=form1&file_name=a.pdf", created.text("access_token"),
              "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
  centre.send("POST", path + "/submit", created.text("access_token"));
  centre.approve(id);
  const auto award = centre.get("/api/v1/awards?application_id=" + id, centre.operators).text("items/0/id");
  return centre.post("/api/v1/awards/" + award + "/allocation", centre.operators);
}

}  // namespace dure::tests
