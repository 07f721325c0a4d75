package convert_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// FuzzCard feeds contacts as anybody could write them: what is shown of one is short and made of characters, and nothing panics.
func FuzzCard(f *testing.F) {
	for _, card := range []string{
		"", carla, "BEGIN:VCARD", "BEGIN:VCARD\nEND:VCARD", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\n B\r\n\tC\r\nTEL;type=CELL;waid=34600000027:+34 600 000 027\r\nEND:VCARD",
		"BEGIN:VCARD\nVERSION:4.0\nTEL;PREF=\"x;TYPE=:1\nFN;LANGUAGE=es:\\n\\,\\;\nEND:VCARD", "BEGIN:VCARD\nVERSION:2.1\nN:;;;;\nTEL:\x00\xff\nEND:VCARD",
		"BEGIN:VCARD\n" + strings.Repeat("TEL:1\n", 40) + "END:VCARD", strings.Repeat("BEGIN:VCARD\n", 100), "item1.TEL:1\n", ":", ";;;",
	} {
		f.Add("Carla", card)
		f.Add("", card)
	}
	f.Fuzz(func(t *testing.T, name, card string) {
		m := only(t, &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: &name, Vcard: &card}})
		require.Equal(t, domain.KindContact, m.Kind)
		require.Len(t, m.Content.Cards, 1)
		got := m.Content.Cards[0]
		requireText(t, got.Name, domain.MaxLabelBytes)
		requireText(t, got.VCard, domain.MaxCardBytes)
		require.LessOrEqual(t, len(got.Numbers), 20)
		for _, number := range got.Numbers {
			require.NotEmpty(t, number)
			requireText(t, number, domain.MaxLabelBytes)
		}
	})
}

// FuzzFileName feeds names that anybody could give a file: what is kept of one leads nowhere.
func FuzzFileName(f *testing.F) {
	for _, name := range []string{
		"", ".", "..", "../../offers/May.pdf", `C:\Windows\system32`, "a/", `\`, "Carta de mañana.pdf", "x\x00.pdf", "\xff\xfe", "\u202efdp.exe", strings.Repeat("é", 4000), " / ", "a\nb",
	} {
		f.Add(name, "title")
		f.Add("", name)
	}
	f.Fuzz(func(t *testing.T, name, title string) {
		m := only(t, &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{FileName: &name, Title: &title, FileLength: proto.Uint64(1)}})
		require.NotNil(t, m.Content.File)
		got := m.Content.File.Name
		requireText(t, got, domain.MaxLabelBytes)
		require.False(t, strings.ContainsAny(got, "/\\\x00"), "%q", got)
		require.True(t, utf8.ValidString(got))
	})
}

// only is the one message that a content becomes.
func only(t *testing.T, m *waE2E.Message) *domain.InboundMessage {
	t.Helper()
	all := convert.Message(message(from(), m), convert.Opened{}, own)
	require.Len(t, all, 1)
	require.NotNil(t, all[0].Message)
	return all[0].Message
}
