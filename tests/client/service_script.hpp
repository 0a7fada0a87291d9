// A service that answers as docs/api.md says, from a script, and the program that asks it.
#pragma once

#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "support/program.hpp"
#include "support/receiver.hpp"

namespace ballast::testing {

inline Answer json_answer(std::string body, int status = 200) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}
inline Answer problem(int status, const std::string& detail) {
  return {.status = status,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = fmt::format(R"({{"type":"about:blank","title":"No","status":{},"detail":"{}"}})",
                              status, detail)};
}

/// Runs a verb against a service; without any of the environment's own words.
inline Ended ask(const Scratch& scratch,
                 const Receiver& service,
                 const std::string& arguments,
                 const char* token = nullptr) {
  unsetenv("BALLAST_URL");
  unsetenv("BALLAST_TOKEN");
  if (token != nullptr) setenv("BALLAST_TOKEN", token, 1);
  return run_ballast(scratch.path(),
                     fmt::format("{} --url http://127.0.0.1:{}", arguments, service.port()));
}

}  // namespace ballast::testing
