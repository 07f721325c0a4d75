package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"

	"waflow/backend/bridge"
)

// echoCount is how often the contact writes in one run.
const echoCount = 100

// echo measures a contact's text from the moment it is sent to the frame in which a browser paints it.
func echo(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		if err := s.linkOurs(ctx, ourPhone); err != nil {
			return err
		}
		conversation, err := s.firstConversation(ctx)
		if err != nil {
			return err
		}
		var values []float64
		for range runs {
			took, err := s.echoes(ctx, conversation)
			if err != nil {
				return err
			}
			values = append(values, percentile(took, 95))
		}
		results = append(results, summarise("echo.p95", "ms", values))
		return nil
	})
	return results, err
}

// readAll marks a conversation as read. One with much unread opens where that begins, and what comes is painted at its end.
func (s *stage) readAll(ctx context.Context, conversation int64) error {
	var thread bridge.Thread
	if err := s.app.call(ctx, "Inbox.Thread", &thread, conversation, "", 1); err != nil {
		return err
	}
	return s.app.call(ctx, "Inbox.MarkRead", nil, conversation, thread.Messages[len(thread.Messages)-1].ID)
}

func (s *stage) echoes(ctx context.Context, conversation int64) ([]float64, error) {
	if err := s.readAll(ctx, conversation); err != nil {
		return nil, err
	}
	script := exec.CommandContext(ctx, "node", "build/bench/echo.mjs", s.app.url+"/?token="+s.app.token, s.sim.Control, contact, ourPhone,
		strconv.FormatInt(conversation, 10), strconv.Itoa(echoCount), os.Getenv("CHROMIUM_BIN"))
	script.Stderr = os.Stderr
	out, err := script.Output()
	if err != nil {
		return nil, fmt.Errorf("the browser: %w", err)
	}
	var took []float64
	return took, json.Unmarshal(out, &took)
}

// percentile is the smallest value that at least that many percent of the values do not exceed.
func percentile(values []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)*percent+99)/100-1]
}
