package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// ofEveryKind are messages whose words stand in other places than their text, by what they are found by.
func ofEveryKind() map[string]domain.InboundMessage {
	of := func(kind domain.MessageKind, words string, c domain.Content) domain.InboundMessage {
		return domain.InboundMessage{Kind: kind, Text: words, Content: &c}
	}
	poll := of(domain.KindPoll, "¿Qué día?", domain.Content{Poll: &domain.Poll{Options: []string{"lunes", "viernes"}}})
	place := of(domain.KindLocation, "", domain.Content{Place: &domain.Place{Name: "Miramar", Address: "Paseo Marítimo 7"}})
	card := of(domain.KindContact, "Carla Ruiz", domain.Content{Cards: []domain.Card{{Name: "Carla Ruiz", Numbers: []string{"+34 600 000 031"}}}})
	document := of(domain.KindDocument, "la factura", domain.Content{File: &domain.File{Name: "presupuesto.pdf"}})
	event := of(domain.KindEvent, "Verbena", domain.Content{Event: &domain.Event{Description: "con orquesta", Place: "Plaza Mayor"}})
	return map[string]domain.InboundMessage{
		"dia": poll, "viernes": poll, "miramar": place, "maritimo": place, "carla": card, "031": card, "factura": document, "presupuesto": document,
		"verbena": event, "orquesta": event, "plaza": event,
		"terraza": of(domain.KindImage, "desde la terraza", domain.Content{File: &domain.File{MIME: "image/jpeg"}}),
		"padel":   of(domain.KindInvite, "", domain.Content{Invite: &domain.Invite{Group: "1", Name: "Pádel"}}),
	}
}

// TestWhatMessagesHoldIsFound looks for each, read from the rows and from the index, and for what is gone after a deletion that is for good.
func TestWhatMessagesHoldIsFound(t *testing.T) {
	for typed, m := range ofEveryKind() {
		t.Run(typed, func(t *testing.T) {
			s, ctx := fresh(t), context.Background()
			sub := s.mustSubaccount(t, "Acme").ID
			d := s.mustDevice(t, sub, "34600000001")
			found := func() []string {
				page, err := s.Search(ctx, domain.SearchQuery{Text: typed})
				require.NoError(t, err)
				var out []string
				for _, h := range page.Hits {
					out = append(out, h.Message.WAID)
				}
				return out
			}
			remove := func(id string) {
				s.mustReceive(t, d.Ref, domain.Inbound{Change: &domain.InboundChange{
					WAID: "C" + id, Chat: ana, Sender: ana, At: day().Add(time.Minute), Target: domain.Target{WAID: id, Sender: ana}, Kind: domain.ChangeDelete,
				}})
			}
			for second, id := range []string{"A1", "A2"} {
				in := text(id, ana, second, m.Text)
				in.Message.Kind, in.Message.Content = m.Kind, m.Content
				s.mustReceive(t, d.Ref, in)
			}
			require.Equal(t, []string{"A2", "A1"}, found())
			require.NoError(t, s.indexUpTo(ctx, 0))
			require.Equal(t, []string{"A2", "A1"}, found())

			remove("A1")
			require.Equal(t, []string{"A2", "A1"}, found(), "what is kept is found")
			_, err := s.SetKeepDeleted(ctx, sub, false)
			require.NoError(t, err)
			remove("A2")
			require.NotContains(t, found(), "A2")
			require.NoError(t, s.indexUpTo(ctx, 0))
			require.NotContains(t, found(), "A2")
		})
	}
}

// TestTheListShowsWhatAnEditSays follows the newest message of a conversation through its edits, in whatever order they come.
func TestTheListShowsWhatAnEditSays(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	edit := func(waid, target string, second int, words string) domain.Changed {
		return s.mustReceive(t, d.Ref, domain.Inbound{Change: &domain.InboundChange{
			WAID: waid, Chat: ana, Sender: ana, At: day().Add(time.Duration(second) * time.Second), Target: domain.Target{WAID: target, Sender: ana},
			Kind: domain.ChangeEdit, Text: words,
		}})
	}
	s.mustReceive(t, d.Ref, text("A1", ana, 0, "before"))
	s.mustReceive(t, d.Ref, text("A2", ana, 1, "at eight"))
	require.Equal(t, "at ten", edit("E2", "A2", 3, "at ten").Conversations[0].LastMessage.Text)
	edit("E1", "A2", 2, "at nine")
	require.Empty(t, edit("E3", "A1", 4, "older").Conversations, "what is not the newest changes no list")
	c := s.mustConversations(t)[0]
	require.Equal(t, "at ten", c.LastMessage.Text)
	require.Equal(t, "A2", c.LastMessage.WAID)
}
