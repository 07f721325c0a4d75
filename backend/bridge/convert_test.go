package bridge

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestFormatNumber(t *testing.T) {
	tests := map[string]string{
		"34600000012":              "+34 600 00 00 12",
		"5511900000114":            "+55 11 90000-0114",
		"12025550123":              "+1 202-555-0123",
		"999000000000001":          "+999000000000001", // no such country
		"0034600000012":            "+0034600000012",   // a prefix is not dropped: it would be another number
		"1":                        "+1",
		"":                         "",
		"34 600":                   "",
		"+34600000012":             "",
		"'; DROP TABLE--":          "",
		"٣٤٦٠٠٠٠٠٠١٢":              "", // digits, but not those of a number on the wire
		strings.Repeat("9", 20):    "+" + strings.Repeat("9", 20),
		strings.Repeat("9", 21):    "",
		strings.Repeat("9", 1<<20): "",
	}
	for digits, want := range tests {
		require.Equal(t, want, formatNumber(digits), "%.30q", digits)
	}
}

func TestFormattingKeepsEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "digits")
		shown := formatNumber(digits)
		require.True(t, strings.HasPrefix(shown, "+"))
		require.Equal(t, digits, onlyDigits(shown))
	})
}

func TestOneLine(t *testing.T) {
	tests := map[string]string{
		"Ana Beltrán":                 "Ana Beltrán",
		" Ana\r\n\tBeltrán\x00":       "Ana Beltrán",
		"Ana \u202egnol si eman siht": "Ana gnol si eman siht",
		"\u2067\u2069":                "",
		"👨‍👩‍👧‍👦 Familia":             "👨‍👩‍👧‍👦 Familia",
		"\xff":                        "\uFFFD",
	}
	for raw, want := range tests {
		require.Equal(t, want, oneLine(raw), "%q", raw)
	}
	require.Len(t, []rune(oneLine(strings.Repeat("é", 5000))), nameLength)
	require.Less(t, len(oneLine("Z"+strings.Repeat("\u0335", 1<<16))), 100, "marks piled on a letter")
}

func TestCutIsAPrefixOfWholeCharacters(t *testing.T) {
	text, more := cut("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 2)
	require.Equal(t, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", text)
	require.True(t, more)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		n := rapid.IntRange(0, 30).Draw(t, "n")
		short, more := cut(text, n)
		require.True(t, strings.HasPrefix(text, short))
		require.Equal(t, short != text, more)

		short, more = cutBytes(text, n)
		require.True(t, strings.HasPrefix(text, short))
		require.LessOrEqual(t, len(short), n)
		require.Equal(t, short != text, more)
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(short))
		}
	})
}

func TestLongTextsAreCutAndSaySo(t *testing.T) {
	fits := messageOf(domain.Message{Text: strings.Repeat("x", domain.MaxTextBytes)})
	require.False(t, fits.Long)
	require.Len(t, fits.Text, domain.MaxTextBytes)

	long := messageOf(domain.Message{Text: strings.Repeat("é", domain.MaxTextBytes)})
	require.True(t, long.Long)
	require.True(t, utf8.ValidString(long.Text))
	require.LessOrEqual(t, len(long.Text), domain.MaxTextBytes)

	row := conversationOf(domain.Conversation{LastMessage: domain.Message{ID: 1, Text: strings.Repeat("é", 1000)}})
	require.Equal(t, strings.Repeat("é", previewLength), row.Last.Text)
}

func TestConversationIsNamedByItsNumberWhereThereIsNoName(t *testing.T) {
	c := domain.Conversation{Peer: domain.Peer{Number: "34600000012"}}
	require.Equal(t, "+34 600 00 00 12", conversationOf(c).Title)
	require.Nil(t, conversationOf(c).Last)
	c.Title = "Ana"
	require.Equal(t, "Ana", conversationOf(c).Title)
	require.Empty(t, conversationOf(domain.Conversation{Peer: domain.Peer{LID: "123456789012345"}}).Title)
}

func TestTimesAreMillisecondsAndNoneIsZero(t *testing.T) {
	require.Zero(t, ms(time.Time{}))
	require.Equal(t, int64(1_700_000_000_123), ms(time.UnixMilli(1_700_000_000_123)))
}

func TestListsAreNeverNull(t *testing.T) {
	require.NotNil(t, noticeOf(domain.Notice{}).Items)
	require.NotNil(t, demoStateOf(nil).Phones)
	require.NotNil(t, demoPhoneOf(domain.SimulatedPhone{}).Chats)
	require.NotNil(t, list([]domain.Device(nil), deviceOf))
}

