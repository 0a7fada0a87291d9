// `ballast run` with its API, on an address of its own choice.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/api/server/test_client.hpp"
#include "live/live_program.hpp"

namespace ballast::testing {

/// Spot BTC on one venue, one factor, and a rule that fires when it leaves its band.
constexpr std::string_view served_desk_toml = R"(
[desk]
name = "live"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
[[factors]]
name = "delta:BTC"
target = { model = "static", value = "0" }
band  = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
[[rules]]
name = "out"
factor = "delta:BTC"
when = "abs_z > 1"
severity = "warning"
)";

class Served {
 public:
  using Json = nlohmann::json;

  /// In `folder`, on desk.toml and desk.db.
  explicit Served(const std::filesystem::path& folder, std::vector<std::string> more = {})
      : program_(folder, arguments(std::move(more))) {
    if (!program_.says("runs on desk.db")) {
      ADD_FAILURE() << program_.log();
      return;
    }
    const std::string log = program_.log();
    const std::string_view where = "the dashboard: http://127.0.0.1:";
    std::string_view address = std::string_view(log).substr(log.find(where) + where.size());
    std::from_chars(address.data(), address.data() + address.size(), port_);
    const std::string_view mark = "#token=";
    address = address.substr(0, address.find('\n'));
    if (const auto at = address.find(mark); at != std::string_view::npos)
      admin_ = address.substr(at + mark.size());
  }

  std::uint16_t port() const { return port_; }
  /// The token of the first start; empty at a later one, or without.
  const std::string& admin() const { return admin_; }
  LiveProgram& program() { return program_; }

  api::TestReply ask(std::string_view method,
                     std::string_view target,
                     const std::string& token,
                     const std::string& body = "",
                     const std::string& headers = "") const {
    return api::TestClient(port_).ask(method, target, token, headers + "Connection: close\r\n",
                                      body);
  }
  std::string make_token(const std::string& name, std::string_view role) const {
    const Json body{{"name", name}, {"role", role}, {"reason", "test"}};
    const auto reply = ask("POST", "/api/v1/tokens", admin_, body.dump());
    EXPECT_EQ(reply.status, 200) << reply.body;
    return Json::parse(reply.body).value("token", "");
  }

 private:
  static std::vector<std::string> arguments(std::vector<std::string> more) {
    std::vector<std::string> all{"run",     "-c",       "desk.toml",  "--journal",
                                 "desk.db", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  LiveProgram program_;
  std::uint16_t port_ = 0;
  std::string admin_;
};

}  // namespace ballast::testing
