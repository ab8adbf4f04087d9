// Attachments over HTTP: an upload in ranged PUTs from where the server stopped, a download by one ranged GET appended to the file.
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <fstream>

#include "internal.hpp"

namespace muistio::transport {

namespace http = beast::http;

namespace {

/// An upload goes in pieces of this size, each durable at the server before the next.
constexpr std::uint64_t kPieceBytes = 1u << 20;

template <class Body>
http::request<Body> make_request(const Shared& shared, const Transfer& transfer, http::verb verb) {
  http::request<Body> request(verb, "/attachments/" + transfer.space.hex() + "/" + transfer.attachment.hex(), 11);
  request.set(http::field::host, shared.options.server.url().substr(6));
  request.set(http::field::user_agent, "muistio");
  request.set(http::field::authorization, "Bearer " + to_hex(transfer.token));
  return request;
}

Error refusal(unsigned status) {
  switch (status) {
    case 401:
    case 403: return {ErrorCode::not_authorised, "the ticket is not valid any more"};
    case 404: return {ErrorCode::not_found, "the server does not hold the attachment"};
    case 409: return {ErrorCode::conflicting_content, "the server holds other bytes"};
    case 413:
    case 507: return {ErrorCode::quota_exceeded, "the server takes no more"};
    case 416: return {ErrorCode::bad_range, "the server does not hold that part"};
    case 429: return {ErrorCode::rate_limited, "the server asks to wait"};
    case 503: return {ErrorCode::server_busy, "the server cannot take this now"};
    default: return {ErrorCode::disconnected, "the server answered " + std::to_string(status)};
  }
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || last != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

void moved(Shared& shared, TransferState& state, std::uint64_t offset, std::uint64_t count) {
  shared.counts->moved_bytes += count;
  state.moved_at = SteadyClock::now();
  if (!state.ended) shared.emit(TransferMoved{state.id, offset});
}

/// The place in "Upload-Offset: N" of an answer.
template <class Response>
std::optional<std::uint64_t> upload_offset(const Response& response) {
  const auto found = response.find("Upload-Offset");
  if (found == response.end()) return std::nullopt;
  return number(std::string_view(found->value().data(), found->value().size()));
}

asio::awaitable<Result<std::uint64_t>> ask_offset(std::shared_ptr<Shared> shared, std::shared_ptr<TransferState> state) {
  auto request = make_request<http::empty_body>(*shared, state->transfer, http::verb::head);
  auto [unsent, written] = co_await http::async_write(*state->stream, request, kAwait);
  if (unsent) co_return fail(network_error(unsent, state->stream.get(), "asking how far an upload came"));
  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  auto [unread, read] = co_await http::async_read(*state->stream, buffer, parser, kAwait);
  if (unread) co_return fail(network_error(unread, state->stream.get(), "asking how far an upload came"));
  const auto status = parser.get().result_int();
  if (status == 404) co_return std::uint64_t{0};
  if (status != 200 && status != 204) co_return fail(refusal(status));
  const auto offset = upload_offset(parser.get());
  if (!offset || *offset > state->transfer.size_bytes) co_return fail(ErrorCode::disconnected, "the server did not say how far the upload came");
  co_return *offset;
}

asio::awaitable<Status> upload(std::shared_ptr<Shared> shared, std::shared_ptr<TransferState> state) {
  const auto& transfer = state->transfer;
  std::ifstream file(transfer.file, std::ios::binary);
  if (!file) co_return fail(ErrorCode::io_failed, "the encrypted file cannot be read");
  MUISTIO_CO_CHECK(co_await connect(shared, state->stream.get(), &state->ended));
  auto asked = co_await ask_offset(shared, state);
  if (!asked) co_return fail(asked.error());
  auto offset = *asked;
  moved(*shared, *state, offset, 0);
  while (offset < transfer.size_bytes) {
    const auto count = std::min(kPieceBytes, transfer.size_bytes - offset);
    auto request = make_request<http::vector_body<char>>(*shared, transfer, http::verb::put);
    request.body().resize(count);
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    if (!file.read(request.body().data(), static_cast<std::streamsize>(count)))
      co_return fail(ErrorCode::io_failed, "the encrypted file is shorter than it was");
    request.set(http::field::content_range, "bytes " + std::to_string(offset) + "-" + std::to_string(offset + count - 1) + "/" +
                                                std::to_string(transfer.size_bytes));
    request.set(http::field::content_type, "application/octet-stream");
    request.prepare_payload();
    http::request_serializer<http::vector_body<char>> serializer(request);
    while (!serializer.is_done()) {
      auto [unsent, written] = co_await http::async_write_some(*state->stream, serializer, kAwait);
      if (unsent) co_return fail(network_error(unsent, state->stream.get(), "uploading"));
      shared->counts->moved_bytes += written;
      state->moved_at = SteadyClock::now();
    }
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    auto [unread, read] = co_await http::async_read(*state->stream, buffer, response, kAwait);
    if (unread) co_return fail(network_error(unread, state->stream.get(), "uploading"));
    const auto status = response.result_int();
    // Another upload of it is under way, or was cut and not noticed yet: the next try asks again how far it came.
    if (status == 409) co_return fail(ErrorCode::disconnected, "the server holds another part of the upload than it said");
    if (status < 200 || status > 299) co_return fail(refusal(status));
    offset += count;
    moved(*shared, *state, offset, 0);
    if (!response.keep_alive() && offset < transfer.size_bytes) co_return fail(ErrorCode::disconnected, "the server closed the connection");
  }
  co_return ok();
}

asio::awaitable<Status> download(std::shared_ptr<Shared> shared, std::shared_ptr<TransferState> state) {
  const auto& transfer = state->transfer;
  std::ofstream file(transfer.file, std::ios::binary | std::ios::app);
  if (!file) co_return fail(ErrorCode::io_failed, "the download cannot be written");
  file.seekp(0, std::ios::end);
  auto offset = static_cast<std::uint64_t>(file.tellp());
  if (offset > transfer.size_bytes) co_return fail(ErrorCode::conflicting_content, "the file is longer than the attachment");
  if (offset == transfer.size_bytes) co_return ok();
  MUISTIO_CO_CHECK(co_await connect(shared, state->stream.get(), &state->ended));
  moved(*shared, *state, offset, 0);

  auto request = make_request<http::empty_body>(*shared, transfer, http::verb::get);
  request.set(http::field::range, "bytes=" + std::to_string(offset) + "-");
  auto [unsent, written] = co_await http::async_write(*state->stream, request, kAwait);
  if (unsent) co_return fail(network_error(unsent, state->stream.get(), "downloading"));

  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(transfer.size_bytes + 1);
  auto [no_header, header_bytes] = co_await http::async_read_header(*state->stream, buffer, parser, kAwait);
  if (no_header) co_return fail(network_error(no_header, state->stream.get(), "downloading"));
  const auto status = parser.get().result_int();
  if (status != 206 && !(status == 200 && offset == 0)) co_return fail(refusal(status));
  if (status == 206) {
    const auto range = parser.get()[http::field::content_range];
    const auto wanted = "bytes " + std::to_string(offset) + "-";
    if (std::string_view(range.data(), range.size()).substr(0, wanted.size()) != wanted)
      co_return fail(ErrorCode::bad_range, "the server sent another part");
  }
  std::vector<char> piece(64u << 10);
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    auto [error, read] = co_await http::async_read_some(*state->stream, buffer, parser, kAwait);
    const auto count = piece.size() - parser.get().body().size;
    if (state->ended) co_return fail(ErrorCode::disconnected, "ended");
    if (offset + count > transfer.size_bytes) co_return fail(ErrorCode::conflicting_content, "the server sent more than the attachment");
    if (!file.write(piece.data(), static_cast<std::streamsize>(count)) || !file.flush())
      co_return fail(ErrorCode::disk_full, "the download cannot be written");
    offset += count;
    if (count > 0) moved(*shared, *state, offset, count);
    if (error && error != http::error::need_buffer) co_return fail(network_error(error, state->stream.get(), "downloading"));
  }
  if (offset != transfer.size_bytes) co_return fail(ErrorCode::disconnected, "the download ended early");
  co_return ok();
}

}  // namespace

void end_transfer(Shared& shared, TransferState& state, Status result) {
  if (state.ended) return;
  state.ended = true;
  error_code ignored;
  beast::get_lowest_layer(*state.stream).socket().close(ignored);
  shared.emit(TransferEnded{state.id, std::move(result)});
}

asio::awaitable<void> run_transfer(std::shared_ptr<Shared> shared, std::shared_ptr<TransferState> state) {
  // Two statements: GCC 12 destroys the result of a co_await within ?: twice.
  Status result;
  if (state->is_upload) {
    result = co_await upload(shared, state);
  } else {
    result = co_await download(shared, state);
  }
  end_transfer(*shared, *state, std::move(result));
}

}  // namespace muistio::transport
