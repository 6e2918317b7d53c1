#include "cli/verbs.h"

#include <fstream>
#include <iostream>
#include <iterator>

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

void Context::offline(const std::function<base::Status()>& body) {
  if (const auto done = body(); !done) exit_code = report(done.failure(), {}, connection.language);
}

base::Result<std::string> read_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return base::error(base::ErrorKind::kNotFound, base::Reason("cli.file_unreadable").with("path", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace dure::cli