// readBitmap reads a drawn code as a phone's camera would.
func readBitmap(t require.TestingT, qr *QR) string {
	matrix, err := gozxing.NewSquareBitMatrix(qr.Size)
	require.NoError(t, err)
	for i, bit := range qr.Bits {
		if bit == '1' {
			matrix.Set(i%qr.Size, i/qr.Size)
		}
	}
	result, err := decoder.NewDecoder().Decode(matrix, nil)
	require.NoError(t, err)
	return result.GetText()
}

func TestPairingStepShowsACodeThatCanBeRead(t *testing.T) {
	payload := "https://wa.me/settings/linked_devices#2@" + strings.Repeat("aB3+/", 30) + "," + strings.Repeat("Zz9=", 33)
	step := pairingOf(domain.PairingStep{Kind: domain.PairingShowing, Code: payload, N: 2, Total: 6})
	require.Len(t, step.QR.Bits, step.QR.Size*step.QR.Size)
	require.Equal(t, payload, readBitmap(t, step.QR))
	require.Equal(t, byte('1'), step.QR.Bits[0], "no quiet zone: the corner is dark")

	require.Nil(t, pairingOf(domain.PairingStep{Kind: domain.PairingScanned, Code: payload}).QR, "only while it is shown")
	require.Nil(t, pairingOf(domain.PairingStep{Kind: domain.PairingShowing, Code: strings.Repeat("x", 5000)}).QR, "too long for a code")
}

func TestRefusedPairingNamesTheHolder(t *testing.T) {
	refusal := &domain.RefusedError{
		Err: &domain.Error{Code: domain.CodeWrongNumber, Message: "Another number was scanned."},
		Holder: domain.Holder{
			Ref: domain.DeviceRef{Subaccount: 1, Device: 2}, SubaccountName: "Clínica Vida", DeviceLabel: "Reception", Slot: 1, Number: "5511900000114",
		},
	}
	step := pairingOf(domain.PairingStep{Kind: domain.PairingRefused, Err: refusal, Account: domain.Account{Number: "34600000012"}})
	require.Equal(t, "wrong_number", step.Problem.Code)
	require.Equal(t, "+34 600 00 00 12", step.Number)
	require.Equal(t, "+55 11 90000-0114", step.Expected)
	require.Equal(t, "Clínica Vida", step.Holder.SubaccountName)

	refusal.Err.Code = domain.CodeNumberInUse
	step = pairingOf(domain.PairingStep{Kind: domain.PairingRefused, Err: refusal, Holder: &refusal.Holder})
	require.Equal(t, "number_in_use", step.Problem.Code)
	require.Empty(t, step.Expected)
	require.Equal(t, int64(2), step.Holder.Device)
}

func TestProblemOf(t *testing.T) {
	coded := &domain.Error{Code: domain.CodeConflict, Message: "m", Detail: map[string]string{"a": "b"}, Action: domain.ActionRetry, Err: errors.New("secret")}
	wrapped := asCallError(errors.Join(errors.New("context"), coded))
	require.JSONEq(t, `{"code":"conflict","message":"m","detail":{"a":"b"},"action":"retry"}`, wrapped.Error())
	require.Equal(t, wrapped, asCallError(wrapped), "translated once")

	p := problemOf(errors.New("secret path"))
	require.Equal(t, "internal", p.Code)
	require.NotContains(t, p.Message, "secret")
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"+34 600 00 00 13":         "34600000013",
		" 0034 600-000-013 ":       "34600000013",
		"+55 (11) 90000-0114":      "5511900000114",
		"+1 415.555.0132":          "14155550132",
		"\u202a+34600000013\u202c": "34600000013",
	} {
		digits, err := writtenNumber(text)
		require.NoError(t, err, text)
		require.Equal(t, want, digits)
	}
	for text, why := range map[string]string{
		"+34 600":               "length",
		"+34 600 00 00 13 4 44": "length",
		"+34 600 00 00 1x":      "length",
		"0600000013":            "country",
		"600 000 013":           "country",
		"34600000013":           "country",
		"+999 600000013":        "country",
		"+":                     "country",
		strings.Repeat("3", 60): "length",
	} {
		_, err := writtenNumber(text)
		var coded *domain.Error
		require.ErrorAs(t, err, &coded, text)
		require.Equal(t, domain.CodeInvalid, coded.Code)
		require.Equal(t, why, coded.Detail["why"], text)
	}
}

func TestAHitIsCutAtWhatWasFound(t *testing.T) {
	hit := hitOf(domain.Hit{Text: "…el precio 🎉 final", Ranges: []domain.TextRange{{From: 6, To: 12}, {From: 18, To: 23}}})
	require.Equal(t, []TextPart{{"…el ", false}, {"precio", true}, {" 🎉 ", false}, {"final", true}}, hit.Parts)
	require.NotNil(t, hitOf(domain.Hit{}).Parts)
}
