#include "adapters/feed/option_chain/option_chain_csv.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/feed/common/line_reader.hpp"

namespace ballast {
namespace {

double years_between(Timestamp from, Timestamp to) {
  return (to - from).to_seconds() / (86400.0 * option_year_days);
}

/// By strike, the call before the put; forwards filled in. Nothing where there is no forward.
std::optional<ChainExpiry> expiry_of(Timestamp now,
                                     Timestamp end,
                                     std::vector<OptionQuote> quotes) {
  std::sort(quotes.begin(), quotes.end(), [](const OptionQuote& a, const OptionQuote& b) {
    return std::pair(a.strike, a.right) < std::pair(b.strike, b.right);
  });
  const auto middle = chain_forward(quotes);
  if (!middle) return std::nullopt;
  for (OptionQuote& quote : quotes) {
    if (!(quote.forward > 0.0)) quote.forward = *middle;
  }
  return ChainExpiry{end, years_between(now, end), *middle, std::move(quotes)};
}

}  // namespace

Result<void> OptionChainReader::header() {
  BALLAST_TRY(columns, ChainColumns::find(row_));
  width_ = row_.size();
  columns_ = std::move(columns);
  return {};
}

Result<void> OptionChainReader::line(std::string_view text) {
  if (text.empty()) return {};
  BALLAST_CHECK(row_.split(text));
  if (!columns_) return header();
  if (row_.size() != width_) {
    return fail(Errc::bad_input, fmt::format("the line has {} columns where the header has {}",
                                             row_.size(), width_));
  }
  BALLAST_TRY(read, chain_row(row_, *columns_));
  Pending& chain = pending_[{read.at, read.underlying}];
  const OptionQuote& quote = read.quote;
  if (!chain.seen.emplace(read.expires, quote.strike, quote.right).second) {
    return fail(Errc::bad_input,
                fmt::format("the {} {} of {} at {} has been there already in this snapshot",
                            read.underlying, quote.right == OptionRight::call ? "call" : "put",
                            to_string(read.expires), quote.strike));
  }
  if (read.expires <= read.at) {
    ++chain.expired;
  } else {
    chain.expiries[read.expires].push_back(quote);
  }
  return {};
}

std::vector<OptionChain> OptionChainReader::take(std::vector<Error>& problems) {
  std::vector<OptionChain> chains;
  for (auto& [key, pending] : pending_) {
    OptionChain chain{key.second, key.first, {}, pending.expired};
    for (auto& [end, quotes] : pending.expiries) {
      const std::size_t count = quotes.size();
      auto expiry = expiry_of(key.first, end, std::move(quotes));
      if (expiry) {
        chain.expiries.push_back(std::move(*expiry));
      } else {
        problems.push_back(
            {Errc::bad_input,
             fmt::format(
                 "{} options on {} that expire {}: no strike has the marks of call and put, "
                 "so the forward is not to be had",
                 count, chain.underlying, to_string(end))});
      }
    }
    chains.push_back(std::move(chain));
  }
  pending_.clear();
  return chains;
}

Result<OptionChains> read_option_chains(std::span<const std::string> paths) {
  OptionChainReader chain;
  OptionChains out;
  const auto refuse = [&](Error error) {
    constexpr std::size_t listed_max = 100;
    ++out.refused_count;
    if (out.refused.size() < listed_max) out.refused.push_back(std::move(error));
  };
  for (const std::string& path : paths) {
    BALLAST_TRY(lines, LineReader::open(path));
    const std::string name = path == "-" ? "standard input" : path;
    std::string_view text;
    for (std::size_t number = 1;; ++number) {
      auto more = lines.next(text);
      if (!more) {
        return fail(more.error().code, fmt::format("{}:{}: {}", name, number, more.error().what));
      }
      if (!*more) break;
      const bool is_header = !chain.has_header();
      auto taken = chain.line(text);
      if (!is_header) ++out.lines;
      if (taken) continue;
      Error error{taken.error().code, fmt::format("{}:{}: {}", name, number, taken.error().what)};
      if (is_header) return tl::unexpected(std::move(error));
      refuse(std::move(error));
    }
    chain.end_of_file();
  }
  std::vector<Error> problems;
  out.chains = chain.take(problems);
  for (Error& problem : problems)
    refuse(std::move(problem));
  if (!out.chains.empty()) return out;
  return fail(Errc::bad_input,
              out.refused.empty()
                  ? fmt::format("{} holds no option", paths.empty() ? "nothing" : paths[0])
                  : fmt::format("no line could be read; the first: {}", out.refused[0].what));
}

}  // namespace ballast
