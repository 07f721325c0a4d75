package whatsapp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

func TestCompose(t *testing.T) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{})
	require.NoError(t, err)
	const (
		zwsp, zwj, rlm, bom, hangul, braille = "\u200b", "\u200d", "\u200f", "\ufeff", "\u3164", "\u2800"
	)
	for name, c := range map[string]struct {
		text string
		code domain.Code
	}{
		"plain":             {"hello", ""},
		"emoji":             {"👩‍👩‍👧‍👦", ""},
		"right to left":     {"שלום" + rlm, ""},
		"a lone mark":       {".", ""},
		"white around":      {"\n a \t", ""},
		"longest":           {strings.Repeat("x", domain.MaxTextBytes), ""},
		"too long":          {strings.Repeat("x", domain.MaxTextBytes+1), domain.CodeTextTooLong},
		"too long in bytes": {strings.Repeat("é", domain.MaxTextBytes/2+1), domain.CodeTextTooLong},
		"nothing":           {"", domain.CodeTextEmpty},
		"white space":       {" \t\r\n\u00a0\u2003\u3000", domain.CodeTextEmpty},
		"zero width":        {zwsp + zwj + rlm + bom, domain.CodeTextEmpty},
		"drawn as nothing":  {hangul + braille + "\ufe0f", domain.CodeTextEmpty},
		"no UTF-8":          {"a\xff", domain.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			waid, payload, err := service.Compose(c.text)
			require.Equal(t, c.code, domain.CodeOf(err))
			if c.code != "" {
				require.Empty(t, waid)
				require.Empty(t, payload)
				return
			}
			var message waE2E.Message
			require.NoError(t, proto.Unmarshal(payload, &message))
			require.Equal(t, c.text, message.GetConversation())
			require.Len(t, message.GetMessageContextInfo().GetMessageSecret(), 32)
			require.Regexp(t, `^3EB0[0-9A-F]{18}$`, waid)
		})
	}
}

func TestComposeNeverRepeats(t *testing.T) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{})
	require.NoError(t, err)
	ids, payloads := map[string]bool{}, map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zé]{1,3}`).Draw(t, "text")
		waid, payload, err := service.Compose(text)
		if err != nil {
			t.Fatal(err)
		}
		if ids[waid] || payloads[string(payload)] {
			t.Fatal("an id or a secret came twice")
		}
		ids[waid], payloads[string(payload)] = true, true
	})
}
