// Routes of commands that make a row or take it a step further. Each takes the command as a function.
#pragma once

#include <string>

#include "server/edge.h"

namespace dure::server {

// POST of a collection: the body is what the command takes, the answer the row that it made.
template <class Command, class Noun>
using Make = base::Result<Noun> (*)(commands::Work&, const Command&);
template <class Command, class Noun>
void add_make(Router& router, Api& api, const std::string& name, Make<Command, Noun> make) {
  add_route(router, api, "POST", "/api/v1/" + name, [name, make](Exchange& exchange) -> base::Result<Answer> {
    DURE_LET(command, exchange.body<Command>());
    return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
      DURE_LET(row, make(work, command));
      return created_answer(row, name);
    });
  });
}

// POST of a row's step without a body.
template <class Noun>
using Step = base::Result<Noun> (*)(commands::Work&, const base::Id<Noun>&);
template <class Noun>
void add_step(Router& router, Api& api, const std::string& name, const std::string& step, Step<Noun> take) {
  add_route(router, api, "POST", "/api/v1/" + name + "/{id}/" + step,
            [take](Exchange& exchange) -> base::Result<Answer> {
              return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, take(work, exchange.id<Noun>()));
                return row_answer(row);
              });
            });
}

// The same with a body.
template <class Noun, class Command>
using Change = base::Result<Noun> (*)(commands::Work&, const base::Id<Noun>&, const Command&);
template <class Noun, class Command>
void add_change(Router& router, Api& api, const std::string& name, const std::string& step,
                Change<Noun, Command> take) {
  add_route(router, api, "POST", "/api/v1/" + name + "/{id}/" + step,
            [take](Exchange& exchange) -> base::Result<Answer> {
              DURE_LET(command, exchange.body<Command>());
              return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, take(work, exchange.id<Noun>(), command));
                return row_answer(row);
              });
            });
}

// A row of another collection that comes of the one in the path.
template <class Made, class Noun, class Command>
using Add = base::Result<Made> (*)(commands::Work&, const base::Id<Noun>&, const Command&);
template <class Made, class Noun, class Command>
void add_child(Router& router, Api& api, const std::string& pattern, const std::string& name,
               Add<Made, Noun, Command> make) {
  add_route(router, api, "POST", "/api/v1/" + pattern,
            [name, make](Exchange& exchange) -> base::Result<Answer> {
              DURE_LET(command, exchange.body<Command>());
              return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, make(work, exchange.id<Noun>(), command));
                return created_answer(row, name);
              });
            });
}

}  // namespace dure::server
