// One connection: TLS, the requests that come over it one after another, and what becomes of it
// when it is upgraded to a WebSocket. What of Boost does not listen stands in its .cpp.
//
// A connection owns itself: its pending operations hold it. All that it does runs on its strand.
#pragma once

#include <string>

#include "adapters/api/server/server_core.hpp"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace ballast::api {

/// An accepted socket, which its connection closes.
struct Accepted {
  int socket = -1;
  bool ipv6 = false;
  std::string peer;           // whose connections are counted together
  std::string local_address;  // the one that it came to
};

/// `tls` is null for plain HTTP.
void serve(ServerCore& core,
           boost::asio::io_context& io,
           boost::asio::ssl::context* tls,
           Accepted accepted);

}  // namespace ballast::api
