#include "adapters/feed/own_fills/own_fills.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>
#include <vector>

#include <simdjson.h>

#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

constexpr ImportOption options[] = {
    {"venue", "", "venue of the fills; default: the exchange field, else \"binance\""},
    {"account", "main", "account of the fills"},
    {"book", "main", "book of the fills"},
    {"instrument", "", "instrument of the fills; default: the symbol field"},
    {"maker_origin", "quote", "origin of fills whose isMaker is true: a resting quote was taken"},
    {"taker_origin", "unknown",
     "origin of the others: a hedge, a rebalance or a client's; not in the file"},
};

namespace od = simdjson::ondemand;

struct Settings {
  std::string venue;
  std::string instrument;
  AccountName account;
  BookName book;
  Origin maker_origin = Origin::quote;
  Origin taker_origin = Origin::unknown;
};

/// The fields of one object, as text: of numbers, the very characters of the file.
struct RawFill {
  std::string id, time, side, qty, price, fee, fee_asset, order, symbol, exchange;
  std::optional<bool> buyer, maker;
};

struct TextField {
  std::string_view name;
  std::string RawFill::*member;
};
constexpr TextField text_fields[] = {
    {"id", &RawFill::id},          {"tradedAt", &RawFill::time},
    {"time", &RawFill::time},      {"side", &RawFill::side},
    {"quantity", &RawFill::qty},   {"qty", &RawFill::qty},
    {"price", &RawFill::price},    {"fee", &RawFill::fee},
    {"commission", &RawFill::fee}, {"feeCurrency", &RawFill::fee_asset},
    {"orderId", &RawFill::order},  {"commissionAsset", &RawFill::fee_asset},
    {"symbol", &RawFill::symbol},  {"exchange", &RawFill::exchange},
};

tl::unexpected<Error> in_field(std::string_view name, std::string_view what) {
  return fail(Errc::bad_input, fmt::format("field \"{}\": {}", name, what));
}

/// Text of a string or number; other kinds of value are an error, null is absence.
Result<std::string> text_of(std::string_view name, od::value value) {
  od::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return in_field(name, "is not valid JSON");
  if (type == od::json_type::null) return std::string();
  if (type == od::json_type::string) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS)
      return in_field(name, "is not valid text");
    return std::string(text);
  }
  if (type != od::json_type::number) return in_field(name, "is neither text nor a number");
  const std::string_view token = value.raw_json_token();
  return std::string(token.substr(0, token.find_last_not_of(" \t\r\n") + 1));
}

Result<std::optional<bool>> flag_of(std::string_view name, od::value value) {
  bool flag = false;
  if (value.get_bool().get(flag) != simdjson::SUCCESS)
    return in_field(name, "is neither true nor false");
  return std::optional(flag);
}

Result<RawFill> raw_fill(od::object object) {
  RawFill raw;
  for (auto item : object) {
    std::string_view key;
    od::value value;
    if (item.unescaped_key().get(key) != simdjson::SUCCESS ||
        item.value().get(value) != simdjson::SUCCESS) {
      return fail(Errc::bad_input, "is not a valid JSON object");
    }
    if (key == "isBuyer") {
      BALLAST_TRY(flag, flag_of(key, value));
      raw.buyer = flag;
    } else if (key == "isMaker") {
      BALLAST_TRY(flag, flag_of(key, value));
      raw.maker = flag;
    }
    for (const TextField& known : text_fields) {
      if (known.name != key) continue;
      BALLAST_TRY(text, text_of(key, value));
      raw.*known.member = std::move(text);
    }
  }
  return raw;
}

template <class T>
Result<T> positive(std::string_view name, std::string_view text) {
  auto number = parse_number<T>(text);
  if (!number) return in_field(name, number.error().what);
  if (number->sign() <= 0) return in_field(name, fmt::format("{} is not above zero", shown(text)));
  return number;
}

Result<Side> side_of(const RawFill& raw) {
  std::optional<Side> side;
  if (raw.side == "BUY" || raw.side == "buy") side = Side::buy;
  if (raw.side == "SELL" || raw.side == "sell") side = Side::sell;
  if (!raw.side.empty() && !side) {
    return in_field("side", fmt::format("{} is neither BUY nor SELL", shown(raw.side)));
  }
  if (!raw.buyer) return side ? Result<Side>(*side) : in_field("side", "missing, as is isBuyer");
  const Side by_flag = *raw.buyer ? Side::buy : Side::sell;
  if (side && *side != by_flag) return in_field("isBuyer", "contradicts the side");
  return by_flag;
}

struct SortedFill {
  Event event;
  std::uint64_t number = 0;  // the id when it is a number, so that 9 stands before 10
};

bool earlier(const SortedFill& a, const SortedFill& b) {
  const auto& a_id = std::get<Fill>(a.event.body).key.id;
  const auto& b_id = std::get<Fill>(b.event.body).key.id;
  return std::tie(a.event.t, a.number, a_id) < std::tie(b.event.t, b.number, b_id);
}

class OwnFills final : public Importer {
 public:
  OwnFills(Settings settings, DeskBuilder& desk) : settings_(std::move(settings)), desk_(desk) {}

  Result<void> line(std::string_view text, std::size_t /*number*/, ImportSink& /*sink*/) override {
    json_.append(text).append("\n");
    return {};
  }

