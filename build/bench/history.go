package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"waflow/backend/store"
	"waflow/backend/wasim"
)

// The past of a number that has been in use for most of a year.
const (
	historyMessages = 200_000
	historyChats    = 2_000
	historyDays     = 300
	historyRuns     = 3
)

var errPastIncomplete = errors.New("the past is not whole")

// history measures a phone that hands over a long past to a device that was just linked: how many messages are on disk and confirmed per second,
// and the most memory that the program took.
func history(ctx context.Context, p programs) ([]result, error) {
	var rates, peaks []float64
	for range historyRuns {
		err := onStage(ctx, p, func(s *stage) error {
			rate, err := s.handOver(ctx)
			if err != nil {
				return err
			}
			peak, err := s.app.peakMiB()
			if err != nil {
				return err
			}
			rates, peaks = append(rates, rate), append(peaks, peak)
			s.app.stop()
			return wholePast(ctx, s.dir+"/app/workspace")
		})
		if err != nil {
			return nil, err
		}
	}
	return []result{summarise("history.200k", "msg/s", rates), summarise("history.200k.rss", "MiB", peaks)}, nil
}

// handOver links a phone with a long past, and answers how many of its messages were taken over per second since it offered the first of them.
func (s *stage) handOver(ctx context.Context) (float64, error) {
	if err := s.sim.newPhone(ctx, ourPhone, "Ours"); err != nil {
		return 0, err
	}
	past := wasim.HistoryOptions{Chats: historyChats, Messages: historyMessages, Days: historyDays}
	if err := s.sim.ask(ctx, http.MethodPost, "/phones/"+ourPhone+"/history", past, nil); err != nil {
		return 0, err
	}
	if err := s.app.link(ctx, s.sim, s.subaccount, ourPhone); err != nil {
		return 0, err
	}
	var rate float64
	err := pollEvery(ctx, 50*time.Millisecond, func() (bool, error) {
		var chunks []wasim.HistoryChunk
		if err := s.sim.ask(ctx, http.MethodGet, "/phones/"+ourPhone+"/history", nil, &chunks); err != nil {
			return false, err
		}
		var began time.Time
		confirmed := 0
		for _, c := range chunks {
			if c.Messages > 0 && began.IsZero() {
				began = c.At
			}
			if c.Confirmed {
				confirmed += c.Messages
			}
		}
		rate = float64(confirmed) / time.Since(began).Seconds()
		return confirmed >= historyMessages, nil
	})
	return rate, err
}

// wholePast looks into the database of a program that has ended: every message has to be there, once.
func wholePast(ctx context.Context, dir string) error {
	var kept int
	err := store.Look(ctx, store.DatabasePath(dir), func(db *sql.DB) error {
		return db.QueryRowContext(ctx, "SELECT COUNT(*) FROM messages").Scan(&kept)
	})
	if err == nil && kept != historyMessages {
		err = fmt.Errorf("%w: %d of %d messages", errPastIncomplete, kept, historyMessages)
	}
	return err
}
