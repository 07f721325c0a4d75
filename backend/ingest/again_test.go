package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"waflow/backend/domain"
	"waflow/backend/ingest"
	"waflow/backend/whatsapp"
)

// wire builds a protobuf by its numbers, as WhatsApp's programs send it.
type wire []byte

func (w wire) text(field protowire.Number, value string) wire {
	return protowire.AppendString(protowire.AppendTag(w, field, protowire.BytesType), value)
}

func (w wire) double(field protowire.Number, value float64) wire {
	return protowire.AppendFixed64(protowire.AppendTag(w, field, protowire.Fixed64Type), math.Float64bits(value))
}

// as wraps it into a field of a message.
func (w wire) as(field protowire.Number) []byte { return wire{}.text(field, string(w)) }

const (
	imageField    = 3
	locationField = 5
	pinField      = 63
)

func terrace() []byte {
	return wire{}.double(1, 39.5696).double(2, 2.6502).text(3, "Hotel Miramar").text(4, "Paseo Marítimo 7").as(locationField)
}

// old is a message as a version left it that could not read it.
func old(id string, second int, kind domain.MessageKind, words string, raw []byte) domain.InboundMessage {
	m := *text(id, words).Message
	m.At, m.Kind, m.Raw = m.At.Add(time.Duration(second)*time.Second), kind, raw
	return m
}

// reread runs the reader until everything was tried or it fails.
func (w *world) reread(parts ingest.RereadStore, reader ingest.Reader) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	require.NoError(w.t, ingest.NewRereader(watched{parts, stop}, reader, zerolog.Nop()).Run(ctx))
	require.ErrorIs(w.t, ctx.Err(), context.Canceled)
}

// watched ends a run that has nothing more to do.
type watched struct {
	ingest.RereadStore
	stop func()
}

func (s watched) BeginReread(ctx context.Context, version int) (bool, error) {
	left, err := s.RereadStore.BeginReread(ctx, version)
	if !left {
		s.stop()
	}
	return left, err
}

func (s watched) KeepReread(ctx context.Context, read []domain.RereadMessage, upTo domain.MessageID) error {
	err := s.RereadStore.KeepReread(ctx, read, upTo)
	if err != nil {
		s.stop()
	}
	return err
}

func (s watched) EndReread(ctx context.Context) error {
	defer s.stop()
	return s.RereadStore.EndReread(ctx)
}

// counted is the real reader, of some version, with what it was given.
type counted struct {
	whatsapp.Reader
	version int
	given   map[domain.MessageID]int
}

func reader(version int) *counted {
	return &counted{version: version, given: map[domain.MessageID]int{}}
}

func (c *counted) Version() int { return c.version }

func (c *counted) Read(kept domain.KeptMessage) (domain.RereadMessage, bool) {
	c.given[kept.Message]++
	return c.Reader.Read(kept)
}

func (w *world) past(messages ...domain.InboundMessage) {
	w.t.Helper()
	require.NoError(w.t, w.KeepPast(context.Background(), w.ref, domain.Past{Messages: messages}))
}

func (w *world) byID() map[string]domain.Message {
	w.t.Helper()
	list, _, _, err := w.store.Messages(context.Background(), w.conversations()[0].Ref.Conversation, "", 200)
	require.NoError(w.t, err)
	out := map[string]domain.Message{}
	for _, m := range list {
		out[m.WAID] = m
	}
	return out
}

func (w *world) found(words string) []string {
	w.t.Helper()
	page, err := w.store.Search(context.Background(), domain.SearchQuery{Text: words, Limit: 50})
	require.NoError(w.t, err)
	var out []string
	for _, h := range page.Hits {
		out = append(out, h.Message.WAID)
	}
	return out
}

