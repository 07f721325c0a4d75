package gaps

import (
	"context"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// settle takes the gaps of a device that is back as far as they can be taken now.
func (w *Worker) settle(ctx context.Context, id domain.DeviceID) (err error) {
	defer panics.Into(&err, "a gap could not be checked")
	gaps, err := w.c.Store.UnsettledGaps(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if g.State == domain.GapEnded {
			if g, err = w.plan(ctx, g); err != nil {
				return err
			}
		}
		if g.State == domain.GapChecking {
			if err := w.check(ctx, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// plan counts what arrived late and writes down which conversations the phone is asked about. A gap not worth telling is forgotten, and one that
// goes on, because the device went down again meanwhile, is left as it is.
func (w *Worker) plan(ctx context.Context, was domain.Gap) (domain.Gap, error) {
	g := was
	var err error
	if g.Late, err = w.c.Store.LateMessages(ctx, g); err != nil {
		return g, err
	}
	if !worthTelling(g) {
		g.State = domain.GapVerified
		if dropped, err := w.c.Store.DropGap(ctx, was); !dropped || err != nil {
			return was, err
		}
		w.c.Tell(g)
		return g, nil
	}
	if g.Todo, err = w.c.Store.GapConversations(ctx, g, askSince(g)); err != nil {
		return g, err
	}
	if doubtful(g) {
		// What a new link brought by itself was found too: it did not come as a message that WhatsApp had kept.
		g.Found, g.Late = g.Late, 0
	}
	g.State = domain.GapChecking
	if kept, err := w.save(ctx, was, g); !kept || err != nil {
		return was, err
	}
	return g, nil
}

// check asks the phone about one conversation after the other, the newest first. What is done is written down, so that it is not asked again; of
// what is left nothing is proved.
func (w *Worker) check(ctx context.Context, g domain.Gap) error {
	for asked := 0; len(g.Todo) > 0; asked++ {
		was := g
		if asked == mostAsked {
			g.State = domain.GapNotProvable
			_, err := w.save(ctx, was, g)
			return err
		}
		answered, err := w.compare(ctx, g, g.Todo[0].Conversation)
		if err != nil {
			return err
		}
		if !answered {
			g.State = domain.GapNotProvable
			_, err := w.save(ctx, was, g)
			return err
		}
		now, err := w.c.Store.MessagesBetween(ctx, g.Todo[0].Conversation, g.From, g.To)
		if err != nil {
			return err
		}
		g.Found += max(0, now-g.Todo[0].Before)
		g.Todo = g.Todo[1:]
		if kept, err := w.save(ctx, was, g); !kept || err != nil {
			return err
		}
	}
	was := g
	g.State = domain.GapVerified
	_, err := w.save(ctx, was, g)
	return err
}

// compare has the phone hand over what it has of a conversation from the gap's end back to its beginning, and reports whether it did.
func (w *Worker) compare(ctx context.Context, g domain.Gap, id domain.ConversationID) (bool, error) {
	c, err := w.c.Store.Conversation(ctx, id)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return true, nil // it went, by merging into another, and that one has what it had
	}
	if err != nil {
		return false, err
	}
	older, known, err := w.c.Store.FirstAfter(ctx, g.Ref, id, g.To)
	if err != nil {
		return false, err
	}
	if !known {
		older = domain.Older{At: g.To.Add(time.Second)}
	}
	older.Chat, older.Count = c.Peer, perAnswer
	for range mostRounds {
		answer, answered, err := w.ask(ctx, g.Ref.Device, older)
		if err != nil || !answered {
			return false, err
		}
		if covered(g, answer) || !answer.Oldest.Before(older.At) {
			return covered(g, answer), nil
		}
		older.WAID, older.FromMe, older.At = "", false, answer.Oldest
	}
	return false, nil
}

// ask asks once, and reports false when the phone did not answer in time. An answer that the connection may have lost is no answer either way:
// errors are those of Ask, not_connected among them.
func (w *Worker) ask(ctx context.Context, id domain.DeviceID, what domain.Older) (domain.OlderAnswer, bool, error) {
	before := w.losses(id)
	answer, answered, err := w.c.Phones.Ask(ctx, id, what, answerWithin)
	if err == nil && !answered && w.losses(id) != before {
		err = &domain.Error{Code: domain.CodeNotConnected, Message: "the connection ended while the phone was asked"}
	}
	return answer, answered, err
}

// losses is how often a device went down.
func (w *Worker) losses(id domain.DeviceID) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.presence(id).losses
}
