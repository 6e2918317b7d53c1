#include "cli/verbs.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "calendar/zone.h"
#include "wire/reasons.h"

namespace dure::cli {

void Context::with_api(const std::function<base::Status(Api&)>& body) {
  if (connection.token.empty()) connection.token = read_token(connection.server);
  auto api = Api::open(connection);
  if (!api) {
    exit_code = report(api.failure(), {}, connection.language);
    return;
  }
  if (const auto done = body(*api); !done)
    exit_code = report(done.failure(), api->last_problem(), connection.language);
}

void Context::note(const base::Reason& reason) const {
  const auto said = wire::render(reason, wire::pick_language(connection.language));
  std::fprintf(stderr, "%s%s%s\n", said.text.c_str(), said.help.empty() ? "" : " ", said.help.c_str());
}

void Context::explain_empty(bool filtered, const std::string& next) const {
  if (output() == Format::kJson) return;
  base::Reason why("cli.list_empty");
  if (connection.token.empty()) {
    why = base::Reason("cli.list_stranger");
  } else if (filtered) {
    why = base::Reason("cli.list_none_fits");
  } else if (!next.empty()) {
    why = base::Reason("cli.list_begin").with("next", next);
  }
  note(why);
}

void Context::offline(const std::function<base::Status()>& body) {
  if (const auto done = body(); !done) exit_code = report(done.failure(), {}, connection.language);
}

base::Date today_in_korea() {
  const base::Instant now{std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count()};
  return calendar::local_date(now, calendar::seoul());
}

base::Result<std::string> read_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return base::error(base::ErrorKind::kNotFound, base::Reason("cli.file_unreadable").with("path", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace dure::cli