func TestWhatAnOlderVersionCouldNotReadIsReadByALaterOne(t *testing.T) {
	w := newWorld(t, nil)
	image := wire{}.text(2, "image/jpeg").text(3, "the terrace").as(imageField)
	broken := []byte{0x0a, 0x7f, 1}
	w.past(
		old("known", 0, domain.KindText, "good morning", nil),
		old("image", 1, domain.KindImage, "", image), // without content, as before it was kept
		old("edited", 2, domain.KindImage, "", image),
		old("deleted", 3, domain.KindUnknown, "", terrace()),
		old("broken", 4, domain.KindUnknown, "", broken),
		old("new", 5, domain.KindUnknown, "", wire{}.text(1, "x").as(3000)),
		old("place", 6, domain.KindUnknown, "", terrace()),
		old("pin", 7, domain.KindUnknown, "", wire{}.text(1, string(wire{}.text(3, "known"))).as(pinField)),
	)
	ana := text("", "").Message.Chat
	target := func(id string) domain.Target { return domain.Target{WAID: id, Sender: ana} }
	for _, c := range []domain.InboundChange{
		{Kind: domain.ChangeEdit, WAID: "E1", Text: "the garden", Target: target("edited")},
		{Kind: domain.ChangeDelete, WAID: "D1", Target: target("deleted")},
	} {
		c.Chat, c.Sender, c.At = ana, ana, day().Add(time.Minute)
		require.NoError(t, w.Receive(context.Background(), w.ref, domain.Inbound{Change: &c}))
	}
	require.Equal(t, "pin", w.conversations()[0].LastMessage.WAID)
	require.Empty(t, w.found("Miramar"))
	before := w.byID()
	w.told = domain.Changed{}

	first := reader(1)
	w.reread(w.store, first)

	after := w.byID()
	require.Len(t, after, 8)
	for _, same := range []string{"known", "broken"} {
		require.Equal(t, before[same], after[same], "what can't be read stays as it is")
	}
	require.Equal(t, domain.KindUnknown, after["new"].Kind)
	require.Equal(t, "the terrace", after["image"].Text)
	require.Equal(t, "image/jpeg", after["image"].Content.File.MIME)
	require.Equal(t, "the garden", after["edited"].Text, "an edit stays the newest word")
	require.Equal(t, "image/jpeg", after["edited"].Content.File.MIME)
	require.NotNil(t, after["deleted"].Deleted)
	require.Equal(t, domain.KindLocation, after["place"].Kind)
	require.Equal(t, &domain.Place{Latitude: 39.5696, Longitude: 2.6502, Name: "Hotel Miramar", Address: "Paseo Marítimo 7"}, after["place"].Content.Place)
	require.Equal(t, domain.KindNotice, after["pin"].Kind)
	require.Equal(t, domain.LinePinned, after["pin"].Content.Notice.Kind)
	require.Equal(t, ana, after["pin"].Content.Notice.Actor)
	require.Contains(t, w.found("Miramar"), "place")
	require.Equal(t, []string{"image"}, w.found("terrace"))

	c := w.conversations()[0]
	require.Equal(t, "place", c.LastMessage.WAID, "a line takes no message's place in the list")
	told := map[string]domain.Message{}
	for _, m := range w.told.Messages {
		told[m.WAID] = m
	}
	require.Equal(t, after["place"], told["place"])
	require.NotContains(t, told, "broken")
	require.Equal(t, c, w.told.Conversations[len(w.told.Conversations)-1])

	again := reader(1)
	w.reread(w.store, again)
	require.Empty(t, again.given, "once for each version")
	later := reader(2)
	w.told = domain.Changed{}
	w.reread(w.store, later)
	require.Equal(t, first.given, later.given, "what was received is still there")
	require.Empty(t, w.told.Messages, "to read the same again changes nothing")
	earlier := reader(1)
	w.reread(w.store, earlier)
	require.Empty(t, earlier.given, "an earlier version would read less")
	w.reread(w.store, later)
	require.Equal(t, 2, later.given[after["place"].ID], "what came meanwhile is not left out")
}

// interrupted fails like a disk that is full, after some writes.
type interrupted struct {
	ingest.RereadStore
	writes int
}

func (s *interrupted) KeepReread(ctx context.Context, read []domain.RereadMessage, upTo domain.MessageID) error {
	if s.writes--; s.writes < 0 {
		return errors.New("no space left")
	}
	return s.RereadStore.KeepReread(ctx, read, upTo)
}

func TestReadingAgainGoesOnWhereItWasInterrupted(t *testing.T) {
	w := newWorld(t, nil)
	var messages []domain.InboundMessage
	for i := range 450 {
		messages = append(messages, old(fmt.Sprint("P", i), i, domain.KindUnknown, "", terrace()))
	}
	w.past(messages...)
	before, after := reader(1), reader(1)
	w.reread(&interrupted{RereadStore: w.store, writes: 1}, before)
	require.Len(t, before.given, 400)
	w.reread(w.store, after)
	require.Len(t, after.given, 250, "what was written is not read again")
	for id, m := range w.byID() {
		require.Equal(t, domain.KindLocation, m.Kind, id)
	}
	total := 0
	for id := range after.given {
		total += 1 - before.given[id] // 200 were read, and lost with the write
	}
	require.Equal(t, 50, total)
}
