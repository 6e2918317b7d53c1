// Which function answers which request: patterns of path segments, "{name}" standing for any one segment.
//
// A path that matches with another method is 405 with Allow; no match is 404. The table is filled once by
// main and then only read, by many threads.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/message.h"

namespace dure::server {

using PathParameters = std::map<std::string, std::string, std::less<>>;

// Takes the request and its path's parameters.
using RouteHandler = std::function<net::Response(const net::Request&, const PathParameters&)>;

class Router {
 public:
  // REQUIRES: pattern begins with "/"; the pair is new. `parameters`: those of the query string that it
  // takes.
  void add(std::string method, std::string pattern, RouteHandler handler,
           std::vector<std::string> parameters = {});

  struct Match {
    const RouteHandler* handler = nullptr;  // none: 404, or 405 where `allowed` has something
    PathParameters parameters;
    std::string pattern;
    std::vector<std::string> allowed;
  };
  Match match(std::string_view method, std::string_view path) const;

  // Every route, in the order added: the contract test compares them with api/openapi.yaml.
  struct Row {
    std::string method;
    std::string pattern;
    std::vector<std::string> parameters;
  };
  std::vector<Row> table() const;

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    RouteHandler handler;
    std::vector<std::string> parameters;
  };
  std::vector<Route> routes_;
};

}  // namespace dure::server
