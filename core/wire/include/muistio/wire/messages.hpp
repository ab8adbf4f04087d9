// The messages between client and server: the only words that both ends share. docs/formats/wire.md has the bytes.
//
// A frame is one binary WebSocket message: u8 protocol version ‖ u8 kind ‖ varint request id ‖ body. A client numbers its requests
// from 1, each answer repeats the number; the server's own messages (Challenge, pushed Records, Goodbye) have 0.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "muistio/base/bytes.hpp"
#include "muistio/base/ids.hpp"
#include "muistio/base/result.hpp"
#include "muistio/wire/auth.hpp"
#include "muistio/wire/record.hpp"

namespace muistio::wire {

inline constexpr std::uint8_t protocol_version = 1;

/// Pairs an answer with its request on one connection; 0 is the server's own.
using RequestId = StrongInt<struct RequestIdTag>;
/// The right to move one attachment over HTTP for a short while; secret.
using TicketToken = StrongBytes<struct TicketTokenTag, 32>;

/// A message of a kind that this program does not know: kept so that it can be passed over.
struct UnknownMessage {
  std::uint8_t kind = 0;
  Bytes body;
  friend bool operator==(const UnknownMessage&, const UnknownMessage&) = default;
};

// ---- client to server ----------------------------------------------------------------------------------------------------------

/// Begins a space; `key` is its first access key. Answer: SpaceOpened. The same again by the same key is the same answer.
/// Refused: conflicting_content (the space exists under another first key), not_authorised (signature or token), rate_limited.
struct CreateSpace {
  SpaceId space;
  AuthKey key;
  AuthSignature signature;  ///< over auth_message(create, …)
  Bytes token;              ///< what the server's operator asks of those who begin spaces; may be empty
  friend bool operator==(const CreateSpace&, const CreateSpace&) = default;
};

/// Shows that this connection holds `key`. Needed before any other use of the space but the inbox's posting. Answer: SpaceOpened.
/// Refused: unknown_space, not_authorised.
struct OpenSpace {
  SpaceId space;
  AuthKey key;
  AuthSignature signature;  ///< over auth_message(open, …)
  friend bool operator==(const OpenSpace&, const OpenSpace&) = default;
};

/// Appends `record` (encode_record). Answer: Appended; for a record that the log holds already, with its old place.
/// Refused: stale_handshake if a handshake record lies after `last_handshake_seq`; not_authorised, quota_exceeded, server_busy,
/// bad_frame.
struct Append {
  SpaceId space;
  Seq last_handshake_seq;  ///< the place of the last handshake record that the sender has applied; 0 for none
  Bytes record;
  friend bool operator==(const Append&, const Append&) = default;
};

/// Answer: Records from `from_seq` (1 or more), as many as fit in `bytes_max` but at least one if there is one; none at head + 1.
/// Refused: bad_range beyond head + 1, not_authorised.
struct Fetch {
  SpaceId space;
  Seq from_seq;
  std::uint32_t bytes_max = 0;  ///< 0 or more than fetch_bytes_max: fetch_bytes_max
  friend bool operator==(const Fetch&, const Fetch&) = default;
};

/// Answer: Done; then Records with request id 0 for everything from `from_seq` on, in order, without gaps, until Unsubscribe or the
/// end of the connection. Subscribing again moves the place. Refused: as Fetch.
struct Subscribe {
  SpaceId space;
  Seq from_seq;
  friend bool operator==(const Subscribe&, const Subscribe&) = default;
};

/// Answer: Done.
struct Unsubscribe {
  SpaceId space;
  friend bool operator==(const Unsubscribe&, const Unsubscribe&) = default;
};

/// Lays a sealed join request in the space's inbox; needs no access. Answer: Done; the same again changes nothing. Who admits must
/// take the joiner's key from inside the sealed request: `key` here is only for withdrawing. Refused: unknown_space, quota_exceeded
/// (inbox_requests_max), rate_limited.
struct PostJoinRequest {
  SpaceId space;
  InvitationId invitation;
  AuthKey key;
  Bytes request;  ///< at most join_request_bytes_max
  friend bool operator==(const PostJoinRequest&, const PostJoinRequest&) = default;
};

/// Takes back what `key` has posted for `invitation`. Answer: Done, also if there was nothing. Refused: not_authorised.
struct WithdrawJoinRequest {
  SpaceId space;
  InvitationId invitation;
  AuthKey key;
  AuthSignature signature;  ///< over auth_message(withdraw, …)
  friend bool operator==(const WithdrawJoinRequest&, const WithdrawJoinRequest&) = default;
};

/// Answer: Inbox. Refused: not_authorised.
struct FetchInbox {
  SpaceId space;
  friend bool operator==(const FetchInbox&, const FetchInbox&) = default;
};

/// Removes a join request from the inbox. Answer: Done, also if it is gone. Refused: not_authorised.
struct DeleteInboxItem {
  SpaceId space;
  Hash item;
  friend bool operator==(const DeleteInboxItem&, const DeleteInboxItem&) = default;
};

enum class TicketMode : std::uint8_t { read = 1, write = 2 };

/// Asks to move an attachment over HTTP. Answer: Ticket.
/// Refused: not_authorised; quota_exceeded; conflicting_content (held with another size); bad_range (not there, or not whole, to
/// read).
struct RequestTicket {
  SpaceId space;
  AttachmentId attachment;
  TicketMode mode = TicketMode::read;
  std::uint64_t size = 0;  ///< write: of the whole in bytes, 1 to attachment_bytes_max; read: 0
  friend bool operator==(const RequestTicket&, const RequestTicket&) = default;
};

/// Answer: Done, also if it is gone. Refused: not_authorised.
struct DeleteAttachment {
  SpaceId space;
  AttachmentId attachment;
  friend bool operator==(const DeleteAttachment&, const DeleteAttachment&) = default;
};

/// Answer: Pong.
struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};

