#include "adapters/api/server/exchange.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "adapters/api/server/reply.hpp"

namespace ballast::api {
namespace {

constexpr std::size_t batch_lines = 1000;

SteadyTime in(std::chrono::nanoseconds span) { return std::chrono::steady_clock::now() + span; }
std::chrono::nanoseconds chrono(Duration duration) { return std::chrono::nanoseconds(duration.ns); }

}  // namespace

Exchange::Exchange(ServerCore& core, const std::shared_ptr<Wire>& wire)
    : core_(core),
      limits_(core.options.limits),
      wire_(*wire),
      weak_wire_(wire),
      began_(std::chrono::steady_clock::now()) {}

void Exchange::begin(RequestHead head) {
  ++core_.requests;
  method_ = head.method;
  peer_ = head.peer;
  content_length_ = head.content_length;
  body_begun_ = head.body_begun;
  http_1_0_ = head.http_1_0;
  whole_ = !head.has_body;
  close_ = !head.keep_alive || core_.draining;
  if (const auto host = head.headers.find("host"); host != head.headers.end()) host_ = host->second;
  if (head.unknown_encoding) {
    whole_ = false;  // where the body ends is not known
    return reply(problem(501, "transfer_encoding", "of all transfer encodings, chunked is known"));
  }
  admission_ = core_.gate.admit(std::move(head), began_);
  switch (admission_.kind) {
    case Admission::Kind::answered:
      if (admission_.response.status == 421) host_.clear();  // a name that is not ours
      return reply(std::move(admission_.response));
    case Admission::Kind::file: {
      Response response = file_response(*admission_.file);
      answer_if_none_match(admission_.request, response);
      return reply(std::move(response));
    }
    case Admission::Kind::stream:
      return wire_.upgrade(std::move(admission_), host_);
    case Admission::Kind::lines:
      return begin_lines();
    case Admission::Kind::route:
      if (whole_) return handle();
      if (content_length_.value_or(0) > admission_.route->body_max) return refuse_body();
      return continue_then([this] { read_body(); });
  }
}

void Exchange::refuse(Response response) { reply(std::move(response)); }

/// A client that waits to be told so (`Expect: 100-continue`) now sends the body.
void Exchange::continue_then(std::function<void()> read) {
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  if (!admission_.request.header("expect") || body_begun_ || http_1_0_) return read();
  wire_.write(line, {}, in(transfer_time(0)), std::move(read));
}

std::chrono::nanoseconds Exchange::transfer_time(std::size_t bytes) const {
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) / limits_.transfer_rate);
  return chrono(limits_.transfer_within) +
         std::chrono::duration_cast<std::chrono::nanoseconds>(seconds);
}

// ---- a body

void Exchange::read_body() {
  wire_.read(began_ + transfer_time(received_),
             [this](Wire::Piece piece) { on_body(std::move(piece)); });
}

void Exchange::on_body(Wire::Piece piece) {
  if (piece.problem) return reply(std::move(*piece.problem));
  received_ += piece.bytes.size();
  whole_ = piece.whole;
  if (received_ > admission_.route->body_max) return refuse_body();
  admission_.request.body += piece.bytes;
  whole_ ? handle() : read_body();
}

void Exchange::refuse_body() {
  reply(problem(413, "body_too_large",
                fmt::format("the body of {} has at most {} bytes; send it in parts",
                            admission_.route->pattern, admission_.route->body_max)));
}

/// What a handler answers with: once, from any thread, in time, or it means nothing.
template <class Answer, class Take>
std::function<void(Answer)> Exchange::answer_to(Take take) {
  return [wire = weak_wire_, exchange = weak_from_this(), number = ++asked_,
          take](Answer answer) mutable {
    const auto open = wire.lock();
    if (!open) return;
    open->post([exchange, number, take, answer = std::move(answer)]() mutable {
      const auto self = exchange.lock();
      if (!self || !self->waiting_ || self->asked_ != number) return;
      self->waiting_ = false;
      take(*self, std::move(answer));
    });
  };
}

void Exchange::wait() {
  waiting_ = true;
  wire_.wait(in(chrono(limits_.handle_within)), [this] {
    waiting_ = false;
    Response late = problem(504, "no_answer",
                            "the desk did not answer in time; what was asked may still happen, so "
                            "look before you ask again");
    lines_ ? end_lines(std::move(late)) : reply(std::move(late));
  });
}

void Exchange::handle() {
  const Respond respond = answer_to<Response>([](Exchange& self, Response response) {
    answer_if_none_match(self.admission_.request, response);
    self.reply(std::move(response));
  });
  wait();
  try {
    admission_.route->handle(admission_.request, respond);
  } catch (const std::exception& defect) {
    respond(problem(500, "internal_error", defect.what()));
  }
}

