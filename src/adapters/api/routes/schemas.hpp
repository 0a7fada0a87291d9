// The schemas of the API's requests and responses, in short lines that become JSON Schema.
//
//   Exposure: key string, actual decimal?, band range?, adherence AdherenceByWindow, ~note string
//
// `?` may be null, `[]` is a list, `map<T>` an object of any keys, `a|b` one of these texts, `~`
// may be absent; everything else is there, and nothing besides. Names with a capital are schemas.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ballast::api {

/// JSON Schema by name, with a list of each item that has one.
std::map<std::string, std::string> schemas();
/// JSON Schema of a short one.
std::string json_schema(std::string_view fields);

}  // namespace ballast::api