/// Lays a sealed box under a locator (R13); the newest boxes_kept stay. Whoever puts one cannot fetch or remove it. Answer: Done; the
/// same as the newest again changes nothing. Refused: not_authorised (this connection has proved no space), rate_limited.
struct PutBox {
  BoxLocator locator;
  Bytes box;  ///< 1 to box_bytes_max
  friend bool operator==(const PutBox&, const PutBox&) = default;
};

/// Needs no space. Answer: Boxes of the locator that belongs to `key`. Refused: not_authorised (the signature).
struct FetchBoxes {
  AuthKey key;
  AuthSignature signature;  ///< over auth_message(boxes, the locator's first 16 bytes as space, …)
  friend bool operator==(const FetchBoxes&, const FetchBoxes&) = default;
};

/// Removes all boxes of the locator that belongs to `key`. Answer: Done. Refused: as FetchBoxes.
struct DropBoxes {
  AuthKey key;
  AuthSignature signature;  ///< as FetchBoxes
  friend bool operator==(const DropBoxes&, const DropBoxes&) = default;
};

// ---- server to client ----------------------------------------------------------------------------------------------------------

/// The first message of a connection.
struct Challenge {
  ChallengeNonce nonce;
  std::string server_name;  ///< the name the client dialled (SNI), else the configured one, else empty
  std::uint8_t version = protocol_version;
  WallMs server_time;
  std::uint32_t frame_bytes_max = 0;
  std::uint32_t outstanding_requests_max = 0;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// The state of the space for this key.
struct SpaceOpened {
  SpaceId space;
  Seq head;                ///< the newest record's place, 0 for an empty log; for a removed key: of the record that removed it
  Seq last_handshake_seq;  ///< at or before `head`
  Seq access_from;         ///< of the record that added the key; 0 for the first key
  Seq access_until;        ///< of the record that removed the key; 0 while it has access
  Hash log_hash;           ///< at `head`
  friend bool operator==(const SpaceOpened&, const SpaceOpened&) = default;
};

/// The record is in the log and on the disk.
struct Appended {
  Seq seq;
  Hash log_hash;  ///< at `seq`
  friend bool operator==(const Appended&, const Appended&) = default;
};

/// The request changed nothing.
struct Refused {
  std::uint16_t code = 0;  ///< an ErrorCode from 300 to 399; a number not known is to be treated as server_busy
  std::string detail;
  Seq last_handshake_seq;  ///< of the space, if the request named one that this connection has open; else 0
  Seq head;                ///< likewise
  friend bool operator==(const Refused&, const Refused&) = default;
};

/// Records from_seq, from_seq + 1, … of a space.
struct Records {
  SpaceId space;
  Seq from_seq;
  std::vector<Bytes> records;  ///< each as logged (decode_record)
  Seq head;                    ///< the newest place that this key may read
  friend bool operator==(const Records&, const Records&) = default;
};

struct Done {
  friend bool operator==(const Done&, const Done&) = default;
};

struct InboxItem {
  Hash id;  ///< SHA-256 over space, invitation, key and request
  InvitationId invitation;
  AuthKey key;
  WallMs received_at;
  Bytes request;
  friend bool operator==(const InboxItem&, const InboxItem&) = default;
};

struct Inbox {
  SpaceId space;
  std::vector<InboxItem> items;  ///< oldest first
  friend bool operator==(const Inbox&, const Inbox&) = default;
};

struct Ticket {
  TicketToken token;
  WallMs expires_at;
  std::uint64_t size = 0;  ///< of the whole
  std::uint64_t held = 0;  ///< what the server has of it; an upload goes on from here
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

struct Pong {
  friend bool operator==(const Pong&, const Pong&) = default;
};

/// The last message before the server closes: why.
struct Goodbye {
  std::uint16_t code = 0;
  std::string detail;
  friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

struct Boxes {
  std::vector<Bytes> boxes;  ///< oldest first
  friend bool operator==(const Boxes&, const Boxes&) = default;
};

// ---- frames --------------------------------------------------------------------------------------------------------------------

using ClientMessage = std::variant<UnknownMessage, CreateSpace, OpenSpace, Append, Fetch, Subscribe, Unsubscribe, PostJoinRequest,
                                   WithdrawJoinRequest, FetchInbox, DeleteInboxItem, RequestTicket, DeleteAttachment, Ping, PutBox, FetchBoxes, DropBoxes>;
using ServerMessage =
    std::variant<UnknownMessage, Challenge, SpaceOpened, Appended, Refused, Records, Done, Inbox, Ticket, Pong, Goodbye, Boxes>;

template <class Message>
struct Frame {
  RequestId request;
  Message message;
  friend bool operator==(const Frame&, const Frame&) = default;
};
using ClientFrame = Frame<ClientMessage>;
using ServerFrame = Frame<ServerMessage>;

/// One frame. A message beyond its limits is a broken invariant of the caller.
[[nodiscard]] Bytes encode_frame(RequestId request, const ClientMessage& message);
[[nodiscard]] Bytes encode_frame(RequestId request, const ServerMessage& message);

/// Reads one frame; a kind not known becomes UnknownMessage.
/// Errors: malformed, too_large, not_utf8; unsupported_version if its first byte is not `protocol_version`.
[[nodiscard]] Result<ClientFrame> decode_client_frame(BytesView frame);
[[nodiscard]] Result<ServerFrame> decode_server_frame(BytesView frame);

}  // namespace muistio::wire
