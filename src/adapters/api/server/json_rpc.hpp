// The stream's requests and answers as JSON-RPC 2.0 text. No state, no sockets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace ballast::api {

/// JSON-RPC's own, and ours from -32000 down.
namespace rpc {
constexpr int parse_error = -32700;
constexpr int invalid_request = -32600;
constexpr int method_not_found = -32601;
constexpr int invalid_params = -32602;
constexpr int internal_error = -32603;
constexpr int unauthorized = -32001;  // public/auth first, or the token is no good
constexpr int forbidden = -32002;     // not with this role
constexpr int refused = -32003;       // what a request of HTTP would answer with its problem
constexpr int too_many = -32004;
}  // namespace rpc

/// A request; of its parameters, those that any method here takes.
struct RpcCall {
  std::optional<std::string> id;  // as JSON; absent: a notification, which nobody answers
  std::string method;
  std::optional<std::string> token;
  std::optional<std::vector<std::string>> channels;
  std::optional<std::int64_t> interval_ms;
  std::map<std::string, std::uint64_t> resume;
  std::optional<std::vector<std::string>> events;  // each as it was written, so exact
  bool atomic = false;
  std::string key;
};

struct RpcError {
  int code = 0;
  std::string message;
  std::string id = "null";
  std::string data = {};  // JSON; empty: none
};

/// At most 32 levels deep. Errors name what is wrong of it.
tl::expected<RpcCall, RpcError> parse_call(std::string_view text);

std::string rpc_result(std::string_view id, std::string_view result);
std::string rpc_error(const RpcError& error);

/// Quoted and escaped; what is not UTF-8 is replaced.
std::string json_text(std::string_view text);

}  // namespace ballast::api
