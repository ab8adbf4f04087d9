// The body of every message: its fields in this order. Only messages.cpp includes it.
#pragma once

#include "muistio/wire/archive.hpp"
#include "muistio/wire/limits.hpp"
#include "muistio/wire/messages.hpp"

namespace muistio::wire {

template <class Archive>
void serialize(Archive& archive, CreateSpace& m) {
  archive(m.space, m.key, m.signature, limited(m.token, limits::create_token_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, OpenSpace& m) {
  archive(m.space, m.key, m.signature);
}
template <class Archive>
void serialize(Archive& archive, Append& m) {
  archive(m.space, m.last_handshake_seq, limited(m.record, limits::record_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, Fetch& m) {
  archive(m.space, m.from_seq, m.bytes_max);
}
template <class Archive>
void serialize(Archive& archive, Subscribe& m) {
  archive(m.space, m.from_seq);
}
template <class Archive>
void serialize(Archive& archive, Unsubscribe& m) {
  archive(m.space);
}
template <class Archive>
void serialize(Archive& archive, PostJoinRequest& m) {
  archive(m.space, m.invitation, m.key, limited(m.request, limits::join_request_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, WithdrawJoinRequest& m) {
  archive(m.space, m.invitation, m.key, m.signature);
}
template <class Archive>
void serialize(Archive& archive, FetchInbox& m) {
  archive(m.space);
}
template <class Archive>
void serialize(Archive& archive, DeleteInboxItem& m) {
  archive(m.space, m.item);
}
template <class Archive>
void serialize(Archive& archive, RequestTicket& m) {
  archive(m.space, m.attachment, ranged(m.mode, TicketMode::read, TicketMode::write), m.size);
}
template <class Archive>
void serialize(Archive& archive, DeleteAttachment& m) {
  archive(m.space, m.attachment);
}
template <class Archive>
void serialize(Archive&, Ping&) {}
template <class Archive>
void serialize(Archive& archive, PutBox& m) {
  archive(m.locator, limited(m.box, limits::box_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, FetchBoxes& m) {
  archive(m.key, m.signature);
}
template <class Archive>
void serialize(Archive& archive, DropBoxes& m) {
  archive(m.key, m.signature);
}

template <class Archive>
void serialize(Archive& archive, Challenge& m) {
  archive(m.nonce, limited(m.server_name, limits::server_name_bytes_max), m.version, m.server_time, m.frame_bytes_max,
          m.outstanding_requests_max);
}
template <class Archive>
void serialize(Archive& archive, SpaceOpened& m) {
  archive(m.space, m.head, m.last_handshake_seq, m.access_from, m.access_until, m.log_hash);
}
template <class Archive>
void serialize(Archive& archive, Appended& m) {
  archive(m.seq, m.log_hash);
}
template <class Archive>
void serialize(Archive& archive, Refused& m) {
  archive(m.code, limited(m.detail, limits::detail_bytes_max), m.last_handshake_seq, m.head);
}
template <class Archive>
void serialize(Archive& archive, Records& m) {
  archive(m.space, m.from_seq, limited_each(m.records, limits::fetch_records_max, limits::record_bytes_max), m.head);
}
template <class Archive>
void serialize(Archive&, Done&) {}
template <class Archive>
void serialize(Archive& archive, InboxItem& m) {
  archive(m.id, m.invitation, m.key, m.received_at, limited(m.request, limits::join_request_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, Inbox& m) {
  archive(m.space, limited(m.items, limits::inbox_requests_max));
}
template <class Archive>
void serialize(Archive& archive, Ticket& m) {
  archive(m.token, m.expires_at, m.size, m.held);
}
template <class Archive>
void serialize(Archive&, Pong&) {}
template <class Archive>
void serialize(Archive& archive, Goodbye& m) {
  archive(m.code, limited(m.detail, limits::detail_bytes_max));
}
template <class Archive>
void serialize(Archive& archive, Boxes& m) {
  archive(limited_each(m.boxes, limits::boxes_kept, limits::box_bytes_max));
}

}  // namespace muistio::wire
