#include "policy/codec.h"

namespace dure::policy {

void FieldList::keep(std::string_view name, Place place, const MemberCodec& codec, const Hint& hint,
                     bool required) {
  fields_.push_back({{std::string(name), std::make_shared<const Type>(codec.type(hint)), required},
                     std::move(place),
                     &codec});
}

Type FieldList::type() const {
  Type type;
  type.kind = Kind::kRecord;
  type.fields.reserve(fields_.size());
  for (const Field& field : fields_) type.fields.push_back(field.declared);
  return type;
}

void FieldList::read(void* record, const Value& value) const {
  const auto& values = std::get<Value::Record>(value.data);
  for (const Field& field : fields_) {
    const auto found = values.find(field.declared.name);
    if (found != values.end()) field.codec->read(field.place(record), &found->second);
  }
}

Value FieldList::write(const void* record) const {
  Value::Record values;
  for (const Field& field : fields_) {
    // A place only points: nothing is written through it here.
    auto value = field.codec->write(
        field.place(const_cast<void*>(record)));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    if (value) values.emplace(field.declared.name, std::move(*value));
  }
  return {std::move(values)};
}

}  // namespace dure::policy
