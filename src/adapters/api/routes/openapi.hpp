// The OpenAPI 3.1 document of a table of routes: what docs/api.md says, for machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/http.hpp"

namespace ballast::api {

/// Requires that every schema that a route names is among schemas().
std::string openapi_document(const std::vector<Route>& table, std::string_view version);

}  // namespace ballast::api
