#include "client/stream_script.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket.hpp>

namespace ballast::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;

}  // namespace

struct StreamScript::State {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::vector<StreamTurn> turns;
  mutable std::mutex mutex;
  std::vector<std::string> heard;
  std::vector<std::string> authorizations;
  std::uint16_t port = 0;
  std::atomic<bool> stopping = false;
  std::thread thread;

  void keep(std::vector<std::string>& list, std::string text) {
    const std::lock_guard lock(mutex);
    list.push_back(std::move(text));
  }

  bool hear(beast::websocket::stream<tcp::socket>& socket) {
    beast::flat_buffer buffer;
    error_code error;
    socket.read(buffer, error);
    if (error) return false;
    keep(heard, beast::buffers_to_string(buffer.data()));
    return true;
  }

  static bool say(beast::websocket::stream<tcp::socket>& socket,
                  const std::vector<std::string>& texts) {
    error_code error;
    for (const std::string& text : texts) {
      socket.write(asio::buffer(text), error);
      if (error) return false;
    }
    return true;
  }

  void play(tcp::socket client, const StreamTurn& turn) {
    error_code error;
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    beast::http::read(client, buffer, request, error);
    if (error) return;
    keep(authorizations, std::string(request[beast::http::field::authorization]));
    if (turn.refuse) {
      beast::http::response<beast::http::string_body> response{beast::http::status::unauthorized,
                                                               11};
      response.prepare_payload();
      beast::http::write(client, response, error);
      return;
    }
    beast::websocket::stream<tcp::socket> socket(std::move(client));
    socket.accept(request, error);
    if (error || !hear(socket) || !say(socket, turn.texts)) return;
    if (!turn.then.empty() && (!hear(socket) || !say(socket, turn.then))) return;
    socket.close({beast::websocket::close_code::try_again_later, "the script is over"}, error);
  }

  void serve() {
    for (const StreamTurn& turn : turns) {
      error_code error;
      tcp::socket client = acceptor.accept(error);
      if (error || stopping) break;
      play(std::move(client), turn);
    }
    error_code ignored;
    acceptor.close(ignored);
  }
};

StreamScript::StreamScript(std::vector<StreamTurn> turns) : state_(std::make_unique<State>()) {
  state_->turns = std::move(turns);
  state_->port = state_->acceptor.local_endpoint().port();
  state_->thread = std::thread([this] { state_->serve(); });
}

StreamScript::~StreamScript() {
  state_->stopping = true;
  asio::io_context io;  // wakes an accept that nobody came for
  error_code ignored;
  tcp::socket(io).connect(tcp::endpoint(asio::ip::address_v4::loopback(), state_->port), ignored);
  state_->thread.join();
}

std::uint16_t StreamScript::port() const { return state_->port; }

std::vector<std::string> StreamScript::heard() const {
  const std::lock_guard lock(state_->mutex);
  return state_->heard;
}

std::vector<std::string> StreamScript::authorizations() const {
  const std::lock_guard lock(state_->mutex);
  return state_->authorizations;
}

}  // namespace ballast::testing
