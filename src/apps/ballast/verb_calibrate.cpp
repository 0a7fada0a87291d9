#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/feed/option_chain/option_chain_csv.hpp"
#include "adapters/report/calibration.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/output.hpp"
#include "apps/ballast/previous_calibration.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

struct CalibrateArguments {
  std::string model;
  std::vector<std::string> files;
  std::string underlying;
  std::optional<Timestamp> at;
  std::vector<std::string> expiries;
  bool feller = false;
  std::optional<std::size_t> starts;
  std::optional<double> days_min;
  std::string previous;
  std::string html;
  Output output;
};

Exit misused(std::string_view what) {
  complain(what);
  return Exit::usage;
}

/// The coins that the chains are on, in their order.
std::vector<std::string> coins_of(const std::vector<OptionChain>& chains) {
  std::vector<std::string> coins;
  for (const OptionChain& chain : chains) {
    if (std::find(coins.begin(), coins.end(), chain.underlying) == coins.end())
      coins.push_back(chain.underlying);
  }
  std::sort(coins.begin(), coins.end());
  return coins;
}

/// Leaves the snapshots of one coin, or the one that --at names.
Result<void> choose_chains(const CalibrateArguments& arguments, std::vector<OptionChain>& chains) {
  const auto coins = coins_of(chains);
  const std::string coin = arguments.underlying.empty() ? coins.front() : arguments.underlying;
  if (arguments.underlying.empty() && coins.size() > 1) {
    return fail(Errc::conflict, fmt::format("there are options on {}: choose one by --underlying",
                                            fmt::join(coins, ", ")));
  }
  if (std::find(coins.begin(), coins.end(), coin) == coins.end()) {
    return fail(Errc::not_found,
                fmt::format("there are no options on {}, but on {}", coin, fmt::join(coins, ", ")));
  }
  std::erase_if(chains, [&](const OptionChain& chain) { return chain.underlying != coin; });
  if (!arguments.at) return {};
  const Timestamp first = chains.front().at;
  std::erase_if(chains, [&](const OptionChain& chain) { return chain.at > *arguments.at; });
  if (chains.empty()) {
    return fail(Errc::not_found, fmt::format("no snapshot is as early as {}: the first is of {}",
                                             to_string(*arguments.at), to_string(first)));
  }
  chains.erase(chains.begin(), chains.end() - 1);
  return {};
}

/// Leaves the expiries of the days that --expiry names; each must be somewhere.
Result<void> choose_expiries(const std::vector<std::string>& days,
                             std::vector<OptionChain>& chains) {
  if (days.empty()) return {};
  std::vector<bool> found(days.size());
  for (OptionChain& chain : chains) {
    std::erase_if(chain.expiries, [&](const ChainExpiry& expiry) {
      const auto day = std::find(days.begin(), days.end(), to_string(expiry.expires).substr(0, 10));
      if (day == days.end()) return true;
      found[static_cast<std::size_t>(day - days.begin())] = true;
      return false;
    });
  }
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (found[i]) continue;
    return fail(Errc::not_found,
                fmt::format("nothing expires on {} (days are YYYY-MM-DD, UTC)", days[i]));
  }
  return {};
}

/// Snapshot by snapshot, each from where the last ended.
class Series {
 public:
  Series(const CalibrateArguments& arguments, PreviousCalibration previous)
      : heston_(arguments.model == "heston"), previous_(std::move(previous)) {
    options_.feller = arguments.feller;
    options_.starts = arguments.starts.value_or(options_.starts);
    if (arguments.days_min) options_.years_min = *arguments.days_min / option_year_days;
  }

  Result<void> add(const OptionChain& chain) {
    auto fit = heston_ ? fit_heston(chain) : fit_svi_chain(chain, previous_.smiles);
    if (!fit) return tl::unexpected(std::move(fit).error());
    if (!heston_) {
      previous_.smiles.clear();
      for (const ExpiryFit& expiry : fit->expiries) {
        if (expiry.svi) previous_.smiles.push_back({expiry.smile.expires, expiry.svi->svi});
      }
    }
    fits_.push_back(std::move(*fit));
    return {};
  }
  const std::vector<ChainFit>& fits() const { return fits_; }

 private:
  Result<ChainFit> fit_heston(const OptionChain& chain) {
    HestonChainOptions options = options_;
    options.previous = previous_.heston;
    if (!fits_.empty()) {
      // The last parameters, and one start that the quotes make, lest an odd hour is carried on.
      options.from = {*previous_.heston};
      options.starts = std::min<std::size_t>(options.starts, 1);
    }
    auto fit = fit_heston_chain(chain, options);
    if (fit) previous_.heston = fit->heston->parameters;
    return fit;
  }

