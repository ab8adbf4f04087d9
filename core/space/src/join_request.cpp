#include <algorithm>

#include "formats.hpp"
#include "leaves.hpp"
#include "muistio/base/planted.hpp"
#include "muistio/base/utf8.hpp"
#include "muistio/crypto/aead.hpp"
#include "muistio/crypto/hash.hpp"
#include "muistio/mls/key_package.hpp"
#include "muistio/space/invitation.hpp"
#include "muistio/wire/limits.hpp"

namespace muistio::space {
namespace {

Bytes request_context(const InvitationSecret& secret, const SpaceId& space) {
  return crypto::join_fields("muistio join 1", {space.view(), secret.id().view()});
}

Status check_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return fail(ErrorCode::invalid_argument, "a name has 1 to 128 bytes");
  if (first_invalid_utf8(name)) return fail(ErrorCode::invalid_argument, "a name is not UTF-8");
  return ok();
}

Result<JoinRequest> read_request(BytesView plain) {
  Reader in(plain);
  JoinRequest request;
  MUISTIO_TRY(auto name, in.block(kNameBytesMax));
  request.name = as_text(name);
  MUISTIO_CHECK(check_name(request.name));
  MUISTIO_TRY(auto key_package, in.block(wire::limits::join_request_bytes_max));
  request.key_package = to_bytes(key_package);
  MUISTIO_TRY(request.auth_pub, in.fixed<wire::AuthKey>());
  MUISTIO_TRY(auto random, in.take(16));
  std::copy(random.begin(), random.end(), request.random.begin());
  MUISTIO_CHECK(in.finish());
  return request;
}

Result<JoinRequest> open_body(const InvitationSecret& secret, const SpaceId& space, BytesView body) {
  Reader in(body);
  MUISTIO_TRY(auto nonce, in.fixed<crypto::XNonce>());
  MUISTIO_TRY(auto sealed, in.take(in.left()));
  MUISTIO_TRY(auto plain, crypto::xchacha20_open(secret.request_key(), nonce, request_context(secret, space), sealed));
  return read_request(plain);
}

}  // namespace

Result<Bytes> JoinRequest::seal(const InvitationSecret& secret, const SpaceId& space, Random& random_source) const {
  MUISTIO_CHECK(check_name(name));
  Writer plain;
  plain.block(as_bytes(name)).block(key_package).raw(auth_pub.view()).raw(random);
  const auto nonce = random_source.make<crypto::XNonce>();
  Writer body;
  body.raw(nonce.view()).raw(crypto::xchacha20_seal(secret.request_key(), nonce, request_context(secret, space), plain.bytes()));
  auto sealed = encode_format(Format::join_request, body.bytes());
  if (sealed.size() > wire::limits::join_request_bytes_max) return fail(ErrorCode::too_large, "a join request");
  return sealed;
}

Result<JoinRequest> JoinRequest::open(const InvitationSecret& secret, const SpaceId& space, BytesView sealed) {
  auto body = decode_format(Format::join_request, sealed, wire::limits::join_request_bytes_max);
  if (!body) {
    if (body.error().code == ErrorCode::unsupported_version) return fail(std::move(body).error());
    return fail(ErrorCode::invalid_join_request, body.error().detail);
  }
  auto request = open_body(secret, space, *body);
  if (!request && MUISTIO_PLANTED("request-seal")) request = read_request(*body);
  if (!request) return fail(ErrorCode::invalid_join_request, request.error().detail);
  return request;
}

Result<MemberId> member_of(const JoinRequest& request) {
  auto key_package = mls::parse_key_package(request.key_package);
  if (!key_package) return fail(ErrorCode::invalid_join_request, key_package.error().detail);
  auto leaf = read_leaf(mls::LeafIndex(0), key_package->leaf_node);
  if (leaf) return leaf->member;
  if (leaf.error().code == ErrorCode::unsupported_version) return fail(std::move(leaf).error());
  return fail(ErrorCode::invalid_join_request, leaf.error().message());
}

}  // namespace muistio::space
