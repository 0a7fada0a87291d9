// One request and its answer: from its head, through the gate, its body or lines, the handler, to
// the last byte of the answer. It reads and writes through a Wire, and knows no sockets.
//
// It runs on the connection's strand; handlers answer it from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/server/gate.hpp"
#include "adapters/api/server/line_splitter.hpp"
#include "adapters/api/server/server_core.hpp"

namespace ballast::api {

/// The connection, as an exchange sees it. When the client is gone it closes, and calls nothing
/// back.
class Wire {
 public:
  virtual ~Wire() = default;

  struct Piece {
    std::string_view bytes = {};           // of the body; until the next read
    bool whole = false;                    // that was all of it
    bool more = false;                     // more of it is there already
    std::optional<Response> problem = {};  // instead: it is malformed, or did not come in time
  };
  virtual void read(SteadyTime deadline, std::function<void(Piece)> then) = 0;
  /// Both stay as they are until `then`. Closes when the client does not take them in time.
  virtual void write(std::string_view first,
                     std::string_view second,
                     SteadyTime deadline,
                     std::function<void()> then) = 0;
  /// For an answer from elsewhere.
  virtual void wait(SteadyTime deadline, std::function<void()> late) = 0;
  /// Runs it on the strand. Any thread.
  virtual void post(std::function<void()> task) = 0;
  /// The exchange is over: takes the next one, or closes.
  virtual void next(bool close) = 0;
  /// The exchange becomes a stream.
  virtual void upgrade(Admission admission, std::string host) = 0;
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(ServerCore& core, const std::shared_ptr<Wire>& wire);

  void begin(RequestHead head);
  /// Answers what is no request.
  void refuse(Response response);

 private:
  void reply(Response response);
  void finish();
  void continue_then(std::function<void()> read);

  void read_body();
  void on_body(Wire::Piece piece);
  void refuse_body();
  void handle();
  void wait();
  template <class Answer, class Take>
  std::function<void(Answer)> answer_to(Take take);

  void begin_lines();
  void read_lines();
  void on_lines(Wire::Piece piece);
  void give_batch();
  void on_answer(LineAnswer answer);
  void end_lines(Response last);
  void write_lines(std::string_view line);

  std::chrono::nanoseconds transfer_time(std::size_t bytes) const;
  ReplyTo reply_to() const;

  ServerCore& core_;
  const ServerLimits& limits_;
  Wire& wire_;
  const std::weak_ptr<Wire> weak_wire_;
  const SteadyTime began_;
  Admission admission_;
  std::string method_;
  std::string host_;
  std::string peer_;
  std::optional<std::uint64_t> content_length_;
  bool body_begun_ = false;
  bool http_1_0_ = false;
  bool whole_ = false;       // the request was read
  bool close_ = true;        // the connection, afterwards
  std::uint64_t asked_ = 0;  // counts what was asked of handlers; only the last may answer
  bool waiting_ = false;     // for that answer
  std::string head_;         // of the answer, as sent
  Response response_;
  std::size_t received_ = 0;
  std::size_t sent_ = 0;

  struct Lines {
    explicit Lines(std::size_t line_max) : splitter(line_max) {}
    LineTaker take;
    LineSplitter splitter;
    std::size_t first = 0;
    bool begun = false;  // the answer
    bool last = false;   // the batch that was given, or the line that is written
  };
  std::optional<Lines> lines_;
};

}  // namespace ballast::api