  Result<void> end_of_file(ImportSink& /*sink*/) override {
    auto parsed = parse();
    json_.clear();
    return parsed;
  }

  Result<void> finish(ImportSink& sink) override {
    std::stable_sort(fills_.begin(), fills_.end(), earlier);
    for (const SortedFill& fill : fills_)
      sink.event(fill.event);
    fills_.clear();
    return {};
  }

 private:
  Result<void> parse() {
    json_.reserve(json_.size() + simdjson::SIMDJSON_PADDING);
    od::parser parser;
    od::document document;
    od::array array;
    if (parser.iterate(json_).get(document) != simdjson::SUCCESS ||
        document.get_array().get(array) != simdjson::SUCCESS) {
      return fail(Errc::bad_input, "the file is not a JSON array of fills");
    }
    for (auto item : array) {
      od::object object;
      const auto error = item.get_object().get(object);
      // Where the object begins, before its values are read.
      const std::size_t at = error == simdjson::SUCCESS ? offset(document) : json_.size();
      auto fill =
          error == simdjson::SUCCESS ? one(object) : fail(Errc::bad_input, "is not a JSON object");
      if (!fill) return fail(fill.error().code, located(at, fill.error().what));
      fills_.push_back(std::move(*fill));
    }
    // Anything after the array: then the array is not what the file is.
    if (const char* rest = nullptr; document.current_location().get(rest) == simdjson::SUCCESS) {
      return fail(Errc::bad_input, "the file goes on after its JSON array");
    }
    return {};
  }

  std::size_t offset(od::document& document) const {
    const char* at = nullptr;
    if (document.current_location().get(at) != simdjson::SUCCESS) return json_.size();
    return static_cast<std::size_t>(at - json_.data());
  }

  std::string located(std::size_t at, std::string_view what) const {
    const std::string_view before = std::string_view(json_).substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = at - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
    if (at >= json_.size()) return fmt::format("fill {}: {}", fills_.size() + 1, what);
    return fmt::format("line {}, column {}, fill {}: {}", line, column, fills_.size() + 1, what);
  }

  Result<SortedFill> one(od::object object) {
    BALLAST_TRY(raw, raw_fill(object));
    SortedFill sorted;
    Fill fill;
    BALLAST_TRY(time, time_of(raw.time));
    BALLAST_TRY(side, side_of(raw));
    BALLAST_TRY(qty, positive<Quantity>("quantity", raw.qty));
    BALLAST_TRY(price, positive<Price>("price", raw.price));
    BALLAST_TRY(id, read_name<TradeId>("field \"id\":", raw.id));
    BALLAST_TRY(order, read_text<OrderId>("field \"orderId\":", raw.order));
    std::string_view venue_name = settings_.venue;
    if (venue_name.empty()) venue_name = raw.exchange;
    if (venue_name.empty()) venue_name = "binance";
    BALLAST_TRY(venue, venue_named(desk_, venue_name));
    BALLAST_TRY(
        instrument,
        instrument_named(desk_, settings_.instrument.empty() ? raw.symbol : settings_.instrument,
                         venue));
    if (!raw.fee.empty()) {
      auto amount = parse_number<Amount>(raw.fee);
      if (!amount) return in_field("fee", amount.error().what);
      auto asset = asset_named(desk_, raw.fee_asset);
      if (!asset) return in_field("feeCurrency", asset.error().what);
      fill.fee = Fee{*amount, *asset};
    }
    fill.key = {{venue, settings_.account}, instrument, id, 0};
    fill.book = settings_.book;
    fill.side = side;
    fill.qty = qty;
    fill.price = price;
    fill.order = order;
    fill.origin = raw.maker.value_or(false) ? settings_.maker_origin : settings_.taker_origin;
    if (raw.maker) fill.liquidity = *raw.maker ? Liquidity::maker : Liquidity::taker;
    const auto [end, error] =
        std::from_chars(raw.id.data(), raw.id.data() + raw.id.size(), sorted.number);
    if (error != std::errc{} || end != raw.id.data() + raw.id.size()) sorted.number = 0;
    sorted.event = {time, fill};
    return sorted;
  }

  static Result<Timestamp> time_of(const std::string& text) {
    if (text.empty()) return in_field("tradedAt", "missing");
    auto time = TimeFormat().read(text);
    if (!time) return in_field("tradedAt", time.error().what);
    return time;
  }

  Settings settings_;
  DeskBuilder& desk_;
  std::string json_;
  std::vector<SortedFill> fills_;
};

Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  Settings read;
  read.venue = setting(settings, "venue");
  read.instrument = setting(settings, "instrument");
  BALLAST_TRY(account, read_name<AccountName>("setting account=", setting(settings, "account")));
  BALLAST_TRY(book, read_name<BookName>("setting book=", setting(settings, "book")));
  BALLAST_TRY(maker_origin, origin_setting(settings, "maker_origin"));
  BALLAST_TRY(taker_origin, origin_setting(settings, "taker_origin"));
  read.account = account;
  read.book = book;
  read.maker_origin = maker_origin;
  read.taker_origin = taker_origin;
  return std::make_unique<OwnFills>(std::move(read), desk);
}

}  // namespace

const ImporterKind own_fills_kind{
    "own-fills", "own fills as a JSON array (id, price, quantity, side, fee, ...) to fills",
    options, make};

}  // namespace ballast