  bool heston_;
  HestonChainOptions options_;
  PreviousCalibration previous_;
  std::vector<ChainFit> fits_;
};

Result<void> print_fits(std::span<const ChainFit> fits, const CalibrateArguments& arguments) {
  if (!arguments.html.empty())
    BALLAST_CHECK(write_output(arguments.html, render_calibration_html(fits)));
  const Output& output = arguments.output;
  if (output.format == Format::json)
    return write_output(output.path, render_calibration_json(fits));
  if (output.format == Format::csv) return write_output(output.path, render_calibration_csv(fits));
  const bool colour = output.path.empty() && colour_wanted();
  return write_output(output.path, render_calibration_table(fits, {colour}));
}

Exit run(const CalibrateArguments& arguments) {
  const bool heston = arguments.model == "heston";
  if (!heston && (arguments.feller || arguments.starts || arguments.days_min))
    return misused("--feller, --starts and --min-days are of heston, not of svi");
  if (arguments.html == "-" && (arguments.output.path.empty() || arguments.output.path == "-"))
    return misused("--html - and the table would both go to standard output: give --out");
  auto read = read_option_chains(arguments.files);
  if (!read) return complain(read.error());
  for (const Error& refused : read->refused)
    complain(refused.what);
  if (auto chosen = choose_chains(arguments, read->chains); !chosen)
    return misused(chosen.error().what);
  if (auto chosen = choose_expiries(arguments.expiries, read->chains); !chosen)
    return misused(chosen.error().what);
  PreviousCalibration previous;
  if (!arguments.previous.empty()) {
    auto found = read_previous_calibration(arguments.previous, arguments.model,
                                           read->chains.front().underlying);
    if (!found) return complain(found.error());
    previous = std::move(*found);
  }
  Series series(arguments, std::move(previous));
  Progress progress("calibrating");
  std::vector<Error> failed;
  std::uint64_t done = 0;
  for (const OptionChain& chain : read->chains) {
    progress.draw(done, done, read->chains.size());
    if (auto added = series.add(chain); !added) failed.push_back(added.error());
    ++done;
  }
  progress.finish();
  for (const Error& error : failed)
    complain(error.what);
  if (series.fits().empty()) return Exit::failed;
  if (auto printed = print_fits(series.fits(), arguments); !printed)
    return complain(printed.error());
  const bool free = std::all_of(series.fits().begin(), series.fits().end(),
                                [](const ChainFit& fit) { return fit.is_free(); });
  if (!free) complain("some smiles have arbitrage");
  if (!free || !failed.empty()) return Exit::check_failed;
  if (read->refused_count == 0) return Exit::fine;
  complain(fmt::format("{} of {} lines were refused", read->refused_count, read->lines));
  return Exit::input_refused;
}

}  // namespace

std::function<Exit()> make_calibrate(CLI::App& app) {
  auto arguments = std::make_shared<CalibrateArguments>();
  app.add_option("MODEL", arguments->model,
                 "heston: one model for all expiries; svi: a smile for each, and SSVI across them")
      ->required()
      ->check(CLI::IsMember({"heston", "svi"}));
  app.add_option("FILE", arguments->files,
                 "option chains to read, CSV, plain or gzip; - is standard input")
      ->required();
  app.add_option("-u,--underlying", arguments->underlying,
                 "the coin, where the chains are of several")
      ->type_name("COIN");
  add_time(app, "--at", arguments->at,
           "only the last snapshot up to this time (RFC 3339 UTC); default: all, in order");
  app.add_option("--expiry", arguments->expiries,
                 "only options that expire on this day, YYYY-MM-DD; give it once for each day")
      ->type_name("DAY")
      ->allow_extra_args(false);
  app.add_flag("--feller", arguments->feller, "hold 2 kappa theta >= sigma^2 (heston)");
  app.add_option("--starts", arguments->starts, "searches from the quotes, 5 by default (heston)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100}).description(""))
      ->type_name("N");
  app.add_option("--min-days", arguments->days_min,
                 "leave out expiries nearer than this, 2 by default (heston)")
      ->check(CLI::Range(0.0, 1e4).description(""))
      ->type_name("DAYS");
  app.add_option("--previous", arguments->previous,
                 "compare with this calibration, written by -o json")
      ->type_name("FILE");
  app.add_option("--html", arguments->html, "also write a page with charts here")
      ->type_name("FILE");
  add_output(app, arguments->output, false);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
