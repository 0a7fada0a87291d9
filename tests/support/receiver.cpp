#include "support/receiver.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ballast::testing {
namespace {

struct Listening {
  int fd = -1;
  std::uint16_t port = 0;
};

Listening listen_on_loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, any, size) != 0 || ::listen(fd, 64) != 0 ||
      ::getsockname(fd, any, &size) != 0) {
    throw std::runtime_error("no socket on loopback");
  }
  return {fd, ntohs(address.sin_port)};
}

using Pem = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

std::string text_of(BIO* pem) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(pem, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A connection, plain or with TLS.
class Connection {
 public:
  Connection(int fd, SSL_CTX* context) : fd_(fd) {
    if (context == nullptr) return;
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, fd_);
    good_ = SSL_accept(tls_) == 1;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (tls_ != nullptr) {
      if (good_) SSL_shutdown(tls_);
      SSL_free(tls_);
    }
    ::close(fd_);
  }

  bool good() const { return good_; }

  /// False at the end.
  bool read(std::string& into) {
    char bytes[4096];
    const auto count = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes)
                                       : static_cast<int>(::recv(fd_, bytes, sizeof bytes, 0));
    if (count <= 0) return false;
    into.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  void write(const std::string& text) {
    if (tls_ != nullptr) {
      SSL_write(tls_, text.data(), static_cast<int>(text.size()));
      return;
    }
    std::size_t sent = 0;
    while (sent < text.size()) {
      const auto count = ::send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    good_ = false;
  }

 private:
  int fd_;
  SSL* tls_ = nullptr;
  bool good_ = true;
};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Nothing when the connection ends before the request does.
std::optional<TakenRequest> take(Connection& connection) {
  std::string text;
  std::size_t header_end = std::string::npos;
  while ((header_end = text.find("\r\n\r\n")) == std::string::npos)
    if (!connection.read(text)) return std::nullopt;

  TakenRequest request;
  std::size_t at = text.find("\r\n");
  const std::string first = text.substr(0, at);
  request.method = first.substr(0, first.find(' '));
  const std::size_t target = request.method.size() + 1;
  request.target = first.substr(target, first.rfind(' ') - target);
  while (at < header_end) {
    at += 2;
    const std::size_t end = text.find("\r\n", at);
    const std::string line = text.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    at = end;
  }
  std::size_t length = 0;
  if (const auto found = request.headers.find("content-length"); found != request.headers.end()) {
    const std::string& digits = found->second;
    std::from_chars(digits.data(), digits.data() + digits.size(), length);
  }
  request.body = text.substr(header_end + 4);
  while (request.body.size() < length)
    if (!connection.read(request.body)) return std::nullopt;
  return request;
}

std::string wire(const Answer& answer) {
  if (answer.kind == Answer::Kind::raw) return answer.body;
  std::string text =
      fmt::format("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n", answer.status, answer.body.size());
  for (const auto& [name, value] : answer.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  return text + "Connection: close\r\n\r\n" + answer.body;
}

}  // namespace

TlsIdentity make_tls_identity(const std::string& host) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("ballast test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  const std::string names = fmt::format("DNS:{},IP:127.0.0.1", host);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());

  const Pem certificate_pem(BIO_new(BIO_s_mem()), BIO_free_all);
  const Pem key_pem(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_X509(certificate_pem.get(), certificate);
  PEM_write_bio_PrivateKey(key_pem.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {text_of(certificate_pem.get()), text_of(key_pem.get())};
}

struct Receiver::State {
  std::function<Answer(const TakenRequest&)> decide;
  std::vector<Answer> script;  // when there is no `decide`
  SSL_CTX* tls = nullptr;
  Listening listening = listen_on_loopback();
  mutable std::mutex mutex;
  mutable std::condition_variable took;
  std::vector<TakenRequest> taken;
  std::size_t connections = 0;
  std::vector<int> held;  // connections that hang
  std::thread thread;

  void open(const TlsIdentity* identity) {
    if (identity != nullptr) {
      tls = SSL_CTX_new(TLS_server_method());
      const Pem certificate(BIO_new_mem_buf(identity->certificate.data(), -1), BIO_free_all);
      const Pem key(BIO_new_mem_buf(identity->key.data(), -1), BIO_free_all);
      X509* x509 = PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr);
      EVP_PKEY* pkey = PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr);
      SSL_CTX_use_certificate(tls, x509);
      SSL_CTX_use_PrivateKey(tls, pkey);
      X509_free(x509);
      EVP_PKEY_free(pkey);
    }
    thread = std::thread([this] { serve(); });
  }

  void serve() {
    for (;;) {
      const int fd = ::accept4(listening.fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;  // shut down
      Answer next;
      {
        const std::lock_guard lock(mutex);
        const std::size_t index = connections++;
        if (!decide) next = script[std::min(index, script.size() - 1)];
      }
      if (next.kind == Answer::Kind::hang) {
        held.push_back(fd);
        continue;
      }
      if (next.kind == Answer::Kind::close) {
        ::close(fd);
        continue;
      }
      answer(fd, next);
    }
  }

  void answer(int fd, Answer with) {
    // A client that says nothing must not keep the test from its end.
    const timeval patience{20, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    Connection connection(fd, tls);
    if (!connection.good()) return;
    auto request = take(connection);
    if (!request) return;
    if (decide) with = decide(*request);
    {
      const std::lock_guard lock(mutex);
      taken.push_back(std::move(*request));
      took.notify_all();
    }
    switch (with.kind) {
      case Answer::Kind::hang:
      case Answer::Kind::take_only:
        held.push_back(::dup(fd));
        break;
      case Answer::Kind::reset:
        connection.reset();
        break;
      case Answer::Kind::close:
        break;
      case Answer::Kind::reply:
      case Answer::Kind::raw:
        connection.write(wire(with));
        break;
    }
  }
};

Receiver::Receiver(std::function<Answer(const TakenRequest&)> decide, const TlsIdentity* identity)
    : state_(std::make_unique<State>()) {
  state_->decide = std::move(decide);
  state_->open(identity);
}

Receiver::Receiver(std::vector<Answer> script, const TlsIdentity* identity)
    : state_(std::make_unique<State>()) {
  state_->script = std::move(script);
  state_->open(identity);
}

Receiver::~Receiver() {
  ::shutdown(state_->listening.fd, SHUT_RDWR);
  state_->thread.join();
  ::close(state_->listening.fd);
  for (const int fd : state_->held)
    ::close(fd);
  SSL_CTX_free(state_->tls);
}

std::string Receiver::url(const std::string& target) const {
  return fmt::format("{}://127.0.0.1:{}{}", state_->tls != nullptr ? "https" : "http", port(),
                     target);
}

std::uint16_t Receiver::port() const { return state_->listening.port; }

std::vector<TakenRequest> Receiver::taken() const {
  const std::lock_guard lock(state_->mutex);
  return state_->taken;
}

std::size_t Receiver::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections;
}

bool Receiver::wait_for(std::size_t count) const {
  std::unique_lock lock(state_->mutex);
  return state_->took.wait_for(lock, std::chrono::seconds(30),
                               [&] { return state_->taken.size() >= count; });
}

std::uint16_t closed_port() {
  const Listening listening = listen_on_loopback();
  ::close(listening.fd);
  return listening.port;
}

}  // namespace ballast::testing
