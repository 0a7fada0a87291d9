#include <charconv>
#include <cmath>
#include <cstring>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/fields.hpp"
#include "base/contract.hpp"
#include "model/effect.hpp"
#include "model/scope.hpp"

namespace ballast {
namespace {

/// A string's characters as JSON has them.
void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
}

/// Appends fields behind `{"t":...,"type":...`.
class Line {
 public:
  Line(const Desk& desk, std::string& out) : desk_(desk), out_(out) {}

  void string(std::string_view key, std::string_view value) {
    open(key);
    append_escaped(out_, value);
    out_ += '"';
  }
  template <class Tag>
  void decimal(std::string_view key, Fixed<Tag> value) {
    open(key);
    append(value);
    out_ += '"';
  }
  void time(std::string_view key, Timestamp value) {
    char text[timestamp_text_max];
    string(key, {text, print_timestamp(value, text)});
  }
  void range(std::string_view key, const Range& range) {
    bare(key);
    out_ += "[\"";
    append(range.lower);
    out_ += "\",\"";
    append(range.upper);
    out_ += "\"]";
  }
  void integer(std::string_view key, std::uint64_t value) {
    bare(key);
    char text[20];
    out_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
  void hash(std::string_view key, std::uint64_t value) {
    constexpr std::string_view hex = "0123456789abcdef";
    open(key);
    for (unsigned shift = 64; shift > 0;)
      out_ += hex[value >> (shift -= 4) & 15U];
    out_ += '"';
  }
  void number(std::string_view key, double value) {
    bare(key);
    append(value);
  }
  void numbers(std::string_view key, const std::vector<double>& values) {
    bare(key);
    char before = '[';
    for (const double value : values) {
      out_ += before;
      append(value);
      before = ',';
    }
    out_ += values.empty() ? "[]" : "]";
  }
  void svi(const std::array<double, 5>& values) {
    bare("svi");
    for (std::size_t i = 0; i < values.size(); ++i) {
      out_ += i == 0 ? "{\"" : ",\"";
      out_ += svi_names[i];
      out_ += "\":";
      append(values[i]);
    }
    out_ += '}';
  }
  void yes(std::string_view key) {
    bare(key);
    out_ += "true";
  }

  void no(std::string_view key) {
    bare(key);
    out_ += "false";
  }

  // ---- names of the desk
  void asset(std::string_view key, AssetId id) { string(key, desk_.asset(id).name); }
  void instrument(InstrumentId id) { string("instrument", desk_.instrument(id).name); }
  void place(const Place& place) {
    string("venue", desk_.venue(place.venue).name);
    string("account", place.account.view());
  }
  void place(std::string_view key, const Place& place) {
    open(key);
    append_escaped(out_, desk_.venue(place.venue).name);
    out_ += '/';
    append_escaped(out_, place.account.view());
    out_ += '"';
  }
  void factor(FactorId id) {
    const FactorConfig& factor = desk_.factor(id);
    string("factor", factor.name);
    if (!factor.whole_desk()) string("book", factor.book);
  }
  void route(RouteId id) {
    if (id.valid()) string("route", desk_.routes[id.index()].name);
  }
  void channel(ChannelId id) { string("channel", desk_.channels[id.index()].name); }
  void levels(std::string_view prices,
              std::string_view quantities,
              const std::vector<BookLevel>& levels) {
    decimals(prices, levels, [](const BookLevel& level) { return level.price; });
    decimals(quantities, levels, [](const BookLevel& level) { return level.qty; });
  }
  void inputs(const std::vector<DecisionInput>& inputs) {
    if (inputs.empty()) return;
    bare("inputs");
    char before = '{';
    for (const DecisionInput& input : inputs) {
      out_ += before;
      out_ += '"';
      append_escaped(out_, input.name.view());
      out_ += "\":";
      append(input.value);
      before = ',';
    }
    out_ += '}';
  }
  void scope(const Scope& scope) { string("scope", to_text(desk_, scope)); }
  void rule(RuleId id) { string("rule", desk_.rule_name(id)); }

 private:
  void bare(std::string_view key) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":";
  }
  template <class Of>
  void decimals(std::string_view key, const std::vector<BookLevel>& levels, Of of) {
    bare(key);
    out_ += '[';
    for (std::size_t i = 0; i < levels.size(); ++i) {
      out_ += i == 0 ? "\"" : ",\"";
      append(of(levels[i]));
      out_ += '"';
    }
    out_ += ']';
  }
  void open(std::string_view key) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":\"";
  }
  template <class Tag>
  void append(Fixed<Tag> value) {
    char text[decimal_text_max];
    out_.append(text, print_decimal(value.raw, text));
  }
  void append(double value) {
    BALLAST_ASSERT(std::isfinite(value));
    char text[32];
    out_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }

