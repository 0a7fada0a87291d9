// A checker of JSON Schema, for as much of it as our document uses: every keyword it does not know
// is a failure, so that a schema cannot say more than is checked.
#pragma once

#include <regex>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/timestamp.hpp"

namespace ballast::api::test {

class SchemaChecker {
 public:
  using Json = nlohmann::json;
  explicit SchemaChecker(const Json& document) : document_(document) {}

  /// Everything that is wrong, each with its place; empty when the value is as the schema says.
  std::vector<std::string> check(const Json& schema, const Json& value) const {
    std::vector<std::string> problems;
    visit(schema, value, "$", problems);
    return problems;
  }

 private:
  void visit(const Json& schema,
             const Json& value,
             const std::string& at,
             std::vector<std::string>& problems) const {
    static const std::set<std::string> known{
        "$ref",     "type",     "properties", "required", "additionalProperties",
        "items",    "enum",     "anyOf",      "pattern",  "format",
        "minItems", "maxItems", "description"};
    for (const auto& keyword : schema.items()) {
      if (!known.contains(keyword.key()))
        problems.push_back(at + ": the schema says `" + keyword.key() + "`, which nobody checks");
    }
    if (schema.contains("$ref")) {
      const std::string path = schema["$ref"].get<std::string>().substr(1);
      const Json::json_pointer pointer(path);
      if (!document_.contains(pointer)) return problems.push_back(at + ": no " + path);
      return visit(document_[pointer], value, at, problems);
    }
    if (schema.contains("anyOf")) {
      std::vector<std::string> nearest;
      for (const Json& one : schema["anyOf"]) {
        std::vector<std::string> found;
        visit(one, value, at, found);
        if (found.empty()) return;
        if (nearest.empty() || found.size() < nearest.size()) nearest = found;
      }
      problems.push_back(at + ": none of anyOf fits " + value.dump().substr(0, 100));
      return problems.insert(problems.end(), nearest.begin(), nearest.end()), void();
    }
    if (schema.contains("type") && !is(schema["type"], value)) {
      return problems.push_back(at + ": " + value.dump().substr(0, 100) + " is no " +
                                schema["type"].dump());
    }
    if (schema.contains("enum")) {
      bool found = false;
      for (const Json& one : schema["enum"])
        found = found || one == value;
      if (!found)
        problems.push_back(at + ": " + value.dump() + " is none of " + schema["enum"].dump());
    }
    if (value.is_string()) check_text(schema, value, at, problems);
    if (value.is_array()) check_array(schema, value, at, problems);
    if (value.is_object()) check_object(schema, value, at, problems);
  }

  static bool is(const std::string& type, const Json& value) {
    if (type == "string") return value.is_string();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }
  static void check_text(const Json& schema,
                         const Json& value,
                         const std::string& at,
                         std::vector<std::string>& problems) {
    const auto text = value.get<std::string>();
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema["pattern"].get<std::string>()))) {
      problems.push_back(at + ": `" + text + "` is not like " +
                         schema["pattern"].get<std::string>());
    }
    if (!schema.contains("format")) return;
    if (schema["format"] != "date-time") problems.push_back(at + ": an unknown format");
    if (!parse_timestamp(text) || text.find('T') == std::string::npos)
      problems.push_back(at + ": `" + text + "` is no time");
  }
  void check_array(const Json& schema,
                   const Json& value,
                   const std::string& at,
                   std::vector<std::string>& problems) const {
    if (schema.contains("minItems") && value.size() < schema["minItems"].get<std::size_t>())
      problems.push_back(at + ": too few");
    if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>())
      problems.push_back(at + ": too many");
    if (!schema.contains("items")) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      visit(schema["items"], value[i], at + "[" + std::to_string(i) + "]", problems);
  }
  void check_object(const Json& schema,
                    const Json& value,
                    const std::string& at,
                    std::vector<std::string>& problems) const {
    if (schema.contains("required")) {
      for (const Json& name : schema["required"]) {
        if (!value.contains(name.get<std::string>()))
          problems.push_back(at + ": " + name.dump() + " is missing");
      }
    }
    for (const auto& [name, member] : value.items()) {
      const std::string place = at + "." + name;
      if (schema.contains("properties") && schema["properties"].contains(name)) {
        visit(schema["properties"][name], member, place, problems);
      } else if (schema.contains("additionalProperties")) {
        const Json& more = schema["additionalProperties"];
        if (more.is_object()) {
          visit(more, member, place, problems);
        } else if (!more.get<bool>()) {
          problems.push_back(place + ": the schema does not know it");
        }
      }
    }
  }

  const Json& document_;
};

}  // namespace ballast::api::test
