// One request on its way through the server: who asks, in which language, and the answer made from nouns.
//
// A route is a function Exchange -> Result<Answer>. Reading routes use look(), writing ones perform(): both
// hand the body a Work (commands/work.h). perform() honours the Idempotency-Key header: a key that was seen
// with the same request gives the kept answer without doing anything; with another request it is refused; and
// the answer is kept, sealed, in the command's own transaction, so that a retry after a crash neither loses
// nor doubles anything. It honours If-Match: the version is compared in the command's transaction with the
// row that the path names; where the command changes no row, it is refused.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "commands/work.h"
#include "net/message.h"
#include "server/answer.h"
#include "server/preconditions.h"
#include "server/required.h"
#include "server/router.h"
#include "wire/json.h"
#include "wire/reasons.h"

namespace dure::server {

struct Exchange {
  commands::World& world;
  const net::Request& request;
  const PathParameters& parameters;
  commands::Caller caller;
  wire::Language language = wire::Language::kKorean;

  // A path parameter. REQUIRES: the route's pattern names it.
  const std::string& parameter(std::string_view name) const;
  template <class Noun>
  base::Id<Noun> id(std::string_view name = "id") const {
    return base::Id<Noun>(parameter(name));
  }

  // The body as a value; refused with pointers where it is not one, or lacks a member of Required<T> or
  // `more`.
  template <class T>
  base::Result<T> body(const std::vector<std::string_view>& more = {}) const {
    wire::In in{.required = Required<T>::members()};
    in.required.insert(in.required.end(), more.begin(), more.end());
    return wire::read_json<T>(request.body, in);
  }
};

using ReadBody = std::function<base::Result<Answer>(commands::Work&)>;

base::Result<Answer> look(Exchange& exchange, const ReadBody& body);
base::Result<Answer> perform(Exchange& exchange, const ReadBody& body);
// The answer that perform() would repeat, for a route that does something before it; none where it would
// work.
base::Result<std::optional<Answer>> find_answer(Exchange& exchange);

// The answer with its tag; 304 without a body where the asker of a GET has it already.
Answer tagged(const Exchange& exchange, Answer answer, const std::string& etag);

// 200 with JSON that is no row's, tagged by a digest of it.
Answer tagged_json(const Exchange& exchange, std::string text);

// JSON that shows more than the row of that version does, tagged by both.
Answer view_answer(const Exchange& exchange, std::string text, std::int64_t version, int status = 200);

template <class Noun>
Answer row_answer(const Noun& row, int status = 200, wire::Out out = {}) {
  Answer answer;
  answer.status = status;
  wire::write_json(answer.body, row, out);
  answer.headers.push_back({"ETag", etag_of(row.version)});
  return answer;
}

// The same with 304 where the asker has it already.
template <class Noun>
Answer get_answer(const Exchange& exchange, const Noun& row, wire::Out out = {}) {
  const std::string etag = etag_of(row.version);
  if (not_modified(exchange.request, etag)) return not_modified_answer(etag);
  return row_answer(row, 200, out);
}

// 201 with Location.
template <class Noun>
Answer created_answer(const Noun& row, const std::string& collection, wire::Out out = {}) {
  Answer answer = row_answer(row, 201, out);
  answer.headers.push_back({"Location", "/api/v1/" + collection + "/" + row.id.text});
  return answer;
}

// A page of a list: the rows' JSON text goes between the two, with commas between the rows.
Answer begin_page();
Answer end_page(Answer answer, const std::string& next);

Answer json_answer(std::string text, int status = 200);

// All of a list that is no collection of rows, as one page.
template <class Item>
Answer items_answer(const std::vector<Item>& items) {
  std::string json = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) json += ',';
    wire::write_json(json, items[i]);
  }
  return json_answer(json + "],\"next\":null}");
}

}  // namespace dure::server
