#include "muistio/mls/proposals.hpp"

namespace muistio::mls {
namespace {
template <class Content>
Status decode_as(Reader& in, Proposal& proposal) {
  return decode(in, proposal.content.emplace<Content>());
}
}  // namespace

void PreSharedKeyID::tls_encode(Writer& out) const {
  encode(out, psktype);
  if (psktype == PSKType::external) {
    encode(out, psk_id);
  } else {
    encode(out, usage);
    encode(out, psk_group_id);
    encode(out, psk_epoch);
  }
  encode(out, psk_nonce);
}

Status PreSharedKeyID::tls_decode(Reader& in) {
  MUISTIO_CHECK(decode(in, psktype));
  if (psktype == PSKType::external) {
    MUISTIO_CHECK(decode(in, psk_id));
  } else {
    MUISTIO_CHECK(decode(in, usage));
    MUISTIO_CHECK(decode(in, psk_group_id));
    MUISTIO_CHECK(decode(in, psk_epoch));
  }
  return decode(in, psk_nonce);
}

// The variant's order is the registry's, from 1.
ProposalType Proposal::type() const noexcept { return static_cast<ProposalType>(content.index() + 1); }

void Proposal::tls_encode(Writer& out) const {
  encode(out, type());
  std::visit([&out](const auto& body) { encode(out, body); }, content);
}

Status Proposal::tls_decode(Reader& in) {
  ProposalType type{};
  MUISTIO_CHECK(decode(in, type));
  switch (type) {
    case ProposalType::add:
      return decode_as<Add>(in, *this);
    case ProposalType::update:
      return decode_as<Update>(in, *this);
    case ProposalType::remove:
      return decode_as<Remove>(in, *this);
    case ProposalType::psk:
      return decode_as<PreSharedKey>(in, *this);
    case ProposalType::reinit:
      return decode_as<ReInit>(in, *this);
    case ProposalType::external_init:
      return decode_as<ExternalInit>(in, *this);
    case ProposalType::group_context_extensions:
      return decode_as<GroupContextExtensions>(in, *this);
  }
  return fail(ErrorCode::malformed, "a proposal of an unknown type before " + std::to_string(in.offset()));
}

void ProposalOrRef::tls_encode(Writer& out) const {
  out.u8(static_cast<std::uint8_t>(content.index() + 1));
  std::visit([&out](const auto& body) { encode(out, body); }, content);
}

Status ProposalOrRef::tls_decode(Reader& in) {
  MUISTIO_TRY(auto type, in.u8());
  if (type == 1) return decode(in, content.emplace<Proposal>());
  if (type == 2) return decode(in, content.emplace<ProposalRef>());
  return fail(ErrorCode::malformed, "neither a proposal nor a reference before " + std::to_string(in.offset()));
}

}  // namespace muistio::mls
