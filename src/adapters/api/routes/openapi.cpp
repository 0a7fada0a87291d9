#include "adapters/api/routes/openapi.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "adapters/api/routes/schemas.hpp"
#include "base/contract.hpp"
#include "json/json_writer.hpp"

namespace ballast::api {
namespace {

constexpr std::string_view method_names[] = {"get", "post", "put", "delete"};

std::string_view needs_text(const std::optional<Permission>& needs) {
  if (!needs) return "no token";
  constexpr std::string_view texts[] = {
      "any token", "viewer", "trader", "risk", "admin", "ingest (or admin)", "metrics (or viewer)"};
  return texts[static_cast<std::size_t>(*needs)];
}

/// "{key}" and the like.
std::vector<std::string> captures_of(std::string_view pattern) {
  std::vector<std::string> names;
  for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    const auto close = pattern.find('}', open);
    names.emplace_back(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close);
  }
  return names;
}

/// "get_targets_key": one for each operation.
std::string operation_id(const Route& route) {
  std::string id(method_names[static_cast<std::size_t>(route.method)]);
  std::string_view path = route.pattern;
  if (path.starts_with("/api/v1")) path.remove_prefix(std::string_view("/api/v1").size());
  for (const char c : path) {
    if (c == '/' || c == '-' || c == '.') id += '_';
    if ((c >= 'a' && c <= 'z')) id += c;
  }
  return id;
}

void write_schema(JsonWriter& out, std::string_view schema) {
  if (schema.starts_with('{')) return out.raw(schema);
  out.begin_object();
  out.key("$ref").value("#/components/schemas/" + std::string(schema));
  out.end_object();
}

void write_content(JsonWriter& out, std::string_view type, std::string_view schema) {
  out.key(type).begin_object();
  out.key("schema");
  write_schema(out, schema);
  out.end_object();
}

void write_parameter(JsonWriter& out,
                     std::string_view in,
                     std::string_view name,
                     std::string_view about,
                     std::string_view type,
                     bool required) {
  out.begin_object();
  out.key("name").value(name);
  out.key("in").value(in);
  out.key("required").value(required);
  if (!about.empty()) out.key("description").value(about);
  out.key("schema").begin_object();
  const bool time = type == "time";
  out.key("type").value(time ? std::string_view("string") : type);
  if (time) out.key("format").value("date-time");
  out.end_object();
  out.end_object();
}

void write_parameters(JsonWriter& out, const Route& route) {
  out.key("parameters").begin_array();
  for (const std::string& name : captures_of(route.pattern))
    write_parameter(out, "path", name, "percent-encoded", "string", true);
  for (const ParameterDoc& p : route.parameters)
    write_parameter(out, "query", p.name, p.about, p.type, false);
  if (route.versioned) {
    write_parameter(out, "header", "If-Match", "the ETag of the GET, or * for any", "string", true);
  }
  if (route.stream_lines) {
    write_parameter(out, "header", "Idempotency-Key",
                    "the same key with the same body answers what it answered the first time",
                    "string", false);
  }
  out.end_array();
}

void write_refusal(JsonWriter& out, std::string_view status, std::string_view about) {
  out.key(status).begin_object();
  out.key("description").value(about);
  out.key("content").begin_object();
  write_content(out, "application/problem+json", "Problem");
  out.end_object();
  out.end_object();
}

void write_success(JsonWriter& out,
                   const Route& route,
                   std::string_view status,
                   std::string_view about) {
  out.key(status).begin_object();
  out.key("description").value(about);
  if (!route.response_schema.empty()) {
    out.key("content").begin_object();
    write_content(out, route.produces, route.response_schema);
    if (route.stream_lines) write_content(out, "application/x-ndjson", route.response_schema);
    out.end_object();
  }
  out.end_object();
}

void write_responses(JsonWriter& out, const Route& route) {
  out.key("responses").begin_object();
  write_success(out, route, "200", "Done.");
  if (route.stream_lines) {
    write_success(out, route, "207", "Some events were refused, the good ones kept.");
    write_success(out, route, "403", "The token's role may post none of these events.");
    write_success(out, route, "422", "Every event was refused, or the batch was as a whole.");
  }
  if (route.pattern == "/api/v1/stream") write_refusal(out, "426", "It does not upgrade.");
  write_refusal(out, "400", "Malformed: the detail names the parameter or field.");
  if (route.needs) {
    write_refusal(out, "401", "No token, or not a good one.");
    if (!route.stream_lines) write_refusal(out, "403", "The token's role may not do this.");
  }
  if (route.pattern.find('{') != std::string::npos) write_refusal(out, "404", "No such thing.");
  if (route.changes) {
    write_refusal(out, "409", "It contradicts the present state.");
    if (route.versioned) {
      write_refusal(out, "412", "If-Match is not the present version.");
      write_refusal(out, "428", "If-Match is missing.");
    }
    write_refusal(out, "422", "Well-formed, and refused: the detail says why.");
  }
  if (route.needs) {
    write_refusal(out, "503", "Not ready, draining, or the journal has failed.");
  } else {  // probes speak plain text
    write_success(out, route, "503", "Not ready: the reason.");
  }
  out.end_object();
}

void write_operation(JsonWriter& out, const Route& route) {
  out.key(method_names[static_cast<std::size_t>(route.method)]).begin_object();
  out.key("operationId").value(operation_id(route));
  out.key("summary").value(route.about);
  out.key("description").value(fmt::format("Needs: {}.", needs_text(route.needs)));
  write_parameters(out, route);
  if (!route.request_schema.empty()) {
    out.key("requestBody").begin_object();
    out.key("content").begin_object();
    write_content(out, "application/json", route.request_schema);
    if (route.stream_lines) write_content(out, "application/x-ndjson", R"({"type":"string"})");
    out.end_object();
    out.end_object();
  }
  write_responses(out, route);
  if (!route.needs) out.key("security").begin_array(), out.end_array();
  out.end_object();
}

}  // namespace

std::string openapi_document(const std::vector<Route>& table, std::string_view version) {
  const auto known = schemas();
  std::map<std::string_view, std::vector<const Route*>> paths;
  for (const Route& route : table) {
    paths[route.pattern].push_back(&route);
    for (const std::string* schema : {&route.request_schema, &route.response_schema}) {
      BALLAST_ASSERT(schema->empty() || schema->starts_with('{') || known.contains(*schema));
    }
  }
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("openapi").value("3.1.0");
  out.key("info").begin_object();
  out.key("title").value("Ballast");
  out.key("version").value(version);
  out.key("description").value("Keeps a trading desk's inventory where it should be.");
  out.end_object();
  out.key("security").begin_array();
  out.begin_object();
  out.key("bearer").begin_array();
  out.end_array();
  out.end_object();
  out.end_array();
  out.key("paths").begin_object();
  for (const auto& [path, routes] : paths) {
    out.key(path).begin_object();
    for (const Route* route : routes)
      write_operation(out, *route);
    out.end_object();
  }
  out.end_object();
  out.key("components").begin_object();
  out.key("securitySchemes").begin_object();
  out.key("bearer").begin_object();
  out.key("type").value("http");
  out.key("scheme").value("bearer");
  out.end_object();
  out.end_object();
  out.key("schemas").begin_object();
  for (const auto& [name, schema] : known)
    out.key(name).raw(schema);
  out.end_object();
  out.end_object();
  out.end_object();
  return out.take();
}

}  // namespace ballast::api
