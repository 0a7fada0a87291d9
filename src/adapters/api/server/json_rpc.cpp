#include "adapters/api/server/json_rpc.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace ballast::api {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t depth_max = 32;
constexpr std::size_t channels_max = 1000;

tl::unexpected<RpcError> wrong(int code, std::string message) {
  return tl::unexpected(RpcError{code, std::move(message)});
}
tl::unexpected<RpcError> wrong_parameter(std::string_view name, std::string_view what) {
  return wrong(rpc::invalid_params, fmt::format("{} is {}", name, what));
}

std::optional<std::string> text_of(dom::element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

tl::expected<void, RpcError> read_channels(dom::element value, RpcCall& call) {
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return wrong_parameter("channels", "an array of names");
  call.channels.emplace();
  for (const dom::element name : list) {
    auto text = text_of(name);
    if (!text || call.channels->size() == channels_max)
      return wrong_parameter("channels", fmt::format("an array of at most {} names", channels_max));
    call.channels->push_back(std::move(*text));
  }
  return {};
}

tl::expected<void, RpcError> read_resume(dom::element value, RpcCall& call) {
  dom::object channels;
  if (value.get(channels) != simdjson::SUCCESS)
    return wrong_parameter("resume", "an object of channels and their last seq");
  for (const auto& [name, seq] : channels) {
    std::uint64_t number = 0;
    if (seq.get(number) != simdjson::SUCCESS || call.resume.size() == channels_max)
      return wrong_parameter("resume", "an object of channels and their last seq");
    call.resume[std::string(name)] = number;
  }
  return {};
}

tl::expected<void, RpcError> read_parameter(std::string_view name,
                                            dom::element value,
                                            RpcCall& call) {
  if (name == "token") {
    call.token = text_of(value);
    if (!call.token) return wrong_parameter(name, "a text");
  } else if (name == "channels") {
    return read_channels(value, call);
  } else if (name == "interval_ms") {
    std::int64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS) return wrong_parameter(name, "a whole number");
    call.interval_ms = number;
  } else if (name == "resume") {
    return read_resume(value, call);
  } else if (name == "events") {
    if (!value.is_array()) return wrong_parameter(name, "an array of events");
    call.events.emplace();  // their text is cut out below
  } else if (name == "atomic") {
    if (value.get(call.atomic) != simdjson::SUCCESS) return wrong_parameter(name, "true or false");
  } else if (name == "key") {
    auto text = text_of(value);
    if (!text) return wrong_parameter(name, "a text");
    call.key = std::move(*text);
  } else {
    return wrong(rpc::invalid_params, fmt::format("there is no parameter {}", name));
  }
  return {};
}

/// The text of each event as it was written: numbers keep all their digits. `json` is known to be
/// well-formed.
tl::expected<void, RpcError> cut_events(const simdjson::padded_string& json, RpcCall& call) {
  namespace ondemand = simdjson::ondemand;
  const auto defect = [] {
    return wrong(rpc::internal_error, "the events could not be cut apart");
  };
  ondemand::parser parser;
  ondemand::document document;
  if (parser.allocate(json.size(), depth_max) != simdjson::SUCCESS ||
      parser.iterate(json).get(document) != simdjson::SUCCESS)
    return defect();
  ondemand::array events;
  if (document["params"]["events"].get_array().get(events) != simdjson::SUCCESS) return defect();
  for (auto event : events) {
    ondemand::value value;
    if (event.get(value) != simdjson::SUCCESS) return defect();
    std::string_view text;
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return defect();
    if (type != ondemand::json_type::object)
      return wrong_parameter("events", "an array of objects");
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS ||
        object.raw_json().get(text) != simdjson::SUCCESS)
      return defect();
    std::string& line = call.events->emplace_back(text);
    // Events are lines: between tokens a line end is white space, and inside a text it is escaped.
    for (char& c : line)
      if (c == '\n' || c == '\r') c = ' ';
  }
  return {};
}

/// A text, a number or null, as JSON-RPC has it; anything else cannot be answered to.
tl::expected<std::string, RpcError> read_id(dom::element id) {
  if (const auto text = text_of(id); text && text->size() <= 128) return json_text(*text);
  std::int64_t number = 0;
  if (id.get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
  if (id.is_null()) return std::string("null");
  return wrong(rpc::invalid_request, "id is a text of at most 128 bytes, a whole number or null");
}

tl::expected<RpcCall, RpcError> read_call(dom::element root, const simdjson::padded_string& json) {
  dom::object request;
  if (root.get(request) != simdjson::SUCCESS)
    return wrong(rpc::invalid_request, "a request is one object, {\"jsonrpc\": \"2.0\", ...}");
  RpcCall call;
  dom::element field;
  if (request["id"].get(field) == simdjson::SUCCESS) {
    auto id = read_id(field);
    if (!id) return tl::unexpected(id.error());
    call.id = std::move(*id);
  }
  const auto refuse = [&](RpcError error) {
    error.id = call.id.value_or("null");
    return tl::unexpected(std::move(error));
  };
  if (request["jsonrpc"].get(field) != simdjson::SUCCESS || text_of(field) != "2.0")
    return refuse({rpc::invalid_request, "jsonrpc is not \"2.0\""});
  if (request["method"].get(field) != simdjson::SUCCESS || !text_of(field))
    return refuse({rpc::invalid_request, "method is missing or no text"});
  call.method = *text_of(field);
  if (request["params"].get(field) == simdjson::SUCCESS && !field.is_null()) {
    dom::object params;
    if (field.get(params) != simdjson::SUCCESS)
      return refuse({rpc::invalid_params, "params are given by name, in an object"});
    for (const auto& [name, value] : params)
      if (const auto read = read_parameter(name, value, call); !read) return refuse(read.error());
    if (call.events)
      if (const auto cut = cut_events(json, call); !cut) return refuse(cut.error());
  }
  return call;
}

}  // namespace

tl::expected<RpcCall, RpcError> parse_call(std::string_view text) {
  const simdjson::padded_string json(text);
  dom::parser parser;
  dom::element root;
  if (const auto error = parser.allocate(json.size(), depth_max); error != simdjson::SUCCESS)
    return wrong(rpc::parse_error, simdjson::error_message(error));
  if (const auto error = parser.parse(json).get(root); error == simdjson::DEPTH_ERROR)
    return wrong(rpc::parse_error, fmt::format("it is nested more than {} deep", depth_max));
  else if (error != simdjson::SUCCESS)
    return wrong(rpc::parse_error, simdjson::error_message(error));
  return read_call(root, json);
}

std::string rpc_result(std::string_view id, std::string_view result) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, result);
}

std::string rpc_error(const RpcError& error) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":{},"message":{}{}{}}}}})",
                     error.id, error.code, json_text(error.message),
                     error.data.empty() ? "" : ",\"data\":", error.data);
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  std::size_t i = 0;
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20) {
      out += fmt::format("\\u{:04x}", c);
      ++i;
    } else if (c < 0x80) {
      out += text[i++];
    } else {
      // The length that the first byte promises, when the rest keeps it.
      const std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      if (simdjson::validate_utf8(text.substr(i, length)) && i + length <= text.size()) {
        out += text.substr(i, length);
        i += length;
      } else {
        out += "\\ufffd";
        ++i;
      }
    }
  }
  return out + '"';
}

}  // namespace ballast::api
