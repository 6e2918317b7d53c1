#include "server/parameters.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "wire/text.h"

namespace dure::server {

base::Status check_parameters(const net::Request& request, const std::vector<std::string>& known) {
  std::set<std::string_view> seen;
  for (const auto& parameter : request.query) {
    if (std::find(known.begin(), known.end(), parameter.name) == known.end()) {
      const std::vector<std::string_view> names(known.begin(), known.end());
      const std::string near(wire::nearest(parameter.name, names));
      if (near.empty())
        return base::invalid(base::Reason("http.parameter_unknown").with("parameter", parameter.name));
      return base::invalid(
          base::Reason("http.parameter_unknown_near").with("parameter", parameter.name).with("near", near));
    }
    if (!seen.insert(parameter.name).second)
      return base::invalid(base::Reason("http.parameter_repeated").with("parameter", parameter.name));
  }
  return {};
}

base::Result<std::string> demand_parameter(const net::Request& request, const std::string& name) {
  const std::string* value = request.parameter(name);
  if (value && !value->empty()) return *value;
  return base::invalid(base::Reason("http.parameter_missing").with("parameter", name));
}

}  // namespace dure::server
