#include "adapters/feed/option_chain/option_chain_events.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"
#include "adapters/feed/option_chain/chain_row.hpp"

namespace ballast {
namespace {

constexpr ImportOption chain_options[] = {
    {"underlying", "", "take only options on this coin; default: all"},
    {"venue", "", "the venue; default: the exchange column, else deribit"},
    {"quote", "USD", "the asset that strikes are in"},
    {"surface", "yes", "yes: surfaces of the mark vols; no: none, where another venue gives them"},
    {"top_qty", "", "give tops, of this size, which the files do not say; default: no tops"},
    {"contract_size", "", "coins that one option is on; default: deribit 1, okx 0.01 BTC, 0.1 ETH"},
    {"future_size", "",
     "quote asset that one future is on; default: deribit 10 of BTC, 1 of ETH; okx 100, 10"},
};

/// Contract sizes as the venues state them; an inverse future's is in the quote asset.
struct VenueSizes {
  std::string_view venue, coin, option, future;
};
constexpr std::array venue_sizes{
    VenueSizes{"deribit", "BTC", "1", "10"},
    VenueSizes{"deribit", "ETH", "1", "1"},
    VenueSizes{"okx", "BTC", "0.01", "100"},
    VenueSizes{"okx", "ETH", "0.1", "10"},
};

/// What a name stands for: an option, or the future of an expiry.
struct ListedTerms {
  std::string venue;
  std::string coin;
  Timestamp expires;
  Price strike;  // 0: a future
  OptionRight right = OptionRight::call;
  friend auto operator<=>(const ListedTerms&, const ListedTerms&) = default;
};

/// Null where they are not known.
const VenueSizes* sizes_of(const ListedTerms& terms) {
  for (const VenueSizes& one : venue_sizes) {
    if (one.venue == terms.venue && one.coin == terms.coin) return &one;
  }
  return nullptr;
}

struct ListedQuote {
  OptionQuote quote;
  InstrumentId instrument;
  std::optional<Price> bid, ask, mark;  // above 0
};

/// A price to the last digit; nothing where the field is empty or 0.
Result<std::optional<Price>> exact_price(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  std::optional<Price> none;
  if (text.empty()) return none;
  BALLAST_TRY(price, number_field<Price>(row, column, Sign::not_negative));
  if (price.zero()) return none;
  return std::optional(price);
}

/// The future of an option's expiry: its name without strike and right.
Result<std::string_view> future_name(std::string_view option) {
  for (int part = 0; part < 2; ++part) {
    const std::size_t dash = option.rfind('-');
    if (dash == std::string_view::npos || dash == 0) {
      return fail(Errc::bad_input, "it is not of the form COIN-EXPIRY-STRIKE-RIGHT");
    }
    option = option.substr(0, dash);
  }
  return option;
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Mark vols by strike, of quotes by strike, the call before the put.
Surface surface_of(AssetId underlying,
                   Timestamp expires,
                   double forward,
                   const std::vector<ListedQuote>& quotes) {
  Surface surface;
  surface.underlying = underlying;
  surface.expiry = expires;
  for (const ListedQuote& one : quotes) {
    const OptionQuote& quote = one.quote;
    if (!quote.mark_vol) continue;
    const bool out_of_the_money = (quote.right == OptionRight::call) == (quote.strike >= forward);
    if (surface.strikes.empty() || surface.strikes.back() != quote.strike) {
      surface.strikes.push_back(quote.strike);
      surface.vols.push_back(*quote.mark_vol);
    } else if (out_of_the_money) {
      surface.vols.back() = *quote.mark_vol;
    }
  }
  return surface;
}

class OptionChainEvents final : public CsvImporter {
 public:
  static Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
    auto made = std::make_unique<OptionChainEvents>(settings, desk);
    BALLAST_TRY(surface, yes_no_setting(settings, "surface"));
    made->surface_ = surface;
    BALLAST_CHECK(made->take_size(settings, "top_qty", made->top_qty_));
    BALLAST_CHECK(made->take_size(settings, "contract_size", made->contract_size_));
    BALLAST_CHECK(made->take_size(settings, "future_size", made->future_size_));
    BALLAST_TRY(quote, asset_named(desk, setting(settings, "quote")));
    made->quote_ = quote;
    return std::unique_ptr<Importer>(std::move(made));
  }
  OptionChainEvents(const ImportSettings& settings, DeskBuilder& desk)
      : desk_(desk),
        underlying_(setting(settings, "underlying")),
        venue_(setting(settings, "venue")),
        quote_name_(setting(settings, "quote")) {}

  Result<void> end_of_file(ImportSink& sink) override {
    for (auto& [key, snapshot] : pending_)
      send(std::get<0>(key), snapshot, sink);
    pending_.clear();
    return CsvImporter::end_of_file(sink);
  }
  Result<void> finish(ImportSink& sink) override;
  Result<std::string> configuration() const override;

 protected:
  Result<bool> header(const CsvRow& row) override {
    BALLAST_TRY(columns, ChainColumns::find(row));
    if (!columns.has(ChainField::instrument)) {
      return fail(Errc::bad_input,
                  fmt::format("the header has no column of the options' names: \"{}\"",
                              columns.layout() == 0 ? "instrument_name" : "instrument"));
    }
    columns_ = std::move(columns);
    return true;
  }
  Result<void> row(const CsvRow& row,
                   std::string_view text,
                   std::size_t number,
                   ImportSink& sink) override;

 private:
  struct ChainSnapshot {
    AssetId coin;
    std::map<Timestamp, std::vector<ListedQuote>> expiries;
    std::map<Timestamp, InstrumentId> futures;
    std::set<InstrumentId> seen;
    std::vector<double> index;
  };

  static Result<void> take_size(const ImportSettings& settings,
                                std::string_view name,
                                std::optional<Quantity>& size) {
    const std::string_view text = setting(settings, name);
    if (text.empty()) return {};
    auto value = parse_decimal<Quantity>(text);
    if (value && value->sign() > 0) {
      size = *value;
      return {};
    }
    return fail(Errc::bad_input,
                fmt::format("setting {}= {} is no number above 0", name, shown(text)));
  }
  Result<void> list(const std::string& name, const ListedTerms& terms);
  void send(Timestamp t, ChainSnapshot& snapshot, ImportSink& sink);
  void send_expiry(Timestamp t,
                   const ChainSnapshot& snapshot,
                   Timestamp expires,
                   std::vector<ListedQuote>& quotes,
                   ImportSink& sink);
  void send_quote(Timestamp t, const ListedQuote& quote, ImportSink& sink);

  DeskBuilder& desk_;
  std::string underlying_;
  std::string venue_;
  std::string quote_name_;
  AssetId quote_;
  bool surface_ = true;
  std::optional<Quantity> top_qty_;
  std::optional<Quantity> contract_size_;  // absent: the venue's
  std::optional<Quantity> future_size_;
  ChainColumns columns_;
  std::map<std::string, ListedTerms, std::less<>> listed_;
  std::map<std::tuple<Timestamp, std::string, std::string>, ChainSnapshot> pending_;  // venue, coin
  std::size_t snapshots_ = 0;
  std::size_t quotes_ = 0;
  std::size_t others_ = 0;
  std::size_t expired_ = 0;
  std::size_t without_mark_ = 0;
  std::size_t without_forward_ = 0;
};

/// Whether the name may stand for the terms; it is remembered by whoever has checked all else.
Result<void> OptionChainEvents::list(const std::string& name, const ListedTerms& terms) {
  const auto known = listed_.find(name);
  if (known == listed_.end() || known->second == terms) return {};
  return fail(Errc::bad_input,
              fmt::format("{} meant something else before: {} {}, expiring {}, struck at {}",
                          shown(name), known->second.venue, known->second.coin,
                          to_string(known->second.expires), to_string(known->second.strike)));
}

Result<void> OptionChainEvents::row(const CsvRow& row,
                                    std::string_view /*text*/,
                                    std::size_t /*number*/,
                                    ImportSink& /*sink*/) {
  BALLAST_TRY(read, chain_row(row, columns_));
  if (!underlying_.empty() && read.underlying != underlying_) {
    ++others_;
    return {};
  }
  const CsvColumn& name_column = columns_[ChainField::instrument];
  BALLAST_TRY(name, field(row, name_column));
  const auto future = future_name(name);
  if (!future) return in_column(name_column, future.error());
  BALLAST_TRY(strike, number_field<Price>(row, columns_[ChainField::strike], Sign::positive));
  ListedQuote one{read.quote, {}, {}, {}, {}};
  BALLAST_TRY(bid, exact_price(row, columns_[ChainField::bid]));
  BALLAST_TRY(ask, exact_price(row, columns_[ChainField::ask]));
  BALLAST_TRY(mark, exact_price(row, columns_[ChainField::mark]));
  std::tie(one.bid, one.ask, one.mark) = std::tie(bid, ask, mark);
  std::string venue_name = venue_.empty() ? "deribit" : venue_;
  if (venue_.empty() && columns_.has(ChainField::exchange))
    venue_name = std::string(row[columns_[ChainField::exchange].index]);
  const ListedTerms option{venue_name, read.underlying, read.expires, strike, read.quote.right};
  const ListedTerms delivered{venue_name, read.underlying, read.expires, {}, OptionRight::call};
  const std::string option_name(name);
  const std::string future_of(*future);
  for (const auto& [listed, terms] : {std::pair(option_name, option), {future_of, delivered}}) {
    if (const auto fits = list(listed, terms); !fits) return in_column(name_column, fits.error());
  }
  if (read.expires <= read.at) {
    ++expired_;
    return {};
  }
  BALLAST_TRY(coin, asset_named(desk_, read.underlying));
  BALLAST_TRY(venue, venue_named(desk_, venue_name));
  BALLAST_TRY(future_id, instrument_named(desk_, future_of, venue));
  BALLAST_TRY(id, instrument_named(desk_, option_name, venue));
  one.instrument = id;
  ChainSnapshot& snapshot = pending_[{read.at, venue_name, read.underlying}];
  if (!snapshot.seen.insert(id).second) {
    return in_column(name_column, {Errc::bad_input, fmt::format("{} has been there already in this "
                                                                "snapshot",
                                                                shown(name))});
  }
  listed_.emplace(option_name, option);
  listed_.emplace(future_of, delivered);
  snapshot.coin = coin;
  snapshot.futures.emplace(read.expires, future_id);
  snapshot.expiries[read.expires].push_back(one);
  if (read.index) snapshot.index.push_back(*read.index);
  return {};
}

void OptionChainEvents::send(Timestamp t, ChainSnapshot& snapshot, ImportSink& sink) {
  constexpr int digits = 8;
  ++snapshots_;
  if (!snapshot.index.empty()) {
    const auto index = decimal_from_double<Price>(median_of(std::move(snapshot.index)), digits);
    if (index && index->sign() > 0) {
      Mark mark;
      mark.asset = snapshot.coin;
      mark.quote = quote_;
      mark.price = *index;
      sink.event({t, mark});
    }
  }
  for (auto& [expires, quotes] : snapshot.expiries)
    send_expiry(t, snapshot, expires, quotes, sink);
  for (auto& [expires, quotes] : snapshot.expiries) {
    for (const ListedQuote& quote : quotes)
      send_quote(t, quote, sink);
  }
}

/// The future's mark and the surface.
void OptionChainEvents::send_expiry(Timestamp t,
                                    const ChainSnapshot& snapshot,
                                    Timestamp expires,
                                    std::vector<ListedQuote>& quotes,
                                    ImportSink& sink) {
  std::sort(quotes.begin(), quotes.end(), [](const ListedQuote& a, const ListedQuote& b) {
    return std::pair(a.quote.strike, a.quote.right) < std::pair(b.quote.strike, b.quote.right);
  });
  std::vector<OptionQuote> plain;
  plain.reserve(quotes.size());
  for (const ListedQuote& one : quotes)
    plain.push_back(one.quote);
  constexpr int digits = 8;
  const auto forward = chain_forward(plain);
  const auto price = decimal_from_double<Price>(forward.value_or(0.0), digits);
  if (!price || price->sign() <= 0) {
    ++without_forward_;
    return;
  }
  Mark mark;
  mark.instrument = snapshot.futures.at(expires);
  mark.price = *price;
  sink.event({t, mark});
  if (!surface_) return;
  Surface surface = surface_of(snapshot.coin, expires, *forward, quotes);
  if (!surface.strikes.empty()) sink.event({t, std::move(surface)});
}

void OptionChainEvents::send_quote(Timestamp t, const ListedQuote& quote, ImportSink& sink) {
  ++quotes_;
  if (quote.mark) {
    Mark mark;
    mark.instrument = quote.instrument;
    mark.price = *quote.mark;
    sink.event({t, mark});
  } else {
    ++without_mark_;
  }
  if (!top_qty_) return;
  Top top;
  top.instrument = quote.instrument;
  if (quote.bid) std::tie(top.bid, top.bid_qty) = std::tie(*quote.bid, *top_qty_);
  if (quote.ask) std::tie(top.ask, top.ask_qty) = std::tie(*quote.ask, *top_qty_);
  sink.event({t, top});
}

Result<void> OptionChainEvents::finish(ImportSink& sink) {
  const auto say = [&](ImportNote::Kind kind, std::size_t count, std::string_view what) {
    if (count > 0) sink.note({kind, 0, fmt::format("{} {}", count, what)});
  };
  say(ImportNote::Kind::ignored, others_, "options on other coins were left out");
  say(ImportNote::Kind::ignored, expired_, "options that had expired were left out");
  say(ImportNote::Kind::ignored, without_mark_, "options had a mark of 0 or none: no mark of them");
  say(ImportNote::Kind::gap, without_forward_,
      "expiries had no forward, neither said nor implied by marks: no surface of them");
  std::size_t names = 0;
  for (const auto& [name, terms] : listed_)
    names += terms.strike.zero() ? 0U : 1U;
  sink.note({ImportNote::Kind::statistic, 0,
             fmt::format("{} snapshots, {} quotes of {} options in {} expiries", snapshots_,
                         quotes_, names, listed_.size() - names)});
  return {};
}

Result<std::string> OptionChainEvents::configuration() const {
  std::vector<std::pair<ListedTerms, std::string_view>> sorted;
  for (const auto& [name, terms] : listed_)
    sorted.emplace_back(terms, name);
  std::sort(sorted.begin(), sorted.end());  // a future before the options of its expiry
  std::string text;
  for (const auto& [terms, name] : sorted) {
    const VenueSizes* const sizes = sizes_of(terms);
    const bool future = terms.strike.zero();
    const std::optional<Quantity>& given = future ? future_size_ : contract_size_;
    if (sizes == nullptr && !given) {
      return fail(Errc::not_found,
                  fmt::format("how large {} of {} is, is not known: --set {}=...", shown(name),
                              terms.venue, future ? "future_size" : "contract_size"));
    }
    const std::string size =
        given ? to_string(*given) : std::string(future ? sizes->future : sizes->option);
    text += fmt::format(
        "[[instruments]]\nname = {}\nkind = \"{}\"\nvenue = {}\nunderlying = {}\nquote = {}\n"
        "contract_size = \"{}\"\nexpiry = {}\n",
        toml_quoted(name), future ? "inverse_future" : "option_inverse", toml_quoted(terms.venue),
        toml_quoted(terms.coin), toml_quoted(quote_name_), size, to_string(terms.expires));
    if (!future) {
      text += fmt::format("strike = \"{}\"\nright = \"{}\"\n", to_string(terms.strike),
                          terms.right == OptionRight::call ? "call" : "put");
    }
    text += '\n';
  }
  return text;
}

}  // namespace

const ImporterKind option_chain_kind{
    "option-chain",
    "option chains recorded from Deribit and OKX, CSV: marks, surfaces, tops",
    chain_options,
    OptionChainEvents::make,
};

}  // namespace ballast