  const Desk& desk_;
  std::string& out_;
};

void leg(Line& line, std::uint16_t value) {
  if (value != 0) line.integer("leg", value);
}
void note(Line& line, std::string_view key, std::string_view text) {
  if (!text.empty()) line.string(key, text);
}

void print(Line& line, const Fill& fill) {
  line.string("id", fill.key.id.view());
  line.place(fill.key.place);
  line.string("book", fill.book.view());
  line.instrument(fill.key.instrument);
  line.string("side", to_string(fill.side));
  line.decimal("qty", fill.qty);
  line.decimal("price", fill.price);
  if (fill.fee) {
    line.decimal("fee", fill.fee->amount);
    line.asset("fee_asset", fill.fee->asset);
  }
  if (fill.origin != Origin::unknown) line.string("origin", to_string(fill.origin));
  if (fill.liquidity != Liquidity::unknown) {
    line.string("liquidity", liquidity_names[static_cast<std::size_t>(fill.liquidity)]);
  }
  note(line, "order", fill.order.view());
  leg(line, fill.key.leg);
}

void print_key(Line& line, const FillKey& key) {
  line.string("id", key.id.view());
  line.place(key.place);
  line.instrument(key.instrument);
  leg(line, key.leg);
}

void print(Line& line, const Correct& correct) {
  print_key(line, correct.key);
  if (correct.side) line.string("side", to_string(*correct.side));
  if (correct.qty) line.decimal("qty", *correct.qty);
  if (correct.price) line.decimal("price", *correct.price);
  if (correct.fee) line.decimal("fee", *correct.fee);
  if (correct.fee_asset) line.asset("fee_asset", *correct.fee_asset);
}

void print(Line& line, const Bust& bust) { print_key(line, bust.key); }

void print(Line& line, const BalanceChange& change) {
  note(line, "id", change.id.view());
  line.place(change.place);
  line.asset("asset", change.asset);
  line.decimal("qty", change.qty);
  note(line, "reason", change.reason.view());
}

void print(Line& line, const Transfer& transfer) {
  line.string("id", transfer.id.view());
  line.asset("asset", transfer.asset);
  line.decimal("qty", transfer.qty);
  line.place("from", transfer.from);
  line.place("to", transfer.to);
  line.string("state", transfer_state_names[static_cast<std::size_t>(transfer.state)]);
  line.route(transfer.route);
}

void print(Line& line, const FundingPayment& funding) {
  line.string("id", funding.id.view());
  line.place(funding.place);
  line.string("book", funding.book.view());
  line.instrument(funding.instrument);
  line.decimal("amount", funding.amount);
  line.asset("asset", funding.asset);
}

void print(Line& line, const Statement& statement) {
  line.place(statement.place);
  if (statement.instrument.valid()) {
    line.instrument(statement.instrument);
  } else {
    line.asset("asset", statement.asset);
  }
  line.decimal("qty", statement.qty);
}

void print(Line& line, const Mark& mark) {
  if (mark.instrument.valid()) {
    line.instrument(mark.instrument);
  } else {
    line.asset("asset", mark.asset);
    line.asset("quote", mark.quote);
  }
  line.decimal("price", mark.price);
}

void print(Line& line, const Top& top) {
  line.instrument(top.instrument);
  line.decimal("bid", top.bid);
  line.decimal("bid_qty", top.bid_qty);
  line.decimal("ask", top.ask);
  line.decimal("ask_qty", top.ask_qty);
}

void print(Line& line, const Trade& trade) {
  line.instrument(trade.instrument);
  line.decimal("price", trade.price);
  line.decimal("qty", trade.qty);
  line.string("side", to_string(trade.side));
}

void print(Line& line, const FundingRate& rate) {
  line.instrument(rate.instrument);
  line.decimal("rate", rate.rate);
  line.decimal("interval_h", rate.interval_h);
}

