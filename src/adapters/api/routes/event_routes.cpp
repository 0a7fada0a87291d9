// POST /api/v1/events: events from outside, one, many, or as lines without end.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/backpressure.hpp"
#include "adapters/api/routes/event_text.hpp"
#include "adapters/api/routes/handlers.hpp"

namespace ballast::api {
namespace {

constexpr std::size_t body_max = std::size_t{8} << 20;
constexpr std::size_t key_max = 255;
// Of lines that are taken as one batch.
constexpr std::size_t whole_lines_max = 65'536;
constexpr std::size_t whole_bytes_max = std::size_t{64} << 20U;

struct Refused {
  std::size_t index = 0;
  std::string code, detail;
};

/// What became of the events of an answer.
struct Tally {
  std::size_t applied = 0, duplicate = 0, conflated = 0;
  std::uint64_t last_seq = 0;
  std::vector<Refused> refused;
  std::size_t refused_before = 0;  // in batches that were answered already
  bool total = false;              // it is the sum of batches

  std::size_t accepted() const { return applied + duplicate + conflated; }
  /// @param places  the index of each line in the request.
  void add(const SubmissionOutcome& outcome, const std::vector<std::size_t>& places) {
    last_seq = std::max(last_seq, outcome.last_seq);
    for (std::size_t i = 0; i < outcome.lines.size(); ++i) {
      const LineOutcome& line = outcome.lines[i];
      switch (line.kind) {
        case LineOutcome::Kind::applied:
          ++applied;
          break;
        case LineOutcome::Kind::duplicate:
          ++duplicate;
          break;
        case LineOutcome::Kind::conflated:
          ++conflated;
          break;
        case LineOutcome::Kind::refused:
          refused.push_back({i < places.size() ? places[i] : i, line.code, line.detail});
          break;
      }
    }
  }
  /// Without the errors.
  void add(const Tally& batch) {
    total = true;
    applied += batch.applied;
    duplicate += batch.duplicate;
    conflated += batch.conflated;
    refused_before += batch.refused.size();
    last_seq = std::max(last_seq, batch.last_seq);
  }
  int status() const {
    if (refused.empty()) return 200;
    if (accepted() > 0) return 207;
    const bool forbidden = std::all_of(refused.begin(), refused.end(),
                                       [](const Refused& r) { return r.code == "not_allowed"; });
    return forbidden ? 403 : 422;
  }
  std::string json() const {
    JsonWriter out(JsonWriter::Layout::compact);
    out.begin_object();
    out.key("accepted").value(accepted());
    out.key("applied").value(applied);
    out.key("duplicate").value(duplicate);
    out.key("refused").value(refused_before + refused.size());
    out.key("conflated").value(conflated);
    out.key("last_seq").value(last_seq);
    out.key("errors").begin_array();
    for (const Refused& r : refused) {
      out.begin_object();
      out.key("index").value(r.index);
      out.key("code").value(r.code);
      out.key("detail").value(r.detail);
      out.end_object();
    }
    out.end_array();
    if (total) out.key("total").value(true);
    out.end_object();
    return out.text();
  }
};

Response busy() {
  Response response =
      problem(503, "queue_full",
              "the desk takes no more at the moment: nothing of this was kept, send "
              "it again");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// Of a batch that was not taken as a whole.
Response not_taken(const Error& error) {
  switch (error.code) {
    case Errc::conflict:
      return problem(422, "idempotency_conflict", error.what);
    case Errc::io:
    case Errc::corrupt:
      return problem(503, "journal_failed", error.what);
    case Errc::locked: {
      Response response = problem(503, "draining", error.what);
      response.headers.emplace_back("Retry-After", "5");
      return response;
    }
    default:
      return problem(error);
  }
}

/// What a request asks of its batch.
struct Terms {
  bool atomic = false;
  std::string key;
  bool whole() const { return atomic || !key.empty(); }
};

tl::expected<Terms, Response> terms_of(const Request& request) {
  Terms terms;
  if (const auto atomic = request.parameter("atomic"); atomic && *atomic != "false") {
    if (*atomic != "true") {
      return tl::unexpected(problem(
          400, "bad_parameter", fmt::format("atomic is `{}`: it must be true or false", *atomic)));
    }
    terms.atomic = true;
  }
  if (const auto key = request.header("idempotency-key")) {
    if (key->empty() || key->size() > key_max) {
      return tl::unexpected(problem(
          400, "bad_header",
          fmt::format("Idempotency-Key has {} bytes: it must have 1 to {}", key->size(), key_max)));
    }
    terms.key = *key;
  }
  return terms;
}

Response answer_of(const Tally& tally, bool replayed) {
  Response response;
  response.status = tally.status();
  response.body = tally.json() + "\n";
  if (replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

using Taken = std::function<void(Result<SubmissionOutcome>)>;

/// @param gave_up  called instead of `taken` where the queue stayed full.
void submit(const RouteContext& context,
            std::vector<std::string> lines,
            const Principal& by,
            const Terms& terms,
            Taken taken,
            std::function<void()> gave_up) {
  Submission submission;
  submission.lines = std::move(lines);
  submission.by = by;
  submission.atomic = terms.atomic;
  submission.key = terms.key;
  submission.done = std::move(taken);
  context.backpressure.submit(std::move(submission), std::move(gave_up));
}

void post_events(const RouteContext& context, const Request& request, const Respond& respond) {
  auto terms = terms_of(request);
  if (!terms) return respond(std::move(terms).error());
  auto lines = split_events(request.body);
  if (!lines) return respond(problem(400, "bad_body", lines.error().what));
  if (lines->empty()) return respond(answer_of(Tally{}, false));
  submit(
      context, std::move(*lines), request.by, *terms,
      [respond](Result<SubmissionOutcome> outcome) {
        if (!outcome) return respond(not_taken(outcome.error()));
        Tally tally;
        tally.add(*outcome, {});
        respond(answer_of(tally, outcome->replayed));
      },
      [respond] { respond(busy()); });
}

/// One body of lines: each batch is a submission, or all of them together one where the request
/// asks for that.
class LinePost : public std::enable_shared_from_this<LinePost> {
 public:
  using Answer = std::function<void(LineAnswer)>;
  LinePost(const RouteContext& context, Principal by, Terms terms)
      : context_(context), by_(std::move(by)), terms_(std::move(terms)) {}

  void take(LineBatch batch, Answer answer) {
    for (std::size_t i = 0; i < batch.lines.size(); ++i) {
      if (!holds_event(batch.lines[i])) continue;
      bytes_ += batch.lines[i].size();
      lines_.push_back(std::move(batch.lines[i]));
      places_.push_back(batch.first + i);
    }
    if (terms_.whole() && (lines_.size() > whole_lines_max || bytes_ > whole_bytes_max)) {
      return answer({.end = problem(413, "too_large",
                                    fmt::format("a batch that is atomic or has a key holds at most "
                                                "{} events and {} MiB: send it in parts",
                                                whole_lines_max, whole_bytes_max >> 20U))});
    }
    if (terms_.whole() && !batch.last) return answer({});
    if (lines_.empty()) return finish({}, batch.last, false, answer);
    auto self = shared_from_this();
    auto places = std::exchange(places_, {});
    submit(
        context_, std::exchange(lines_, {}), by_, terms_,
        [self, places = std::move(places), last = batch.last,
         answer](Result<SubmissionOutcome> outcome) {
          if (!outcome) return answer({.end = not_taken(outcome.error())});
          Tally tally;
          tally.add(*outcome, places);
          self->finish(tally, last, outcome->replayed, answer);
        },
        [answer] { answer({.end = busy()}); });
  }

 private:
  /// A line for the batch, and behind the last one a line for all of them.
  void finish(const Tally& batch, bool last, bool replayed, const Answer& answer) {
    if (terms_.whole()) return answer({.end = answer_of(batch, replayed)});
    sum_.add(batch);
    if (!last) return answer({.line = batch.json()});
    answer({.line = batch.json() + "\n" + sum_.json()});
  }

  const RouteContext& context_;
  Principal by_;
  Terms terms_;
  std::vector<std::string> lines_;
  std::vector<std::size_t> places_;
  std::size_t bytes_ = 0;  // of the lines of a whole
  Tally sum_;              // without what each was refused for: that was answered with its batch
};

LineTaker line_taker(const RouteContext& context, const Request& request) {
  auto terms = terms_of(request);
  if (!terms) {
    return [wrong = std::move(terms).error()](const LineBatch&, const LinePost::Answer& answer) {
      answer({.end = wrong});
    };
  }
  auto post = std::make_shared<LinePost>(context, request.by, std::move(*terms));
  return [post](LineBatch batch, LinePost::Answer answer) {
    post->take(std::move(batch), std::move(answer));
  };
}

}  // namespace

void add_event_routes(Table& table, const RouteContext& context) {
  Route route;
  route.method = Method::post;
  route.pattern = "/api/v1/events";
  route.needs = Permission::none;  // what each event needs is judged event by event
  route.about = "Takes events: one, an array, or lines. Answers after they are durable.";
  route.parameters = {
      {"atomic", "true: all can be read and may be posted, or none is taken", "boolean"}};
  route.request_schema = "Events";
  route.response_schema = "Ingested";
  route.body_max = body_max;
  route.handle = [&context](const Request& request, Respond respond) {
    post_events(context, request, respond);
  };
  route.stream_lines = [&context](const Request& request) { return line_taker(context, request); };
  table.push_back(std::move(route));
}

}  // namespace ballast::api
