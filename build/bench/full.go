package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// A full workspace: a million messages of several clients, as they come as history.
const (
	fullSubaccounts   = 10
	fullConversations = 1_000 // of each subaccount
	fullMessages      = 100   // of each conversation
	fullTotal         = fullSubaccounts * fullConversations * fullMessages
)

// fullBegan is when the first of these messages was written; they go on for two years.
func fullBegan() time.Time { return time.Date(2024, 11, 1, 8, 0, 0, 0, time.UTC) }

// fillWorkspace puts a million messages into the workspace of a program that does not run, through the store, and waits until all of them can
// be searched. The same ones each time.
func fillWorkspace(ctx context.Context, dir string) (err error) {
	s, err := store.Open(ctx, store.Options{Dir: dir, Logger: zerolog.Nop()})
	if err != nil {
		return err
	}
	words := newCorpus(1)
	for i := range fullSubaccounts {
		if err := fillSubaccount(ctx, s, words, i); err != nil {
			return err
		}
	}
	err = pollEvery(ctx, 100*time.Millisecond, func() (bool, error) {
		page, err := s.Search(ctx, domain.SearchQuery{Text: "x", Limit: 1})
		return page.Unread == 0, err
	})
	if err != nil {
		return err
	}
	return s.Close()
}

func fillSubaccount(ctx context.Context, s *store.Store, words *corpus, i int) error {
	sub, err := s.CreateSubaccount(ctx, domain.Subaccount{Name: fmt.Sprintf("Client %d", i), Initials: fmt.Sprintf("C%d", i), Colour: "teal"})
	if err != nil {
		return err
	}
	device, err := s.CreateDevice(ctx, domain.Device{
		Ref: domain.DeviceRef{Subaccount: sub.ID}, Label: "Desk", Purpose: domain.PurposeSupport, Priority: domain.PriorityMedium,
	})
	if err != nil {
		return err
	}
	for chat := range fullConversations {
		if err := s.KeepPast(ctx, device.Ref, fullHistory(words, i*fullConversations+chat)); err != nil {
			return err
		}
	}
	return nil
}

// fullHistory is a conversation: half of it ours, from a few weeks somewhere in the two years.
func fullHistory(words *corpus, chat int) domain.Past {
	who := domain.Peer{LID: fmt.Sprintf("9%011d", chat), Number: fmt.Sprintf("346%08d", chat*7919%100_000_000)}
	at := fullBegan().Add(time.Duration(words.random.Int64N(int64(700 * 24 * time.Hour)))).Truncate(time.Second)
	past := domain.Past{Names: []domain.InboundName{{Peer: who, Name: words.name()}}}
	for i := range fullMessages {
		at = at.Add(time.Duration(20+words.random.IntN(40_000)) * time.Second)
		past.Messages = append(past.Messages, domain.InboundMessage{
			WAID: fmt.Sprintf("3EB0%012X%06X", words.random.Int64N(1<<48), i), Chat: who, Sender: who, FromMe: i%2 == 1, At: at,
			Kind: domain.KindText, Text: words.text(),
		})
	}
	return past
}

// databaseSize is how many bytes a workspace's database takes, all of it.
func databaseSize(dir string) (size int64, err error) {
	parts, err := filepath.Glob(store.DatabasePath(dir) + "*")
	for _, part := range parts {
		info, err := os.Stat(part)
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, err
}