void print(Line& line, const Surface& surface) {
  line.asset("underlying", surface.underlying);
  line.time("expiry", surface.expiry);
  if (surface.vol) line.number("vol", *surface.vol);
  if (!surface.strikes.empty()) {
    line.numbers("strikes", surface.strikes);
    line.numbers("vols", surface.vols);
  }
  if (surface.svi) line.svi(*surface.svi);
}

void print(Line& line, const TargetOverride& to) {
  line.factor(to.factor);
  if (to.target) line.decimal("target", *to.target);
  if (to.band) line.range("band", *to.band);
  if (to.limit) line.range("limit", *to.limit);
  if (to.until) line.time("until", *to.until);
  if (to.clear) line.yes("clear");
}

void print(Line& line, const Acknowledge& acknowledge) {
  line.rule(acknowledge.rule);
  if (acknowledge.factor.valid()) line.factor(acknowledge.factor);
  note(line, "by", acknowledge.by.view());
}

void print(Line& line, const Shelve& shelve) {
  line.rule(shelve.rule);
  line.time("until", shelve.until);
  note(line, "by", shelve.by.view());
}

void print(Line& /*line*/, const Tick& /*tick*/) {}

void print(Line& line, const Depth& depth) {
  line.instrument(depth.instrument);
  line.levels("bids", "bid_qtys", depth.bids);
  line.levels("asks", "ask_qtys", depth.asks);
}

void print(Line& line, const Drift& drift) {
  line.asset("asset", drift.asset);
  if (drift.clear) return line.yes("clear");
  line.decimal("rate", drift.rate);
  line.decimal("std_error", drift.std_error);
  if (drift.until) line.time("until", *drift.until);
}

void print(Line& line, const Order& order) {
  line.string("id", order.id.view());
  line.place(order.place);
  line.string("book", order.book.view());
  line.instrument(order.instrument);
  line.string("side", to_string(order.side));
  line.decimal("qty", order.qty);
  if (order.price) line.decimal("price", *order.price);
  if (!order.filled.zero()) line.decimal("filled", order.filled);
  line.string("state", to_string(order.state));
  if (order.origin != Origin::unknown) line.string("origin", to_string(order.origin));
  note(line, "proposal", order.proposal.view());
  note(line, "reason", order.reason.view());
}

void print(Line& line, const Quote& quote) {
  print(line, Top{quote.instrument, quote.bid, quote.bid_qty, quote.ask, quote.ask_qty});
  note(line, "reason", quote.reason.view());
  line.inputs(quote.inputs);
}

void print(Line& line, const Decision& decision) {
  line.string("id", decision.id.view());
  line.factor(decision.factor);
  line.string("action", to_string(decision.action));
  line.string("state", to_string(decision.state));
  note(line, "reason", decision.reason.view());
  line.inputs(decision.inputs);
}

void print(Line& line, const Approve& approve) {
  line.string("id", approve.id.view());
  line.string("by", approve.by.view());
  if (!approve.accept) line.no("accept");
  note(line, "reason", approve.reason.view());
}

void print(Line& line, const Kill& kill) {
  line.scope(kill.scope);
  line.string("by", kill.by.view());
  line.string("reason", kill.reason.view());
}

void print(Line& line, const Rearm& rearm) {
  line.scope(rearm.scope);
  line.string("by", rearm.by.view());
  line.string("reason", rearm.reason.view());
}

void print(Line& line, const ChannelBalance& statement) {
  line.channel(statement.channel);
  line.decimal("balance", statement.balance);
}

void print(Line& line, const Audit& audit) {
  line.string("by", audit.by.view());
  note(line, "role", audit.role.view());
  line.string("action", audit.action.view());
  line.string("subject", audit.subject.view());
  note(line, "before", audit.before);
  note(line, "after", audit.after);
  note(line, "reason", audit.reason);
  if (audit.event != 0) line.integer("event", audit.event);
}

void print(Line& line, const Receipt& receipt) {
  line.string("by", receipt.by.view());
  line.string("id", receipt.key.view());
  line.hash("request", receipt.request);
  line.string("answer", receipt.answer);
}

}  // namespace

void EventWriter::write(const Event& event, std::string& out) const {
  char time[timestamp_text_max];
  out += R"({"t":")";
  out.append(time, print_timestamp(event.t, time));
  out += R"(","type":")";
  out += event.type();
  out += '"';
  Line line(*desk_, out);
  std::visit([&](const auto& body) { print(line, body); }, event.body);
  out += '}';
}

}  // namespace ballast
