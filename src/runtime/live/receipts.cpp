#include "runtime/live/receipts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "base/archive.hpp"
#include "base/hash.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {

// ---- the receipts

void Receipts::add(Timestamp t, const Receipt& receipt) {
  Id id{receipt.by.str(), receipt.key.str()};
  const auto [last, first] = last_.try_emplace(id.first, id.second);
  if (!first && last->second != id.second) {
    // The one before may have been kept for being the last only.
    const auto before = known_.find({id.first, last->second});
    const bool in_order =
        !order_.empty() && before != known_.end() && before->second.t >= order_.front().first;
    if (before != known_.end() && !in_order) known_.erase(before);
    last->second = id.second;
  }
  known_.insert_or_assign(id, Known{t, receipt.request, receipt.answer});
  order_.emplace_back(t, std::move(id));
  forget_before(t - kept);
}

const Receipts::Known* Receipts::find(std::string_view by, std::string_view key) const {
  const auto at = known_.find({std::string(by), std::string(key)});
  return at == known_.end() ? nullptr : &at->second;
}

std::optional<std::string> Receipts::last_key(std::string_view by) const {
  const auto at = last_.find(by);
  return at == last_.end() ? std::nullopt : std::optional(at->second);
}

void Receipts::forget_before(Timestamp t) {
  for (; !order_.empty() && order_.front().first < t; order_.pop_front()) {
    const auto& [at, id] = order_.front();
    const auto known = known_.find(id);
    const bool renewed = known == known_.end() || known->second.t != at;
    const bool last = last_.find(id.first)->second == id.second;
    if (!renewed && !last) known_.erase(known);
  }
}

namespace {

struct Row {
  Timestamp t;
  std::string by;
  std::string key;
  std::uint64_t request = 0;
  std::string answer;

  template <class Archive>
  void archive(Archive& ar) {
    ar(t, by, key, request, answer);
  }
};

}  // namespace

std::string Receipts::save() const {
  std::vector<Row> rows;
  for (const auto& [id, known] : known_)
    rows.push_back({known.t, id.first, id.second, known.request, known.answer});
  // The last of each name must come last; times may be equal.
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    const auto is_last = [&](const Row& row) { return last_.find(row.by)->second == row.key; };
    return std::pair(a.t, is_last(a)) < std::pair(b.t, is_last(b));
  });
  std::string bytes;
  SaveArchive ar(bytes);
  ar(rows);
  return bytes;
}

Result<Receipts> Receipts::load(std::string_view bytes) {
  Receipts receipts;
  if (bytes.empty()) return receipts;
  std::vector<Row> rows;
  LoadArchive ar(bytes);
  ar(rows);
  if (!ar.done()) return fail(Errc::corrupt, "the receipts of the snapshot are damaged");
  for (const Row& row : rows) {
    const auto by = Note::create(row.by);
    const auto key = Text<255>::create(row.key);
    if (!by || !key) return fail(Errc::corrupt, "the receipts of the snapshot are damaged");
    receipts.add(row.t, {*by, *key, row.request, row.answer});
  }
  return receipts;
}

std::uint64_t request_hash(std::span<const std::string> lines) {
  std::uint64_t hash = lines.size();
  for (const std::string& line : lines)
    hash = hash_bytes(line, hash);
  return hash;
}

// ---- answers as text
//
// {"last_seq":N,"lines":[["applied",count,first seq],["duplicate",...],["conflated",count,0],
//                        ["refused",count,first seq,"code","detail"],...]}
// A run has consecutive numbers (or none), and of refusals the same code and no detail.

namespace {

constexpr std::array<std::string_view, 4> kind_names{"applied", "duplicate", "refused",
                                                     "conflated"};
constexpr std::size_t details_max = 1'000;

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Reads what answer_text() wrote, and no other JSON.
class AnswerReader {
 public:
  explicit AnswerReader(std::string_view text) : text_(text) {}

