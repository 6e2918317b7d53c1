#include "cli/verbs.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

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

namespace {

base::Error unreadable(const std::string& path) {
  return base::error(base::ErrorKind::kNotFound, base::Reason("cli.file_unreadable").with("path", path));
}

// Read piece by piece: an unending one is given up, and one that cannot be read says so.
base::Result<std::string> read_whole(std::istream& stream, const std::string& path) {
  constexpr std::size_t kPiece = 1U << 20U;
  std::string text;
  while (stream) {
    const std::size_t before = text.size();
    if (before > kMostFileBytes)
      return base::error(base::ErrorKind::kTooLarge,
                         base::Reason("cli.file_too_large")
                             .with("path", path)
                             .with("limit_bytes", static_cast<std::int64_t>(kMostFileBytes)));
    text.resize(before + kPiece);
    stream.read(text.data() + before, kPiece);
    text.resize(before + static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return unreadable(path);
  return text;
}

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
  if (path == "-") return read_whole(std::cin, path);
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed))
    return base::invalid(base::Reason("cli.file_is_folder").with("path", path));
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path);
  return read_whole(file, path);
}

base::Error fault_in(base::Error fault, const std::string& path, std::string_view text) {
  fault.reason.with("in_file", path == "-" ? "<stdin>" : path);
  const auto* value = fault.reason.find("offset");
  const auto* offset = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (offset == nullptr || *offset < 0) return fault;
  const auto before = text.substr(0, static_cast<std::size_t>(*offset));
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  fault.reason.with("line", std::count(before.begin(), before.end(), '\n') + std::int64_t{1});
  fault.reason.with("column", static_cast<std::int64_t>(before.size() - start) + 1);
  return fault;
}

}  // namespace dure::cli
