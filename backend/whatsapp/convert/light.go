package convert

import (
	"slices"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// deepest bounds how far pictures are looked for: a real message has some ten levels.
const deepest = 100

// light is a message as it is kept: without the small pictures, which are kept apart or belong to what it answers.
func light(message *waE2E.Message) *waE2E.Message {
	found := false
	walk(message.ProtoReflect(), 0, func(_ protoreflect.Message, field protoreflect.FieldDescriptor) { found = found || isPicture(field) })
	if !found {
		return message
	}
	message = proto.CloneOf(message)
	walk(message.ProtoReflect(), 0, func(holder protoreflect.Message, field protoreflect.FieldDescriptor) {
		if isPicture(field) {
			holder.Clear(field)
		}
	})
	return message
}

func isPicture(field protoreflect.FieldDescriptor) bool {
	return field.Kind() == protoreflect.BytesKind && !field.IsList() &&
		slices.Contains([]protoreflect.Name{"JPEGThumbnail", "pngThumbnail", "inviteLinkParentGroupThumbnailV2"}, field.Name())
}

// walk visits the fields that are set, of a message and of those in it.
func walk(m protoreflect.Message, depth int, visit func(protoreflect.Message, protoreflect.FieldDescriptor)) {
	if depth == deepest {
		return
	}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Kind() != protoreflect.MessageKind || field.IsMap():
			visit(m, field)
		case field.IsList():
			for i := range value.List().Len() {
				walk(value.List().Get(i).Message(), depth+1, visit)
			}
		default:
			walk(value.Message(), depth+1, visit)
		}
		return true
	})
}
