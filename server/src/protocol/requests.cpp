// What a client may ask, and of whom it is asked what first.
#include "engine_impl.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/crypto/signature.hpp"

namespace muistio::server {

namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

/// Whether it changes the log, and so belongs into the commit.
bool is_write(const wire::ClientMessage& message) {
  if (const auto* ticket = std::get_if<wire::RequestTicket>(&message)) return ticket->mode == wire::TicketMode::write;
  return std::holds_alternative<wire::CreateSpace>(message) || std::holds_alternative<wire::Append>(message) ||
         std::holds_alternative<wire::PostJoinRequest>(message) || std::holds_alternative<wire::WithdrawJoinRequest>(message) ||
         std::holds_alternative<wire::DeleteInboxItem>(message) || std::holds_alternative<wire::DeleteAttachment>(message) ||
         std::holds_alternative<wire::PutBox>(message) || std::holds_alternative<wire::DropBoxes>(message);
}

}  // namespace

const SpaceId* space_of(const wire::ClientMessage& message) {
  return std::visit(
      [](const auto& known) -> const SpaceId* {
        if constexpr (requires { known.space; })
          return &known.space;
        else
          return nullptr;
      },
      message);
}

void Engine::Impl::take_in(ConnectionId id, Connection& connection, wire::ClientFrame frame) {
  Request request{id, frame.request, std::move(frame.message), {}, std::nullopt};
  if (std::holds_alternative<wire::Ping>(request.message)) {
    answer(id, connection, request.id, wire::Pong{});
    return;
  }
  if (connection.outstanding() >= wire::limits::outstanding_requests_max) {
    refuse(id, connection, request.id, {ErrorCode::rate_limited, "too many requests wait"});
    return;
  }
  if (auto admitted = admit(connection, request); !admitted) {
    if (connection.failed_proofs.take(0, clock.monotonic()) != TokenBucket::Level::good) {
      goodbye(id, connection, ErrorCode::rate_limited, "too many signatures that do not verify");
      return;
    }
    refuse(id, connection, request.id, admitted.error());
    return;
  }
  if (is_write(request.message)) {
    ++connection.writes_waiting;
    writes.push_back(std::move(request));
  } else {
    connection.reads.push_back(std::move(request));
    make_ready(id, connection);
  }
}

/// Everything that can be checked without the log: signatures, forms, rates.
Status Engine::Impl::admit(Connection& connection, Request& request) {
  const auto over = [](TokenBucket& bucket, MonotonicMs now) { return bucket.take(1, now) != TokenBucket::Level::good; };
  const auto now = clock.monotonic();
  const auto proved = [&](const SpaceId& space) -> Status {
    const auto found = connection.proved.find(space);
    if (found == connection.proved.end()) return fail(ErrorCode::not_authorised, "the space is not open on this connection");
    request.key = found->second;
    return ok();
  };
  return std::visit(
      Overloaded{
          [&](const wire::UnknownMessage& m) -> Status { return fail(ErrorCode::unknown_kind, "kind " + std::to_string(m.kind)); },
          [&](const wire::CreateSpace& m) -> Status {
            if (!options.token_required && !options.create_token.empty() && !is_create_token(m.token))
              return fail(ErrorCode::not_authorised, "this server asks for a token to begin a space");
            if (over(connection.spaces_created, now)) return fail(ErrorCode::rate_limited, "too many spaces begun");
            MUISTIO_CHECK(prove(connection, wire::AuthPurpose::create, m.space, m.key, m.signature));
            request.key = m.key;
            return ok();
          },
          [&](const wire::OpenSpace& m) -> Status {
            MUISTIO_CHECK(prove(connection, wire::AuthPurpose::open, m.space, m.key, m.signature));
            request.key = m.key;
            return ok();
          },
          [&](const wire::Append& m) -> Status {
            MUISTIO_CHECK(proved(m.space));
            MUISTIO_TRY(request.record, wire::decode_record(m.record));
            return ok();
          },
          [&](const wire::PostJoinRequest& m) -> Status {
            if (m.request.empty()) return fail(ErrorCode::bad_frame, "a join request without bytes");
            if (over(connection.inbox_posts, now)) return fail(ErrorCode::rate_limited, "too many join requests");
            return ok();
          },
          [&](const wire::WithdrawJoinRequest& m) -> Status {
            const auto message = wire::auth_message(wire::AuthPurpose::withdraw, m.space, connection.nonce, connection.server_name,
                                                    connection.exporter);
            return verify(connection, now, m.key, message, m.signature);
          },
          [&](const wire::RequestTicket& m) -> Status {
            MUISTIO_CHECK(proved(m.space));
            if (files == nullptr || tickets == nullptr) return fail(ErrorCode::server_busy, "this server keeps no attachments");
            if (m.mode == wire::TicketMode::write && (m.size == 0 || m.size > wire::limits::attachment_bytes_max))
              return fail(ErrorCode::quota_exceeded, "an attachment has 1 byte to attachment_bytes_max");
            return ok();
          },
          [&](const wire::PutBox& m) -> Status {
            if (m.box.empty()) return fail(ErrorCode::bad_frame, "a box without bytes");
            if (over(connection.box_puts, now)) return fail(ErrorCode::rate_limited, "too many boxes");
            return ok();
          },
          [&](const wire::FetchBoxes& m) -> Status { return check_fetcher(connection, m.key, m.signature); },
          [&](const wire::DropBoxes& m) -> Status { return check_fetcher(connection, m.key, m.signature); },
          [&](const wire::Ping&) -> Status { return ok(); },
          [&](const auto& m) -> Status { return proved(m.space); },
      },
      request.message);
}

bool Engine::Impl::is_create_token(BytesView token) const {
  return !options.create_token.empty() &&
         crypto::sha256(token) == crypto::sha256(options.create_token);  // equal lengths, no early end
}

/// Whether this connection holds the key that fetches a locator's boxes.
Status Engine::Impl::check_fetcher(Connection& connection, const wire::AuthKey& key, const wire::AuthSignature& signature) {
  const auto message = wire::auth_message(wire::AuthPurpose::boxes, wire::space_of(wire::locator_of(key)), connection.nonce,
                                          connection.server_name, connection.exporter);
  return verify(connection, clock.monotonic(), key, message, signature);
}

/// A signature costs us more than its sender: who fails too often is refused unread, and then told Goodbye by `take_in`.
Status Engine::Impl::verify(Connection& connection, MonotonicMs now, const wire::AuthKey& key, BytesView message,
                            const wire::AuthSignature& signature) {
  if (connection.failed_proofs.take(0, now) != TokenBucket::Level::good)
    return fail(ErrorCode::rate_limited, "too many signatures that do not verify");
  if (crypto::verify_raw(crypto::VerifyKey(key.array()), message, crypto::Signature(signature.array()))) return ok();
  connection.failed_proofs.take(1, now);
  return fail(ErrorCode::not_authorised, "the signature does not verify");
}

Status Engine::Impl::prove(Connection& connection, wire::AuthPurpose purpose, const SpaceId& space, const wire::AuthKey& key,
                           const wire::AuthSignature& signature) {
  if (!connection.proved.contains(space) && connection.proved.size() >= wire::limits::spaces_per_connection_max)
    return fail(ErrorCode::rate_limited, "too many spaces on one connection");
  const auto message = wire::auth_message(purpose, space, connection.nonce, connection.server_name, connection.exporter);
  MUISTIO_CHECK(verify(connection, clock.monotonic(), key, message, signature));
  connection.proved.insert_or_assign(space, key);
  return ok();
}

}  // namespace muistio::server
