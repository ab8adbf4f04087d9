// One message of every kind, with fields that tell each other apart.
#pragma once

#include <numeric>

#include "muistio/wire/messages.hpp"

namespace muistio::wire::test {

/// Counts up from `first`: no two neighbours are equal, so that a swapped field shows.
template <class FixedBytes>
FixedBytes counting(std::uint8_t first) {
  FixedBytes made;
  std::iota(made.mutable_array().begin(), made.mutable_array().end(), first);
  return made;
}

inline std::vector<ClientMessage> client_samples() {
  const auto space = counting<SpaceId>(0x10);
  const auto key = counting<AuthKey>(0x40);
  const auto signature = counting<AuthSignature>(0x80);
  const auto attachment = counting<AttachmentId>(0xc0);
  const auto invitation = counting<InvitationId>(0xd0);
  const auto record = encode_record({RecordKind::handshake, {1, 2, 3}, {{AccessChange::Op::add, key}}}).value();
  return {CreateSpace{space, key, signature, {7, 7, 7}},
          OpenSpace{space, key, signature},
          Append{space, Seq(0x0102), record},
          Fetch{space, Seq(3), 65536},
          Subscribe{space, Seq(4)},
          Unsubscribe{space},
          PostJoinRequest{space, invitation, key, {9, 8, 7}},
          WithdrawJoinRequest{space, invitation, key, signature},
          FetchInbox{space},
          DeleteInboxItem{space, counting<Hash>(0x21)},
          RequestTicket{space, attachment, TicketMode::write, 20'000'000},
          DeleteAttachment{space, attachment},
          Ping{},
          PutBox{counting<BoxLocator>(0xe0), {5, 4, 3}},
          FetchBoxes{key, signature},
          DropBoxes{key, signature}};
}

inline std::vector<ServerMessage> server_samples() {
  const auto space = counting<SpaceId>(0x10);
  const auto key = counting<AuthKey>(0x40);
  const auto invitation = counting<InvitationId>(0xd0);
  const auto record = encode_record({RecordKind::content, {4, 5, 6}, {}}).value();
  return {Challenge{counting<ChallengeNonce>(1), "notes.example", protocol_version, WallMs(1'700'000'000'000), 1'114'112, 256},
          SpaceOpened{space, Seq(9), Seq(7), Seq(2), Seq(9), counting<Hash>(0x31)},
          Appended{Seq(10), counting<Hash>(0x51)},
          Refused{300, "a handshake lies after the place named", Seq(8), Seq(11)},
          Records{space, Seq(5), {record, {}, record}, Seq(12)},
          Done{},
          Inbox{space, {{counting<Hash>(0x61), invitation, key, WallMs(1'700'000'000'001), {3, 2, 1}}}},
          Ticket{counting<TicketToken>(0x71), WallMs(1'700'000'600'000), 20'000'000, 12'345},
          Pong{},
          Goodbye{309, "offset 3"},
          Boxes{{{1, 2}, {}, {3}}}};
}

}  // namespace muistio::wire::test
