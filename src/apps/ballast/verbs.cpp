#include <array>
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

constexpr std::array all_verbs{
    Verb{"check", "look for every problem in a desk's configuration", "ballast check desk.toml",
         make_check},
    Verb{"replay", "run events through the engine and report on them",
         "ballast replay -c desk.toml fills.jsonl marks.jsonl.gz -o html --out report.html",
         make_replay},
    Verb{"simulate", "close the loop on a recording: quote, hedge and transfer on a paper venue",
         "ballast simulate -c desk.toml tops.jsonl.gz trades.jsonl.gz --latency 20ms -o table",
         make_simulate},
    Verb{"run", "serve a desk, live, on its journal",
         "ballast run -c desk.toml --journal desk.db --follow events.jsonl", make_run},
    Verb{"report", "report on what a journal holds",
         "ballast report --journal desk.db --from 2026-01-05T00:00:00Z --window day", make_report},
    Verb{"explain", "say what a factor's number is made of, and what control did about it",
         "ballast explain target delta:BTC --journal desk.db --at 2026-01-05T14:30:00Z",
         make_explain},
    Verb{"import", "turn another format into events on standard output",
         "ballast import binance-kline BTCUSDT.csv.gz --set instrument=BTC-USDT > marks.jsonl",
         make_import},
    Verb{"journal", "verify, read, export or rebuild a journal", "ballast journal verify desk.db",
         make_journal},
    Verb{"demo", "serve a simulated desk, live at 60 times the speed of the wall", "ballast demo",
         make_demo},
    // What a running service is asked.
    Verb{"status", "say how the running service is: its feeds, journal, sinks, what is stopped",
         "ballast status --journal desk.db", make_status},
    Verb{"positions", "list the running service's positions", "ballast positions --book mm -o csv",
         make_positions},
    Verb{"adherence", "say how closely the running desk keeps to its targets",
         "ballast adherence --window 24h --require 0.95", make_adherence},
    Verb{"alerts", "list, acknowledge and shelve alerts",
         "ballast alerts shelve btc-out-of-band --for 2h --reason 'rebalancing until noon'",
         make_alerts},
    Verb{"proposals", "list, approve and reject proposals", "ballast proposals approve p-17",
         make_proposals},
    Verb{"options", "say what options are worth, risk and earned",
         "ballast options greeks --underlying BTC --journal desk.db", make_options},
    Verb{"watch", "print what changes, as it changes", "ballast watch exposures:delta:BTC alerts",
         make_watch},
    Verb{"kill", "stop quoting, hedging and transfers in a scope",
         "ballast kill venue:binance --reason 'marks are off'", make_kill},
    Verb{"rearm", "lift a kill switch, or close a factor's breaker again",
         "ballast rearm venue:binance --reason 'marks agree again'", make_rearm},
    Verb{"target", "list, push and clear targets",
         "ballast target set delta:BTC --target 3 --band 2 4 --reason 'client block' --dry-run",
         make_target},
    Verb{"limits", "list and change hard limits",
         "ballast limits set delta:BTC -6 6 --reason 'smaller over the weekend'", make_limits},
    Verb{"audit", "say who changed what, and whether a journal accounts for all of it",
         "ballast audit verify desk.db", make_audit},
    Verb{"token", "list, make and revoke tokens of the running service",
         "ballast token create prometheus --role metrics > ballast.token", make_token},
    Verb{"calc", "compute a formula by name: quotes, bands, aims, flows",
         "ballast calc glft --q 5 --gamma 0.01 --sigma 0.3 --k 0.3 --A 0.9", make_calc},
    Verb{"calibrate", "fit Heston or SVI to an option chain, and say how well",
         "ballast calibrate heston chain.csv.gz --underlying BTC --html heston.html",
         make_calibrate},
    Verb{"sink", "send a test notification to one of a desk's sinks",
         "ballast sink test pager -c desk.toml", make_sink_verb},
    Verb{"completion", "print a completion script for a shell",
         "ballast completion bash > /etc/bash_completion.d/ballast", make_completion},
    Verb{"man", "print or write the manual pages", "ballast man --dir /usr/local/share/man/man1",
         make_man},
    Verb{"version", "print the version", "ballast version --verbose", make_version},
};

}  // namespace

std::span<const Verb> verbs() { return all_verbs; }

std::unique_ptr<CLI::App> make_app(std::function<Exit()>& chosen) {
  auto app = std::make_unique<CLI::App>(
      "Ballast keeps a trading desk's inventory where it should be: exact positions, where they\n"
      "should be now, how closely the desk keeps to it, and an alarm when it drifts.",
      "ballast");
  app->require_subcommand(1);
  app->set_version_flag("--version", "ballast " BALLAST_VERSION, "print the version");
  app->set_help_all_flag("--help-all", "help for every verb");
  app->footer(
      "Exit codes: 0 fine; 1 failed; 2 wrong usage; 3 a check failed; 4 adherence below "
      "--require;\n"
      "5 some input refused (counted and listed); 74 journal damaged; 78 bad configuration.\n"
      "`ballast VERB --help` shows a verb's options and an example.");
  for (const Verb& verb : verbs()) {
    CLI::App* sub = app->add_subcommand(std::string(verb.name), std::string(verb.about));
    sub->footer(fmt::format("Example:\n  {}", verb.example));
    auto run = verb.make(*sub);
    sub->callback([&chosen, run = std::move(run)] { chosen = run; });
  }
  return app;
}

int run_command_line(int argc, char** argv) {
  std::function<Exit()> chosen;
  const auto app = make_app(chosen);
  if (argc < 2) {
    fmt::print(stderr, "{}", app->help());
    return static_cast<int>(Exit::usage);
  }
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app->exit(error);  // prints help to stdout, complaints to stderr
    return code == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  try {
    return static_cast<int>(chosen());
  } catch (const std::exception& error) {  // from libraries; ours return Results
    fmt::print(stderr, "ballast: {}\n", error.what());
    return static_cast<int>(Exit::failed);
  }
}

}  // namespace ballast
