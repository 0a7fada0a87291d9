// The live service: a desk on its journal and its clock, with everything that works beside it.
//
// serve() is the composition root: it opens the journal, starts the desk and its parts, and stops
// them on a signal: SIGTERM and SIGINT drain, SIGHUP reads the configuration again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/config/service.hpp"
#include "apps/ballast/verb.hpp"
#include "base/result.hpp"
#include "engine/engine.hpp"
#include "model/desk.hpp"
#include "ports/alert_settings.hpp"
#include "ports/clock.hpp"
#include "ports/execution.hpp"

namespace ballast {

/// A configuration as it was read.
struct Configured {
  std::string file;
  std::string text;
  std::string sha256;  // of the text
  Timestamp loaded{};  // by the wall
  Desk desk;
  ServiceConfig service;
  AlertSettings alerts;
};
Result<Configured> read_configuration(const std::string& path);

struct ServicePlan {
  /// Reads the configuration: at the start, and for each reload.
  std::function<Result<Configured>()> configure;
  /// Who executes for an engine that is at its journal's end; null: nobody.
  std::function<Result<std::unique_ptr<Execution>>(const Engine&)> execute = nullptr;
  std::function<std::unique_ptr<Clock>(const Engine&)> clock;
  std::string journal;
  std::optional<ListenAddress> listen;  // goes before the configuration's
  bool no_auth = false;
  bool simulated = false;           // time and market are made up
  bool change_desk = false;         // take over a journal that another desk wrote
  std::vector<std::string> follow;  // files of events; "-" is standard input
  bool quit_on_key = false;         // `q` on a terminal stops it
};

/// Until a signal, or until the desk stops by itself.
Exit serve(const ServicePlan& plan);

}  // namespace ballast
