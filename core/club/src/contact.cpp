#include "muistio/club/contact.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

Result<Contact> decode_contact(BytesView bytes) {
  Reader in(bytes);
  Contact contact;
  for (auto* part : {&contact.name, &contact.company, &contact.email}) {
    MUISTIO_TRY(const auto line, in.block(kLineBytesMax));
    MUISTIO_CHECK(check_line(line));
    *part = as_text(line);
  }
  MUISTIO_CHECK(in.finish());
  if (contact.name.empty()) return fail(ErrorCode::malformed, "a contact without a name");
  return contact;
}

std::vector<DocumentId> given_by(const Records& records, const MemberId& member) {
  std::vector<DocumentId> found;
  for (const auto* record : of_type(records, kContact))
    if (record->maker == member) found.push_back(record->id);
  return found;
}
}  // namespace

bool judge_contact(const Op& op, const Author& author, const Document*) {
  if (!names_device(op.document, author.device)) return false;
  if (op.kind == OpKind::create) return true;
  if (op.field == kContactOf) return op.kind == OpKind::set_register && decode_contact(op.payload).has_value();
  return true;
}

Status give_contact(ChangeBuilder& builder, Random& random, const Records& records, const Contact& contact) {
  for (const auto* part : {&contact.name, &contact.company, &contact.email}) MUISTIO_CHECK(check_line(as_bytes(*part)));
  if (contact.name.empty()) return fail(ErrorCode::invalid_argument, "a contact needs a name");
  for (const auto& old : given_by(records, builder.author().member)) MUISTIO_CHECK(builder.take_back(old));
  const auto id = make_document_id(random, builder.author().device);
  Writer value;
  value.block(as_bytes(contact.name)).block(as_bytes(contact.company)).block(as_bytes(contact.email));
  MUISTIO_CHECK(builder.create(id, kContact));
  return builder.set_register(id, kContactOf, value.bytes());
}

Status withdraw_contact(ChangeBuilder& builder, const Records& records) {
  const auto given = given_by(records, builder.author().member);
  if (given.empty()) return fail(ErrorCode::not_found, "no contact was given");
  for (const auto& id : given) MUISTIO_CHECK(builder.take_back(id));
  return ok();
}

std::vector<ContactItem> list_contacts(const Records& records) {
  std::map<MemberId, std::pair<Order, ContactItem>> latest;
  for (const auto* record : of_type(records, kContact)) {
    const auto* held = record->find(kContactOf);
    auto contact = held == nullptr ? fail(ErrorCode::not_found) : decode_contact(held->value);
    if (!contact) continue;
    auto& known = latest[record->maker];
    const auto order = record->order(*held);
    if (known.second.contact.name.empty() || known.first < order) known = {order, {record->maker, std::move(*contact), held->wall}};
  }
  std::vector<ContactItem> items;
  for (auto& [member, item] : latest) items.push_back(std::move(item.second));
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.contact.name < b.contact.name; });
  return items;
}

}  // namespace muistio::club
