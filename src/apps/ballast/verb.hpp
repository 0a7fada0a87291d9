// One verb of the command line: a name, what it does, and how it runs.
//
// To add a verb: a file verb_<name>.cpp with a make function, a row in verbs.cpp. Help, shell
// completion and the manual pages follow from the CLI11 app that it fills in.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): the library's own.
namespace CLI {
class App;
}

namespace ballast {

/// FORMATS section 4.
enum class Exit : int {
  fine = 0,
  failed = 1,
  usage = 2,
  check_failed = 3,
  adherence_below = 4,
  input_refused = 5,
  journal_damaged = 74,
  bad_configuration = 78,
};

struct Verb {
  std::string_view name;
  std::string_view about;    // one line
  std::string_view example;  // a command that works
  /// Adds options to the subcommand and returns what runs after parsing.
  std::function<Exit()> (*make)(CLI::App& app);
};

std::span<const Verb> verbs();

/// The whole command line: parses, runs, maps errors to exit codes.
int run_command_line(int argc, char** argv);

/// The app with every verb on it, for completion and manual pages. `chosen` receives what to run.
std::unique_ptr<CLI::App> make_app(std::function<Exit()>& chosen);

// The verbs, one file each.
std::function<Exit()> make_check(CLI::App& app);
std::function<Exit()> make_replay(CLI::App& app);
std::function<Exit()> make_simulate(CLI::App& app);
std::function<Exit()> make_run(CLI::App& app);
std::function<Exit()> make_report(CLI::App& app);
std::function<Exit()> make_explain(CLI::App& app);
std::function<Exit()> make_import(CLI::App& app);
std::function<Exit()> make_journal(CLI::App& app);
std::function<Exit()> make_demo(CLI::App& app);
std::function<Exit()> make_status(CLI::App& app);
std::function<Exit()> make_positions(CLI::App& app);
std::function<Exit()> make_adherence(CLI::App& app);
std::function<Exit()> make_alerts(CLI::App& app);
std::function<Exit()> make_proposals(CLI::App& app);
std::function<Exit()> make_options(CLI::App& app);
std::function<Exit()> make_watch(CLI::App& app);
std::function<Exit()> make_kill(CLI::App& app);
std::function<Exit()> make_rearm(CLI::App& app);
std::function<Exit()> make_target(CLI::App& app);
std::function<Exit()> make_limits(CLI::App& app);
std::function<Exit()> make_audit(CLI::App& app);
std::function<Exit()> make_token(CLI::App& app);
std::function<Exit()> make_calc(CLI::App& app);
std::function<Exit()> make_calibrate(CLI::App& app);
std::function<Exit()> make_sink_verb(CLI::App& app);
std::function<Exit()> make_completion(CLI::App& app);
std::function<Exit()> make_man(CLI::App& app);
std::function<Exit()> make_version(CLI::App& app);

}  // namespace ballast
