package bridge

import (
	"context"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/panics"
)

// Events hands every batch of changes to emit, as the interface reads it, until ctx ends. The first batch is empty and tells where they
// begin: who took a snapshot before that sees the gap and takes another. A slow emit delays its own batches only. After a panic they begin anew.
func Events(ctx context.Context, bus *events.Bus, log zerolog.Logger, emit func(Batch)) {
	panics.Part(ctx, log, "changes for the window", func() {
		listening, stop := context.WithCancel(ctx)
		defer stop()
		sub := bus.Subscribe(listening)
		emit(batchOf(events.Batch{First: sub.First(), Seq: sub.First()}))
		pump(listening, sub, func(b Batch) error {
			emit(b)
			return nil
		})
	})
}

func pump(ctx context.Context, sub *events.Subscription, emit func(Batch) error) {
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if err := emit(batchOf(batch)); err != nil {
			return
		}
	}
}

func batchOf(b events.Batch) Batch {
	return Batch{First: b.First, Seq: b.Seq, Reset: b.Reset, Changes: list(b.Changes, changeOf)}
}

func changeOf(c events.Change) Change {
	return Change{Topic: string(c.Topic), ID: c.ID, Gone: c.Gone, Value: valueOf(c.Value)}
}

func valueOf(value any) any {
	switch v := value.(type) {
	case domain.Subaccount:
		return subaccountOf(v)
	case domain.Device:
		return deviceOf(v)
	case domain.Unread:
		return unreadOf(v)
	case domain.Conversation:
		return conversationOf(v)
	case domain.Message:
		return messageOf(v)
	case domain.UploadProgress:
		return uploadOf(v)
	case domain.PairingStep:
		return pairingOf(v)
	case domain.Notice:
		return noticeOf(v)
	case domain.Gap:
		return gapOf(v)
	case domain.HistoryProgress:
		return historyOf(v)
	case domain.Settings:
		return preferencesOf(v)
	case domain.Rest:
		return restOf(v)
	case domain.SimulatedPhone:
		return demoPhoneOf(v)
	}
	return nil
}