  bool skip(std::string_view expected) {
    good_ = good_ && text_.starts_with(expected);
    if (good_) text_.remove_prefix(expected.size());
    return good_;
  }
  bool at(char c) const { return good_ && !text_.empty() && text_.front() == c; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    good_ = good_ && read.ec == std::errc{};
    if (good_) text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
    return value;
  }
  std::string string() {
    std::string value;
    skip("\"");
    while (good_ && !at('"')) {
      if (text_.empty()) good_ = false;
      if (at('\\')) {
        value += escaped();
      } else if (good_) {
        value += text_.front();
        text_.remove_prefix(1);
      }
    }
    skip("\"");
    return value;
  }
  bool done() const { return good_ && text_.empty(); }
  bool good() const { return good_; }

 private:
  char escaped() {
    if (text_.size() < 2) {
      good_ = false;
      return '\0';
    }
    const char kind = text_[1];
    text_.remove_prefix(2);
    if (kind != 'u') return kind;
    unsigned value = 0;
    const auto read = std::from_chars(
        text_.data(), text_.data() + std::min<std::size_t>(4, text_.size()), value, 16);
    good_ = good_ && read.ec == std::errc{} && text_.size() >= 4 && value < 0x20;
    if (good_) text_.remove_prefix(4);
    return static_cast<char>(value);
  }

  std::string_view text_;
  bool good_ = true;
};

bool continues(const LineOutcome& first, std::uint64_t count, const LineOutcome& next) {
  if (next.kind != first.kind || next.code != first.code) return false;
  if (!first.detail.empty() || !next.detail.empty()) return false;
  return first.seq == 0 ? next.seq == 0 : next.seq == first.seq + count;
}

void append_run(std::string& out, const LineOutcome& first, std::uint64_t count) {
  fmt::format_to(std::back_inserter(out), "[\"{}\",{},{}",
                 kind_names[static_cast<std::size_t>(first.kind)], count, first.seq);
  if (first.kind == LineOutcome::Kind::refused) {
    out += ',';
    append_string(out, first.code);
    out += ',';
    append_string(out, first.detail);
  }
  out += ']';
}

}  // namespace

std::string answer_text(const SubmissionOutcome& outcome) {
  std::string text = fmt::format("{{\"last_seq\":{},\"lines\":[", outcome.last_seq);
  std::size_t details = 0;
  LineOutcome run;
  std::uint64_t count = 0;
  const auto end_run = [&] {
    if (count == 0) return;
    if (text.back() != '[') text += ',';
    append_run(text, run, count);
  };
  for (const LineOutcome& line : outcome.lines) {
    LineOutcome next = line;
    if (!next.detail.empty() && ++details > details_max) next.detail.clear();
    if (count > 0 && continues(run, count, next)) {
      ++count;
      continue;
    }
    end_run();
    run = std::move(next);
    count = 1;
  }
  end_run();
  text += "]}";
  return text;
}

Result<SubmissionOutcome> parse_answer(std::string_view text) {
  AnswerReader in(text);
  SubmissionOutcome outcome;
  in.skip("{\"last_seq\":");
  outcome.last_seq = in.number();
  in.skip(",\"lines\":[");
  while (in.at('[')) {
    in.skip("[");
    const std::string kind = in.string();
    in.skip(",");
    std::uint64_t count = in.number();
    in.skip(",");
    LineOutcome line;
    line.seq = in.number();
    const auto* const known = std::find(kind_names.begin(), kind_names.end(), kind);
    if (known == kind_names.end() || count > receipt_answer_max) break;
    line.kind = static_cast<LineOutcome::Kind>(known - kind_names.begin());
    if (line.kind == LineOutcome::Kind::refused) {
      in.skip(",");
      line.code = in.string();
      in.skip(",");
      line.detail = in.string();
    }
    in.skip("]");
    if (in.at(',')) in.skip(",");
    if (!in.good()) break;
    for (; count > 0; --count) {
      outcome.lines.push_back(line);
      if (line.seq != 0) ++line.seq;
    }
  }
  in.skip("]}");
  if (!in.done()) return fail(Errc::corrupt, "a receipt's answer is none of ours");
  outcome.replayed = true;
  return outcome;
}

}  // namespace ballast
