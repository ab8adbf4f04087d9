// Every limit on what crosses the wire, in one place; both ends refuse what exceeds them. Units last.
#pragma once

#include <cstddef>
#include <cstdint>

namespace muistio::wire::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

/// One encoded Record, as logged and hashed.
inline constexpr std::size_t record_bytes_max = kMiB;
/// The bytes of a content record (a sealed batch), and of a batch that a device seals.
inline constexpr std::size_t batch_bytes_max = 256 * kKiB;
/// One WebSocket message.
inline constexpr std::size_t frame_bytes_max = kMiB + 64 * kKiB;
/// The records of one Records message together, unless one alone is longer.
inline constexpr std::size_t fetch_bytes_max = kMiB;
/// The count of records in one Records message.
inline constexpr std::size_t fetch_records_max = 16384;
/// Access changes of one handshake record.
inline constexpr std::size_t access_changes_max = 64;

/// A sealed join request.
inline constexpr std::size_t join_request_bytes_max = 8 * kKiB;
/// Join requests that wait in one space's inbox.
inline constexpr std::size_t inbox_requests_max = 64;
/// Join requests that one connection may post in an hour.
inline constexpr std::size_t inbox_posts_per_hour_max = 32;
/// How long the server keeps a join request that nobody takes.
inline constexpr std::int64_t inbox_days_max = 30;

/// One sealed box in the server's dead drop (R13), and how many of one locator it keeps.
inline constexpr std::size_t box_bytes_max = 48 * kKiB;
inline constexpr std::size_t boxes_kept = 16;
/// Boxes that one connection may put in an hour.
inline constexpr std::size_t box_puts_per_hour_max = 64;

/// Requests of one connection that wait for their answer.
inline constexpr std::size_t outstanding_requests_max = 256;
/// Spaces that one connection has open: more than a person has clubs.
inline constexpr std::size_t spaces_per_connection_max = 1024;

/// One encrypted attachment.
inline constexpr std::uint64_t attachment_bytes_max = 4ULL * 1024 * kMiB;
/// How long a ticket for an attachment is good.
inline constexpr std::int64_t ticket_seconds_max = 600;

/// The server's name in a Challenge (a DNS name).
inline constexpr std::size_t server_name_bytes_max = 255;
/// The plain text in Refused and Goodbye.
inline constexpr std::size_t detail_bytes_max = 256;
/// The token that a server may ask for at CreateSpace.
inline constexpr std::size_t create_token_bytes_max = 256;
/// The body of one envelope, unless its owner sets less.
inline constexpr std::size_t envelope_bytes_max = kMiB;

}  // namespace muistio::wire::limits
