// The two routes that every collection has: its list and its single rows.
#pragma once

#include <string>

#include "commands/reads.h"
#include "server/edge.h"
#include "server/list_query.h"

namespace dure::server {

template <class Noun>
using RepositoryOf = ports::Repository<Noun>& (ports::Transaction::*)();

// GET /api/v1/<name>: filtered, sorted, paged (list_query.h), and only what the caller may see.
template <class Noun>
void add_list(Router& router, Api& api, const std::string& name, RepositoryOf<Noun> rows) {
  const Route route = [rows](Exchange& exchange) -> base::Result<Answer> {
    static const auto kFields = filter_fields<Noun>();
    DURE_LET(query, read_list_query(exchange.request, kFields));
    return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
      Answer answer = begin_page();
      DURE_LET(next, commands::read_page_text(work, (work.tx.*rows)(), query, answer.body));
      return end_page(std::move(answer), next.empty() ? next : cursor_prefix(exchange.request) + next);
    });
  };
  add_route(router, api, "GET", "/api/v1/" + name, route, list_parameters(filter_fields<Noun>()));
}

// GET /api/v1/<name>/{id}.
template <class Noun>
void add_get(Router& router, Api& api, const std::string& name, RepositoryOf<Noun> rows) {
  add_route(router, api, "GET", "/api/v1/" + name + "/{id}",
            [rows](Exchange& exchange) -> base::Result<Answer> {
              return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, commands::read_row(work, (work.tx.*rows)(), exchange.id<Noun>()));
                return get_answer(exchange, row);
              });
            });
}

template <class Noun>
void add_collection(Router& router, Api& api, const std::string& name, RepositoryOf<Noun> rows) {
  add_list<Noun>(router, api, name, rows);
  add_get<Noun>(router, api, name, rows);
}

}  // namespace dure::server