// ---- a body of lines

void Exchange::begin_lines() {
  try {
    LineTaker take = admission_.route->stream_lines(admission_.request);
    lines_.emplace(limits_.line_bytes).take = std::move(take);
  } catch (const std::exception& defect) {
    return reply(problem(500, "internal_error", defect.what()));
  }
  continue_then([this] { read_lines(); });
}

void Exchange::read_lines() {
  wire_.read(in(chrono(limits_.idle_within)),
             [this](Wire::Piece piece) { on_lines(std::move(piece)); });
}

void Exchange::on_lines(Wire::Piece piece) {
  if (piece.problem) return end_lines(std::move(*piece.problem));
  received_ += piece.bytes.size();
  LineSplitter& splitter = lines_->splitter;
  if (!splitter.add(piece.bytes))
    return end_lines(problem(413, "line_too_long",
                             fmt::format("line {} has more than {} bytes",
                                         lines_->first + splitter.ready(), limits_.line_bytes)));
  whole_ = piece.whole;
  if (whole_) splitter.finish();
  // More that is there already makes a better batch; what is not there is not waited for.
  const bool full = splitter.ready() >= batch_lines || splitter.bytes() >= limits_.line_bytes;
  if (!whole_ && (splitter.ready() == 0 || (piece.more && !full))) return read_lines();
  give_batch();
}

void Exchange::give_batch() {
  LineBatch batch;
  batch.first = lines_->first;
  batch.lines = lines_->splitter.take(batch_lines);
  batch.last = whole_ && lines_->splitter.ready() == 0;
  lines_->first += batch.lines.size();
  lines_->last = batch.last;
  auto answer = answer_to<LineAnswer>(
      [](Exchange& self, LineAnswer answered) { self.on_answer(std::move(answered)); });
  wait();
  try {
    lines_->take(std::move(batch), answer);
  } catch (const std::exception& defect) {
    answer({.end = problem(500, "internal_error", defect.what())});
  }
}

void Exchange::on_answer(LineAnswer answer) {
  answer.end ? end_lines(std::move(*answer.end)) : write_lines(answer.line);
}

/// Ends the exchange, perhaps before the body ends. A status can be told while nothing else was.
void Exchange::end_lines(Response last) {
  if (!lines_->last) whole_ = false;  // what is left of the body is not read
  if (!lines_->begun) return reply(std::move(last));
  lines_->last = true;
  write_lines(last.body);
}

void Exchange::write_lines(std::string_view line) {
  const bool last = lines_->last;
  head_.clear();
  if (!lines_->begun && (last || !line.empty())) {
    lines_->begun = true;
    response_.content_type = "application/x-ndjson";
    head_ = reply_head(response_, std::nullopt, reply_to());
  }
  if (!line.empty()) head_ += fmt::format("{:x}\r\n{}\n\r\n", line.size() + 1, line);
  if (last) head_ += "0\r\n\r\n";
  sent_ += line.size();
  wire_.write(head_, {}, in(transfer_time(line.size())), [this, last] {
    if (last) return finish();
    whole_ || lines_->splitter.ready() > 0 ? give_batch() : read_lines();
  });
}

// ---- the answer

ReplyTo Exchange::reply_to() const {
  return {host_, core_.options.tls.has_value(), close_, core_.options.now()};
}

void Exchange::reply(Response response) {
  response_ = std::move(response);
  // What is left of a request cannot be told from the next one.
  if (!whole_ || core_.draining) close_ = true;
  const StaticFile* file = response_.status == 200 ? admission_.file : nullptr;
  const std::string_view body = file != nullptr ? file->bytes : std::string_view(response_.body);
  head_ = reply_head(response_, body.size(), reply_to());
  const bool bare = admission_.head_only || response_.status == 204 || response_.status == 304;
  sent_ = bare ? 0 : body.size();
  wire_.write(head_, body.substr(0, sent_), in(transfer_time(sent_)), [this] { finish(); });
}

void Exchange::finish() {
  if (core_.options.observe) {
    const std::string_view route = admission_.route != nullptr  ? admission_.route->pattern
                                   : admission_.file != nullptr ? std::string_view("file")
                                                                : std::string_view();
    const auto spent = std::chrono::steady_clock::now() - began_;
    const Principal& by = admission_.request.by;
    core_.options.observe({.peer = peer_,
                           .method = method_,
                           .route = route,
                           .by = by.name,
                           .role = by.name.empty() ? std::string_view() : to_string(by.role),
                           .status = response_.status,
                           .bytes_in = received_,
                           .bytes_out = sent_,
                           .seconds = std::chrono::duration<double>(spent).count()});
  }
  wire_.next(close_ || !whole_);
}

}  // namespace ballast::api
